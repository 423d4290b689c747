// flow: from an edited draft to a configuration in force: check (nothing happens), see the changes
// in words, apply. Whoever applied something in between is not overwritten: both are shown, and the
// edits go on upon the newer document.

import { ask } from "../shared/dialog.js";
import { h, setText } from "../shared/dom.js";
import { changes, pointerOf, rebase } from "./changes.js";
import { findingIn } from "./findings.js";
import { SCHEMA } from "./schema.js";
import { placeOf, sectionOf, texts, valueIn } from "./texts.js";

const CONFIG = "/api/v1/admin/config";
const SHOWN_MAX = 100;

const sectionTitle = (section) => (section in SCHEMA ? sectionOf(section)[0] : section);

export class Flow {
    #checked = false;
    #overtaken = false;
    working = false; // a document is on its way
    #again = () => {}; // tells the outcome once more, in another language
    #listeners = [];

    constructor(editor) {
        this.editor = editor;
        this.state = h("p", { id: "edited", role: "status" });
        this.outcome = h("div", { id: "outcome", role: "status" });
        this.progress = h("progress", { id: "progress", hidden: true });
        this.check = this.#button("check", "", () => this.#check());
        this.apply = this.#button("apply", "primary", () => this.#apply());
        this.reload = this.#button("reload", "", () => this.#reload());
        this.element = h(
            "div",
            { class: "flow" },
            this.state,
            h("div", { class: "buttons" }, this.check, this.apply, this.reload),
            this.progress,
            this.outcome,
        );
        this.apply.disabled = true;
    }

    /* Called after a configuration was applied, or the newest one was read. */
    onApplied(listener) {
        this.#listeners.push(listener);
    }

    /* What is in force has changed. */
    applied() {
        this.#overtaken = false;
        this.#listeners.forEach((listener) => listener());
    }

