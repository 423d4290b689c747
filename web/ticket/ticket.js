// ticket: the page behind the QR code of a slip (/t/{token}): what has become of my number?

import { Api } from "../shared/api.js";
import { byId, h, setText } from "../shared/dom.js";
import { I18n, wireLanguage } from "../shared/i18n.js";
import { messages } from "../shared/messages/ticket.js";
import { showLink, ViewWatch } from "../shared/stream.js";
import { clockText, etaText, learnZone, now } from "../shared/time.js";
import { WhyBox } from "../shared/why.js";
import { alarm, allowSound } from "./alarm.js";

const PLACES = 3;
const LEVELS = [5, 4, 3, 2, 1];
const POLL_MS = 15000;

const token = encodeURIComponent(location.pathname.split("/")[2] ?? "");
const base = `/api/v1/public/tickets/${token}`;
const i18n = new I18n(messages, "ticket");
const api = new Api(i18n, { session: false });
const why = new WhyBox(i18n, async () => (await api.get(`${base}/why`)).data);
let ticket = null;
let watch = null;
let rated = false;
let sound = false;

function headline() {
    switch (ticket.state) {
        case "waiting":
            return ticket.ahead > 0 ? i18n.t("ahead", { n: ticket.ahead }) : i18n.t("ahead.none");
        case "called":
            return i18n.t("called", { where: i18n.t("window.no", { n: ticket.window }) });
        case "serving":
            return i18n.t("serving", { where: i18n.t("window.no", { n: ticket.window }) });
        default:
            return i18n.t(`state.${ticket.state}`);
    }
}

function draw() {
    if (!ticket) {
        return;
    }
    document.documentElement.dataset.state = ticket.state;
    setText(byId("hall"), i18n.name(ticket.hall?.name ?? ticket.hall));
    setText(byId("number"), ticket.number);
    setText(
        byId("service"),
        i18n.name(ticket.service?.name ?? ticket.service_name ?? ticket.service),
    );
    setText(byId("headline"), headline());
    const detail = rated ? "rating.thanks" : `detail.${ticket.state}`;
    setText(byId("detail"), i18n.has(detail) ? i18n.t(detail) : "");
    const eta = ticket.state === "waiting" ? etaText(i18n, ticket.eta) : "";
    setText(byId("eta"), eta ? i18n.t("eta", { eta }) : "");
    setText(byId("updated"), i18n.t("updated", { time: clockText(now(), true) }));
    byId("sound").hidden = sound || ticket.state !== "waiting";
    byId("defer").hidden = ticket.state !== "waiting";
    byId("cancel").hidden = !["waiting", "no_show", "booked"].includes(ticket.state);
    byId("why").hidden = ticket.state !== "waiting";
    byId("rating").hidden = !ticket.rating_open || rated;
    document.title = `${ticket.number} ${headline()}`;
}

function update(view) {
    learnZone(view.issued_at); // there is no hall time on this page but the phone's own
    const before = ticket;
    ticket = view;
    setText(byId("problem"), "");
    const again = before && (before.state !== view.state || before.calls !== view.calls);
    if (view.state === "called" && (!before || again)) {
        alarm();
    }
    draw();
    why.refresh();
}

function refuse(error) {
    if (error.status === 404 || error.status === 410) {
        byId("main").hidden = true;
        byId("gone").hidden = false;
        document.title = i18n.t("gone");
        watch.stop();
    } else if (error.status > 0) {
        setText(byId("problem"), error.message);
    }
}

async function act(verb, body) {
    setText(byId("problem"), "");
    try {
        await api.post(`${base}/${verb}`, body);
        return true;
    } catch (error) {
        setText(byId("problem"), error.message);
        return false;
    } finally {
        watch.refresh();
    }
}

async function rate(level) {
    if (await act("rating", { level })) {
        rated = true;
        draw();
    }
}

function drawLevels() {
    byId("levels").replaceChildren(
        ...LEVELS.map((level) =>
            h(
                "button",
                { type: "button", on: { click: () => rate(level) } },
                i18n.t(`level.${level}`),
            ),
        ),
    );
}

function wire() {
    byId("sound").addEventListener("click", () => {
        allowSound();
        sound = true;
        draw();
    });
    byId("defer").addEventListener("click", () => act("defer", { places: PLACES }));
    byId("cancel").addEventListener("click", () => byId("sure").showModal());
    byId("sure-no").addEventListener("click", () => byId("sure").close());
    byId("sure-yes").addEventListener("click", () => {
        byId("sure").close();
        act("cancel", {});
    });
}

function main() {
    wireLanguage(i18n, byId("language"));
    i18n.onChange(() => {
        drawLevels();
        draw();
        why.draw();
    });
    byId("why").append(why.element);
    i18n.apply();
    drawLevels();
    wire();
    watch = new ViewWatch({
        api,
        path: base,
        stream: `/api/v1/public/events/${token}`,
        poll: POLL_MS,
        onView: update,
        onLink: (link) => showLink(i18n, byId("link"), link),
        onError: refuse,
    });
}

main();
