// alerts: what needs a person now, with what can be done about it at hand; what would help; and whom to speak with.
// All of it is worked out by the server, for every page alike.

import { byId, h, setText, syncList } from "../shared/dom.js";
import { clockText, etaText } from "../shared/time.js";
import { durationText } from "../shared/timers.js";
import { actButton as button } from "./acts.js";
import { card, jump, setButtons } from "./cards.js";

export class LobbyAlerts {
    constructor({ i18n, acts, windows, showTicket, view }) {
        Object.assign(this, { i18n, acts, windows, showTicket, view });
    }

    #service(code) {
        return this.i18n.name(this.view().services.find((one) => one.code === code)?.name ?? code);
    }

    /* What the server's word for an action does here; null: this person may not. */
    #act(what, alert) {
        const { acts, windows } = this;
        switch (what.do) {
            case "open-window":
            case "add-service":
                return () => windows.change(what.window, what.do === "add-service" ? what.service : null);
            case "resume-window":
                return () => acts.resumeWindow(what.window);
            case "suspend":
                return acts.maySuspend() ? () => acts.suspend(what.service) : null;
            case "clear-help":
                return () => (alert.device ? acts.answerHelp(alert.device) : acts.clearHelp(what.window));
            case "reprint":
                return () => acts.reprint({ id: alert.ticket });
            case "ticket":
                return () => this.showTicket(alert.number);
            case "window":
                return () => jump(byId(`window-${what.window}`));
            case "devices":
                return () => jump(byId("devices-title"));
            case "voice":
                return () => jump(byId("voice-title"));
            default:
                return null; // a word of a newer server
        }
    }

    #buttons(alert, about) {
        const { i18n } = this;
        return alert.actions
            .map((what) => {
                const act = this.#act(what, alert);
                const label = i18n.t(`do.${what.do}`, { n: what.window ?? "" });
                return act && button(label, act, about);
            })
            .filter(Boolean);
    }

    #about(alert) {
        const parts = [
            alert.window ? this.i18n.t("window.no", { n: alert.window }) : null,
            alert.service ? this.#service(alert.service) : null,
            alert.device,
        ];
        return parts.filter(Boolean).join(" · ");
    }

    draw() {
        const { i18n } = this;
        const { alerts } = this.view();
        const key = (one) => `${one.code}/${one.service}/${one.window}/${one.device}/${one.ticket}`;
        const row = () =>
            h(
                "li",
                {},
                h("span", { class: "about" }),
                h("span", { class: "text" }),
                h("span", { class: "since" }),
                h("div", { class: "row" }),
            );
        syncList(byId("alerts"), alerts, key, row, (element, alert) => {
            const about = this.#about(alert);
            setText(element.querySelector(".about"), about);
            setText(element.querySelector(".text"), i18n.name(alert.text));
            const since = alert.since ? i18n.t("since", { time: clockText(Date.parse(alert.since)) }) : "";
            setText(element.querySelector(".since"), since);
            setButtons(element, i18n.lang + JSON.stringify(alert.actions), () => this.#buttons(alert, about));
        });
        setText(byId("alert-count"), alerts.length ? `(${alerts.length})` : "");
        byId("quiet").hidden = alerts.length > 0;
        this.#drawAttend();
        this.#drawSuggestions();
    }

    #drawAttend() {
        const { i18n } = this;
        const { attend } = this.view();
        const classes = new Map(this.view().classes.map((one) => [one.code, i18n.name(one.name)]));
        const open = attend.filter((one) => !one.attended_at).length;
        setText(byId("attend-count"), open ? `(${open})` : "");
        byId("attend-none").hidden = attend.length > 0;
        syncList(byId("attend"), attend, (one) => one.ticket, card, (element, one) => {
            setText(element.querySelector(".name"), `${one.number} ${classes.get(one.class) ?? one.class}`);
            setText(element.querySelector(".wait"), durationText(one.waiting_s * 1000));
            const why = one.why.map((word) => i18n.t(`attend.${word}`));
            const seen = one.attended_at
                ? i18n.t("attend.seen", { time: clockText(Date.parse(one.attended_at)), who: one.attended_by ?? "" })
                : null;
            const parts = [...why, this.#service(one.service), i18n.t(`state.${one.state}`), seen];
            setText(element.querySelector(".more"), parts.filter(Boolean).join(" · "));
            element.dataset.seen = String(Boolean(one.attended_at));
            setButtons(element, `${i18n.lang}${Boolean(one.attended_at)}`, () => [
                button(i18n.t(one.attended_at ? "attended.again" : "attended"), () => this.acts.attend({ id: one.ticket }), one.number),
                button(i18n.t("do.ticket"), () => this.showTicket(one.number), one.number),
            ]);
        });
    }

    /* What would help with waits that are or will be too long; with figures where it is foreseen. */
    #drawSuggestions() {
        const { i18n, windows, acts } = this;
        const { suggestions } = this.view();
        byId("suggestions-section").hidden = suggestions.length === 0;
        syncList(
            byId("suggestions"),
            suggestions,
            (one) => `${one.kind} ${one.service} ${one.window}`,
            () => h("li", {}, h("strong", { class: "what" }), h("span", { class: "effect" }), h("div", { class: "row" })),
            (element, one) => {
                const what = i18n.t(`suggest.${one.kind}`, { n: one.window, service: this.#service(one.service) });
                setText(element.querySelector(".what"), what);
                const eta =
                    one.eta_now && one.eta_then
                        ? i18n.t("suggest.wait", { now: etaText(i18n, one.eta_now), then: etaText(i18n, one.eta_then) })
                        : "";
                const late =
                    one.late_now_pct === null
                        ? i18n.t("suggest.rule")
                        : i18n.t("suggest.late", { now: one.late_now_pct, then: one.late_then_pct });
                setText(element.querySelector(".effect"), [late, eta].filter(Boolean).join(" · "));
                setButtons(element, i18n.lang, () => [
                    one.kind === "resume-window"
                        ? button(i18n.t("resume"), () => acts.resumeWindow(one.window), what)
                        : button(i18n.t("suggest.do"), () => windows.change(one.window, one.kind === "add-service" ? one.service : null), what),
                ]);
            },
        );
    }
}
