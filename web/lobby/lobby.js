// lobby: the live board of the lobby manager: alerts, services against their target, windows,
// signs.

import { Api } from "../shared/api.js";
import { byId, h, setText, syncList } from "../shared/dom.js";
import { I18n, wireLanguage } from "../shared/i18n.js";
import { messages } from "../shared/messages/lobby.js";
import { whoAmI } from "../shared/signin.js";
import { refuseIn, showLink, ViewWatch } from "../shared/stream.js";
import { clockText, durationText, etaText, learnTime, waitLevel } from "../shared/time.js";
import { Acts, actButton as button } from "./acts.js";
import { LobbyVoice } from "./voice.js";
import { wireTicket } from "./ticket.js";

const i18n = new I18n(messages, "lobby");
const api = new Api(i18n);
let view = null;
let acts = null;
let voice = null;

function serviceName(code) {
    return i18n.name(view.services.find((one) => one.code === code)?.name ?? code);
}

function drawAlerts() {
    const key = (alert) => `${alert.code}/${alert.service}/${alert.window}/${alert.device}`;
    const row = () =>
        h(
            "li",
            {},
            h("span", { class: "about" }),
            h("span", { class: "text" }),
            h("span", { class: "since" }),
            h("div", { class: "row" }),
        );
    syncList(byId("alerts"), view.alerts, key, row, (element, alert) => {
        const about = alert.window
            ? i18n.t("window.no", { n: alert.window })
            : alert.service
              ? serviceName(alert.service)
              : (alert.device ?? "");
        setText(element.querySelector(".about"), about);
        setText(element.querySelector(".text"), i18n.name(alert.text));
        setText(
            element.querySelector(".since"),
            alert.since ? i18n.t("since", { time: clockText(Date.parse(alert.since)) }) : "",
        );
        const answer = () => button(i18n.t("attended"), () => acts.answerHelp(alert.device), about);
        setButtons(element, i18n.lang, () => (alert.code === "help" ? [answer()] : []));
    });
    setText(byId("alert-count"), view.alerts.length ? `(${view.alerts.length})` : "");
    byId("quiet").hidden = view.alerts.length > 0;
}

function card() {
    return h(
        "li",
        { class: "card" },
        h("span", { class: "name" }),
        h("span", { class: "wait" }),
        h("span", { class: "more" }),
        h("div", { class: "row" }),
    );
}

/* Buttons are made anew only when what they would do changes, so that focus stays. */
function setButtons(element, state, buttons) {
    const row = element.querySelector(".row");
    if (row.dataset.state !== state) {
        row.dataset.state = state;
        row.replaceChildren(...buttons());
    }
}

function waitText(service) {
    if (service.waiting === 0 || service.oldest_s === null) {
        return i18n.t("nobody");
    }
    const icon = { good: "✓", near: "▲", over: "‼" }[waitLevel(service.oldest_s, service.target_s)];
    const time = durationText(service.oldest_s * 1000);
    return `${icon} ${i18n.t("waiting", { n: service.waiting, time })}`;
}

function serviceMore(service) {
    if (service.suspended) {
        return i18n.t("suspended", { reason: service.reason ?? "" });
    }
    const eta = etaText(i18n, service.eta);
    const parts = [
        i18n.t("issued", { n: service.issued }),
        i18n.t("served.by", { n: service.windows }),
    ];
    if (service.waiting > 0 && service.late_pct > 0) {
        parts.push(i18n.t("late", { n: service.late_pct }));
    }
    return parts.concat(eta ? [eta] : [], service.open ? [] : [i18n.t("closed.now")]).join(" · ");
}

function drawServices() {
    syncList(
        byId("services"),
        view.services,
        (one) => one.code,
        card,
        (element, service) => {
            const name = i18n.name(service.name);
            setText(element.querySelector(".name"), name);
            const wait = element.querySelector(".wait");
            wait.dataset.level = service.waiting
                ? waitLevel(service.oldest_s ?? 0, service.target_s)
                : "good";
            setText(wait, waitText(service));
            setText(element.querySelector(".more"), serviceMore(service));
            element.dataset.state = service.suspended ? "suspended" : "open";
            setButtons(element, `${i18n.lang}${service.suspended}`, () => [
                service.suspended
                    ? button(i18n.t("resume"), () => acts.resumeService(service.code), name)
                    : button(i18n.t("suspend"), () => acts.suspend(service.code), name),
            ]);
        },
    );
}

function windowButtons(window, name) {
    if (window.state === "closed") {
        return [];
    }
    const pause =
        window.state === "paused"
            ? button(i18n.t("resume"), () => acts.resumeWindow(window.no), name)
            : button(i18n.t("pause"), () => acts.pause(window.no), name);
    return [pause, button(i18n.t("close"), () => acts.close(window.no, window.number), name)];
}

