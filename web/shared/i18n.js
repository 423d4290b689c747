// i18n: texts of a page in its language. Every page has a message file in shared/messages with one
// table per language; elements name their text with data-t (data-t-label, data-t-title,
// data-t-placeholder for attributes).

import { common } from "./messages/common.js";

export const LANGUAGES = ["zh-CN", "en"];

const ATTRIBUTES = { tLabel: "aria-label", tTitle: "title", tPlaceholder: "placeholder" };

/* A storage that may be forbidden (private windows): then the choice lasts as long as the page. */
function remembered(key) {
    try {
        return localStorage.getItem(key);
    } catch {
        return null;
    }
}

function remember(key, value) {
    try {
        localStorage.setItem(key, value);
    } catch {
        // Nothing is lost but the memory of the choice.
    }
}

export class I18n {
    #listeners = [];

    /* `page` names the storage key; without it (kiosk) the choice is not kept. */
    constructor(messages, page = null) {
        this.messages = messages;
        this.key = page ? `hallcall.lang.${page}` : null;
        const asked = new URLSearchParams(location.search).get("lang");
        const wanted = asked ?? (this.key && remembered(this.key));
        this.lang = LANGUAGES.includes(wanted) ? wanted : LANGUAGES[0];
    }

    t(key, params = {}) {
        const text = this.messages[this.lang]?.[key] ?? common[this.lang]?.[key] ?? key;
        return text.replace(/\{(\w+)\}/g, (all, name) => String(params[name] ?? all));
    }

    has(key) {
        return key in (this.messages[this.lang] ?? {}) || key in common[this.lang];
    }

    /* A name from the server: a text, or one text per language. */
    name(value) {
        if (value === null || value === undefined) {
            return "";
        }
        return typeof value === "object"
            ? (value[this.lang] ?? value["zh-CN"] ?? "")
            : String(value);
    }

    set(lang) {
        this.lang = lang;
        if (this.key) {
            remember(this.key, lang);
        }
        this.apply();
        this.#listeners.forEach((listener) => listener(lang));
    }

    toggle() {
        this.set(this.lang === "en" ? "zh-CN" : "en");
    }

    onChange(listener) {
        this.#listeners.push(listener);
    }

    /* Fills every element that names its text. */
    apply(root = document) {
        document.documentElement.lang = this.lang;
        for (const element of root.querySelectorAll("[data-t]")) {
            element.textContent = this.t(element.dataset.t);
        }
        for (const [data, attribute] of Object.entries(ATTRIBUTES)) {
            const name = data.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
            for (const element of root.querySelectorAll(`[data-${name}]`)) {
                element.setAttribute(attribute, this.t(element.dataset[data]));
            }
        }
        if (root === document) {
            document.title = this.t("title");
        }
    }
}

/* The button that changes the language: its label is the name of the other language, in that
 * language. */
export function wireLanguage(i18n, button) {
    const show = () => {
        button.textContent = i18n.lang === "en" ? "中文" : "English";
        button.lang = i18n.lang === "en" ? "zh-CN" : "en";
    };
    button.addEventListener("click", () => i18n.toggle());
    i18n.onChange(show);
    show();
}
