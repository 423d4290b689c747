// history: every configuration that was in force: what it changed, how it differs from another one,
// and taking it back. It brings its own texts and style, so that a page mounts it with one line.

import { ask } from "../shared/dialog.js";
import { h } from "../shared/dom.js";
import { I18n } from "../shared/i18n.js";
import { messages } from "../shared/messages/history.js";
import { ViewWatch } from "../shared/stream.js";
import { clockText, dateText } from "../shared/time.js";
import { changes, pointerOf } from "./changes.js";
import { placeOf, texts as words, valueIn } from "./texts.js";

const VERSIONS = "/api/v1/admin/config/versions";
const SHOWN_MAX = 200;

const texts = new I18n(messages);

function timeText(at) {
    const ms = Date.parse(at);
    return `${dateText(ms)} ${clockText(ms, true)}`;
}

function sectionText(name) {
    const key = `section.${name}`;
    return texts.has(key) ? texts.t(key) : name;
}

function whatText(item) {
    const parts = item.restored_from ? [texts.t("history.restored", { n: item.restored_from })] : [];
    if (item.changes === null) {
        parts.push(texts.t("history.first"));
    } else if (item.changes === 0) {
        parts.push(texts.t("history.same"));
    } else {
        const sections = item.sections.map(sectionText).join(texts.lang === "en" ? ", " : "、");
        parts.push(texts.t("history.changes", { n: item.changes, sections }));
    }
    return parts.join(" · ");
}

function table(label, heads, rows) {
    const titles = heads.map((key) => h("th", { scope: "col" }, texts.t(key)));
    return h(
        "div",
        { class: "scroll", tabindex: "0", role: "region", "aria-label": label },
        h("table", {}, h("thead", {}, h("tr", {}, ...titles)), h("tbody", {}, ...rows)),
    );
}

/* A change in words, and where it stands in the document. */
function changeLine({ kind, path, from, to }, base, document) {
    const at = kind === "removed" ? base : document;
    const place = [sectionText(path[0]), placeOf(at, path)].filter(Boolean).join(" › ");
    const values = { place, from: valueIn(from), to: valueIn(to) };
    return h(
        "li",
        { dataset: { kind } },
        words.t(`change.${kind}`, values),
        " ",
        h("code", {}, pointerOf(at, path)),
    );
}

class History {
    #documents = new Map(); // version -> document
    #items = new Map(); // version -> item, of all pages read so far
    #older = null; // where the next page begins
    #drawOutcome = () => []; // drawn anew in another language
    #outcome = h("div", { class: "outcome", role: "status" });
    #list = h("div");
    #more = h("button", { type: "button", on: { click: () => this.#busy(this.#more, () => this.#readOlder()) } });
    #from = h("select", { name: "from" });
    #to = h("select", { name: "to" });
    #watch;