function windowMore(window) {
    const parts = [window.clerk, window.reason, i18n.t("served", { n: window.served })];
    if (window.held > 0) {
        parts.push(i18n.t("held", { n: window.held }));
    }
    if (window.since && window.state !== "closed") {
        parts.push(i18n.t("since", { time: clockText(Date.parse(window.since)) }));
    }
    return parts.filter(Boolean).join(" · ");
}

function drawWindows() {
    syncList(
        byId("windows"),
        view.windows,
        (one) => one.no,
        card,
        (element, window) => {
            const name = i18n.t("window.no", { n: window.no });
            setText(
                element.querySelector(".name"),
                window.assist ? `${name} · ${i18n.t("assist")}` : name,
            );
            const shows = ["calling", "serving"].includes(window.state) && window.number;
            const state = i18n.t(`board.${window.state}`);
            setText(element.querySelector(".wait"), shows ? `${window.number} ${state}` : state);
            setText(element.querySelector(".more"), windowMore(window));
            element.dataset.state = window.state;
            element.dataset.assist = String(window.assist);
            setButtons(element, `${i18n.lang}${window.state}${window.number}`, () =>
                windowButtons(window, name),
            );
        },
    );
}

/* What the forecast would do about waits that will be too long, with what it would change. */
function drawSuggestions() {
    byId("suggestions-section").hidden = view.suggestions.length === 0;
    syncList(
        byId("suggestions"),
        view.suggestions,
        (one) => `${one.service} ${one.window}`,
        () => h("li", {}, h("strong", { class: "what" }), h("span", { class: "effect" })),
        (element, one) => {
            const service = serviceName(one.service);
            setText(element.querySelector(".what"), i18n.t(`suggest.${one.kind}`, { n: one.window, service }));
            const eta = one.eta_now && one.eta_then
                ? i18n.t("suggest.wait", { now: etaText(i18n, one.eta_now), then: etaText(i18n, one.eta_then) })
                : "";
            const late = i18n.t("suggest.late", { now: one.late_now_pct, then: one.late_then_pct });
            setText(element.querySelector(".effect"), [late, eta].filter(Boolean).join(" · "));
        },
    );
}

function forecastText() {
    const { forecast } = view;
    if (!forecast) {
        return i18n.t("forecast.none");
    }
    const { level_pct: level, covered_pct: covered } = forecast;
    return covered === null ? i18n.t("forecast.young", { level }) : i18n.t("forecast.watch", { level, covered });
}

/* One line for a sick device: why, since when, and what went wrong how often. */
function deviceText(device) {
    if (device.online) {
        return `● ${device.code}${device.detail ? ` · ${device.detail}` : ""}`;
    }
    const parts = [device.detail];
    if (device.state === "unknown") {
        parts.unshift(i18n.t("device.unknown"));
    }
    if (device.last_ok_at) {
        parts.push(i18n.t("device.last", { time: clockText(Date.parse(device.last_ok_at)) }));
    }
    const errors = Object.values(device.errors ?? {}).reduce((sum, n) => sum + n, 0);
    if (errors > 0) {
        parts.push(i18n.t("device.errors", { n: errors }));
    }
    return [`✕ ${device.code}`, ...parts.filter(Boolean)].join(" · ");
}

function drawDevices() {
    syncList(
        byId("devices"),
        view.devices,
        (one) => one.code,
        () => h("li"),
        (element, device) => {
            element.dataset.online = String(device.online);
            setText(element, deviceText(device));
        },
    );
}

function draw() {
    if (!view) {
        return;
    }
    setText(
        byId("day"),
        `${view.day ?? ""} ${i18n.t(view.open ? "day.is.open" : "day.is.closed")}`,
    );
    byId("day-open").disabled = view.open;
    byId("day-close").disabled = !view.open;
    drawAlerts();
    drawSuggestions();
    setText(byId("forecast"), forecastText());
    drawServices();
    drawWindows();
    drawDevices();
    voice?.draw();
}

async function main() {
    wireLanguage(i18n, byId("language"));
    i18n.onChange(draw);
    i18n.apply();
    const me = await whoAmI(api, i18n);
    const watch = new ViewWatch({
        api,
        path: "/api/v1/views/lobby",
        onView: (fresh) => {
            view = fresh;
            learnTime(view.now);
            draw();
            voice?.refresh();
        },
        onLink: (link) => showLink(i18n, byId("link"), link),
        onError: refuseIn(byId("toast")),
    });
    acts = new Acts({
        api,
        i18n,
        line: byId("toast"),
        refresh: () => watch.refresh(),
        me: me.user?.name,
    });
    voice = new LobbyVoice({ api, i18n, acts });
    wireTicket({ api, i18n, acts, serviceName, day: () => view?.day });
    byId("day-open").addEventListener("click", () => acts.day("open"));
    byId("day-close").addEventListener("click", () => acts.day("close"));
}

main();
