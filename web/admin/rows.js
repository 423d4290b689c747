// rows: what holds other members: objects, and lists whose rows can be added, copied, moved and
// taken out. A list draws itself anew when its rows change; all else stays, and with it the
// keyboard's place.

import { ask } from "../shared/dialog.js";
import { h } from "../shared/dom.js";
import { makeField, unknownField } from "./fields.js";
import { renameRefs } from "./schema.js";
import { memberSlot, rowSlot } from "./slots.js";
import { helpOf, labelOf, rowTitle, texts } from "./texts.js";

const tools = { memberSlot };

/* The controls of an object's members, and those that the table does not know, to be seen. */
export function memberFields(ctx, slot, members) {
    const known = Object.entries(members).map(([name, spec]) =>
        memberField(ctx, memberSlot(slot, name, spec.optional), spec),
    );
    const value = slot.get();
    const others = Object.keys(value && typeof value === "object" ? value : {})
        .filter((name) => !(name in members))
        .map((name) => unknownField(memberSlot(slot, name)));
    return [...known, ...others];
}

function memberField(ctx, slot, spec) {
    if (spec.type === "object") {
        return objectField(ctx, slot, spec);
    }
    if (spec.type === "list") {
        return listField(ctx, slot, spec);
    }
    return makeField(ctx, slot, spec, tools);
}

/* An object within an object; marked itself when the finding is about the whole. */
function objectField(ctx, slot, spec) {
    const finding = h("p", { class: "finding" });
    const { optional } = spec;
    const body = h("div", { class: "fields" });
    const draw = () => {
        const there = !optional || slot.get() !== undefined;
        body.replaceChildren(...(there ? memberFields(ctx, slot, spec.members) : []));
    };
    const element = h(
        "fieldset",
        { class: "group" },
        h("legend", {}, labelOf(slot.names)),
        helpOf(slot.names) ? h("p", { class: "help" }, helpOf(slot.names)) : null,
        optional ? presence(slot, draw, spec.make) : null,
        finding,
        body,
    );
    draw();
    ctx.fields.set(slot.pointer, {
        element,
        focus: () => element.querySelector("input, select, textarea, button")?.focus(),
        mark: (detail) => (finding.textContent = detail ?? ""),
    });
    return element;
}

/* A box that puts an optional object there, or takes it out. */
export function presence(slot, draw, make) {
    const input = h("input", { type: "checkbox", checked: slot.get() !== undefined });
    input.addEventListener("change", () => {
        slot.set(input.checked ? make() : undefined);
        draw();
    });
    return h("label", { class: "box" }, input, h("span", {}, texts.t("object.use")));
}

/* ---- lists ---- */

function fresh(spec, rows) {
    const item = spec.fresh ? spec.fresh(rows) : structuredClone(spec.blank);
    if (item !== null && typeof item === "object" && "no" in item) {
        item.no = Math.max(0, ...rows.map((one) => Number(one.no) || 0)) + 1;
    }
    return item;
}

/* A copy needs a name of its own. */
function copyOf(item, rows) {
    const copy = structuredClone(item);
    if (copy?.no !== undefined) {
        copy.no = Math.max(...rows.map((one) => Number(one.no) || 0)) + 1;
    } else if (copy?.code) {
        const taken = new Set(rows.map((one) => one.code));
        let n = 2;
        while (taken.has(`${item.code}-${n}`)) {
            n++;
        }
        copy.code = `${item.code}-${n}`;
    }
    return copy;
}

class Rows {
    #body = h("div", { class: "rows" });
    #open = null;

    constructor(ctx, slot, spec, { top = false } = {}) {
        Object.assign(this, { ctx, slot, spec, top });
        this.finding = h("p", { class: "finding" });
        const add = h(
            "button",
            { type: "button", class: "add", on: { click: () => this.#add() } },
            texts.t("row.add", { what: labelOf(slot.names) }),
        );
        this.add = add;
        this.element = h(top ? "div" : "fieldset", { class: "group list" });
        if (!top) {
            const help = helpOf(slot.names);
            this.element.append(
                h("legend", {}, labelOf(slot.names)),
                ...(help ? [h("p", { class: "help" }, help)] : []),
            );
        }
        this.element.append(this.finding, this.#body, add);
        ctx.fields.set(slot.pointer, {
            element: this.element,
            focus: () => add.focus(),
            mark: (detail) => (this.finding.textContent = detail ?? ""),
        });
        this.draw();
    }

    get rows() {
        const value = this.slot.get();
        return Array.isArray(value) ? value : [];
    }

    /* The list was written: others that name its rows may have to be drawn anew. */
    #write(rows, focus) {
        const empty = rows.length === 0 && !this.top && this.spec.word === undefined;
        this.slot.set(empty ? undefined : rows);
        this.draw();
        focus?.();
    }

    #add() {
        const rows = [...this.rows, fresh(this.spec, this.rows)];
        this.#open = rows.length - 1;
        this.#write(rows, () => this.open(rows.length - 1));
    }

    #copy(i) {
        const rows = [...this.rows];
        rows.splice(i + 1, 0, copyOf(rows[i], rows));
        this.#open = i + 1;
        this.#write(rows, () => this.open(i + 1));
    }

