// card: what to know of a service before taking a number for it (一次性告知): basis, procedure, materials, time
// limit, fee, place, and where it can be done without coming. It stands beside the choices and never in front of them.

import { byId, h, setText } from "../shared/dom.js";
import { Pager } from "./pager.js";

const FIRST = ["online", "self_service"];
const ORDER = ["materials", "time_limit", "fee", "place", "procedure", "basis"];

/* Members of the card in the order of reading; those of the hall's own making last, under their own names. */
function membersOf(card) {
    const known = [...FIRST, ...ORDER];
    const own = Object.keys(card).filter((name) => !known.includes(name));
    return [...known, ...own].filter((name) => card[name] !== undefined);
}

function valueOf(i18n, value) {
    if (!Array.isArray(value)) {
        return h("dd", {}, i18n.name(value));
    }
    return h("dd", {}, h("ol", {}, ...value.map((one) => h("li", {}, i18n.name(one)))));
}

function rowsOf(i18n, card) {
    return membersOf(card).map((name) => {
        const label = i18n.has(`card.${name}`) ? i18n.t(`card.${name}`) : name;
        return h("div", { class: FIRST.includes(name) ? "spare" : "" }, h("dt", {}, label), valueOf(i18n, card[name]));
    });
}

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
        byId("card-body").replaceChildren(card ? h("dl", {}, ...rowsOf(this.#i18n, card)) : "");
        byId("card-body").scrollTop = 0;
        setText(byId("card-title"), this.#i18n.t("card.title"));
    }

    /* What is said of it aloud. */
    lines() {
        return [...byId("card-body").querySelectorAll("dl > div")].map((row) => row.innerText.replace(/\s*\n\s*/g, "："));
    }
}