    constructor({ api, i18n, main, onRestored }) {
        this.api = api;
        this.i18n = i18n;
        this.onRestored = onRestored;
        this.section = h("section", { id: "history", "aria-labelledby": "history-title" });
        document.head.append(h("link", { rel: "stylesheet", href: "/admin/history.css" }));
        main.append(this.section);
        i18n.onChange(() => this.#draw());
        this.#draw();
        this.#watch = new ViewWatch({
            api,
            path: VERSIONS,
            onView: (view, changed) => changed !== false && this.#take(view),
            onError: (error) => this.#fail(error),
            concerns: (name) => name === "config.changed",
        });
    }

    get #versions() {
        return [...this.#items.keys()].sort((a, b) => b - a);
    }

    get #inForce() {
        return this.#versions[0];
    }

    #take({ items, next_before: next }) {
        for (const item of items) {
            this.#items.set(item.version, item);
        }
        // A page read again from the top says nothing of what was read below it.
        const lowest = this.#versions.at(-1);
        this.#older = next !== null && next <= lowest ? next : this.#older;
        this.#older = lowest === 1 ? null : this.#older;
        this.#drawList();
    }

    async #readOlder() {
        this.#take((await this.api.get(`${VERSIONS}?before=${this.#older}`)).data);
    }

    #say(draw) {
        this.#drawOutcome = draw;
        this.#outcome.replaceChildren(...draw());
    }

    #fail(error, version) {
        if (error.status === undefined) {
            throw error;
        }
        const findings = error.problem?.errors ?? [];
        this.#say(() => [
            ...(findings.length ? [h("p", { class: "problem" }, texts.t("history.finding", { n: version }))] : []),
            h("p", { class: "problem" }, error.status === 412 ? texts.t("history.overtaken") : error.message),
            ...findings.map((one) => h("p", { class: "problem" }, `${one.pointer} ${one.detail}`)),
        ]);
    }

    async #busy(button, work, version) {
        button.disabled = true;
        try {
            await work();
        } catch (error) {
            this.#fail(error, version);
        } finally {
            button.disabled = false;
        }
    }

    async #document(version) {
        if (!this.#documents.has(version)) {
            this.#documents.set(version, (await this.api.get(`${VERSIONS}/${version}`)).data);
        }
        return this.#documents.get(version);
    }

    /* Tells how they differ; resolves with in how many places. */
    async #compare(from, to) {
        const [base, document] = [await this.#document(from), await this.#document(to)];
        const found = changes(base, document);
        const n = found.length;
        this.#say(() => {
            const lines = found.slice(0, SHOWN_MAX).map((one) => changeLine(one, base, document));
            return [
                h("p", {}, texts.t(n ? "history.diff" : "history.diff.same", { from, to, n })),
                h("ul", {}, ...lines),
                n > SHOWN_MAX ? h("p", {}, texts.t("history.cut", { n: n - SHOWN_MAX })) : "",
            ];
        });
        return n;
    }

    async #restore(version) {
        const path = `${VERSIONS}/${version}/restore`;
        const now = this.#inForce;
        const headers = { "If-Match": `"v${now}"` };
        await this.api.post(`${path}?dry_run=1`, undefined, { headers });
        const n = await this.#compare(now, version);
        if (n === 0) {
            this.#say(() => [h("p", {}, texts.t("history.needless", { n: version }))]);
            return;
        }
        const title = texts.t("history.restore", { n: version });
        if (!(await ask({ i18n: this.i18n, title, text: texts.t("history.sure", { n }) }))) {
            return;
        }
        const { etag } = await this.api.post(path, undefined, { headers });
        const made = Number(/\d+/.exec(etag)[0]);
        await this.#watch.refresh();
        this.onRestored();
        this.#say(() => [h("p", { class: "good" }, texts.t("history.done", { n: version, now: made }))]);
    }

    #rowOf(item) {
        const n = item.version;
        const act = (key, work) =>
            h(
                "button",
                { type: "button", dataset: { act: key }, on: { click: (event) => this.#busy(event.currentTarget, work, n) } },
                texts.t(`history.${key}`, { n }),
            );
        return h(
            "tr",
            { dataset: { version: n } },
            h("th", { scope: "row" }, n, n === this.#inForce ? h("span", { class: "good" }, ` ${texts.t("history.force")}`) : null),
            h("td", {}, timeText(item.at)),
            h("td", {}, [null, "system"].includes(item.by) ? texts.t("history.machine") : item.by),
            h("td", {}, whatText(item)),
            h(
                "td",
                {},
                item.changes ? act("show", () => this.#compare(n - 1, n)) : null,
                n === this.#inForce ? null : act("restore", () => this.#restore(n)),
            ),
        );
    }

    #fillSelect(select, preset) {
        const kept = Number(select.value) || preset;
        select.replaceChildren(
            ...this.#versions.map((n) => h("option", { value: n, selected: n === kept }, n)),
        );
    }

    #drawList() {
        // A list that is drawn anew leaves the keyboard where it was.
        const held = this.#list.contains(document.activeElement) ? document.activeElement : null;
        const version = held?.closest("[data-version]")?.dataset.version;
        const rows = this.#versions.map((n) => this.#rowOf(this.#items.get(n)));
        const heads = ["version", "at", "by", "what", "act"].map((key) => `history.${key}`);
        this.#list.replaceChildren(table(texts.t("history.list"), heads, rows));
        if (version) {
            this.#list.querySelector(`[data-version="${version}"] [data-act="${held.dataset.act}"]`)?.focus();
        }
        this.#more.hidden = this.#older === null;
        this.#fillSelect(this.#from, this.#versions[1] ?? this.#inForce);
        this.#fillSelect(this.#to, this.#inForce);
    }

    #draw() {
        texts.lang = this.i18n.lang;
        this.#more.textContent = texts.t("history.more");
        const button = h("button", {}, texts.t("history.compare"));
        const compare = (event) => {
            event.preventDefault();
            this.#busy(button, () => this.#compare(Number(this.#from.value), Number(this.#to.value)));
        };
        this.section.replaceChildren(
            h("h2", { id: "history-title" }, texts.t("history.title")),
            h("p", {}, texts.t("history.about")),
            this.#list,
            this.#more,
            h(
                "form",
                { on: { submit: compare } },
                h("label", {}, h("span", {}, texts.t("history.from")), this.#from),
                h("label", {}, h("span", {}, texts.t("history.to")), this.#to),
                button,
            ),
            this.#outcome,
        );
        this.#outcome.replaceChildren(...this.#drawOutcome());
        this.#drawList();
    }
}

/* `main`: where the section is put, at its end. `onRestored`: another configuration is in force now. */
export function mountHistory(place) {
    return new History(place);
}
