// lookup: what has become of a number, asked with the slip in hand: typed on the screen, on a keyboard, or scanned.

import { h, setText } from "../shared/dom.js";
import { etaText } from "../shared/time.js";
import { aheadText } from "./screens.js";

const LENGTH_MAX = 7; // three letters and four digits
const KNOWN = ["booked", "waiting", "called", "serving", "held", "no_show"];

/* Keys of the screen: the letters that numbers of this hall begin with, then digits. */
function keysOf(view) {
    const letters = [...new Set(view.services.flatMap((service) => [...service.prefix]))].sort();
    return [...letters, ..."1234567890"];
}

export class Lookup {
    /* `api`; `found(ticket)` and `failed(error)` are told what came of a search. */
    constructor({ api, i18n, found, failed }) {
        Object.assign(this, { api, i18n, found, failed, typed: "" });
    }

    clear() {
        this.typed = "";
        this.#show();
    }

    /* A key of the keyboard or the screen; false: it is none of this screen's. */
    type(key) {
        const character = key.toUpperCase();
        if (!/^[A-Z0-9]$/.test(character)) {
            return false;
        }
        this.typed = (this.typed + character).slice(0, LENGTH_MAX);
        this.#show();
        return true;
    }

    erase() {
        this.typed = this.typed.slice(0, -1);
        this.#show();
    }

    #show() {
        const line = document.getElementById("typed");
        if (line) {
            setText(line, this.typed || "—");
            document.getElementById("search").disabled = this.typed === "";
        }
    }

    screen(view) {
        const { i18n } = this;
        const key = (text, press, more = {}) => h("button", { type: "button", on: { click: press }, ...more }, text);
        const keys = keysOf(view).map((one) => key(one, () => this.type(one)));
        const search = { class: "primary", id: "search", disabled: this.typed === "" };
        return h(
            "div",
            { class: "lookup" },
            h("output", { id: "typed", class: "typed", "aria-label": i18n.t("lookup.typed") }, this.typed || "—"),
            h("div", { class: "keys" }, ...keys, key(i18n.t("lookup.erase"), () => this.erase())),
            key(i18n.t("lookup.search"), () => this.search({ number: this.typed }), search),
        );
    }

    /* By the number, or by the secret of a scanned slip, which may also bring a missed number back. */
    async search({ number, token = null }) {
        try {
            const own = token ? (await this.api.get(`/api/v1/public/tickets/${token}`)).data.number : number;
            const { data } = await this.api.get(`/api/v1/inquiry/${encodeURIComponent(own)}`);
            this.found({ ...data, scanned: token !== null });
        } catch (error) {
            this.failed(error);
        }
    }
}

function stateText(i18n, ticket) {
    const where = ticket.window ? i18n.t("window.no", { n: ticket.window }) : "";
    const key = KNOWN.includes(ticket.state) ? ticket.state : "over";
    return i18n.t(`found.${key}`, { where });
}

export function foundScreen(i18n, ticket, { restore, checkIn, done }) {
    const eta = ticket.state === "waiting" ? etaText(i18n, ticket.eta) : "";
    const missed = ticket.state === "no_show";
    const button = (id, cls, text, press) => h("button", { type: "button", id, class: cls, on: { click: press } }, text);
    return h(
        "div",
        { class: "result", role: "status" },
        h("p", {}, i18n.name(ticket.service_name)),
        h("p", { class: "number", id: "found-number" }, ticket.number),
        h("p", { class: "state", id: "found-state" }, stateText(i18n, ticket)),
        ticket.state === "waiting" ? h("p", {}, aheadText(i18n, ticket)) : null,
        eta ? h("p", {}, i18n.t("service.eta", { eta })) : null,
        missed && !ticket.scanned ? h("p", {}, i18n.t("found.scan")) : null,
        h("p", { id: "found-problem", role: "alert" }),
        h(
            "div",
            { class: "buttons" },
            ticket.state === "booked" ? button("check-in", "primary big", i18n.t("found.check_in"), checkIn) : null,
            missed && ticket.scanned ? button("restore", "primary big", i18n.t("found.restore"), restore) : null,
            button("done", "big", i18n.t("done"), done),
        ),
    );
}
