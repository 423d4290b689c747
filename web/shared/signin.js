// signin: who sits here? Pages that need a person or a device ask this first; the demo hall
// answers at once.

import { h } from "./dom.js";

function buildForm(i18n, submit) {
    const field = (name, label, type, autocomplete) =>
        h(
            "label",
            {},
            h("span", { "data-t": label }, i18n.t(label)),
            h("input", { name, type, autocomplete, required: true, maxlength: 128 }),
        );
    return h(
        "form",
        { class: "signin", on: { submit } },
        h("h1", { "data-t": "signin.title" }, i18n.t("signin.title")),
        field("username", "signin.user", "text", "username"),
        field("password", "signin.password", "password", "current-password"),
        h("p", { class: "problem", role: "alert" }),
        h("button", { class: "primary", "data-t": "signin.go" }, i18n.t("signin.go")),
    );
}

function askInPlaceOf(main, api, i18n) {
    return new Promise((resolve) => {
        const submit = async (event) => {
            event.preventDefault();
            const form = event.currentTarget;
            const button = form.querySelector("button");
            button.disabled = true;
            try {
                await api.login(form.elements.username.value, form.elements.password.value);
                wrap.remove();
                main.hidden = false;
                resolve(await api.me());
            } catch (error) {
                form.querySelector(".problem").textContent = error.message;
                button.disabled = false;
                form.elements.password.value = "";
                form.elements.password.focus();
            }
        };
        const wrap = h("main", {}, buildForm(i18n, submit));
        main.hidden = true;
        main.after(wrap);
        wrap.querySelector("input").focus();
    });
}

/* Resolves with the identity, after a sign-in form when nobody is signed in. While the server
 * cannot be reached it keeps asking; `onWait(error)` may show that. */
export async function whoAmI(
    api,
    i18n,
    { main = document.querySelector("main"), onWait = () => {} } = {},
) {
    for (let wait = 1000; ; wait = Math.min(wait * 2, 10000)) {
        try {
            const me = await api.me();
            onWait(null);
            return me;
        } catch (error) {
            if (error.status === 401) {
                onWait(null);
                return askInPlaceOf(main, api, i18n);
            }
            onWait(error);
            await new Promise((resolve) => setTimeout(resolve, wait));
        }
    }
}
