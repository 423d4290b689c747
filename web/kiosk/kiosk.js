// kiosk: from a touch to a number. One state object says which step is shown; every change of it is
// drawn.

import { Api, newKey } from "../shared/api.js";
import { byId, h, setText, syncList } from "../shared/dom.js";
import { I18n, LANGUAGES, wireLanguage } from "../shared/i18n.js";
import { messages } from "../shared/messages/kiosk.js";
import { whoAmI } from "../shared/signin.js";
import { refuseIn, ViewWatch } from "../shared/stream.js";
import { clockText, dateText, learnTime, now } from "../shared/time.js";
import { Idle } from "./idle.js";
import { applyMillimetres } from "./mm.js";
import { watchPrint } from "./print.js";
import * as screens from "./screens.js";
import { resetTools, toolsChanged, wireTools } from "./tools.js";

const RESULT_S = 10;
const PHOTO_S = 30; // to take a photo of the number
const HOME = { screen: "groups", group: null, service: null, key: null, ticket: null, error: null };

const i18n = new I18n(messages);
const api = new Api(i18n);
let view = null;
let state = { ...HOME };
let watch = null;
let returning = 0;
let leavePrint = () => {};
let lost = false;

function go(change, focus = true) {
    clearInterval(returning);
    leavePrint();
    state = { ...state, ...change };
    draw();
    if (focus) {
        byId("heading").focus({ preventScroll: true });
        window.scrollTo(0, 0);
    }
}

function home() {
    go({ ...HOME });
}

/* The next person finds the kiosk as it is delivered: language, modes and choices are gone. */
function reset() {
    resetTools();
    if (i18n.lang !== LANGUAGES[0]) {
        i18n.set(LANGUAGES[0]);
    }
    home();
}

function isChanged() {
    return state.screen !== "groups" || toolsChanged() || i18n.lang !== LANGUAGES[0];
}

function back() {
    const before = {
        services: HOME,
        classes: { screen: "services", service: null, key: null },
        result: HOME,
        failed: HOME,
    }[state.screen];
    if (before) {
        go({ ...before });
    }
}

function chooseService(service) {
    if ((view.classes ?? []).length > 1) {
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
        const { data } = await api.post("/api/v1/tickets", body, { key: wish.key, tries: 4 });
        go({ screen: "result", ticket: data, key: null });
        countDown(RESULT_S);
        leavePrint = watchPrint(api, data, showPrint);
    } catch (error) {
        go({ screen: "failed", error });
        countDown(error.passing ? 60 : RESULT_S);
    }
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
    return state.screen === "classes"
        ? screens.classChoices(i18n, view, (cls) => issue(state.service, cls))
        : null;
}

function plain() {
    switch (state.screen) {
        case "issuing":
            return screens.issuingScreen(i18n);
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

function draw() {
    if (!view) {
        return;
    }
    setText(byId("hall"), i18n.name(view.hall?.name));
    setText(byId("heading"), heading());
    setText(byId("hint"), i18n.has(`hint.${state.screen}`) ? i18n.t(`hint.${state.screen}`) : "");
    byId("back").disabled = !["services", "classes", "result", "failed"].includes(state.screen);
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

/* New figures; a result or a failure stands as it was told. */
function update(fresh, changed) {
    view = fresh;
    learnTime(view.now);
    if (changed && ["groups", "services"].includes(state.screen)) {
        draw();
    }
}

/* The notice waits while a number is being taken or shown: that person has what is needed. */
function showLost(now = lost) {
    lost = now;
    byId("unreachable").hidden = !lost || ["issuing", "result"].includes(state.screen);
}

async function main() {
    applyMillimetres();
    wireLanguage(i18n, byId("language"));
    i18n.onChange(draw);
    i18n.apply();
    wireTools({ back, retry: () => (watch ? watch.refresh() : location.reload()) });
    new Idle({
        dialog: byId("more"),
        left: byId("more-left"),
        yes: byId("more-yes"),
        i18n,
        needed: () => isChanged() && !["issuing", "result"].includes(state.screen),
        reset,
    });
    setInterval(() => setText(byId("clock"), `${dateText(now())} ${clockText(now())}`), 1000);
    await whoAmI(api, i18n, { onWait: (error) => showLost(error !== null) });
    watch = new ViewWatch({
        api,
        path: "/api/v1/views/kiosk",
        onView: update,
        onLink: (link) => showLost(link === "lost" || link === "offline"),
        onError: refuseIn(byId("hint")),
        concerns: (name) =>
            /^(queue|service|hall|config)\.|^ticket\.(issued|called|cancelled)/.test(name),
    });
}

main();
