// window: the screen above one window (/window/3): number, state, when paused why and until when,
// and of the clerk on duty what the hall wants known.

import { Api } from "../shared/api.js";
import { byId, h, setText, syncList } from "../shared/dom.js";
import { I18n } from "../shared/i18n.js";
import { messages } from "../shared/messages/display.js";
import { whoAmI } from "../shared/signin.js";
import { Night } from "../shared/night.js";
import { applySetup, Hints, readSetup } from "../shared/setup.js";
import { refuseIn, ViewWatch } from "../shared/stream.js";
import { clockText, learnTime } from "../shared/time.js";
import { Age } from "../shared/wall.js";

const no = Number(
    /\/window\/(\d+)/.exec(location.pathname)?.[1] ??
        new URLSearchParams(location.search).get("no"),
);
const i18n = new I18n(messages, "window");
const api = new Api(i18n);
const { setup, wrong } = readSetup(location.search, ["theme", "blank", "sleep"]);
const age = new Age(i18n, setup.blank);
const night = new Night(setup.sleep);
let shown = null;

/* The view has what the hall shows, and nothing else: no clerk or nothing shown, no card. */
function drawCard(staff) {
    const rows = [
        ["number", staff?.number && i18n.t("card.number", { number: staff.number })],
        ["name", i18n.name(staff?.name)],
        ["title", i18n.name(staff?.title)],
        ["party", staff?.party_member && i18n.t("card.party")],
    ].filter(([, text]) => text);
    const card = byId("card");
    card.hidden = rows.length === 0;
    const build = ([what]) => h("li", { class: what });
    syncList(card, rows, ([what]) => what, build, (row, [, text]) => setText(row, text));
}

function draw(view) {
    learnTime(view.now);
    age.take();
    night.take(view);
    const window = view.windows.find((one) => one.no === no);
    const state = window?.state ?? "closed";
    const screen = byId("screen");
    screen.dataset.state = state;
    setText(byId("name"), i18n.t("window.no", { n: no }));
    drawCard(window?.staff);
    if (!window) {
        setText(byId("state"), i18n.t("screen.unknown"));
        return;
    }
    const called = view.calls.find((call) => call.window === no && call.number === window.number);
    const mark = `${window.number}/${called?.calls ?? 0}`;
    const shows = ["calling", "serving"].includes(state);
    setText(byId("number"), shows ? window.number : "");
    byId("number").style.setProperty("--chars", String(Math.max(4, window.number?.length ?? 0)));
    setText(byId("state"), i18n.t(state === "closed" ? "screen.closed" : `window.${state}`));
    setText(byId("reason"), state === "paused" ? (window.reason ?? "") : "");
    const until = state === "paused" && window.until ? clockText(Date.parse(window.until)) : "";
    setText(byId("until"), until ? i18n.t("screen.until", { time: until }) : "");
    if (state === "calling" && shown !== null && shown !== mark) {
        byId("number").classList.remove("flash");
        void byId("number").offsetWidth;
        byId("number").classList.add("flash");
    }
    shown = mark;
}

async function main() {
    applySetup(setup);
    i18n.apply();
    new Hints(i18n).tellWrong(wrong);
    document.title = `${i18n.t("screen.title")} ${no}`;
    await whoAmI(api, i18n);
    new ViewWatch({
        api,
        path: "/api/v1/views/display",
        onView: draw,
        onLink: (link) => age.tell(link),
        onError: refuseIn(byId("reason")),
        concerns: (name, data) =>
            !data?.data?.window || data.data.window === no || name === "config.changed",
    });
}

main();
