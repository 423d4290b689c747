// bounds: what the draft would promise those who wait, computed by the server while it is edited,
// beside what is in force.

import { h, setText } from "../shared/dom.js";
import { Asker } from "./asker.js";
import { remarksOf } from "./remarks.js";
import { targetsOf, texts } from "./texts.js";

const PATH = "/api/v1/admin/bounds";
const COLUMNS = ["windows", "calls", "typical", "bad"];

/* Cells of a row as text; null: there is no such number. */
function cellsOf(row) {
    const none = row.calls === null ? texts.t("bounds.none") : texts.t("bounds.nowindow");
    const minutes = (value) => (value === null ? none : value.toFixed(1));
    return {
        windows: String(row.windows),
        calls: row.calls === null ? texts.t("bounds.none") : String(row.calls),
        typical: minutes(row.typical_min),
        bad: minutes(row.bad_day_min),
    };
}

const keyOf = (row) => `${row.service} ${row.class}`;

/* Names of services and classes beside their codes. */
function labelsOf(document) {
    const labels = (section) => new Map(targetsOf(document, section).map(({ value, label }) => [value, label]));
    return { services: labels("services"), classes: labels("classes") };
}

/* One row; `was`: the same in force, where it is compared. */
function tableRow(row, was, { services, classes }) {
    const now = cellsOf(row);
    const old = was ? cellsOf(was) : now;
    const cells = COLUMNS.map((name) => {
        const same = now[name] === old[name];
        const text = same ? now[name] : texts.t("bounds.was", { now: now[name], was: old[name] });
        return h("td", { class: same ? null : "differs" }, text);
    });
    return h("tr", {}, h("th", { scope: "row" }, services.get(row.service) ?? row.service), h("td", {}, classes.get(row.class) ?? row.class), ...cells);
}

function table(rows) {
    const heads = ["service", "class", ...COLUMNS].map((name) =>
        h("th", { scope: "col" }, texts.t(`bounds.${name}`)),
    );
    return h("table", {}, h("thead", {}, h("tr", {}, ...heads)), h("tbody", {}, ...rows));
}

function remarks(text, lang) {
    return remarksOf(text, lang).map((one) => h("li", { class: one.bad ? "problem" : null }, one.text));
}

/* Puts what is in force into `root`, and again when the language or the configuration changes. */
export function mountForce({ api, i18n, editor, root }) {
    let told = null;
    const draw = () => {
        const box = h("div", { class: "scroll", role: "region", tabindex: "0", "aria-labelledby": "bounds-title" });
        const labels = labelsOf(editor.draft.base);
        box.append(table(told.rows.map((row) => tableRow(row, null, labels))));
        root.replaceChildren(box, h("ul", { class: "remarks" }, ...remarks(told.text, i18n.lang)));
    };
    i18n.onChange(() => told && draw());
    return async () => {
        told = (await api.post(PATH, editor.draft.base)).data;
        draw();
    };
}

class Bounds {
    #force = null; // rows in force, and the document they are of
    #state = h("p", { class: "help", role: "status" });
    #table = h("div", { class: "scroll", role: "region", tabindex: "0" });
    #remarks = h("ul", { class: "remarks" });

    constructor(editor) {
        this.editor = editor;
        this.#table.setAttribute("aria-label", texts.t("bounds.title"));
        this.element = h(
            "section",
            { class: "extra", id: "live-bounds", "aria-labelledby": "live-bounds-title" },
            h("h4", { id: "live-bounds-title" }, texts.t("bounds.title")),
            h("p", { class: "help" }, texts.t("bounds.about")),
            this.#state,
            this.#table,
            h("details", {}, h("summary", {}, texts.t("bounds.text")), this.#remarks),
        );
        const { element } = this;
        this.asker = new Asker({ editor, element, ask: () => this.#ask(), refused: (...told) => this.#refused(...told) });
    }

    update() {
        this.asker.soon();
    }

    async #ask() {
        const { api, draft } = this.editor;
        setText(this.#state, texts.t("bounds.busy"));
        if (this.#force?.base !== draft.base) {
            const { data } = await api.post(PATH, draft.base);
            this.#force = { base: draft.base, rows: new Map(data.rows.map((row) => [keyOf(row), row])) };
        }
        const { data } = await api.post(PATH, draft.document);
        return () => this.#draw(data);
    }

    #refused(why, mistaken) {
        setText(this.#state, mistaken ? texts.t("bounds.wrong", { why }) : why);
    }

    #draw({ rows, text }) {
        const differs = (row) => {
            const was = this.#force.rows.get(keyOf(row));
            return !was || COLUMNS.some((name) => cellsOf(row)[name] !== cellsOf(was)[name]);
        };
        const count = rows.filter(differs).length;
        // What changed comes first: that is what is looked for.
        const sorted = [...rows.filter(differs), ...rows.filter((row) => !differs(row))];
        const labels = labelsOf(this.editor.draft.document);
        this.#table.replaceChildren(table(sorted.map((row) => tableRow(row, this.#force.rows.get(keyOf(row)), labels))));
        this.#remarks.replaceChildren(...remarks(text, this.editor.i18n.lang));
        setText(this.#state, texts.t("bounds.now", { n: count }));
    }
}

export const boundsTable = (editor) => new Bounds(editor);
