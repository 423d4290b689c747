// kiosk: from a touch to a number. One state object says which step is shown; every change of it is
// drawn.

import { Api, newKey } from "../shared/api.js";
import { byId, h, setText, syncList } from "../shared/dom.js";
import { I18n, LANGUAGES, wireLanguage } from "../shared/i18n.js";
import { messages } from "../shared/messages/kiosk.js";
import { whoAmI } from "../shared/signin.js";
import { refuseIn, ViewWatch } from "../shared/stream.js";
import { clockText, dateText, learnTime, now } from "../shared/time.js";
import { CardPanel } from "./card.js";
import { Idle } from "./idle.js";
import { foundScreen, Lookup } from "./lookup.js";
import { applyMillimetres } from "./mm.js";
import { Pager } from "./pager.js";
import { watchPrint } from "./print.js";
import { applyReach } from "./reach.js";
import * as screens from "./screens.js";
import { Speaker } from "./speak.js";
import { takeKey, Tools } from "./tools.js";
import { meaningOf, Wedge } from "./wedge.js";

const RESULT_S = 10;
const PHOTO_S = 30; // to take a photo of the number
const DIVERTED_S = 30; // to read an address and write it down
const INNER = ["services", "classes", "result", "failed", "lookup", "found", "diverted"];
const HOME = {
    screen: "groups",
    group: null,
    service: null,
    key: null,
    ticket: null,
    error: null,
    found: null,
    to: null,
    identity: null,
    problem: "",
};

const i18n = new I18n(messages);
const api = new Api(i18n);
const panel = new CardPanel(i18n);
const speaker = new Speaker(i18n);
const lookup = new Lookup({
    api,
    i18n,
    found: (found) => go({ screen: "found", found }),
    failed: (error) => go({ problem: error.status === 404 ? i18n.t("lookup.unknown") : error.message }, false),
});
let tools = null;
let name = "kiosk"; // what the hall calls this kiosk
let view = null;
let cards = new Map();
let state = { ...HOME };
let watch = null;
let returning = 0;
let leavePrint = () => {};
let lost = false;

function go(change, focus = true) {
    clearInterval(returning);
    leavePrint();
    state = { ...state, problem: "", ...change };
    draw();
    aloud();
    if (focus) {
        byId("heading").focus({ preventScroll: true });
        byId("main").scrollTop = 0;
    }
}

function home() {
    go({ ...HOME });
}

/* The next person finds the kiosk as it is delivered: language, modes and choices are gone. */
function reset() {
    tools.reset();
    lookup.clear();
    if (i18n.lang !== LANGUAGES[0]) {
        i18n.set(LANGUAGES[0]);
    }
    home();
}

function isChanged() {
    return state.screen !== "groups" || state.identity !== null || tools.changed || i18n.lang !== LANGUAGES[0];
}

function back() {
    const before = {
        services: HOME,
        classes: { screen: "services", service: null, key: null },
        result: HOME,
        failed: HOME,
        lookup: HOME,
        found: HOME,
        diverted: HOME,
    }[state.screen];
    if (before) {
        go({ ...before });
    }
}

function find() {
    if (state.screen !== "issuing") {
        lookup.clear();
        go({ ...HOME, screen: "lookup" });
    }
}

/* A slip asks what became of its number; an identity card goes along with the next number, and is forgotten with it. */
function scanned(line) {
    const meaning = meaningOf(line);
    if (!view || ["issuing", "result"].includes(state.screen) || document.querySelector("dialog[open]")) {
        return;
    }
    if (!meaning) {
        go({ problem: i18n.t("scan.unknown") }, false);
    } else if (meaning.identity) {
        checkIn({ id_token: meaning.identity });
    } else {
        lookup.search(meaning);
    }
}

function keyed(key) {
    if (state.screen === "lookup" && lookup.type(key)) {
        return;
    }
    takeKey(key, back);
}

/* Who booked is here: by the number, or by the card it was booked with. A card without a booking goes along with the
 * next number. */
async function checkIn(body) {
    const before = { ...state };
    go({ screen: "issuing" });
    try {
        const { data } = await api.post("/api/v1/appointments/check-in", body, { tries: 4 });
        showTicket(data);
    } catch (error) {
        if (body.id_token && error.status === 404) {
            go({ ...before, identity: body.id_token, problem: i18n.t("scan.identity") }, false);
        } else {
            go({ ...before, problem: error.message }, false);
        }
    }
}

