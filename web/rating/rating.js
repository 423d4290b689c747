// rating: the device at a window (?window=3). It asks when a service was finished, for as long as the
// server says; without an answer nothing is stored as an opinion. Who has chosen one of the lowest
// levels is given more time for the reasons; left alone, it is sent without more of them.

import { Api, newKey } from "../shared/api.js";
import { byId, setText } from "../shared/dom.js";
import { I18n, wireLanguage } from "../shared/i18n.js";
import { messages } from "../shared/messages/rating.js";
import { RateBox } from "../shared/rate.js";
import { whoAmI } from "../shared/signin.js";
import { ViewWatch } from "../shared/stream.js";
import { learnTime, now } from "../shared/time.js";

const THANKS_MS = 5000;
const REASONS_MS = 30000; // since the last touch
const HURRY_MS = 20000; // for another level, when the question itself is over
const LANGUAGE_MS = 60000;
const KEPT = "hallcall.rating";
const POLL_MS = 2000; // no event tells a device that somebody has rated by phone

const i18n = new I18n(messages); // the next visitor begins in the device's own language
const home = i18n.lang;
const api = new Api(i18n);
const box = new RateBox(i18n, send, touched);
let me = { window: 0 };
let view = null;
let watch = null;
let asked = null; // the question that stands: { id, number, clerk, staff, until, promised by the server }
let answered = null; // id of the ticket whose answer was sent last
let told = { text: "", more: "", until: 0 }; // what came of it, for a moment
let sending = false;
let link = "";
let refused = ""; // why the view cannot be had
let polled = 0;
let foreignUntil = 0; // a language that somebody chose stays that long when nothing is asked

function saying() {
    return performance.now() < told.until;
}

function screen() {
    if (asked) {
        return box.level ? "reasons" : "levels";
    }
    return saying() ? "thanks" : "idle";
}

function problem() {
    if (link !== "lost" && link !== "offline") {
        return refused;
    }
    return i18n.t(asked ? "net.late" : "net.off");
}

/* What the hall tells of who serves. */
function person({ clerk, staff }) {
    const { number, name, title, party_member: party } = staff ?? {};
    const card = [
        number && i18n.t("staff.number", { number }),
        i18n.name(name),
        i18n.name(title),
        party && i18n.t("staff.party"),
    ];
    const told = card.filter(Boolean).join(" ") || clerk;
    return told && i18n.t("clerk", { name: told });
}

function about() {
    if (!asked && saying()) {
        return told.more && i18n.t(told.more);
    }
    const of = asked ?? view;
    return of ? [asked?.number, person(of)].filter(Boolean).join(" · ") : "";
}

function left() {
    if (!asked || sending) {
        return asked ? i18n.t("sending") : "";
    }
    const n = Math.max(0, Math.ceil((asked.until - now()) / 1000));
    return i18n.t(box.level ? "left.reasons" : "left", { n });
}

function draw() {
    const shown = screen();
    document.body.dataset.screen = shown;
    setText(byId("heading"), i18n.t({ thanks: told.text, idle: "idle" }[shown] ?? "invite"));
    setText(byId("about"), about());
    setText(byId("left"), left());
    setText(byId("place"), me.window ? i18n.t("window.no", { n: me.window }) : "");
    setText(byId("problem"), problem());
    box.element.hidden = !asked;
}

/* Another step, or a reason more or less: somebody is still there. */
function touched() {
    if (asked) {
        asked.until = Math.max(asked.until, now() + (box.level ? REASONS_MS : HURRY_MS));
    }
    draw();
}

function tell(text, more = "") {
    told = { text, more, until: performance.now() + THANKS_MS };
    asked = null;
    foreignUntil = 0;
}

/* An answer under way outlives its page: a restart of the server may have ended the page's session. Where
 * nothing can be kept it is lost with the page, and the question is asked again. */
function keep(answer) {
    try {
        if (answer) {
            sessionStorage.setItem(KEPT, JSON.stringify(answer));
        } else {
            sessionStorage.removeItem(KEPT);
        }
    } catch {
        // as said
    }
}

function kept() {
    try {
        return JSON.parse(sessionStorage.getItem(KEPT));
    } catch {
        return null;
    }
}

/* Until the server has it or refuses it: it may be away for a while. */
async function deliver({ id, body, key }) {
    sending = true;
    draw();
    try {
        await api.post(`/api/v1/tickets/${id}/rating`, body, { key, tries: Infinity });
        tell("thanks", body.level <= view?.reasons_up_to ? "thanks.bad" : "");
        answered = id;
    } catch (error) {
        if (error.status === 401) {
            location.reload();
            return;
        }
        tell(error.code === "already-rated" ? "already" : error.message);
        answered = error.code === "invalid-body" ? answered : id; // the hall's reasons have changed
    }
    keep(null);
    sending = false;
    watch.refresh();
}

function send(body) {
    const answer = { id: asked.id, body, key: newKey() };
    keep(answer);
    return deliver(answer);
}

/* A question that the server ends before its time was taken back, or answered by phone; one that
 * is over by the clock may still be answered by who has begun to. */
function follow(question) {
    if (question && asked?.id === question.id) {
        asked.promised = Date.parse(view.until);
        asked.until = Math.max(asked.until, asked.promised);
    } else if (question && asked && box.level) {
        box.submit(); // the next visitor stands there already
    } else if (question) {
        const until = Date.parse(view.until);
        asked = { ...question, clerk: view.clerk, staff: view.staff, until, promised: until };
        box.ask(view);
    } else if (asked && now() < asked.promised) {
        asked = null;
    }
}

function take(fresh) {
    view = fresh;
    refused = "";
    learnTime(view.now);
    if (!sending) {
        const open = view.state === "invite" && view.ticket.id !== answered;
        follow(open ? view.ticket : null);
    }
    draw();
}

function tick() {
    if (asked && !sending && asked.until <= now()) {
        if (box.level) {
            box.submit();
        } else {
            asked = null;
            foreignUntil = 0;
        }
    } else if (asked && !sending && performance.now() - polled > POLL_MS) {
        polled = performance.now();
        watch.refresh();
    }
    if (screen() === "idle" && i18n.lang !== home && performance.now() > foreignUntil) {
        i18n.set(home);
    }
    draw();
}

async function main() {
    wireLanguage(i18n, byId("language"));
    byId("question").append(box.element);
    i18n.onChange(() => {
        foreignUntil = performance.now() + LANGUAGE_MS;
        box.draw();
        draw();
    });
    i18n.apply();
    draw();
    const onWait = (error) => {
        link = error ? "lost" : "";
        draw();
    };
    me = await whoAmI(api, i18n, { onWait });
    me.window = Number(new URLSearchParams(location.search).get("window")) || me.window || 1;
    watch = new ViewWatch({
        api,
        path: `/api/v1/views/rating?window=${me.window}`,
        onView: take,
        onLink: (state) => {
            link = state;
            draw();
        },
        onError: (error) => {
            if (error.status === 401) {
                location.reload();
            } else if (error.status > 0) {
                refused = error.message;
                draw();
            }
        },
        concerns: (name) => /^(ticket|rating|window|config|hall)\./.test(name),
    });
    setInterval(tick, 500);
    const left = kept();
    if (left) {
        sending = true; // nobody is asked while it is under way
        await watch.refresh();
        await deliver(left);
    }
}

main();
