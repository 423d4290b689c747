// pair: a device page that nobody signed in asks for its pairing code, on keys large enough for a
// finger, and says every 15 seconds that it lives once it is a device.

import { h } from "./dom.js";
import { I18n, wireLanguage } from "./i18n.js";
import { messages } from "./messages/pair.js";

// None that is taken for another: 0 O, 1 I L.
const KEYS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ";
const LENGTH = 8;
const BEAT_MS = 15000;

/* Pages that hang on walls and stand in halls: what they show belongs to the place, not to a
 * person. */
export function isDevicePage(path = location.pathname) {
    return /^\/(kiosk|display|rating|window|welcome)(\/|$)/.test(path);
}

export const pairTexts = (i18n) => {
    const own = new I18n(messages);
    own.lang = i18n.lang;
    return own;
};

function keypad(own, input) {
    const press = (text) => {
        input.value = (input.value + text).slice(0, LENGTH);
        input.focus({ preventScroll: true });
    };
    const keys = [...KEYS].map((letter) =>
        h("button", { type: "button", on: { click: () => press(letter) } }, letter),
    );
    const back = h(
        "button",
        {
            type: "button",
            class: "delete",
            on: { click: () => (input.value = input.value.slice(0, -1)) },
        },
        own.t("pair.clear"),
    );
    return h("div", { class: "keys" }, ...keys, back);
}

/* The administrator's page takes a code once: that of the first start. */
export const isSetupPage = (path = location.pathname) => /^\/admin(\/|$)/.test(path);

/* The form; `done()` when the device is paired, `other()` for a sign-in by name. */
export function pairForm(api, i18n, { done, other }) {
    const kind = isSetupPage() ? "setup" : "pair";
    const own = pairTexts(i18n);
    const language = h("button", { type: "button", class: "language" });
    wireLanguage(i18n, language);
    const input = h("input", {
        name: "code",
        required: true,
        autocomplete: "off",
        autocapitalize: "characters",
        inputmode: "none", // the keys are on the page: no second keyboard over them
        spellcheck: "false",
        maxlength: LENGTH + 3,
    });
    const problem = h("p", { class: "problem", role: "alert" });
    const go = h("button", { class: "primary" }, own.t(`${kind}.go`));
    const submit = async (event) => {
        event.preventDefault();
        go.disabled = true;
        problem.textContent = "";
        try {
            await api.post("/api/v1/devices/enroll", { code: input.value }, { tries: 1 });
            await done();
        } catch (error) {
            problem.textContent = error.message;
            input.value = "";
            input.focus({ preventScroll: true });
        } finally {
            go.disabled = false;
        }
    };
    return h(
        "form",
        { class: "signin pair", on: { submit } },
        language,
        h("h1", {}, own.t(`${kind}.title`)),
        h("p", {}, own.t(`${kind}.about`)),
        h("label", {}, h("span", {}, own.t(`${kind}.code`)), input),
        problem,
        keypad(own, input),
        go,
        h("button", { type: "button", on: { click: other } }, own.t("pair.person")),
    );
}

/* For a device's page: says that it lives. A device that was taken back starts anew, which asks for
 * a code. */
export function beat(api, me) {
    const say = async () => {
        const screen = `${window.screen.width}x${window.screen.height}`;
        try {
            await api.write("PUT", `/api/v1/devices/${me.device}/status`, { screen }, { tries: 1 });
        } catch (error) {
            if (error.status === 401) {
                location.reload();
            }
        }
    };
    say();
    setInterval(say, BEAT_MS);
}