/* Someone who was passed comes back by the hall's rule. */
async function restore() {
    try {
        const { data } = await api.post(`/api/v1/tickets/${state.found.id}/restore`, {});
        await lookup.search({ number: data.number });
    } catch (error) {
        setText(byId("found-problem"), error.message);
    }
}

function chooseService(service) {
    if ((view.classes ?? []).length > 1 || cards.has(service)) {
        go({ screen: "classes", service });
    } else {
        issue(service, undefined);
    }
}

/* The key belongs to this one wish for a number: a second touch or a lost answer repeats it and
 * never makes two. */
async function issue(service, cls) {
    if (state.screen === "issuing") {
        return;
    }
    const wish = { service, cls, key: state.key ?? newKey() };
    go({ screen: "issuing", ...wish });
    try {
        const body = { service, class: cls, lang: i18n.lang, channel: "kiosk" };
        if (state.identity) {
            body.id_token = state.identity;
        }
        const { data } = await api.post("/api/v1/tickets", body, { key: wish.key, tries: 4 });
        showTicket(data);
    } catch (error) {
        go({ screen: "failed", error });
        countDown(error.passing ? 60 : RESULT_S);
    }
}

/* No number is needed: where to go instead, and the hall counts it. Should that be lost, the visitor is helped all the
 * same. */
function divert(to) {
    const path = `/api/v1/services/${encodeURIComponent(state.service)}/divert`;
    api.post(path, { to }, { key: newKey(), tries: 4 }).catch(() => {});
    go({ screen: "diverted", to, identity: null });
    countDown(DIVERTED_S);
}

function showTicket(ticket) {
    go({ screen: "result", ticket, key: null, identity: null });
    countDown(RESULT_S);
    leavePrint = watchPrint(api, ticket, showPrint);
}

/* News of the slip: on the result only, whose other parts stay as they are. */
function showPrint(print) {
    state.ticket = { ...state.ticket, print_state: print };
    screens.drawPrint(i18n, byId("print"), print);
    if (print === "failed") {
        countDown(PHOTO_S);
    }
}

function countDown(seconds) {
    clearInterval(returning);
    let left = seconds;
    const show = () => {
        const line = byId("returning");
        if (line) {
            setText(line, i18n.t("result.returning", { n: left }));
        }
    };
    show();
    returning = setInterval(() => {
        left--;
        show();
        if (left <= 0) {
            reset();
        }
    }, 1000);
}

/* The choices of this step; null when it has none. A hall with one group has no page to choose it.
 * */
function choices() {
    const all = screens.groupsOf(view);
    if (state.screen === "groups" && all.length > 1) {
        return screens.groupChoices(i18n, view, (group) => go({ screen: "services", group }));
    }
    if (state.screen === "groups" || state.screen === "services") {
        return screens.serviceChoices(i18n, view, state.group ?? all[0], chooseService);
    }
    if (state.screen !== "classes") {
        return null;
    }
    const take =
        view.classes.length > 1
            ? screens.classChoices(i18n, view, (cls) => issue(state.service, cls))
            : [screens.takeChoice(i18n, () => issue(state.service, undefined))];
    return [...take, ...screens.divertChoices(i18n, cards.get(state.service), divert)];
}

function plain() {
    switch (state.screen) {
        case "issuing":
            return screens.issuingScreen(i18n);
        case "lookup":
            return lookup.screen(view);
        case "found":
            return foundScreen(i18n, state.found, {
                restore,
                checkIn: () => checkIn({ code: state.found.number }),
                done: reset,
            });
        case "diverted":
            return screens.divertedScreen(i18n, state.to, cards.get(state.service), reset);
        case "result":
            return screens.resultScreen(i18n, view, state.ticket, reset);
        default:
            return screens.failedScreen(
                i18n,
                state.error,
                () => issue(state.service, state.cls),
                home,
            );
    }
}

function heading() {
    const service = view.services.find((one) => one.code === state.service);
    return (
        {
            services: () => screens.groupName(i18n, state.group),
            classes: () => i18n.name(service?.name),
        }[state.screen]?.() ?? i18n.t(`head.${state.screen}`)
    );
}

