// notices: what runs below the calls on the hall's screens, changed from the lobby: one is put up for a while, mended, or
// taken down. Each change is a new version of the configuration, as the administrator's are.

import { ask } from "../shared/dialog.js";
import { byId, h, setText, syncList } from "../shared/dom.js";
import { refuseIn, ViewWatch } from "../shared/stream.js";
import { clockText, dateText, now } from "../shared/time.js";
import { actButton as button } from "./acts.js";
import { card, setButtons } from "./cards.js";

const PATH = "/api/v1/admin/notices";
const OWN = "lobby"; // codes of those that were put up here begin with it
const TEXT_MAX = 200; // some 40 seconds of reading

const untilText = (end) => (end.length > 10 ? `${dateText(Date.parse(end))} ${clockText(Date.parse(end))}` : end);

export class LobbyNotices {
    #items = [];
    #watch;

    constructor({ api, i18n, acts }) {
        Object.assign(this, { api, i18n, acts });
        byId("notice-add").addEventListener("click", () => this.#change(null));
        this.#watch = new ViewWatch({
            api,
            path: PATH,
            onView: ({ items }) => {
                this.#items = items;
                this.draw();
            },
            onError: refuseIn(byId("toast")),
            concerns: (name) => name === "config.changed",
        });
    }

    #state({ start, end }) {
        const ms = (text, last) => (text.length > 10 ? Date.parse(text) : Date.parse(`${text}T${last ? "24:00" : "00:00"}`));
        if (end && ms(end, true) <= now()) {
            return this.i18n.t("notice.over");
        }
        if (start && ms(start, false) > now()) {
            return this.i18n.t("notice.from", { time: untilText(start) });
        }
        return this.i18n.t(end ? "notice.until" : "notice.always", { time: end ? untilText(end) : "" });
    }

    #kind({ category }) {
        const key = `notice.${category}`;
        return this.i18n.has(key) ? this.i18n.t(key) : category;
    }

    /* `notice` null: a new one. */
    #change(notice) {
        const { i18n, api } = this;
        const title = i18n.t(notice ? "notice.edit" : "notice.add");
        return this.acts.run(title, async () => {
            const text = (lang, required) => ({
                name: lang,
                label: i18n.t(`notice.text.${lang}`),
                value: notice?.text[lang] ?? "",
                max: TEXT_MAX,
                required,
            });
            const minutes = { name: "minutes", label: i18n.t("notice.minutes"), type: "number" };
            const answer = await ask({ i18n, title, text: i18n.t("notice.about"), fields: [text("zh-CN", true), text("en", false), minutes] });
            return answer && this.#send(notice, answer.values, api);
        });
    }

    async #send(notice, { "zh-CN": zh, en, minutes }, api) {
        const { etag, data } = await api.get(PATH);
        const code = notice?.code ?? `${OWN}-${now().toString(36)}`;
        const before = data.items.find((one) => one.code === code);
        const until = Number(minutes) > 0 ? { end: new Date(now() + Number(minutes) * 60000).toISOString() } : {};
        const body = { ...before, code, text: { "zh-CN": zh, ...(en ? { en } : {}) }, ...until };
        const headers = { "If-Match": etag };
        const answer = await (notice
            ? api.write("PUT", `${PATH}/${encodeURIComponent(code)}`, body, { headers })
            : api.write("POST", PATH, body, { headers }));
        await this.#watch.refresh();
        return answer;
    }

    #remove(notice) {
        const { i18n, api } = this;
        const title = i18n.t("notice.remove");
        return this.acts.run(title, async () => {
            const answer = await ask({ i18n, title, text: i18n.name(notice.text) });
            if (!answer) {
                return null;
            }
            const { etag } = await api.get(PATH);
            const gone = await api.write("DELETE", `${PATH}/${encodeURIComponent(notice.code)}`, undefined, { headers: { "If-Match": etag } });
            await this.#watch.refresh();
            return gone;
        });
    }

    draw() {
        const { i18n } = this;
        byId("notices-none").hidden = this.#items.length > 0;
        const key = (one) => one.code ?? JSON.stringify(one.text);
        syncList(byId("notices"), this.#items, key, card, (element, notice) => {
            setText(element.querySelector(".name"), i18n.name(notice.text));
            setText(element.querySelector(".wait"), "");
            const own = notice.code ? null : i18n.t("notice.nameless");
            setText(element.querySelector(".more"), [this.#state(notice), this.#kind(notice), own].filter(Boolean).join(" · "));
            // One without a code has no address: the administrator wrote it, and gives it one.
            setButtons(element, i18n.lang + JSON.stringify(notice), () =>
                notice.code
                    ? [
                          button(i18n.t("notice.edit"), () => this.#change(notice), i18n.name(notice.text)),
                          button(i18n.t("notice.remove"), () => this.#remove(notice), i18n.name(notice.text)),
                      ]
                    : [],
            );
        });
    }
}
