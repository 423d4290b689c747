// wizard: turns an empty database into a working hall: a few steps that fill one configuration
// document, a check that changes nothing, then the document, the people and the pairing codes in
// one go. It is there while the hall has no services.

import { whatWentWrong } from "../shared/dialog.js";
import { h, setText } from "../shared/dom.js";
import { findingIn } from "./findings.js";
import { rootSlot } from "./slots.js";
import { placeOf } from "./texts.js";
import { compose, STEPS } from "./wizard_steps.js";
import { words } from "./wizard_words.js";

const USERS = "/api/v1/admin/users";
const DEVICES = "/api/v1/admin/devices";
const ALL = STEPS.length + 1; // the last one checks and applies
const SETUP = "setup"; // the device that the code of the first start makes
const PEOPLE = STEPS.findIndex((one) => one.name === "people");

export class Wizard {
    #at = 0;
    #touched = false;
    #working = false;
    #draw = () => {}; // draws what is shown once more, in another language

    constructor({ api, i18n, root, editor, me }) {
        Object.assign(this, { api, i18n, root, editor });
        this.setup = me.device === SETUP;
        this.draft = { document: {} };
        this.extra = {
            led: { on: false, driver: "modbus", link: "sim:led" },
            people: this.setup ? [{ name: "admin", role: "admin", password: "" }] : [],
            setup: this.setup,
            devices: [
                { role: "kiosk", name: "kiosk1" },
                { role: "display", name: "display1" },
            ],
        };
        this.fields = new Map();
        this.slot = rootSlot(this.draft, () => (this.#touched = true));
        this.ctx = { draft: this.draft, fields: this.fields, i18n, section: null, drawn: () => {} };
        root.hidden = true;
        i18n.onChange((lang) => {
            words.lang = lang;
            // The editor hears of the new language by the same list, and labels come from there.
            queueMicrotask(() => !root.hidden && this.#draw());
        });
        window.addEventListener("beforeunload", (event) => {
            if (this.#touched && !root.hidden) {
                event.preventDefault();
                event.returnValue = "";
            }
        });
    }

    /* Shows itself when the hall has nothing to offer yet. */
    async offer() {
        if ((this.editor.draft.document.services ?? []).length > 0) {
            return;
        }
        words.lang = this.i18n.lang;
        const base = structuredClone(this.editor.draft.document);
        this.draft.document = {
            ...base,
            hall: base.hall ?? { code: "hall", name: { "zh-CN": "", en: "" }, timezone: "Asia/Shanghai", day_close: "23:30" },
            zones: base.zones ?? [{ code: "main", name: { "zh-CN": "等候区", en: "Waiting area" } }],
            services: [],
        };
        this.root.hidden = false;
        this.editor.root.hidden = true;
        this.#go(0);
    }

    /* The editors instead; with `keep`, what was filled in becomes their draft. */
    leave(keep) {
        this.#touched = false;
        this.root.hidden = true;
        this.editor.root.hidden = false;
        if (keep) {
            this.editor.propose(compose(this.draft.document, this.extra));
        }
        this.editor.show("hall");
    }

    /* ---- steps ---- */

    #go(at) {
        this.#at = at;
        this.#draw = () => (at < STEPS.length ? this.#drawStep() : this.#drawFinish());
        this.#draw();
        this.root.querySelector("h3").focus();
        if (at === STEPS.length) {
            this.#check();
        }
    }

    #names() {
        return [...STEPS.map((one) => one.name), "finish"].map((name) => words.t(`name.${name}`));
    }

    #frame(...children) {
        const names = this.#names();
        const list = names.map((name, i) =>
            h(
                "li",
                { "aria-current": i === this.#at ? "step" : null },
                h(
                    "button",
                    { type: "button", on: { click: () => this.#go(i) }, disabled: this.#working },
                    `${i + 1} ${name}`,
                ),
            ),
        );
        this.root.replaceChildren(
            h("h2", { id: "wizard-title" }, words.t("title")),
            h("p", {}, words.t("about")),
            h("ol", { class: "steps", "aria-label": words.t("steps") }, ...list),
            h("h3", { tabindex: "-1" }, words.t("step", { n: this.#at + 1, all: ALL, name: names[this.#at] })),
            ...children,
        );
    }

    #buttons(...more) {
        const button = (key, act, kind = null) =>
            h("button", { type: "button", class: kind, disabled: this.#working, on: { click: act } }, words.t(key));
        return h(
            "div",
            { class: "buttons" },
            ...(this.#at > 0 ? [button("back", () => this.#go(this.#at - 1))] : []),
            ...(this.#at < STEPS.length ? [button("next", () => this.#go(this.#at + 1), "primary")] : []),
            ...more,
            button("leave", () => this.leave(true)),
        );
    }

    #drawStep() {
        this.fields.clear();
        const step = STEPS[this.#at];
        const body = h("div", { class: "wizard-step" });
        const redraw = (focus = null) => {
            this.#touched = true;
            const held = document.activeElement?.textContent;
            this.#drawStep();
            const same = [...this.root.querySelectorAll("button")].find((one) => one.textContent === held);
            (this.root.querySelector(focus ?? ":scope > none") ?? same ?? this.root.querySelector("h3")).focus();
        };
        body.append(...step.make({ ctx: this.ctx, slot: this.slot, draft: this.draft, extra: this.extra, redraw }));
        this.#frame(body, this.#buttons());
    }

    /* ---- check and apply ---- */

    #drawFinish() {
        const { document } = this.draft;
        const { people, devices } = this.extra;
        this.outcome = h("div", { class: "wizard-outcome", role: "status" });
        this.applying = h(
            "button",
            { type: "button", id: "wizard-apply", class: "primary", disabled: true, on: { click: () => this.#apply() } },
            words.t("finish.apply"),
        );
        const again = h("button", { type: "button", on: { click: () => this.#check() } }, words.t("finish.again"));
        this.#frame(
            h(
                "p",
                {},
                words.t("finish.summary", {
                    services: document.services?.length ?? 0,
                    windows: document.windows?.length ?? 0,
                    people: people.length,
                    devices: devices.length,
                }),
            ),
            this.outcome,
            this.#buttons(again, this.applying),
        );
    }

    #say(...children) {
        this.outcome.replaceChildren(...children);
    }

    /* People are made after the document: what is surely wrong with them is told before. */
    #peopleLack() {
        const { people } = this.extra;
        if (people.some(({ name, password }) => name === "" || password === "")) {
            return "finish.blank";
        }
        return this.setup && !people.some(({ role }) => role === "admin") ? "finish.noadmin" : null;
    }

    async #check() {
        const lack = this.#peopleLack();
        if (lack) {
            this.applying.disabled = true;
            const go = () => this.#go(PEOPLE);
            const text = words.t("finish.fix", { n: PEOPLE + 1, place: words.t("name.people") });
            this.#say(
                h("p", { class: "problem" }, words.t("finish.bad", { n: 1 })),
                h(
                    "ul",
                    {},
                    h(
                        "li",
                        {},
                        h("button", { type: "button", class: "link-like", on: { click: go } }, text),
                        ` ${words.t(lack)}`,
                    ),
                ),
            );
            return;
        }
        this.#say(h("p", {}, words.t("finish.checking")));
        try {
            await this.editor.flow.put(true, compose(this.draft.document, this.extra));
            this.#say(h("p", { class: "good" }, words.t("finish.good")));
            this.applying.disabled = false;
        } catch (error) {
            await this.#refused(error);
        }
    }

    async #refused(error) {
        if (error.status === undefined) {
            throw error;
        }
        this.applying.disabled = true;
        if (error.status === 412) {
            await this.#overtaken();
            return;
        }
        const errors = error.problem?.errors ?? [];
        const rows = errors.map(({ pointer, detail }) => this.#finding(pointer, detail));
        this.#say(
            h("p", { class: "problem" }, errors.length ? words.t("finish.bad", { n: errors.length }) : error.message),
            ...(rows.length ? [h("ul", {}, ...rows)] : []),
        );
    }

    /* Somebody else applied something: the check is done anew upon it, unless there is a hall. */
    async #overtaken() {
        await this.editor.load();
        if ((this.editor.draft.document.services ?? []).length === 0) {
            await this.#check();
            return;
        }
        this.leave(false);
        this.editor.flow.say(h("p", { class: "problem" }, words.t("finish.overtaken")));
    }

    #finding(pointer, detail) {
        const path = pointer.split("/").slice(1);
        const found = STEPS.findIndex((one) => one.sections.includes(path[0]));
        const at = Math.max(found, 0);
        const place = placeOf(compose(this.draft.document, this.extra), path) || this.#names()[at];
        const go = () => {
            this.#go(at);
            for (let own = pointer; own !== ""; own = own.slice(0, own.lastIndexOf("/"))) {
                if (this.fields.has(own)) {
                    this.fields.get(own).mark(findingIn(detail, this.i18n.lang));
                    this.fields.get(own).focus();
                    return;
                }
            }
        };
        const text = words.t("finish.fix", { n: at + 1, place });
        return h(
            "li",
            {},
            h("button", { type: "button", class: "link-like", on: { click: go } }, text),
            ` ${findingIn(detail, this.i18n.lang)}`,
        );
    }

    async #apply() {
        const { people, devices } = this.extra;
        const progress = h("progress", {
            max: 1 + people.length + devices.length,
            "aria-label": words.t("finish.progress"),
        });
        const told = h("p", {});
        progress.value = 0;
        this.#say(told, progress);
        this.#working = true;
        this.root.querySelectorAll("button").forEach((one) => (one.disabled = true));
        const step = async (text, work) => {
            setText(told, text);
            const result = await work();
            progress.value++;
            return result;
        };
        try {
            await step(words.t("finish.config"), () =>
                this.editor.flow.put(false, compose(this.draft.document, this.extra)),
            );
        } catch (error) {
            this.#working = false;
            this.#drawFinish();
            await this.#refused(error);
            return;
        }
        this.#touched = false;
        const made = await this.#furnish(people, devices, step);
        this.#working = false;
        await this.editor.load();
        this.editor.flow.applied();
        this.#draw = () => this.#drawDone(made);
        this.#draw();
        this.root.querySelector("h3").focus();
    }

    /* People and codes; what fails is told and keeps nobody else waiting. */
    async #furnish(people, devices, step) {
        const made = { persons: [], devices: [] };
        const attempt = async (work) => {
            try {
                return { data: (await work()).data };
            } catch (error) {
                return { why: whatWentWrong(error) };
            }
        };
        for (const { name, role, password } of people) {
            // Who gives out a password knows it; only one's own is nobody else's.
            const own = this.setup && role === "admin";
            const body = { name, roles: [role], password, must_change: !own };
            const result = await step(words.t("finish.person", { name }), () =>
                attempt(() => this.api.post(USERS, body)),
            );
            made.persons.push({ name, role, ...result });
        }
        for (const { name, role } of devices) {
            const result = await step(words.t("finish.device", { name }), () =>
                attempt(() => this.api.post(DEVICES, { name, role })),
            );
            made.devices.push({ name, role, ...result });
        }
        return made;
    }

    /* The code's device has done its work: from here on the administrator signs in by name. */
    async #close(persons) {
        if (this.setup && persons.some(({ role, why }) => role === "admin" && !why)) {
            await this.api.write("DELETE", `${DEVICES}/${SETUP}`).catch(() => {});
            location.reload();
            return;
        }
        this.leave(false);
    }

    #drawDone({ persons, devices }) {
        const people = persons.map(({ name, why }) =>
            h("li", { class: why ? "problem" : null }, words.t(why ? "done.person.bad" : "done.person", { name, why })),
        );
        const codes = devices.map(({ name, role, data, why }) => {
            const kind = words.t(`devices.${role}`);
            return why
                ? h("li", { class: "problem" }, words.t("done.device.bad", { name, why }))
                : h(
                      "li",
                      {},
                      h("span", {}, words.t("done.device", { name, role: kind })),
                      h("strong", { class: "wizard-code", dataset: { code: name } }, data.code),
                      h("span", {}, words.t("done.open", { path: `${location.origin}/${role}` })),
                  );
        });
        this.root.replaceChildren(
            h("h2", { id: "wizard-title" }, words.t("title")),
            h("h3", { tabindex: "-1", class: "good" }, words.t("done.title")),
            h("ul", { class: "made" }, ...people, ...codes),
            h("p", {}, words.t("done.clerk", { path: `${location.origin}/clerk` })),
            h(
                "div",
                { class: "buttons" },
                h("button", { type: "button", class: "primary", on: { click: () => this.#close(persons) } }, words.t(this.setup ? "done.signin" : "done.close")),
            ),
        );
    }
}

/* `root`: where the wizard is shown; `offer()` does it when the hall is empty. */
export function mountWizard(place) {
    return new Wizard(place);
}
