// signin: who sits here? Pages that need a person or a device ask this first; the demo hall
// answers at once. A device's page asks for a pairing code first.

import { h } from "./dom.js";
import { wireLanguage } from "./i18n.js";
import { beat, isDevicePage, isSetupPage, pairForm, pairTexts } from "./pair.js";

/* Where the page's own button for the language is out of reach, the form has one. */
function languageButton(i18n) {
    if (!document.getElementById("language")?.closest("[hidden], [inert]")) {
        return "";
    }
    const button = h("button", { type: "button", class: "language" });
    wireLanguage(i18n, button);
    return button;
}

function buildForm(i18n, submit) {
    const own = pairTexts(i18n);
    const field = (name, label, type, autocomplete) =>
        h(
            "label",
            {},
            h("span", {}, own.t(label)),
            h("input", { name, type, autocomplete, required: true, maxlength: 128 }),
        );
    return h(
        "form",
        { class: "signin", on: { submit } },
        languageButton(i18n),
        h("h1", {}, own.t("signin.title")),
        field("username", "signin.user", "text", "username"),
        field("password", "signin.password", "password", "current-password"),
        h("p", { class: "problem", role: "alert" }),
        h("button", { class: "primary" }, own.t("signin.go")),
    );
}

/* Where to go on after a refusal: at the new password when one is due, else at the old one. */
function next(form, texts, error) {
    const { password } = form.elements;
    const bad = error.problem?.errors?.[0]?.pointer === "/new_password";
    const due = bad || error.code === "password-change";
    form.querySelector(".problem").textContent = bad ? texts.t("signin.fresh.bad") : error.message;
    if (due && !form.elements.fresh) {
        const label = texts.t("signin.fresh");
        const limits = { required: true, minlength: 8, maxlength: 128 };
        const input = h("input", { name: "fresh", type: "password", autocomplete: "new-password", ...limits });
        password.closest("label").after(h("label", {}, h("span", {}, label), input));
    }
    const input = due ? form.elements.fresh : password;
    input.value = "";
    input.focus();
}

/* By user and password; `done()` when it worked. */
function personForm(api, i18n, done) {
    const submit = async (event) => {
        event.preventDefault();
        const form = event.currentTarget;
        const button = form.querySelector(".primary");
        button.disabled = true;
        try {
            const { username, password, fresh } = form.elements;
            const more = fresh ? { new_password: fresh.value } : {};
            await api.login({ username: username.value, password: password.value, ...more });
            await done();
        } catch (error) {
            button.disabled = false;
            next(form, pairTexts(i18n), error);
        }
    };
    return buildForm(i18n, submit);
}

/* A device's page is laid out for a wall: the form covers it, and nothing beneath can be reached. */
function cover(wrap) {
    const others = [...document.body.children].filter((one) => one !== wrap);
    wrap.className = "pair-cover";
    others.forEach((one) => (one.inert = true));
    return () => others.forEach((one) => (one.inert = false));
}

function askInPlaceOf(main, api, i18n) {
    return new Promise((resolve) => {
        const wrap = h("main", {});
        let uncover = () => {};
        let again = null; // draws what is asked now, in another language
        const done = async () => {
            const me = await api.me();
            again = null;
            wrap.remove();
            main.hidden = false;
            uncover();
            resolve(me);
        };
        const show = (form, draw) => {
            again = draw;
            wrap.replaceChildren(form);
            form.querySelector("input").focus();
        };
        const byName = () => {
            const form = personForm(api, i18n, done);
            if (isDevicePage() || isSetupPage()) {
                const text = pairTexts(i18n).t(isSetupPage() ? "setup.offer" : "pair.device");
                form.append(h("button", { type: "button", on: { click: byCode } }, text));
            }
            show(form, byName);
        };
        const byCode = () => show(pairForm(api, i18n, { done, other: byName }), byCode);
        document.head.append(h("link", { rel: "stylesheet", href: "/shared/pair.css" }));
        main.hidden = true;
        main.after(wrap);
        i18n.onChange(() => again?.());
        if (isDevicePage()) {
            uncover = cover(wrap);
            byCode();
        } else {
            byName();
        }
    });
}

async function identify(
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

/* Resolves with the identity, after a sign-in form when nobody is signed in. While the server
 * cannot be reached it keeps asking; `onWait(error)` may show that. */
export async function whoAmI(api, i18n, options = {}) {
    const me = await identify(api, i18n, options);
    if (me.device && isDevicePage()) {
        beat(api, me);
    }
    return me;
}
