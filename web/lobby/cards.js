// cards: what the lists of services, windows and people have in common.

import { h } from "../shared/dom.js";

export function card() {
    return h(
        "li",
        { class: "card" },
        h("span", { class: "name" }),
        h("span", { class: "wait" }),
        h("span", { class: "more" }),
        h("div", { class: "row" }),
    );
}

/* Buttons are made anew only when what they would do changes, so that focus stays. */
export function setButtons(element, state, buttons) {
    const row = element.querySelector(".row");
    if (row.dataset.state !== state) {
        row.dataset.state = state;
        row.replaceChildren(...buttons());
    }
}

/* Brings a part of the page into view and gives it the focus. */
export function jump(element) {
    element.scrollIntoView({ block: "start" });
    element.focus({ preventScroll: true });
}
