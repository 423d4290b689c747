// card: what a service card says, in the order of reading; members of the hall's own making come last, under their names.

import { h } from "./element.js";
import { I18n } from "./i18n.js";
import { messages } from "./messages/card.js";

const FIRST = ["online", "self_service"];
const ORDER = ["materials", "time_limit", "fee", "place", "procedure", "basis"];

const own = new I18n(messages);

/* A text of messages/card.js in the language of `i18n`. */
export function cardText(i18n, key, params) {
    own.lang = i18n.lang;
    return own.t(key, params);
}

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

/* A list of terms. */
export function cardList(i18n, card) {
    const rows = membersOf(card).map((name) => {
        const label = own.has(`card.${name}`) ? cardText(i18n, `card.${name}`) : name;
        return h("div", { class: FIRST.includes(name) ? "spare" : "" }, h("dt", {}, label), valueOf(i18n, card[name]));
    });
    return h("dl", {}, ...rows);
}
