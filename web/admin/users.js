// users: who may sign in: adds people, changes what they may do, gives them a new password, takes
// them out. It brings its own texts and style, so that a page mounts it with one line.

import { ask, whatWentWrong } from "../shared/dialog.js";
import { h } from "../shared/dom.js";
import { I18n } from "../shared/i18n.js";
import { messages as devices } from "../shared/messages/devices.js";
import { messages as users } from "../shared/messages/users.js";
import { ViewWatch } from "../shared/stream.js";
import { clockText, dateText } from "../shared/time.js";

const USERS = "/api/v1/admin/users";
const ROLES = ["clerk", "lobby", "supervisor", "admin", "auditor"]; // of people; the others are for devices and programs

/* The roles have their names where devices do. */
const texts = new I18n({
    "zh-CN": { ...devices["zh-CN"], ...users["zh-CN"] },
    en: { ...devices.en, ...users.en },
});

/* "Delete zhang": what is done, and to whom. */
const actText = (act, name) => `${texts.t(`users.${act}`)} ${name}`;
const roleText = (role) => texts.t(`role.${role}`);

function timeText(at) {
    const ms = Date.parse(at);
    return `${dateText(ms)} ${clockText(ms)}`;
}

function passwordInput(label) {
    const input = h("input", {
        name: "password",
        type: "password",
        required: true,
        minlength: 8,
        maxlength: 128,
        autocomplete: "new-password",
    });
    return h("label", {}, h("span", {}, label), input);
}

/* What may be chosen for a person, and what this one has. */
function roleFields(has) {
    const all = [...ROLES, ...has.filter((role) => !ROLES.includes(role))];
    const boxes = all.map((role) => {
        const input = h("input", { type: "checkbox", name: "role", value: role, checked: has.includes(role) });
        return h("label", {}, input, roleText(role));
    });
    return h("fieldset", {}, h("legend", {}, texts.t("users.roles")), ...boxes);
}

function windowField(window) {
    const input = h("input", { name: "window", type: "number", min: 1, max: 999, value: window });
    return h("label", {}, h("span", {}, texts.t("users.window")), input);
}

function nameField() {
    const input = h("input", {
        name: "name",
        required: true,
        maxlength: 31,
        pattern: '[^ \\/:"\\\\]+',
        autocomplete: "off",
        autocapitalize: "none",
    });
    return h("label", {}, h("span", {}, texts.t("users.name")), input);
}

/* What a form says of a person. */
function readForm(form) {
    const data = new FormData(form);
    const window = data.get("window");
    return { roles: data.getAll("role"), window: window ? Number(window) : null };
}

/* Nobody is nothing: the browser says so at the first box. */
function checkRoles(form) {
    const boxes = [...form.querySelectorAll('[name="role"]')];
    const none = !boxes.some((box) => box.checked);
    boxes[0].setCustomValidity(none ? texts.t("users.role.needed") : "");
}

class Users {
    #items = [];
    #outcome = h("div", { role: "status" });
    #list = h("div", { class: "scroll", tabindex: "0", role: "region" });
    #watch;

