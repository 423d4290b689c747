// draw: the view of a window on the page.

import { byId, h, setText, syncList } from "../shared/dom.js";
import { clockText, now } from "../shared/time.js";
import { countFrom, durationText, waitLevel } from "../shared/timers.js";
import { WhyBox } from "../shared/why.js";
import { isForeign, reasonAgainst } from "./actions.js";

const HANDS_MAX = 3; // who was sent on more often than this is flagged

export class Picture {
    view = null;
    #readAt = 0; // when the view was true
    #why = { box: null, ticket: "" };

    /* `perform(verb, ticket)`, `who` as in desk.js, `loadWhy(id)` gives the answer of .../why. */
    constructor({ i18n, who, perform, loadWhy }) {
        Object.assign(this, { i18n, who, perform, loadWhy });
        byId("last-invite").addEventListener("click", () => perform("invite"));
    }

    take(view) {
        this.view = view;
        this.#readAt = now();
    }

    draw() {
        this.#drawWindow();
        this.#drawCurrent();
        this.#drawSlip();
        this.#drawNext();
        this.drawQueues();
        this.#drawHeld();
        this.#drawLast();
        const place = this.i18n.t("window.no", { n: this.view.window.no });
        document.title = `${this.view.current?.number ?? "—"} · ${place}`;
    }