function hint() {
    if (state.problem) {
        return state.problem;
    }
    const alone = state.screen === "classes" && view.classes.length < 2;
    const key = alone ? "hint.take" : `hint.${state.screen}`;
    return i18n.has(key) ? i18n.t(key) : "";
}

function draw() {
    if (!view) {
        return;
    }
    setText(byId("hall"), i18n.name(view.hall?.name));
    setText(byId("heading"), heading());
    setText(byId("hint"), hint());
    panel.show(state.screen === "classes" ? (cards.get(state.service) ?? null) : null);
    byId("back").disabled = !INNER.includes(state.screen);
    const list = choices();
    if (list) {
        screens.drawChoices(byId("screen"), state.screen, list);
    } else {
        screens.drawPlain(byId("screen"), state.screen, plain());
    }
    showLost();
    const notices = (view.notices ?? []).map((notice) => i18n.name(notice.text ?? notice));
    syncList(
        byId("notices"),
        notices.slice(0, 2),
        (text) => text,
        () => h("li"),
        setText,
    );
}

/* What a person who cannot see the screen needs: where, what to know, and which digit does what. */
function aloud() {
    const items = [...document.querySelectorAll(".choice")].map((button) => screens.choiceAloud(i18n, button.choice));
    const text = items.length ? [] : [byId("screen").innerText.replace(/\s*\n\s*/g, "，")];
    const card = byId("card").hidden ? [] : panel.lines();
    speaker.say([byId("heading").textContent, byId("hint").textContent, ...card, ...items, ...text]);
}

/* Keys that are no characters. */
function takeEdit(event) {
    if (event.key === "Escape" && !document.querySelector("dialog[open]")) {
        back();
    } else if (event.key === "Backspace" && state.screen === "lookup") {
        lookup.erase();
    }
}

/* New figures; a result or a failure stands as it was told. */
function update(fresh, changed) {
    view = fresh;
    learnTime(view.now);
    if (changed && ["groups", "services"].includes(state.screen)) {
        draw();
    }
}

/* A card that changes while it is read is drawn anew. */
function takeCards({ services }) {
    cards = new Map(services.map(({ code, card }) => [code, card]));
    if (state.screen === "classes") {
        draw();
    }
}

/* The notice waits while a number is being taken or shown: that person has what is needed. */
function showLost(now = lost) {
    lost = now;
    byId("unreachable").hidden = !lost || ["issuing", "result"].includes(state.screen);
}

/* The second touch of a double one is not meant for what the first has brought under the finger. Who types a number may
 * touch a key twice. */
function singleTouch(event) {
    if (event.detail > 1 && state.screen !== "lookup") {
        event.stopPropagation();
    }
}

async function main() {
    applyReach(applyMillimetres());
    wireLanguage(i18n, byId("language"));
    i18n.onChange(draw);
    i18n.apply();
    new Pager(byId("main"), byId("turn"));
    tools = new Tools({
        i18n,
        speaker,
        back,
        find,
        retry: () => (watch ? watch.refresh() : location.reload()),
        redraw: aloud,
        callStaff: () => api.post(`/api/v1/devices/${encodeURIComponent(name)}/help`, { on: true }),
    });
    byId("screen").addEventListener("click", singleTouch, { capture: true });
    new Wedge({ onKey: keyed, onScan: scanned });
    document.addEventListener("keydown", (event) => takeEdit(event));
    new Idle({
        dialog: byId("more"),
        left: byId("more-left"),
        yes: byId("more-yes"),
        i18n,
        needed: () => isChanged() && !["issuing", "result"].includes(state.screen),
        reset,
    });
    setInterval(() => setText(byId("clock"), `${dateText(now())} ${clockText(now())}`), 1000);
    const me = await whoAmI(api, i18n, { onWait: (error) => showLost(error !== null) });
    name = me.user?.name ?? me.device ?? name;
    watch = new ViewWatch({
        api,
        path: "/api/v1/views/kiosk",
        onView: update,
        onLink: (link) => showLost(link === "lost" || link === "offline"),
        onError: refuseIn(byId("hint")),
        concerns: (name) =>
            /^(queue|service|hall|config)\.|^ticket\.(issued|called|cancelled)/.test(name),
    });
    new ViewWatch({
        api,
        path: "/api/v1/views/cards",
        onView: takeCards,
        concerns: (name) => name.startsWith("config."),
    });
}

main();