    constructor({ api, i18n, main, self }) {
        this.api = api;
        this.i18n = i18n;
        this.self = self;
        this.section = h("section", { id: "users", "aria-labelledby": "users-title" });
        document.head.append(h("link", { rel: "stylesheet", href: "/admin/users.css" }));
        main.append(this.section);
        i18n.onChange(() => this.#draw());
        this.#draw();
        this.#watch = new ViewWatch({
            api,
            path: USERS,
            onView: (view) => {
                this.#items = view.items;
                this.#drawList();
            },
            onError: (error) => this.#fail(error),
            concerns: (name) => name.startsWith("user."),
        });
    }

    #say(text, kind) {
        this.#outcome.replaceChildren(h("p", { class: kind }, text));
    }

    #fail(error) {
        if (error.status === undefined) {
            throw error;
        }
        this.#say(whatWentWrong(error), "problem");
    }

    /* Sends a change. Who changes their own entry is signed out by it, and asked to sign in again. */
    async #send(method, name, body, done) {
        try {
            const path = method === "POST" ? USERS : `${USERS}/${encodeURIComponent(name)}`;
            await this.api.write(method, path, body);
        } catch (error) {
            this.#fail(error);
            return false;
        }
        if (name === this.self && method !== "POST") {
            location.reload();
            return true;
        }
        await this.#watch.refresh();
        this.#say(texts.t(done, { name }), "good");
        return true;
    }

    async #add(event) {
        event.preventDefault();
        const form = event.currentTarget;
        const { name, password } = form.elements;
        const body = { name: name.value, password: password.value, must_change: true, ...readForm(form) };
        if (await this.#send("POST", body.name, body, "users.done")) {
            form.reset();
        }
    }

    /* Roles and window in a dialog of their own. */
    #change(user) {
        const title = actText("change", user.name);
        const cancel = h("button", { value: "", formnovalidate: true }, this.i18n.t("word.cancel"));
        const form = h(
            "form",
            { method: "dialog", class: "ask person", on: { change: () => checkRoles(form) } },
            h("h2", { id: "change-title" }, title),
            roleFields(user.roles),
            windowField(user.window),
            h(
                "div",
                { class: "ask-buttons" },
                h("button", { value: "ok", class: "primary" }, this.i18n.t("word.ok")),
                cancel,
            ),
        );
        const dialog = h("dialog", { "aria-labelledby": "change-title" }, form);
        dialog.addEventListener("close", () => {
            const body = readForm(form);
            dialog.remove();
            if (dialog.returnValue) {
                this.#send("PATCH", user.name, body, "users.done");
            }
        });
        document.body.append(dialog);
        dialog.showModal();
    }

    async #reset({ name }) {
        const answer = await ask({
            i18n: this.i18n,
            title: actText("reset", name),
            text: texts.t("users.reset.sure", { name }),
            fields: [
                {
                    name: "password",
                    type: "password",
                    label: texts.t("users.password.new"),
                    required: true,
                    max: 128,
                },
            ],
        });
        if (answer) {
            const body = { password: answer.values.password, must_change: true };
            await this.#send("PATCH", name, body, "users.done");
        }
    }

    async #sure(verb, { name }) {
        const text = texts.t(`users.${verb}.sure`, { name });
        return ask({ i18n: this.i18n, title: actText(verb, name), text });
    }

    async #toggle(user) {
        if (await this.#sure(user.disabled ? "enable" : "disable", user)) {
            await this.#send("PATCH", user.name, { disabled: !user.disabled }, "users.done");
        }
    }

    async #delete(user) {
        if (await this.#sure("delete", user)) {
            await this.#send("DELETE", user.name, undefined, "users.gone");
        }
    }

    #actions(user) {
        const button = (key, work) =>
            h(
                "button",
                {
                    type: "button",
                    "aria-label": actText(key, user.name),
                    dataset: { act: key },
                    on: { click: () => work(user) },
                },
                texts.t(`users.${key}`),
            );
        return [
            button("change", (one) => this.#change(one)),
            button("reset", (one) => this.#reset(one)),
            button(user.disabled ? "enable" : "disable", (one) => this.#toggle(one)),
            button("delete", (one) => this.#delete(one)),
        ];
    }

    #rowOf(user) {
        const state = user.disabled ? "disabled" : "active";
        const you = user.name === this.self ? ` (${texts.t("users.you")})` : "";
        return h(
            "tr",
            { dataset: { user: user.name } },
            h("th", { scope: "row" }, `${user.name}${you}`),
            h("td", {}, user.roles.map(roleText).join(texts.lang === "en" ? ", " : "、")),
            h("td", {}, user.window ?? "—"),
            h("td", { dataset: { state } }, texts.t(`users.${state}`)),
            h("td", {}, user.last_sign_in_at ? timeText(user.last_sign_in_at) : texts.t("users.never")),
            h("td", {}, ...this.#actions(user)),
        );
    }

    #drawList() {
        const list = this.#list;
        const heads = ["name", "roles", "window.short", "state", "seen", "act"].map((key) =>
            h("th", { scope: "col" }, texts.t(`users.${key}`)),
        );
        // A list that is drawn anew leaves the keyboard where it was.
        const held = list.contains(document.activeElement) ? document.activeElement : null;
        const name = held?.closest("[data-user]")?.dataset.user;
        list.setAttribute("aria-label", texts.t("users.list"));
        const rows = this.#items.map((user) => this.#rowOf(user));
        list.replaceChildren(
            rows.length === 0
                ? h("p", {}, texts.t("users.none"))
                : h("table", {}, h("thead", {}, h("tr", {}, ...heads)), h("tbody", {}, ...rows)),
        );
        if (name) {
            const row = list.querySelector(`[data-user="${CSS.escape(name)}"]`);
            row?.querySelector(`[data-act="${held.dataset.act}"]`)?.focus();
        }
    }

    #drawForm() {
        const form = h(
            "form",
            {
                class: "person",
                on: { submit: (event) => this.#add(event), change: () => checkRoles(form) },
            },
            nameField(),
            passwordInput(texts.t("users.password")),
            roleFields(["clerk"]),
            windowField(null),
            h("button", { class: "primary" }, texts.t("users.add")),
        );
        return form;
    }

    #draw() {
        texts.lang = this.i18n.lang;
        this.section.replaceChildren(
            h("h2", { id: "users-title" }, texts.t("users.title")),
            h("p", {}, texts.t("users.about")),
            this.#list,
            this.#outcome,
            this.#drawForm(),
        );
        this.#drawList();
    }
}

/* `main`: where the section is put, at its end; `self`: the name of whoever looks. */
export function mountUsers(place) {
    return new Users(place);
}
