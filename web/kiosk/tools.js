// tools: the row that stands at the same place on every screen.

import { byId, setText } from "../shared/dom.js";

const MODES = ["elder", "reach", "contrast", "speak"];
const HELP_APART_MS = 30000; // one call is enough: staff are on their way
const root = document.documentElement;

export class Tools {
    #helped = -Infinity;

    /* `speaker` reads aloud; `redraw()` after a mode has changed; `callStaff()` tells the hall, and rejects when it
     * could not. */
    constructor({ i18n, speaker, back, retry, find, redraw, callStaff }) {
        Object.assign(this, { i18n, speaker, redraw, callStaff });
        for (const mode of MODES) {
            byId(mode).addEventListener("click", () => this.#toggle(mode));
        }
        byId("back").addEventListener("click", back);
        byId("retry").addEventListener("click", retry);
        byId("find").addEventListener("click", find);
        byId("staff").addEventListener("click", () => this.#help());
        byId("help-close").addEventListener("click", () => byId("help").close());
    }

    reset() {
        MODES.forEach((mode) => this.#set(mode, false));
        byId("help").close();
    }

    get changed() {
        return MODES.some((mode) => root.classList.contains(mode));
    }

    #set(mode, on) {
        root.classList.toggle(mode, on);
        byId(mode).setAttribute("aria-pressed", String(on));
        if (mode === "speak") {
            this.speaker.set(on);
        }
    }

    #toggle(mode) {
        const on = !root.classList.contains(mode);
        if (mode === "speak" && on && !this.speaker.possible) {
            this.#tell("speak", "speak.none");
            return;
        }
        this.#set(mode, on);
        this.redraw();
    }

    #tell(title, text) {
        setText(byId("help-title"), this.i18n.t(title));
        setText(byId("help-text"), this.i18n.t(text));
        if (!byId("help").open) {
            byId("help").showModal();
        }
    }

    async #help() {
        this.#tell("staff", "staff.calling");
        try {
            if (performance.now() - this.#helped > HELP_APART_MS) {
                await this.callStaff();
                this.#helped = performance.now();
            }
            this.#tell("staff", "staff.called");
        } catch {
            this.#tell("staff", "staff.text");
        }
    }
}

/* Choices are numbered: a numeric keypad is enough; 0 goes back. False: this key is none of theirs. */
export function takeKey(key, back) {
    if (document.querySelector("dialog[open]")) {
        return;
    }
    if (/^[1-9]$/.test(key)) {
        document.querySelector(`.choice[data-digit="${key}"]`)?.click();
    } else if (key === "0") {
        back();
    }
}
