// display: what the waiting hall reads: the newest call, the last six, every window, who waits,
// notices.

import { Api } from "../shared/api.js";
import { byId, h, setText, syncList } from "../shared/dom.js";
import { I18n, wireLanguage } from "../shared/i18n.js";
import { messages } from "../shared/messages/display.js";
import { whoAmI } from "../shared/signin.js";
import { refuseIn, ViewWatch } from "../shared/stream.js";
import { clockText, dateText, learnTime, now, weekday } from "../shared/time.js";
import { Announcer, callKey } from "./announce.js";
import { Voice } from "./voice.js";

const CALLS_SHOWN = 6;
const BLANK_MS = 300000; // numbers this old help nobody
const WAITING_SHOWN = 8;
const PAGE_MS = 8000;
const READ_CHARACTERS_PER_S = 5;

const i18n = new I18n(messages, "display");
const api = new Api(i18n);
const NOBODY = new Set();
let view = null;
let updated = 0;
let notice = -1;

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

/* More than a screen holds is shown page by page. */
function pageOf(all, size) {
    const pages = Math.max(1, Math.ceil(all.length / size));
    const page = Math.floor(now() / PAGE_MS) % pages;
    return all.slice(page * size, (page + 1) * size);
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
    const first = view === null;
    view = fresh;
    learnTime(view.now);
    updated = now();
    if (first) {
        turnNotice();
    }
    draw(announcer.take(view.calls, view.speaking));
    drawClock();
}

/* A browser that keeps silent until it is touched says so. */
function tellSound(state) {
    byId("sound").hidden = state !== "blocked";
    document.body.dataset.sound = state;
}

/* The banner says how old the figures are; very old ones go. */
function tellAge(link = byId("banner").dataset.link) {
    const banner = byId("banner");
    banner.dataset.link = link ?? "";
    const offline = link === "offline";
    const age = now() - updated;
    if (view !== null) {
        banner.hidden = !offline;
        setText(banner, offline ? i18n.t("offline", { time: clockText(updated) }) : "");
    }
    document.body.classList.toggle("stale", offline);
    document.body.classList.toggle("lost", offline && age > BLANK_MS);
}

function drawClock() {
    const at = now();
    setText(byId("clock"), clockText(at, true));
    setText(byId("date"), `${dateText(at)} ${i18n.t(`day.${weekday(at)}`)}`);
    tellAge();
}

/* Notices follow one another, each as long as a slow reader needs. */
function turnNotice() {
    const texts = (view?.notices ?? []).map((one) => i18n.name(one.text ?? one)).filter(Boolean);
    notice = texts.length ? (notice + 1) % texts.length : -1;
    const text = texts[notice] ?? "";
    setText(byId("notice"), text);
    setTimeout(turnNotice, Math.max(6000, (text.length / READ_CHARACTERS_PER_S) * 1000));
}

/* A few pixels' walk keeps fixed lines from burning into the panel. */
function walk() {
    const step = Math.floor(Date.now() / 60000) % 8;
    const path = [0, 1, 2, 1, 0, -1, -2, -1];
    document.body.style.setProperty("--shift-x", `${path[step]}px`);
    document.body.style.setProperty("--shift-y", `${path[(step + 2) % 8]}px`);
}

async function main() {
    wireLanguage(i18n, byId("language"));
    i18n.apply();
    i18n.onChange(() => draw());
    setInterval(drawClock, 1000);
    setInterval(walk, 60000);
    setInterval(() => draw(), PAGE_MS);
    await whoAmI(api, i18n);
    const zone = new URLSearchParams(location.search).get("zone");
    const voice = new Voice({ api, zone, tell: tellSound });
    byId("sound").addEventListener("click", () => voice.unblock());
    voice.run();
    new ViewWatch({
        api,
        path: `/api/v1/views/display${zone ? `?zone=${encodeURIComponent(zone)}` : ""}`,
        onView: (fresh) => {
            update(fresh);
            voice.poke();
        },
        onLink: tellAge,
        onError: refuseIn(byId("banner")),
    });
}

main();
