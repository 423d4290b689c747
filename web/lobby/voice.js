// voice: what the hall's voice says and what waits to be said; the lobby has things said that are no calls. Nothing of it
// is shown in a hall without a voice.

import { ask } from "../shared/dialog.js";
import { byId, h, setText, syncList } from "../shared/dom.js";

/* What a dialog gave, as the server takes it: numbers as numbers, what was left empty not at all. */
function bodyOf(values) {
    const given = Object.entries(values).filter(([, value]) => value !== "");
    return Object.fromEntries(given.map(([name, value]) => [name, name === "window" ? Number(value) : value]));
}

export class LobbyVoice {
    #queue = { on: false, items: [] };

    constructor({ api, i18n, acts }) {
        Object.assign(this, { api, i18n, acts });
        const window = { name: "window", text: "announce.window", type: "number", min: 1, max: 999 };
        const number = { name: "number", text: "word.number", required: true, max: 11 };
        const text = { name: "text", text: "announce.words", required: true, max: 80 };
        this.#button("lost_property", [window]);
        this.#button("return_to_window", [number, window]);
        this.#button("text", [text]);
    }

    #button(template, parts) {
        const title = () => this.i18n.t(`announce.${template}`);
        byId(`announce-${template}`).addEventListener("click", () =>
            this.acts.run(title(), async () => {
                const fields = parts.map((one) => ({ ...one, label: this.i18n.t(one.text) }));
                const answer = await ask({ i18n: this.i18n, title: title(), fields });
                const body = answer && bodyOf(answer.values);
                return (
                    body &&
                    this.api.post("/api/v1/announcements", template === "text" ? body : { template, ...body })
                );
            }),
        );
    }

    /* Asks anew: whenever the lobby's view has news, so have the queues. */
    async refresh() {
        try {
            const { data } = await this.api.get("/api/v1/announcements");
            this.#queue = data;
        } catch {
            return; // the view tells what is wrong with the line
        }
        this.draw();
    }

    draw() {
        const { on, items } = this.#queue;
        byId("voice-section").hidden = !on;
        byId("voice-quiet").hidden = items.length > 0;
        syncList(
            byId("voice"),
            items,
            (item) => item.id,
            () => h("li"),
            (element, item) => {
                element.dataset.state = item.state;
                const words = item.spoken[this.i18n.lang] ?? item.spoken["zh-CN"] ?? item.text ?? "";
                const state = this.i18n.t(`announce.${item.state}`);
                setText(element, [item.zone, state, words].filter(Boolean).join(" · "));
            },
        );
    }
}
