// editor: the configuration as forms. A draft of the document is edited section by section, checked
// by the server without effect, and applied as a whole; the document itself can be edited as well.

import { h, setText } from "../shared/dom.js";
import { ViewWatch } from "../shared/stream.js";
import { changes, pointerOf, same } from "./changes.js";
import { Flow } from "./flow.js";
import { memberFields, presence, topList } from "./rows.js";
import { AREAS, SCHEMA } from "./schema.js";
import { memberSlot, rootSlot } from "./slots.js";
import { areaOf, sectionOf, setLanguage, texts } from "./texts.js";

const CONFIG = "/api/v1/admin/config";

export class Editor {
    #section = "hall";
    #list = null; // of the section shown, when it is one
    #errors = [];
    #extras = [];
    #shown = []; // extras of the section shown
    #waiting = false;
    #drawing = false;
    #typed = null; // the document as typed, while it cannot be read

    constructor({ api, i18n, root }) {
        Object.assign(this, { api, i18n, root });
        this.draft = { base: {}, document: {}, etag: null };
        this.fields = new Map();
        this.ctx = {
            draft: this.draft,
            fields: this.fields,
            i18n,
            section: this.#section,
            drawn: () => this.#mark(),
        };
        this.slot = rootSlot(this.draft, () => this.#changed());
        this.flow = new Flow(this);
        i18n.onChange(() => this.#language());
        window.addEventListener("beforeunload", (event) => {
            if (this.dirty) {
                event.preventDefault();
                event.returnValue = "";
            }
        });
        setLanguage(i18n.lang);
        this.#build();
    }

    get dirty() {
        return this.#typed !== null || this.count > 0;
    }

    get count() {
        return changes(this.draft.base, this.draft.document).length;
    }

    get section() {
        return this.#section;
    }

    /* `make(editor)` gives { element, update() }, shown below the fields of these sections. */
    addExtra(sections, make) {
        this.#extras.push({ sections, make });
    }

    /* ---- the document ---- */

    /* A document of the server, in place of all that was here. */
    take(document, etag, draft = structuredClone(document)) {
        Object.assign(this.draft, { base: document, document: draft, etag });
        this.#typed = null;
        this.#errors = [];
        this.redraw();
    }

    async load() {
        const { data, etag } = await this.api.get(CONFIG);
        this.take(data, etag);
    }

    discard() {
        this.take(this.draft.base, this.draft.etag);
    }

    /* Hears what others apply meanwhile: taken over at once while nothing is edited here, else told,
     * and brought together at the next check. */
    watch() {
        return new ViewWatch({
            api: this.api,
            path: CONFIG,
            concerns: (name) => name === "config.changed",
            onView: (document, changed) => {
                if (!changed || this.flow.working || same(document, this.draft.base)) {
                    return;
                }
                if (this.dirty) {
                    this.flow.overtaken();
                } else {
                    this.load().catch(() => {}); // the next check tells what is wrong
                }
            },
        });
    }

    /* Many writes at once: another document as the draft, such as the wizard's. */
    propose(document) {
        this.take(this.draft.base, this.draft.etag, document);
    }

    #changed() {
        this.flow.stale();
        if (!this.#waiting) {
            this.#waiting = true;
            queueMicrotask(() => {
                this.#waiting = false;
                this.#status();
                this.#shown.forEach((one) => one.update());
            });
        }
    }

    /* ---- findings ---- */

    /* Marks what the server found: [{ pointer, detail }]. */
    showErrors(errors) {
        this.#errors = errors;
        this.#mark();
    }

    /* The field that a pointer is about: itself, or what holds it. */
    #fieldOf(pointer) {
        for (let at = pointer; at !== ""; at = at.slice(0, at.lastIndexOf("/"))) {
            if (this.fields.has(at)) {
                return at;
            }
        }
        return null;
    }