    #named(list, code) {
        return this.i18n.name(list?.find((one) => one.code === code)?.name ?? code);
    }

    serviceName(code) {
        return this.#named(this.view.services, code);
    }

    #drawWindow() {
        const { i18n, view } = this;
        const { window } = view;
        setText(byId("window"), i18n.t("window.no", { n: window.no }));
        byId("state").dataset.state = window.state;
        const back = window.until
            ? i18n.t("back", { time: clockText(Date.parse(window.until)) })
            : "";
        const reason = [window.reason ?? "", back].filter(Boolean).join(" ");
        const about = window.pause_pending
            ? i18n.t("pausing", { reason })
            : window.state === "paused"
              ? reason
              : (window.clerk ?? "");
        const state = i18n.t(`state.${window.state}`);
        setText(byId("state"), about ? `${state} · ${about}` : state);
        setText(byId("served"), i18n.t("served", { n: view.counts?.served ?? 0 }));
        const banner = byId("banner");
        const foreign = isForeign(view, this.who.clerk);
        const told = [
            view.open ? "" : i18n.t("day.closed"),
            foreign ? i18n.t("foreign", { clerk: window.clerk }) : "",
        ].filter(Boolean);
        setText(banner, told.join(" · "));
        banner.hidden = told.length === 0;
    }

    /* What is to be known of a person before the first word. */
    #chips(ticket) {
        const { i18n, view } = this;
        const matters = ticket.matters ?? ticket.legs?.length ?? 1;
        return [
            ticket.class === view.classes[0]?.code ? "" : this.#named(view.classes, ticket.class),
            ticket.urgent ? i18n.t("chip.urgent") : "",
            ticket.lang && ticket.lang !== "zh-CN" ? i18n.t("chip.lang", { lang: ticket.lang }) : "",
            matters > 1 ? i18n.t("chip.matters", { n: matters }) : "",
            ticket.time_inaccurate ? i18n.t("chip.inaccurate") : "",
        ].filter(Boolean);
    }

    /* Who spoke with the visitor first stays named, and who is sent about too often shows. */
    #journey(ticket) {
        const [first] = ticket.legs;
        const sent = ticket.legs.filter(({ state }) => state === "transferred").length;
        if (ticket.legs.length < 2 || !first.clerk) {
            return "";
        }
        const told = this.i18n.t("first.clerk", { clerk: first.clerk });
        return sent >= HANDS_MAX ? `${told} · ${this.i18n.t("bounced", { n: sent })}` : told;
    }

    #drawCurrent() {
        const { i18n, view } = this;
        const { current } = view;
        const leg = current?.legs.at(-1);
        byId("now").dataset.state = current?.state ?? "none";
        setText(byId("number"), current ? current.number : "—");
        const about = current && [
            this.serviceName(current.service),
            i18n.t(`state.${current.state}`),
            this.#journey(current),
        ];
        setText(byId("about"), about ? about.filter(Boolean).join(" · ") : i18n.t("nobody.here"));
        this.#drawChips(current ? this.#chips(current) : []);
        setText(byId("note"), current?.note ?? "");
        countFrom(byId("timer-called"), leg?.called_at && Date.parse(leg.called_at));
        countFrom(byId("timer-serving"), leg?.started_at && Date.parse(leg.started_at));
        setText(byId("calls"), current ? current.calls : "—");
        this.#drawWhy(current);
    }

    #drawChips(texts) {
        syncList(
            byId("chips"),
            texts,
            (text) => text,
            () => h("li", {}),
            setText,
        );
    }

    /* Asked for by whoever wants to know; closed again with the next number. */
    #drawWhy(current) {
        const id = current?.id ?? "";
        if (this.#why.ticket === id) {
            this.#why.box?.draw();
            return;
        }
        const box = id ? new WhyBox(this.i18n, () => this.loadWhy(id)) : null;
        this.#why = { box, ticket: id };
        byId("why").replaceChildren(...(box ? [box.element] : []));
    }

    #drawSlip() {
        const { i18n, view } = this;
        const { wanted, checked } = view.slip;
        byId("slip").hidden = !(view.current && wanted);
        byId("slip").dataset.checked = String(checked);
        byId("scan").hidden = checked;
        byId("slip").querySelector("button").hidden = checked;
        const number = view.current?.number ?? "";
        setText(byId("slip-text"), i18n.t(checked ? "slip.done" : "slip.wanted", { number }));
        if (checked) {
            byId("scan").value = "";
        }
    }

    #drawNext() {
        const { next } = this.view;
        setText(byId("next"), next ? next.number : this.i18n.t("next.none"));
        const about = next ? [this.serviceName(next.service), ...this.#chips(next), next.note] : [];
        setText(byId("next-about"), about.filter(Boolean).join(" · "));
    }

    /* Seconds that were true when the view was read have grown since. */
    #grown(seconds) {
        return seconds + (now() - this.#readAt) / 1000;
    }

    #drawWait(element, waited, target) {
        if (waited === null || waited === undefined) {
            delete element.dataset.level;
            element.removeAttribute("title");
            setText(element, "");
            return;
        }
        const { i18n } = this;
        const level = waitLevel(this.#grown(waited), target);
        const time = durationText(this.#grown(waited) * 1000);
        element.dataset.level = level;
        setText(
            element,
            `${i18n.t(`wait.${level}`)} ${i18n.t("oldest", { time })} ${i18n.t(`wait.level.${level}`)}`,
        );
    }

    drawQueues() {
        const { i18n, view } = this;
        const row = () =>
            h(
                "li",
                {},
                h("span", { class: "name" }),
                h("span", { class: "count" }),
                h("span", { class: "wait" }),
            );
        syncList(
            byId("waiting"),
            view.queues,
            (queue) => queue.service,
            row,
            (element, queue) => {
                setText(element.querySelector(".name"), i18n.name(queue.name));
                setText(element.querySelector(".count"), i18n.t("people", { n: queue.waiting }));
                this.#drawWait(element.querySelector(".wait"), queue.oldest_s, queue.target_s);
            },
        );
        const line = () =>
            h(
                "li",
                {},
                h("span", { class: "id" }),
                h("span", { class: "name" }),
                h("span", { class: "wait" }),
            );
        setText(byId("queue-none"), view.following.length ? "" : i18n.t("word.none"));
        syncList(
            byId("queue"),
            view.following,
            (one) => one.id,
            line,
            (element, one) => {
                const chips = this.#chips(one).join(" · ");
                setText(element.querySelector(".id"), one.number);
                const name = this.serviceName(one.service);
                setText(element.querySelector(".name"), chips ? `${name} · ${chips}` : name);
                countFrom(element.querySelector(".wait"), this.#readAt - one.waited_s * 1000);
            },
        );
    }

    #drawHeld() {
        const { i18n, view } = this;
        setText(byId("held-count"), view.held.length ? `(${view.held.length})` : i18n.t("word.none"));
        const row = (one) =>
            h(
                "li",
                {},
                h("span", { class: "id" }),
                h("span", { class: "name" }),
                h("span", { class: "wait" }),
                h("span", { class: "left" }),
                h("button", {
                    type: "button",
                    on: { click: () => this.perform("resume", one.id) },
                }),
            );
        syncList(
            byId("held"),
            view.held,
            (one) => one.id,
            row,
            (element, one) => {
                const name = [one.reason || this.serviceName(one.service), one.note];
                setText(element.querySelector(".id"), one.number);
                setText(element.querySelector(".name"), name.filter(Boolean).join(" · "));
                countFrom(element.querySelector(".wait"), one.since && Date.parse(one.since));
                const until = one.until ? Date.parse(one.until) : 0;
                setText(
                    element.querySelector(".left"),
                    until ? i18n.t("expires", { time: clockText(until) }) : "",
                );
                const button = element.querySelector("button");
                setText(button, i18n.t("do.held.resume"));
                button.setAttribute("aria-label", `${i18n.t("do.held.resume")} ${one.number}`);
            },
        );
    }

    #drawLast() {
        const { i18n, view } = this;
        const { last } = view;
        byId("last").hidden = !last;
        if (!last) {
            return;
        }
        setText(byId("last-number"), last.number);
        const about = [
            this.serviceName(last.service),
            last.rated ? i18n.t("last.rated") : last.invited ? i18n.t("last.invited") : "",
            last.time_inaccurate ? i18n.t("chip.inaccurate") : "",
        ];
        setText(byId("last-about"), about.filter(Boolean).join(" · "));
        const invite = byId("last-invite");
        const state = { ...view, window: { ...view.window, state: "open" } };
        const reason = reasonAgainst(i18n, "invite", state, this.who);
        invite.hidden = last.invited || view.rules.fast || view.window.state === "serving";
        invite.title = reason;
        setText(invite, i18n.t("do.invite"));
    }
}