    #button(id, kind, work) {
        const click = () => this.busy(id, work);
        return h("button", { type: "button", id, class: kind || null, "data-e": id, on: { click } });
    }

    /* The draft was edited: what was checked is not what would be applied. */
    stale() {
        this.#checked = false;
        this.apply.disabled = true;
    }

    told(count) {
        const text = texts.t(count === 0 ? "edited.none" : "edited", { n: count });
        setText(this.state, this.#overtaken && count > 0 ? `${text} ${texts.t("overtaken")}` : text);
    }

    /* Somebody else applied something while there are edits here. */
    overtaken() {
        this.#overtaken = true;
        this.told(this.editor.count);
    }

    language() {
        this.#again();
    }

    say(...children) {
        this.outcome.replaceChildren(...children);
    }

    #tell(draw) {
        this.#again = () => this.say(...draw());
        this.#again();
    }

    /* Work that takes its time: nothing is pressed twice, and it is seen to go on. */
    async busy(what, work) {
        const buttons = [this.check, this.apply, this.reload];
        const before = buttons.map((button) => button.disabled);
        const held = document.activeElement;
        buttons.forEach((button) => (button.disabled = true));
        this.progress.hidden = false;
        this.working = true;
        this.progress.setAttribute("aria-label", texts.t(`busy.${what}`));
        this.#tell(() => [h("p", {}, texts.t(`busy.${what}`))]);
        try {
            await work();
        } catch (error) {
            if (error.status === undefined) {
                throw error;
            }
            await this.#failed(error);
        } finally {
            this.progress.hidden = true;
            this.working = false;
            buttons.forEach((button, i) => (button.disabled = before[i]));
            this.apply.disabled = !this.#checked;
            if (document.activeElement === document.body) {
                held?.focus();
            }
        }
    }

    put(dry, document = this.editor.draft.document) {
        const path = dry ? `${CONFIG}?dry_run=1` : CONFIG;
        const headers = { "If-Match": this.editor.draft.etag ?? "*" };
        return this.editor.api.write("PUT", path, document, { headers });
    }

    async #check() {
        if (!this.editor.readable) {
            this.#tell(() => [h("p", { class: "problem" }, texts.t("raw.first"))]);
            return;
        }
        await this.put(true);
        this.editor.showErrors([]);
        const { base, document } = this.editor.draft;
        const found = changes(base, document);
        this.#checked = found.length > 0;
        this.#tell(() => this.#good(found, base, document));
    }

    async #apply() {
        await this.put(false);
        await this.editor.load();
        this.stale();
        this.#tell(() => [h("p", { class: "good" }, texts.t("applied"))]);
        this.applied();
    }

    async #reload() {
        if (this.editor.dirty) {
            const title = texts.t("reload.sure");
            if (!(await ask({ i18n: this.editor.i18n, title }))) {
                this.say();
                return;
            }
        }
        await this.editor.load();
        this.stale();
        this.#tell(() => []);
        this.applied();
    }

    async #failed(error) {
        if (error.status === 412) {
            await this.#conflict();
            return;
        }
        const errors = (error.problem?.errors ?? []).map((one) => ({
            ...one,
            text: findingIn(one.detail, this.editor.i18n.lang),
        }));
        this.editor.showErrors(errors);
        this.#tell(() => this.#bad(error, errors));
        if (errors.length > 0) {
            this.editor.open(errors[0].pointer);
        }
    }

    /* ---- words ---- */

    #bad(error, errors) {
        const { document } = this.editor.draft;
        const rows = errors.map(({ pointer, detail }) => {
            const path = pointer.split("/").slice(1);
            const place = [sectionTitle(path[0]), placeOf(document, path)].filter(Boolean);
            const text = findingIn(detail, this.editor.i18n.lang);
            return h(
                "li",
                {},
                h(
                    "button",
                    { type: "button", class: "link-like", on: { click: () => this.editor.open(pointer) } },
                    place.join(" › ") || texts.t("place.whole"),
                ),
                ` ${text} `,
                h("code", {}, pointer),
            );
        });
        return [
            h("p", { class: "problem" }, errors.length ? texts.t("check.bad", { n: errors.length }) : error.message),
            ...(rows.length ? [h("ul", { class: "findings" }, ...rows)] : []),
        ];
    }

    #good(found, base, document) {
        if (found.length === 0) {
            return [h("p", { class: "good" }, texts.t("check.same"))];
        }
        return [
            h("p", { class: "good" }, texts.t("check.good", { n: found.length })),
            ...this.#changeList(found, base, document),
        ];
    }

    #changeList(found, base, document) {
        const groups = new Map();
        for (const one of found.slice(0, SHOWN_MAX)) {
            groups.set(one.path[0], [...(groups.get(one.path[0]) ?? []), one]);
        }
        const lists = [...groups].map(([section, list]) =>
            h(
                "section",
                { class: "changed" },
                h("h3", {}, sectionTitle(section)),
                h("ul", { class: "changes" }, ...list.map((one) => this.#change(one, base, document))),
            ),
        );
        const more = found.length - SHOWN_MAX;
        return more > 0 ? [...lists, h("p", {}, texts.t("more", { n: more }))] : lists;
    }

    #change({ kind, path, from, to }, base, document) {
        const at = kind === "removed" ? base : document;
        const place = placeOf(at, path) || sectionTitle(path[0]);
        const values = { place, from: valueIn(from), to: valueIn(to) };
        return h(
            "li",
            { dataset: { kind } },
            texts.t(`change.${kind}`, values),
            " ",
            h("code", {}, pointerOf(at, path)),
        );
    }

    /* ---- somebody else was faster ---- */

    async #conflict() {
        this.#overtaken = false;
        const { draft } = this.editor;
        const { data: newer, etag } = await this.editor.api.get(CONFIG);
        const base = draft.base;
        const mine = draft.document;
        const { document, conflicts } = rebase(base, mine, newer);
        const go = (keep) => {
            this.editor.take(newer, etag, keep ? document : undefined);
            this.stale();
            this.#tell(() => [h("p", { class: "good" }, texts.t(keep ? "conflict.kept" : "conflict.dropped"))]);
            this.check.focus();
            this.applied();
        };
        this.stale();
        this.#tell(() => this.#both({ base, mine, newer, conflicts, go }));
        this.outcome.querySelector("h3")?.focus();
    }

    #both({ base, mine, newer, conflicts, go }) {
        const button = (key, keep, kind) =>
            h("button", { type: "button", class: kind, on: { click: () => go(keep) } }, texts.t(key));
        const clash = conflicts.map(({ path, mine: own, theirs }) =>
            h(
                "li",
                {},
                texts.t("conflict.row", {
                    place: [sectionTitle(path[0]), placeOf(newer, path)].filter(Boolean).join(" › "),
                    mine: valueIn(own),
                    theirs: valueIn(theirs),
                }),
            ),
        );
        return [
            h("h3", { tabindex: "-1", class: "problem" }, texts.t("conflict")),
            h("p", {}, texts.t("conflict.about")),
            ...(clash.length
                ? [h("h4", {}, texts.t("conflict.clash")), h("ul", { id: "clash" }, ...clash)]
                : []),
            h("h4", {}, texts.t("conflict.theirs")),
            h("div", { id: "theirs" }, ...this.#changeList(changes(base, newer), base, newer)),
            h("h4", {}, texts.t("conflict.mine")),
            h("div", { id: "mine" }, ...this.#changeList(changes(base, mine), base, mine)),
            h(
                "div",
                { class: "buttons" },
                button("conflict.keep", true, "primary"),
                button("conflict.drop", false, null),
            ),
        ];
    }
}
