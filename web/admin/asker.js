// asker: what the server works out of a draft while it is edited. It is asked a little after the last edit; only the
// newest answer counts, and a draft that it refuses is told in words.

import { findingIn } from "./findings.js";
import { placeOf } from "./texts.js";

const PAUSE_MS = 400; // of typing

export class Asker {
    #timer = 0;
    #asked = 0;
    #answered = false;

    /* `element`: nothing is asked while it is not shown. `ask()` gives a function that shows the answer; `refused(why,
     * mistaken)`: whether something in the draft is. */
    constructor({ editor, element, ask, refused }) {
        Object.assign(this, { editor, element, ask, refused });
    }

    /* The draft was drawn or edited. */
    soon() {
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => this.#ask(), this.#answered ? PAUSE_MS : 0);
    }

    async #ask() {
        const mine = ++this.#asked;
        if (!this.element.isConnected) {
            return;
        }
        try {
            const show = await this.ask();
            if (mine === this.#asked) {
                this.#answered = true;
                show();
            }
        } catch (error) {
            if (error.status === undefined) {
                throw error;
            }
            if (mine === this.#asked) {
                this.#tell(error);
            }
        }
    }

    #tell(error) {
        const found = error.problem?.errors?.[0];
        if (!found) {
            this.refused(error.message, false);
            return;
        }
        const place = placeOf(this.editor.draft.document, found.pointer.split("/").slice(1));
        this.refused(`${place} ${findingIn(found.detail, this.editor.i18n.lang)}`, true);
    }
}
