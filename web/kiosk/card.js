// card: what to know of a service before taking a number for it (一次性告知): basis, procedure, materials, time
// limit, fee, place, and where it can be done without coming. It stands beside the choices and never in front of them.

import { cardList, cardText } from "../shared/card.js";
import { byId, setText } from "../shared/dom.js";
import { Pager } from "./pager.js";

export class CardPanel {
    #i18n;
    #shown = "";

    /* The page has #card with #card-title, #card-body and #card-turn. */
    constructor(i18n) {
        this.#i18n = i18n;
        new Pager(byId("card-body"), byId("card-turn"));
    }

    /* `card` null: none. The same card again keeps its place. */
    show(card) {
        const shown = card ? this.#i18n.lang + JSON.stringify(card) : "";
        byId("card").hidden = !card;
        if (shown === this.#shown) {
            return;
        }
        this.#shown = shown;
        byId("card-body").replaceChildren(card ? cardList(this.#i18n, card) : "");
        byId("card-body").scrollTop = 0;
        setText(byId("card-title"), cardText(this.#i18n, "card.title"));
    }

    /* What is said of it aloud. */
    lines() {
        return [...byId("card-body").querySelectorAll("dl > div")].map((row) => row.innerText.replace(/\s*\n\s*/g, "："));
    }
}