    #move(i, by) {
        const rows = [...this.rows];
        const [item] = rows.splice(i, 1);
        rows.splice(i + by, 0, item);
        this.#open = i + by;
        const verb = by < 0 ? "up" : "down";
        this.#write(rows, () => {
            const row = this.#body.children[i + by];
            const button = row.querySelector(`[data-row="${verb}"]:not(:disabled)`);
            (button ?? row.querySelector("[data-row]:not(:disabled)")).focus();
        });
    }

    async #remove(i) {
        const title = texts.t("row.remove.sure", { what: this.#title(this.rows[i], i) });
        if (this.top && !(await ask({ i18n: this.ctx.i18n, title }))) {
            return;
        }
        this.#open = null;
        this.#write(
            this.rows.filter((one, n) => n !== i),
            () => this.add.focus(),
        );
    }

    #title(item, i) {
        return this.top ? rowTitle(item, i) : `${labelOf(this.slot.names)} ${i + 1}`;
    }

    #toolbar(i) {
        const last = this.rows.length - 1;
        const what = this.#title(this.rows[i], i);
        const button = (verb, act, disabled = false) =>
            h(
                "button",
                {
                    type: "button",
                    dataset: { row: verb },
                    "aria-label": `${texts.t(`row.${verb}`)} ${what}`,
                    disabled,
                    on: { click: act },
                },
                texts.t(`row.${verb}`),
            );
        return h(
            "div",
            { class: "toolbar" },
            button("up", () => this.#move(i, -1), i === 0),
            button("down", () => this.#move(i, 1), i === last),
            button("copy", () => this.#copy(i), this.rows.length >= this.spec.max),
            button("remove", () => this.#remove(i)),
        );
    }

    /* A code that is changed takes along what refers to it, while it is the only one. */
    #follow(slot, title) {
        const { section } = this.ctx;
        let was = slot.get()?.code ?? slot.get()?.no;
        return () => {
            const now = slot.get()?.code ?? slot.get()?.no;
            title.textContent = rowTitle(slot.get(), 0);
            const same = this.rows.filter((one) => (one.code ?? one.no) === was).length;
            const usable = now !== undefined && now !== "" && was !== undefined && was !== "";
            if (now !== was && usable && same === 0) {
                renameRefs(this.ctx.draft.document, section, was, now);
            }
            was = usable || was === undefined || was === "" ? now : was;
        };
    }

    #fill(slot) {
        const plain = slot.get() === null || typeof slot.get() !== "object";
        return plain ? [unknownField(slot)] : memberFields(this.ctx, slot, this.spec.members);
    }

    #topRow(i) {
        const slot = rowSlot(this.slot, i);
        const title = h("span", { class: "row-title" }, rowTitle(slot.get(), i));
        const finding = h("p", { class: "finding" });
        const body = h("div", { class: "row-body" });
        const details = h("details", { class: "row" }, h("summary", {}, title), finding, body);
        const fill = () => {
            if (details.open && body.childElementCount === 0) {
                this.#open = i;
                body.append(this.#toolbar(i), h("div", { class: "fields" }, ...this.#fill(slot)));
                body.addEventListener("change", this.#follow(slot, title));
                this.ctx.drawn();
            }
        };
        details.addEventListener("toggle", fill);
        details.fill = fill;
        this.ctx.fields.set(slot.pointer, {
            element: details,
            focus: () => details.querySelector("summary").focus(),
            mark: (detail) => (finding.textContent = detail ?? ""),
        });
        return details;
    }

    #innerRow(i) {
        const slot = rowSlot(this.slot, i, this.spec.word);
        const finding = h("p", { class: "finding" });
        this.ctx.fields.set(slot.pointer, {
            element: finding,
            focus: () => {},
            mark: (detail) => (finding.textContent = detail ?? ""),
        });
        return h(
            "div",
            { class: "row inner", role: "group", "aria-label": this.#title(null, i) },
            h("div", { class: "fields" }, ...this.#fill(slot)),
            finding,
            this.#toolbar(i),
        );
    }

    draw() {
        for (const pointer of [...this.ctx.fields.keys()]) {
            if (pointer.startsWith(`${this.slot.pointer}/`)) {
                this.ctx.fields.delete(pointer);
            }
        }
        const rows = this.rows.map((item, i) => (this.top ? this.#topRow(i) : this.#innerRow(i)));
        this.#body.replaceChildren(
            ...(rows.length ? rows : [h("p", { class: "help" }, texts.t("row.none"))]),
        );
        this.add.disabled = this.rows.length >= this.spec.max;
        if (this.top && this.#open !== null && rows[this.#open]) {
            rows[this.#open].open = true;
            rows[this.#open].fill();
        }
        this.ctx.drawn();
    }

    /* Opens a row and puts the keyboard into it. */
    open(i) {
        const row = this.#body.children[i];
        if (!row) {
            return;
        }
        if (this.top) {
            row.open = true;
            row.fill();
        }
        row.querySelector("input, select, textarea")?.focus();
    }
}

export function listField(ctx, slot, spec) {
    return new Rows(ctx, slot, spec).element;
}

export function topList(ctx, slot, spec) {
    return new Rows(ctx, slot, spec, { top: true });
}
