// keys: the shortcuts of the console, which a clerk can change or turn off.
//
// A key is written as in "F2", "Ctrl+Z", "NumpadEnter". Single characters are not taken, for they
// would fire while somebody dictates or a scanner types; nor are the browser's own keys.

import { h } from "../shared/dom.js";

const STORE = "hallcall.clerk.keys";
const OFF = "off";

const DEFAULTS = {
    next: "F2",
    recall: "F3",
    start: "F4",
    finish: "F6",
    "no-show": "F7",
    hold: "F8",
    transfer: "F9",
    pause: "F10",
    undo: "Ctrl+Z",
};
// A second key of `next`, for a numeric keypad under the right hand.
const NEXT_TOO = "NumpadEnter";

const KEPT = new Set(["F1", "F5", "F11", "F12"]);
const WORDS = { NumpadEnter: "⏎", NumpadAdd: "Num +", NumpadSubtract: "Num −" };

export const keyText = (key) => WORDS[key] ?? key;

/* The name of the key of an event; "" for one that cannot be a shortcut. */
export function keyOf(event) {
    const held = [
        event.ctrlKey || event.metaKey ? "Ctrl" : "",
        event.altKey ? "Alt" : "",
        event.shiftKey ? "Shift" : "",
    ].filter(Boolean);
    const numpad = /^Numpad(Enter|Add|Subtract|Multiply|Divide|Decimal)$/.test(event.code);
    const name = numpad
        ? event.code
        : event.key.length === 1
          ? event.key.toUpperCase()
          : event.key;
    const single = event.key.length === 1 && !numpad && !event.ctrlKey && !event.altKey;
    const plain = !/^(F\d{1,2}|[A-Z0-9]|Numpad\w+|Insert|PageUp|PageDown)$/.test(name);
    if (single || plain || KEPT.has(name)) {
        return "";
    }
    return [...held, name].join("+");
}

export class Keys {
    #map = { ...DEFAULTS };

    constructor() {
        this.on = true;
        try {
            const kept = localStorage.getItem(STORE);
            this.on = kept !== OFF && JSON.parse(kept ?? "{}").on !== false;
            Object.assign(this.#map, kept && kept !== OFF ? JSON.parse(kept).map : {});
        } catch {
            // Without storage, or with something else in it: the keys as printed.
        }
    }

    #keep() {
        try {
            localStorage.setItem(STORE, JSON.stringify({ on: this.on, map: this.#map }));
        } catch {
            // The choice lasts as long as the page.
        }
    }

    turn(on) {
        this.on = on;
        this.#keep();
    }

    /* "" when it has none. */
    of(verb) {
        return this.#map[verb] ?? "";
    }

    /* As printed on the button: next has two. */
    text(verb) {
        const too = verb === "next" && this.verbOf(NEXT_TOO) === "next" ? NEXT_TOO : "";
        return [this.of(verb), too]
            .filter(Boolean)
            .map(keyText)
            .join(" / ");
    }

    verbOf(key) {
        const verb = Object.keys(this.#map).find((one) => this.#map[one] === key);
        return verb ?? (key === NEXT_TOO ? "next" : undefined);
    }

    /* The key now stands for that verb and for no other; "" takes it away. */
    set(verb, key) {
        const other = key && this.verbOf(key);
        if (other && other !== verb) {
            this.#map[other] = "";
        }
        this.#map[verb] = key;
        this.#keep();
    }

    reset() {
        this.#map = { ...DEFAULTS };
        this.#keep();
    }
}

/* Presses `press(verb)` for a key. Keys are left alone while a dialog is open or text is typed. */
export function wireKeys(keys, press) {
    document.addEventListener("keydown", (event) => {
        const typing = event.target.closest?.("input:not([type=checkbox]), textarea, select");
        if (!keys.on || document.querySelector("dialog[open]") || event.repeat) {
            return;
        }
        const key = keyOf(event);
        const verb = key && keys.verbOf(key);
        // In a field only function keys are shortcuts; the others belong to the text.
        if (verb && (!typing || /^F\d/.test(key))) {
            event.preventDefault();
            press(verb);
        }
    });
}

function row(i18n, keys, verb, redraw) {
    const title = i18n.t(`do.${verb}`);
    const change = (event) => {
        if (event.key === "Tab" || event.key === "Escape") {
            return;
        }
        const key = event.key === "Delete" || event.key === "Backspace" ? "" : keyOf(event);
        if (key || event.key === "Delete" || event.key === "Backspace") {
            event.preventDefault();
            keys.set(verb, key);
            redraw(verb);
        } else if (event.key !== "Enter" && event.key !== " ") {
            event.preventDefault();
        }
    };
    const shown = keys.of(verb) ? keyText(keys.of(verb)) : i18n.t("keys.none");
    const label = i18n.t("keys.of", { action: title, key: shown });
    return h(
        "li",
        {},
        h("span", { class: "name" }, title),
        h(
            "button",
            {
                type: "button",
                dataset: { key: verb },
                "aria-label": label,
                on: { keydown: change },
            },
            shown,
        ),
    );
}

/* The dialog in which keys are changed: a button for each action; the key pressed on it is its new
 * one. `onChange` after each. */
export function changeKeys(i18n, keys, verbs, onChange) {
    const list = h("ul", { class: "rows keys" });
    const draw = (focus) => {
        list.replaceChildren(...verbs.map((verb) => row(i18n, keys, verb, redraw)));
        if (focus) {
            list.querySelector(`[data-key="${focus}"]`).focus();
        }
    };
    const redraw = (verb) => {
        draw(verb);
        onChange();
    };
    const reset = () => {
        keys.reset();
        redraw(verbs[0]);
    };
    draw(null);
    const dialog = h(
        "dialog",
        { "aria-labelledby": "keys-title" },
        h(
            "form",
            { method: "dialog", class: "ask" },
            h("h2", { id: "keys-title" }, i18n.t("keys.title")),
            h("p", {}, i18n.t("keys.text")),
            list,
            h(
                "div",
                { class: "ask-buttons" },
                h("button", { type: "button", on: { click: reset } }, i18n.t("keys.reset")),
                h("button", { class: "primary" }, i18n.t("word.close")),
            ),
        ),
    );
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
    list.querySelector("button").focus();
}
