// windows: the cards of the windows, and the dialog in which one is opened or what it serves is changed, which says
// beforehand what that would do to the queues.

import { byId, h, setText, syncList } from "../shared/dom.js";
import { clockText } from "../shared/time.js";
import { actButton as button } from "./acts.js";
import { card, setButtons } from "./cards.js";

const AT_WORK = ["open", "calling", "serving"];

const serves = (list, code) => list.some((one) => one.code === code && !one.backup);

/* What would become of each service if window `no` were at work and served that list, [{ code, backup }]: how many
 * wait, and the windows that serve it first now and then. Only what changes. */
export function effects(view, no, list) {
    const others = view.windows.filter((one) => one.no !== no && AT_WORK.includes(one.state));
    return view.services
        .map((one) => ({
            service: one,
            now: one.windows,
            then: others.filter((other) => serves(other.services, one.code)).length + (serves(list, one.code) ? 1 : 0),
        }))
        .filter((one) => one.now !== one.then);
}

export class LobbyWindows {
    constructor({ i18n, acts, api, view }) {
        Object.assign(this, { i18n, acts, api, view });
    }

    #name(code) {
        return this.i18n.name(this.view().services.find((one) => one.code === code)?.name ?? code);
    }

    #buttons(window, name) {
        const { i18n, acts } = this;
        if (window.state === "closed") {
            return [button(i18n.t("window.open.act"), () => this.change(window.no), name)];
        }
        const pause =
            window.state === "paused"
                ? button(i18n.t("resume"), () => acts.resumeWindow(window.no), name)
                : button(i18n.t("pause"), () => acts.pause(window.no), name);
        return [
            pause,
            button(i18n.t("serves.change"), () => this.change(window.no), name),
            button(i18n.t("close"), () => acts.close(window.no, window.number), name),
        ];
    }

    #more(window) {
        const { i18n } = this;
        const parts = [window.clerk, window.reason, i18n.t("served", { n: window.served })];
        if (window.held > 0) {
            parts.push(i18n.t("held", { n: window.held }));
        }
        if (window.since && window.state !== "closed") {
            parts.push(i18n.t("since", { time: clockText(Date.parse(window.since)) }));
        }
        if (window.changed) {
            parts.push(i18n.t("serves.now", { list: window.services.map((one) => this.#name(one.code)).join(i18n.t("list.comma")) }));
        }
        return parts.filter(Boolean).join(" · ");
    }

    draw() {
        const { i18n } = this;
        syncList(
            byId("windows"),
            this.view().windows,
            (one) => one.no,
            card,
            (element, window) => {
                const name = i18n.t("window.no", { n: window.no });
                element.id = `window-${window.no}`;
                element.tabIndex = -1;
                setText(element.querySelector(".name"), window.assist ? `${name} · ${i18n.t("assist")}` : name);
                const shows = ["calling", "serving"].includes(window.state) && window.number;
                const state = i18n.t(`board.${window.state}`);
                setText(element.querySelector(".wait"), shows ? `${window.number} ${state}` : state);
                setText(element.querySelector(".more"), this.#more(window));
                element.dataset.state = window.state;
                element.dataset.assist = String(window.assist);
                setButtons(element, `${i18n.lang}${window.state}${window.number}`, () => this.#buttons(window, name));
            },
        );
    }

    /* The boxes of the services, those of `codes` ticked, and what ticking them would do. */
    #choice(window, codes) {
        const { i18n } = this;
        const view = this.view();
        const box = (one) =>
            h(
                "label",
                { class: "check" },
                h("input", { type: "checkbox", name: "service", value: one.code, checked: codes.includes(one.code) }),
                h("span", {}, i18n.name(one.name)),
                h("span", { class: "more" }, i18n.t("waiting.n", { n: one.waiting })),
            );
        const effect = h("ul", { class: "effects", "aria-live": "polite" });
        const boxes = h("fieldset", {}, h("legend", {}, i18n.t("serves")), ...view.services.map(box));
        let profile = null;
        const chosen = () => [...boxes.querySelectorAll("input:checked")].map((one) => one.value);
        /* As backup where the profile or, without one, the hall's document says so. */
        const abilities = () => {
            const known = profile ? profile.services : window.configured;
            return chosen().map((code) => known.find((one) => one.code === code) ?? { code, backup: false });
        };
        const show = () => {
            const rows = effects(view, window.no, abilities()).map(({ service, now, then }) =>
                h(
                    "li",
                    { dataset: { level: then === 0 && service.waiting > 0 ? "over" : "good" } },
                    i18n.t("effect", { service: i18n.name(service.name), n: service.waiting, now, then }),
                ),
            );
            effect.replaceChildren(...(rows.length ? rows : [h("li", {}, i18n.t("effect.none"))]));
            boxes.querySelector("input").setCustomValidity(chosen().length ? "" : i18n.t("serves.one"));
        };
        const pick = (list, from) => {
            for (const input of boxes.querySelectorAll("input")) {
                input.checked = list.some((one) => one.code === input.value);
            }
            profile = from;
            show();
        };
        const preset = (label, list, from) =>
            h("button", { type: "button", on: { click: () => pick(list, from) } }, label);
        const presets = view.profiles.map((one) => preset(i18n.name(one.name), one.services, one));
        if (window.changed) {
            presets.unshift(preset(i18n.t("serves.configured"), window.configured, null));
        }
        boxes.addEventListener("change", () => {
            profile = null;
            show();
        });
        show();
        const result = () => (profile ? { profile: profile.code } : { services: chosen() });
        return { boxes, effect, presets, result };
    }

    /* Resolves with what was chosen, or null: { clerk?, services or profile, reason }. */
    #ask(window, codes) {
        const { i18n } = this;
        const closed = window.state === "closed";
        const { boxes, effect, presets, result } = this.#choice(window, codes);
        const text = (name, label, props) => h("label", {}, h("span", {}, label), h("input", { name, maxlength: 40, autocomplete: "off", required: true, ...props }));
        const form = h(
            "form",
            { method: "dialog", class: "ask" },
            h("h2", { id: "window-ask" }, i18n.t(closed ? "window.open.title" : "serves.title", { n: window.no })),
            closed ? text("clerk", i18n.t("clerk"), {}) : null,
            presets.length ? h("div", { class: "buttons", role: "group", "aria-label": i18n.t("profiles") }, ...presets) : null,
            boxes,
            h("h3", {}, i18n.t("effects")),
            effect,
            text("reason", i18n.t("word.reason"), { list: "window-reasons" }),
            h("datalist", { id: "window-reasons" }, ...["relief", "staff", "lunch"].map((key) => h("option", { value: i18n.t(`reason.${key}`) }))),
            h(
                "div",
                { class: "ask-buttons" },
                h("button", { value: "ok", class: "primary" }, i18n.t("word.ok")),
                h("button", { value: "", formnovalidate: true }, i18n.t("word.cancel")),
            ),
        );
        const dialog = h("dialog", { class: "wide", "aria-labelledby": "window-ask" }, form);
        return new Promise((resolve) => {
            dialog.addEventListener("close", () => {
                const { clerk, reason } = Object.fromEntries(new FormData(form));
                dialog.remove();
                resolve(dialog.returnValue ? { ...(closed ? { clerk } : {}), ...result(), reason } : null);
            });
            document.body.append(dialog);
            dialog.showModal();
        });
    }

    /* Opens the window, or changes what it serves; `add`: a service to be proposed beside its own. */
    change(no, add = null) {
        const window = this.view().windows.find((one) => one.no === no);
        const codes = window.services.map((one) => one.code).concat(add ?? []);
        const title = this.i18n.t(window.state === "closed" ? "window.open.act" : "serves.change");
        return this.acts.run(title, async () => {
            const wanted = await this.#ask(window, codes);
            return wanted && this.api.post(`/api/v1/windows/${no}/open`, wanted);
        });
    }
}
