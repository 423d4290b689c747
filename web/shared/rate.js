// rate: five levels alike, none of them chosen beforehand; for the lowest ones the hall's reasons, any
// or none of them. For the device at the window and for the phone.

import { h } from "./element.js";
import { I18n } from "./i18n.js";
import { messages } from "./messages/rate.js";

export class RateBox {
    level = 0; // chosen, while its reasons are asked for; 0 none
    #busy = false;
    #offer = {}; // of the server: scale_version, reasons_up_to, reasons
    #own = new I18n(messages);
    #chosen = new Set();

    /* `send(body)` resolves when the rating is stored or refused; `touched()` tells of each step. */
    constructor(i18n, send, touched = () => {}) {
        Object.assign(this, { i18n, send, touched });
        this.element = h("div", { class: "rate", tabindex: -1 });
    }

    /* Somebody new is asked. */
    ask(offer) {
        this.#offer = offer;
        this.#show(0);
    }

    #show(level) {
        this.level = level;
        this.#chosen.clear();
        this.draw();
    }

    #step(level) {
        this.#show(level);
        this.touched();
    }

    #choose(level) {
        const asks = level <= this.#offer.reasons_up_to && this.#offer.reasons.length;
        return asks ? this.#step(level) : this.submit(level);
    }

    /* With what is chosen so far. One press is one rating, however often it is repeated. */
    async submit(level = this.level) {
        if (this.#busy) {
            return;
        }
        this.#busy = true;
        this.element.setAttribute("aria-busy", "true");
        const reasons = this.#chosen.size ? [...this.#chosen] : undefined;
        await this.send({ level, reasons, scale_version: this.#offer.scale_version });
        this.#busy = false;
        this.element.removeAttribute("aria-busy");
        this.#step(0);
    }

    #button(text, click, props) {
        const on = { click: (event) => this.#busy || click(event.currentTarget) };
        return h("button", { type: "button", on, ...props }, text);
    }

    #toggle(button, code) {
        const chosen = !this.#chosen.delete(code);
        if (chosen) {
            this.#chosen.add(code);
        }
        button.setAttribute("aria-pressed", String(chosen));
        this.touched();
    }

    #levels() {
        const one = (level) => {
            const button = this.#button(this.#own.t(`level.${level}`), () => this.#choose(level));
            button.append(h("span", { class: "stars", "aria-hidden": "true" }, "★".repeat(level)));
            return button;
        };
        return [h("div", { class: "levels" }, ...[5, 4, 3, 2, 1].map(one))];
    }

    #reasons() {
        const text = (key) => this.#own.t(key);
        const one = ({ code, name }) =>
            this.#button(this.i18n.name(name), (button) => this.#toggle(button, code), {
                "aria-pressed": String(this.#chosen.has(code)),
            });
        return [
            h("p", {}, text(`level.${this.level}`)),
            h("h2", {}, text("reasons")),
            h("div", { class: "reasons" }, ...this.#offer.reasons.map(one)),
            h(
                "div",
                { class: "buttons" },
                this.#button(text("back"), () => this.#step(0)),
                this.#button(text("send"), () => this.submit(), { class: "primary" }),
            ),
        ];
    }

    /* Anew, for another step or language. Who is inside with the keyboard stays inside, but on no
     * level: the next key must not be an opinion. */
    draw() {
        this.#own.lang = this.i18n.lang;
        const inside = this.element.contains(document.activeElement);
        this.element.replaceChildren(...(this.level ? this.#reasons() : this.#levels()));
        if (inside) {
            this.element.focus();
        }
    }
}
