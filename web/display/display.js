// display: what the waiting hall reads: the newest call, the last six, every window, who waits,
// notices.

import { Api } from "../shared/api.js";
import { byId, h, setText, syncList } from "../shared/dom.js";
import { I18n, wireLanguage } from "../shared/i18n.js";
import { messages } from "../shared/messages/display.js";
import { Hints, readSetup } from "../shared/setup.js";
import { whoAmI } from "../shared/signin.js";
import { refuseIn, ViewWatch } from "../shared/stream.js";
import { pageOf, Wall } from "../shared/wall.js";
import { Announcer, callKey } from "./announce.js";
import { Voice } from "./voice.js";

const CALLS_SHOWN = 6;
const WAITING_SHOWN = 8;

const PARAMETERS = ["zone", "voice"];

const i18n = new I18n(messages, "display");
const { setup, wrong } = readSetup(location.search, PARAMETERS);
const hints = new Hints(i18n);
const api = new Api(i18n);
const NOBODY = new Set();
let view = null;
const wall = new Wall(i18n, () => draw());

function flash(element) {
    element.classList.remove("flash");
    void element.offsetWidth; // restarts the animation
    element.classList.add("flash");
}

function where(call) {
    return i18n.t("window.no", { n: call.window });
}

function currentText(call) {
    return call ? i18n.t("please", { where: where(call) }) : i18n.t("current.none");
}

const announcer = new Announcer((call, fresh) => {
    setText(byId("current-number"), call ? call.number : "");
    setText(byId("current-window"), currentText(call));
    if (fresh) {
        flash(byId("current"));
    }
});

function drawCalls(fresh) {
    const build = () =>
        h(
            "li",
            {},
            h("span", { class: "number" }),
            h("span", { class: "mark" }),
            h("span", { class: "where" }),
        );
    syncList(
        byId("calls"),
        view.calls.slice(0, CALLS_SHOWN),
        (call) => call.number,
        build,
        (row, call) => {
            setText(row.querySelector(".number"), call.number);
            setText(row.querySelector(".where"), where(call));
            const marks = [
                call.priority ? i18n.t("priority") : "",
                call.calls > 1 ? i18n.t("again", { n: call.calls }) : "",
            ];
            setText(row.querySelector(".mark"), marks.filter(Boolean).join(" "));
            row.dataset.state = call.state ?? "";
            if (fresh.has(callKey(call))) {
                flash(row);
            }
        },
    );
}

function windowValue(window) {
    const shows = window.number && ["calling", "serving"].includes(window.state);
    return shows ? window.number : i18n.t(`window.${window.state}`);
}

function drawWindows() {
    const columns = Math.min(8, Math.max(4, Math.ceil(view.windows.length / 2)));
    byId("windows").style.setProperty("--columns", String(columns));
    const build = () => h("li", {}, h("span", { class: "name" }), h("span", { class: "value" }));
    syncList(
        byId("windows"),
        pageOf(view.windows, 2 * columns),
        (window) => window.no,
        build,
        (row, window) => {
            row.dataset.state = window.state;
            setText(row.querySelector(".name"), i18n.t("window.no", { n: window.no }));
            setText(row.querySelector(".value"), windowValue(window));
        },
    );
}

function drawWaiting() {
    const build = () => h("li", {}, h("span", { class: "name" }), h("span", { class: "count" }));
    syncList(
        byId("waiting"),
        pageOf(view.waiting, WAITING_SHOWN),
        (row) => row.service,
        build,
        (element, row) => {
            setText(element.querySelector(".name"), i18n.name(row.name ?? row.service));
            setText(element.querySelector(".count"), i18n.t("people", { n: row.count }));
        },
    );
}

function draw(fresh = NOBODY) {
    if (!view) {
        return;
    }
    setText(byId("hall"), i18n.name(view.hall?.name));
    drawCalls(fresh);
    drawWindows();
    drawWaiting();
    setText(byId("current-window"), currentText(announcer.current));
}

function update(fresh) {
    view = fresh;
    wall.take(view);
    draw(announcer.take(view.calls, view.speaking));
}

/* A browser that keeps silent until it is touched says so, and so does a screen that does not know
 * its place. */
function tellSound(state, zones) {
    byId("sound").hidden = state !== "blocked";
    document.body.dataset.sound = state;
    const list = zones.map((zone) => `zone=${zone}`).join(" / ");
    hints.tell("hint.zone", state === "unplaced" ? { list } : null);
}

function startVoice() {
    const voice = new Voice({ api, zone: setup.zone, tell: tellSound });
    byId("sound").addEventListener("click", () => voice.unblock());
    voice.run();
    return voice;
}

async function main() {
    wireLanguage(i18n, byId("language"));
    i18n.apply();
    i18n.onChange(() => draw());
    await whoAmI(api, i18n);
    hints.tellWrong(wrong);
    const voice = setup.voice === "on" ? startVoice() : null;
    new ViewWatch({
        api,
        path: `/api/v1/views/display${setup.zone ? `?zone=${setup.zone}` : ""}`,
        onView: (fresh) => {
            update(fresh);
            voice?.poke();
        },
        onLink: (link) => wall.tellAge(link),
        onError: refuseIn(byId("banner")),
    });
}

main();
