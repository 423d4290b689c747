// tools: the row that stands at the same place on every screen, and the keys that replace touching.

import { byId } from "../shared/dom.js";

const MODES = ["elder", "contrast"];
const root = document.documentElement;

function setMode(mode, on) {
    root.classList.toggle(mode, on);
    byId(mode).setAttribute("aria-pressed", String(on));
}

export function resetTools() {
    MODES.forEach((mode) => setMode(mode, false));
    byId("help").close();
}

export function toolsChanged() {
    return MODES.some((mode) => root.classList.contains(mode));
}

/* Choices are numbered: a numeric keypad is enough; 0 goes back. */
function takeKey(event, back) {
    const held = event.ctrlKey || event.altKey || event.metaKey;
    if (held || document.querySelector("dialog[open]")) {
        return;
    }
    if (/^[1-9]$/.test(event.key)) {
        document.querySelector(`.choice[data-digit="${event.key}"]`)?.click();
    } else if (event.key === "0" || event.key === "Escape") {
        back();
    }
}

export function wireTools({ back, retry }) {
    for (const mode of MODES) {
        byId(mode).addEventListener("click", () => setMode(mode, !root.classList.contains(mode)));
    }
    byId("back").addEventListener("click", back);
    byId("retry").addEventListener("click", retry);
    byId("staff").addEventListener("click", () => byId("help").showModal());
    byId("help-close").addEventListener("click", () => byId("help").close());
    document.addEventListener("keydown", (event) => takeKey(event, back));
}
