// why: the disclosure "why this order?" of one ticket: who was called before it and what decided,
// from the answer of its .../why, which is asked for when somebody wants to know.

import { h } from "./element.js";
import { clockText } from "./time.js";

export class WhyBox {
    #why = null;
    #title = h("summary");
    #words = h("div", { "aria-live": "polite" });

    /* `load()` gives the answer. `element` is the page's to place. */
    constructor(i18n, load) {
        this.i18n = i18n;
        this.load = load;
        const on = { toggle: () => this.refresh() };
        this.element = h("details", { class: "why", on }, this.#title, this.#words);
        this.draw();
    }

    /* Asks again, if it is open. */
    async refresh() {
        if (!this.element.open) {
            return;
        }
        try {
            const why = await this.load();
            // What is told already is not spoken again.
            if (JSON.stringify(why) !== JSON.stringify(this.#why)) {
                this.#why = why;
                this.draw();
            }
        } catch (error) {
            if (error.status === undefined) {
                throw error;
            }
            this.#why = null;
            this.#words.replaceChildren(h("p", { class: "problem" }, error.message));
        }
    }

    /* In the page's language. */
    draw() {
        const text = this.i18n.lang === "en" ? "text_en" : "text";
        this.#title.textContent = this.i18n.t("why");
        if (!this.#why) {
            return;
        }
        const { unnamed: n, passed_by: calls } = this.#why;
        const line = (call) => h("li", {}, `${clockText(Date.parse(call.called_at))} ${call[text]}`);
        this.#words.replaceChildren(h("p", {}, this.#why[text]), h("ol", {}, ...calls.map(line)));
        if (n > 0) {
            this.#words.append(h("p", {}, this.i18n.t("why.unnamed", { n })));
        }
    }
}
