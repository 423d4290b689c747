// devices: the administrator's section of devices: makes pairing codes, shows who is there, and
// takes devices back. It brings its own texts and style, so that a page mounts it with one line.

import { ask, whatWentWrong } from "../shared/dialog.js";
import { h } from "../shared/dom.js";
import { I18n } from "../shared/i18n.js";
import { messages } from "../shared/messages/devices.js";
import { ViewWatch } from "../shared/stream.js";
import { clockText } from "../shared/time.js";

const DEVICES = "/api/v1/admin/devices";
const ROLES = ["kiosk", "display", "rating", "button"];
const BOUND = ["rating", "button"]; // belong to a window

const texts = new I18n(messages);

/* Where the device shall go; a window's screen is a display as well. */
function pathOf({ role, window }) {
    const paths = { kiosk: "/kiosk", rating: `/rating?window=${window}` };
    const screens = window ? `/window/${window}` : "/display, /welcome";
    return `${location.origin}${paths[role] ?? screens}`;
}

function field(label, input) {
    return h("label", {}, h("span", {}, label), input);
}

function rowOf(device, revoke) {
    const seen = device.last_seen_at ?? device.paired_at;
    const paper = ["low", "out"].includes(device.paper)
        ? texts.t(`devices.paper.${device.paper}`)
        : null;
    const state = [texts.t(`is.${device.state}`), device.error, paper].filter(Boolean).join(" · ");
    return h(
        "tr",
        { dataset: { device: device.id } },
        h("th", { scope: "row" }, device.name),
        h("td", {}, device.role ? texts.t(`role.${device.role}`) : "—"),
        h("td", {}, device.window ?? "—"),
        h("td", { dataset: { state: device.state } }, state),
        h("td", {}, device.last_seen_at ? clockText(Date.parse(seen), true) : "—"),
        h(
            "td",
            {},
            h(
                "button",
                { type: "button", on: { click: () => revoke(device) } },
                texts.t("devices.revoke", { name: device.name }),
            ),
        ),
    );
}

class Devices {
    #items = [];
    #made = null; // the code last made; told once, and kept on the page until it is used
    #problem = "";
    #watch = null;
    #outcome = h("div", { role: "status" });
    #list = h("div", { class: "scroll", tabindex: "0", role: "region" });

    constructor({ api, i18n, main }) {
        this.api = api;
        this.i18n = i18n;
        this.section = h("section", { id: "devices", "aria-labelledby": "devices-title" });
        document.head.append(h("link", { rel: "stylesheet", href: "/admin/devices.css" }));
        main.append(this.section);
        i18n.onChange(() => this.#draw());
        this.#draw();
        this.#watch = new ViewWatch({
            api,
            path: DEVICES,
            onView: (view) => {
                this.#items = view.items;
                this.#drawOutcome();
                this.#drawList();
            },
            onError: (error) => this.#say(error),
            concerns: (name) => name.startsWith("device."),
        });
    }

    #say(error) {
        this.#problem = whatWentWrong(error);
        this.#drawOutcome();
    }

    async #revoke(device) {
        const title = texts.t("devices.revoke", { name: device.name });
        const text = texts.t("devices.revoke.sure");
        if (!(await ask({ i18n: this.i18n, title, text }))) {
            return;
        }
        try {
            this.#problem = "";
            await this.api.write("DELETE", `${DEVICES}/${encodeURIComponent(device.id)}`);
            this.#watch.refresh();
        } catch (error) {
            this.#say(error);
        }
    }

    async #make(event) {
        event.preventDefault();
        const { role, name, window } = event.currentTarget.elements;
        const body = { role: role.value, name: name.value };
        if (window.value) {
            body.window = Number(window.value);
        }
        try {
            this.#problem = "";
            this.#made = (await this.api.post(DEVICES, body)).data;
            name.value = "";
            await this.#watch.refresh();
            this.#drawOutcome();
        } catch (error) {
            this.#say(error);
        }
    }

    #drawOutcome() {
        const made = this.#made;
        const waits = this.#items.some((one) => one.id === made?.id && one.state === "pairing");
        const time = made && clockText(Date.parse(made.expires_at));
        this.#outcome.replaceChildren(
            ...(waits
                ? [
                      h("p", {}, texts.t("devices.code", { name: made.id, time })),
                      h("p", { class: "pairing-code" }, made.code),
                      h("p", {}, texts.t("devices.open", { path: pathOf(made) })),
                  ]
                : []),
            ...(this.#problem ? [h("p", { class: "problem" }, this.#problem)] : []),
        );
    }

    #drawList() {
        const list = this.#list;
        const heads = ["name", "role", "window", "state", "seen", "act"].map((key) =>
            h("th", { scope: "col" }, texts.t(`devices.${key}`)),
        );
        const rows = this.#items.map((device) => rowOf(device, () => this.#revoke(device)));
        // A list that is drawn anew leaves the keyboard where it was.
        const held = list.contains(document.activeElement)
            ? document.activeElement.closest("[data-device]")?.dataset.device
            : null;
        list.setAttribute("aria-label", texts.t("devices.list"));
        list.replaceChildren(
            rows.length === 0
                ? h("p", {}, texts.t("devices.none"))
                : h("table", {}, h("thead", {}, h("tr", {}, ...heads)), h("tbody", {}, ...rows)),
        );
        if (held) {
            list.querySelector(`[data-device="${CSS.escape(held)}"] button`)?.focus();
        }
    }

    #drawForm() {
        const number = h("input", { name: "window", type: "number", min: 1, max: 999 });
        const role = h(
            "select",
            { name: "role", on: { change: () => (number.required = BOUND.includes(role.value)) } },
            ...ROLES.map((one) => h("option", { value: one }, texts.t(`role.${one}`))),
        );
        const name = h("input", {
            name: "name",
            required: true,
            maxlength: 31,
            pattern: "[a-z0-9_.\\-]+",
            autocomplete: "off",
            autocapitalize: "none",
        });
        return h(
            "form",
            { on: { submit: (event) => this.#make(event) } },
            field(texts.t("devices.role"), role),
            field(texts.t("devices.name"), name),
            field(texts.t("devices.window"), number),
            h("button", { class: "primary" }, texts.t("devices.make")),
        );
    }

    #draw() {
        texts.lang = this.i18n.lang;
        this.section.replaceChildren(
            h("h2", { id: "devices-title" }, texts.t("devices.title")),
            h("p", {}, texts.t("devices.about")),
            this.#drawForm(),
            this.#outcome,
            this.#list,
        );
        this.#drawOutcome();
        this.#drawList();
    }
}

/* `main`: where the section is put, at its end. */
export function mountDevices(place) {
    return new Devices(place);
}