    #mark() {
        if (this.#drawing) {
            return;
        }
        const told = new Map();
        for (const { pointer, text } of this.#errors) {
            const at = this.#fieldOf(pointer);
            told.set(at, told.has(at) ? `${told.get(at)}; ${text}` : text);
        }
        this.fields.forEach((field, pointer) => field.mark(told.get(pointer)));
        this.#badges();
    }

    /* Goes to the place of a finding or a change. */
    open(pointer) {
        const [, section, row] = pointer.split("/");
        if (!(section in SCHEMA)) {
            this.raw.open = true;
            this.text.focus();
            return;
        }
        if (section !== this.#section) {
            this.show(section);
        }
        if (row !== undefined && this.#list) {
            this.#list.open(Number(row));
        }
        for (const hidden of this.panel.querySelectorAll("details.group:not([open])")) {
            hidden.open = [...this.fields].some(
                ([own, field]) => hidden.contains(field.element) && pointer.startsWith(own),
            );
        }
        this.fields.get(this.#fieldOf(pointer))?.focus();
    }

    openPath(path) {
        this.open(pointerOf(this.draft.document, path));
    }

    /* ---- drawing ---- */

    #build() {
        const { root } = this;
        this.nav = h("nav", { class: "sections" });
        this.panel = h("div", { id: "panel" });
        this.text = h("textarea", {
            id: "document",
            rows: 24,
            spellcheck: "false",
            autocomplete: "off",
            "aria-describedby": "document-finding",
        });
        this.text.addEventListener("input", () => this.#read());
        this.raw = h(
            "details",
            { id: "raw", on: { toggle: () => this.#write() } },
            h("summary", { "data-e": "raw" }),
            h("p", { class: "help", "data-e": "raw.about" }),
            h("label", { for: "document", "data-e": "raw.document" }),
            this.text,
            h("p", { class: "finding", id: "document-finding" }),
        );
        root.replaceChildren(
            h("h2", { id: "config-title", "data-e": "title" }),
            h("p", { "data-e": "about" }),
            this.nav,
            this.panel,
            this.flow.element,
            this.raw,
        );
        this.#words();
    }

    #words() {
        for (const element of this.root.querySelectorAll("[data-e]")) {
            setText(element, texts.t(element.dataset.e));
        }
        this.nav.setAttribute("aria-label", texts.t("nav"));
    }

    #language() {
        setLanguage(this.i18n.lang);
        this.#words();
        this.flow.language();
        this.redraw();
    }

    #navigation() {
        const button = (section) =>
            h(
                "button",
                {
                    type: "button",
                    dataset: { section },
                    "aria-current": section === this.#section ? "true" : null,
                    on: { click: () => this.show(section) },
                },
                h("span", {}, sectionOf(section)[0]),
                h("span", { class: "badge" }),
            );
        this.nav.replaceChildren(
            ...Object.entries(AREAS).map(([area, sections]) =>
                h(
                    "div",
                    { role: "group", "aria-label": areaOf(area) },
                    h("span", { class: "area", "aria-hidden": "true" }, areaOf(area)),
                    ...sections.map(button),
                ),
            ),
        );
    }

    #badges() {
        const changed = new Set(
            changes(this.draft.base, this.draft.document).map((one) => one.path[0]),
        );
        for (const button of this.nav.querySelectorAll("button")) {
            const { section } = button.dataset;
            const wrong = this.#errors.filter(({ pointer }) => pointer.split("/")[1] === section);
            const text = wrong.length
                ? texts.t("badge.wrong", { n: wrong.length })
                : changed.has(section)
                  ? texts.t("badge.changed")
                  : "";
            button.classList.toggle("wrong", wrong.length > 0);
            setText(button.querySelector(".badge"), text);
        }
    }

    show(section) {
        this.#section = section;
        this.redraw();
        this.panel.querySelector("h3")?.focus();
    }

    redraw() {
        const section = this.#section;
        this.#drawing = true;
        this.ctx.section = section;
        this.fields.clear();
        this.#navigation();
        const spec = SCHEMA[section];
        const slot = memberSlot(this.slot, section, spec.optional);
        const [title, about] = sectionOf(section);
        this.#list = spec.type === "list" ? topList(this.ctx, slot, spec) : null;
        this.#shown = this.#extras
            .filter((one) => one.sections.includes(section))
            .map((one) => one.make(this));
        this.panel.replaceChildren(
            h("h3", { tabindex: "-1" }, title),
            h("p", { class: "help" }, about),
            ...(this.#list ? [this.#list.element] : this.#object(slot, spec)),
            ...this.#shown.map((one) => one.element),
        );
        this.#drawing = false;
        this.#status();
        this.#mark();
        this.#shown.forEach((one) => one.update());
    }

    #object(slot, spec) {
        const there = !spec.optional || slot.get() !== undefined;
        const box = spec.optional ? [presence(slot, () => this.redraw(), spec.make)] : [];
        const fields = there ? memberFields(this.ctx, slot, spec.members) : [];
        return [...box, h("div", { class: "fields" }, ...fields)];
    }

    #status() {
        const { count } = this;
        this.flow.told(count);
        this.#badges();
        this.#write();
    }

    /* ---- the document itself ---- */

    #write() {
        if (this.#typed === null && document.activeElement !== this.text) {
            this.text.value = JSON.stringify(this.draft.document, null, 2);
            this.#textFinding("");
        }
    }

    #textFinding(text) {
        setText(this.raw.querySelector(".finding"), text);
        if (text) {
            this.text.setAttribute("aria-invalid", "true");
        } else {
            this.text.removeAttribute("aria-invalid");
        }
    }

    /* What was typed becomes the draft as soon as it can be read. */
    #read() {
        try {
            const value = JSON.parse(this.text.value);
            if (value === null || typeof value !== "object" || Array.isArray(value)) {
                throw new SyntaxError(texts.t("raw.object"));
            }
            this.#typed = null;
            this.#textFinding("");
            this.draft.document = value;
            this.flow.stale();
            this.#errors = [];
            this.redraw();
        } catch (error) {
            this.#typed = this.text.value;
            this.#textFinding(texts.t("raw.unreadable", { why: error.message }));
            this.flow.stale();
            this.#status();
        }
    }

    /* Can the draft be sent? A document that cannot be read keeps the keyboard where it is. */
    get readable() {
        if (this.#typed !== null) {
            this.raw.open = true;
            this.text.focus();
        }
        return this.#typed === null;
    }
}

/* Puts the editor into `root`; the document is read by load(). */
export function mountEditor(place) {
    return new Editor(place);
}
