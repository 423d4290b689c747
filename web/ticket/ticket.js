// ticket: the page of one number (/t/{token}).

import { Api } from "../shared/api.js";
import { byId, setText } from "../shared/element.js";
import { I18n, wireLanguage } from "../shared/i18n.js";
import { messages } from "../shared/messages/ticket.js";
import { RateBox } from "../shared/rate.js";
import { showLink, ViewWatch } from "../shared/stream.js";
import { clockText, etaText, learnZone, now } from "../shared/time.js";
import { WhyBox } from "../shared/why.js";
import { alarm, allowSound } from "./alarm.js";

const PLACES = 3;
const POLL_MS = 15000;

const token = encodeURIComponent(location.pathname.split("/")[2] ?? "");
const base = `/api/v1/public/tickets/${token}`;
const i18n = new I18n(messages, "ticket");
const api = new Api(i18n, { session: false });
const why = new WhyBox(i18n, async () => (await api.get(`${base}/why`)).data);
const box = new RateBox(i18n, rate);
let ticket = null;
let watch = null;
let rated = false;
let sound = false;

function headline() {
    const { ahead, state, window: no } = ticket;
    switch (state) {
        case "waiting":
            return i18n.t(ahead > 0 ? "ahead" : "ahead.none", { n: ahead });
        case "called":
        case "serving":
            return i18n.t(state, { where: i18n.t("window.no", { n: no }) });
        default:
            return i18n.t(`state.${state}`);
    }
}

function draw() {
    if (!ticket) {
        return;
    }
    document.documentElement.dataset.state = ticket.state;
    setText(byId("hall"), i18n.name(ticket.hall.name));
    setText(byId("number"), ticket.number);
    setText(byId("service"), i18n.name(ticket.service_name));
    byId("card").hidden = !ticket.card;
    setText(byId("headline"), headline());
    const detail = rated ? "rating.thanks" : `detail.${ticket.state}`;
    setText(byId("detail"), i18n.has(detail) ? i18n.t(detail) : "");
    const waits = ticket.state === "waiting";
    const eta = waits ? etaText(i18n, ticket.eta) : "";
    setText(byId("eta"), eta ? i18n.t("eta", { eta }) : "");
    setText(byId("updated"), i18n.t("updated", { time: clockText(now(), true) }));
    byId("sound").hidden = sound || !waits;
    byId("defer").hidden = byId("why").hidden = !waits;
    byId("cancel").hidden = !["waiting", "no_show", "booked"].includes(ticket.state);
    if (byId("cancel").hidden) {
        byId("sure").close();
    }
    byId("rating").hidden = !ticket.rating || rated;
    document.title = `${ticket.number} ${headline()}`;
}

function update(view) {
    learnZone(view.issued_at);
    const before = ticket;
    ticket = view;
    setText(byId("problem"), "");
    const again = before && (before.state !== view.state || before.calls !== view.calls);
    if (view.state === "called" && (!before || again)) {
        alarm();
    }
    if (view.rating && !before?.rating) {
        box.ask(view.rating);
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

async function rate(body) {
    rated = await act("rating", body);
    draw();
}

function wire() {
    // A double touch is one.
    const on = (id, click) => byId(id).addEventListener("click", (event) => event.detail > 1 || click());
    on("sound", () => {
        allowSound();
        sound = true;
        draw();
    });
    on("defer", () => act("defer", { places: PLACES }));
    on("cancel", () => byId("sure").showModal());
    on("sure-no", () => byId("sure").close());
    on("sure-yes", () => {
        byId("sure").close();
        act("cancel", {});
    });
}

function main() {
    wireLanguage(i18n, byId("language"));
    i18n.onChange(() => {
        draw();
        box.draw();
        why.draw();
    });
    byId("card").href = `/t/${token}/card`;
    byId("why").append(why.element);
    byId("rating").append(box.element);
    i18n.apply();
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
