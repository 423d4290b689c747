// lobby: the live board of the lobby manager: alerts, services against their target, windows,
// signs.

import { Api } from "../shared/api.js";
import { byId, setText, syncList } from "../shared/dom.js";
import { I18n, wireLanguage } from "../shared/i18n.js";
import { messages } from "../shared/messages/lobby.js";
import { whoAmI } from "../shared/signin.js";
import { refuseIn, showLink, ViewWatch } from "../shared/stream.js";
import { etaText, learnTime } from "../shared/time.js";
import { durationText, waitLevel } from "../shared/timers.js";
import { Acts, actButton as button } from "./acts.js";
import { LobbyAlerts } from "./alerts.js";
import { card, setButtons } from "./cards.js";
import { LobbyDevices } from "./devices.js";
import { LobbyNotices } from "./notices.js";
import { wireTicket } from "./ticket.js";
import { LobbyVoice } from "./voice.js";
import { LobbyWindows } from "./windows.js";

/* Waits grow and targets pass without an event: so often the page looks of itself. */
const LOOK_MS = 5000;

const i18n = new I18n(messages, "lobby");
const api = new Api(i18n);
let view = null;
let acts = null;
let voice = null;
let parts = [];

function serviceName(code) {
    return i18n.name(view.services.find((one) => one.code === code)?.name ?? code);
}

function className(code) {
    return i18n.name(view.classes.find((one) => one.code === code)?.name ?? code);
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
    for (const [to, n] of Object.entries(service.diverted)) {
        parts.push(...(n > 0 ? [i18n.t(`diverted.${to}`, { n })] : []));
    }
    return parts.concat(eta ? [eta] : [], service.open ? [] : [i18n.t("closed.now")]).join(" · ");
}

/* To stop issuing is the supervisor's right: others are told so by a button that says why. */
function suspendButton(service, name) {
    const one = service.suspended
        ? button(i18n.t("resume"), () => acts.resumeService(service.code), name)
        : button(i18n.t("suspend"), () => acts.suspend(service.code), name);
    if (!acts.maySuspend()) {
        one.disabled = true;
        one.textContent += i18n.t("suspend.not");
    }
    return one;
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
            setButtons(element, `${i18n.lang}${service.suspended}`, () => [suspendButton(service, name)]);
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
    setText(byId("forecast"), forecastText());
    drawServices();
    for (const part of parts) {
        part.draw();
    }
    voice?.draw();
}

/* A server that was started anew knows nobody: whoever was at work signs in where they are, and the page stays as it
 * is. The page's own address comes first, since it signs a browser in where nobody needs a password. */
function wireRefusals(refresh) {
    const refuse = refuseIn(byId("toast"));
    let signing = false;
    return async (error) => {
        if (error.status !== 401) {
            refuse(error);
        } else if (!signing) {
            signing = true;
            await fetch(location.href, { cache: "no-store" }).catch(() => {});
            acts.me = await whoAmI(api, i18n);
            signing = false;
            refresh();
        }
    };
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
        onError: wireRefusals(() => watch.refresh()),
    });
    setInterval(() => !document.hidden && watch.refresh(), LOOK_MS);
    acts = new Acts({
        api,
        i18n,
        line: byId("toast"),
        refresh: () => watch.refresh(),
        me,
        view: () => view,
    });
    const context = { api, i18n, acts, view: () => view };
    const windows = new LobbyWindows(context);
    const showTicket = wireTicket({ ...context, serviceName, className, day: () => view?.day });
    const notices = new LobbyNotices(context);
    parts = [new LobbyAlerts({ ...context, windows, showTicket }), windows, new LobbyDevices(context), notices];
    voice = new LobbyVoice({ api, i18n, acts });
    draw();
    byId("day-open").addEventListener("click", () => acts.day("open"));
    byId("day-close").addEventListener("click", () => acts.day("close"));
}

main();
