// display: what the waiting hall reads: the newest call, the last ones, every window, who waits,
// notices. How much of it, and how large, the address says (shared/setup.js).

import { Api } from "../shared/api.js";
import { byId, h, setText, syncList } from "../shared/dom.js";
import { I18n, wireLanguage } from "../shared/i18n.js";
import { messages } from "../shared/messages/display.js";
import { applySetup, Hints, readSetup, zonedView } from "../shared/setup.js";
import { whoAmI } from "../shared/signin.js";
import { refuseIn, ViewWatch } from "../shared/stream.js";
import { drawPage, Wall } from "../shared/wall.js";
import { Announcer, callKey } from "./announce.js";
import { digitHeight, digitMm, digitShare, legibleRows, pixelsPerMm } from "./legible.js";
import { Voice } from "./voice.js";

const ROWS = 6; // calls in the list, where nothing else is said
const CHARACTERS = 4; // of a number; longer ones are drawn smaller
const PARAMETERS = [
    "zone",
    "voice",
    "rows",
    "windows",
    "waiting",
    "notices",
    "theme",
    "scale",
    "diagonal",
    "distance",
    "blank",
    "sleep",
];

const i18n = new I18n(messages, "display");
const { setup, wrong } = readSetup(location.search, PARAMETERS);
const hints = new Hints(i18n);
const api = new Api(i18n);
const NOBODY = new Set();
let view = null;
let tables = 0; // the frame after which they are drawn
const wall = new Wall(i18n, () => draw(), setup);

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

/* Rows of the list: as set up, else as many as can be read from where people sit. What cannot be
 * read is told to whoever sets the screen up. */
function layRows() {
    const list = byId("calls");
    const number = byId("current-number");
    const rows = { most: ROWS, digit: 0 };
    if (setup.diagonal && setup.distance) {
        const mm = pixelsPerMm(setup.diagonal, innerWidth, innerHeight);
        const gap = parseFloat(getComputedStyle(list).rowGap) || 0;
        rows.mm = mm;
        rows.digit = digitMm(setup.distance) * mm;
        rows.most = legibleRows({ height: list.clientHeight, gap, digit: rows.digit, share: digitShare(number) });
    }
    list.style.setProperty("--rows", String(setup.rows ?? rows.most));
    const numbers = view.calls.map((call) => call.number.length);
    document.body.style.setProperty("--chars", String(Math.max(CHARACTERS, ...numbers)));
    return rows;
}

function tellLegibility({ most, digit, mm }) {
    const row = document.querySelector("#calls .number");
    const height = row && digit ? digitHeight(row) : Infinity;
    const whole = (pixels) => Math.round(pixels / mm);
    const values = { distance: setup.distance, need: whole(digit), is: whole(height), rows: most };
    hints.tell("hint.small", height < 0.98 * digit ? values : null);
}

/* Larger text leaves fewer columns. */
function scaled(columns) {
    return Math.max(1, Math.round((columns * 100) / setup.scale));
}

function isCut(list) {
    return [...list.querySelectorAll("li, li > *")].some((one) => one.scrollWidth > one.clientWidth + 1);
}

/* Fills a list in as many columns as leave every text whole. */
function drawTable(list, all, most, keyOf, build, update) {
    for (let columns = most; columns >= 1; columns--) {
        list.style.setProperty("--columns", String(columns));
        drawPage(list, all, columns, (page) => syncList(list, page, keyOf, build, update));
        if (!isCut(list)) {
            return;
        }
    }
}

function drawCalls(fresh) {
    const rows = layRows();
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
        view.calls.slice(0, setup.rows ?? rows.most),
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
    tellLegibility(rows);
    tellLegibility(rows); // the hint itself takes room
}

function windowValue(window) {
    const shows = window.number && ["calling", "serving"].includes(window.state);
    return shows ? window.number : i18n.t(`window.${window.state}`);
}

function drawWindows() {
    const usual = Math.min(8, Math.max(4, Math.ceil(view.windows.length / 2)));
    const columns = scaled(usual);
    const build = () => h("li", {}, h("span", { class: "name" }), h("span", { class: "value" }));
    const update = (row, window) => {
        row.dataset.state = window.state;
        setText(row.querySelector(".name"), i18n.t("window.no", { n: window.no }));
        setText(row.querySelector(".value"), windowValue(window));
    };
    drawTable(byId("windows"), view.windows, columns, (window) => window.no, build, update);
}

function drawWaiting() {
    const upright = innerHeight >= innerWidth;
    const columns = scaled(upright ? 2 : 4);
    const build = () => h("li", {}, h("span", { class: "name" }), h("span", { class: "count" }));
    const update = (element, row) => {
        setText(element.querySelector(".name"), i18n.name(row.name ?? row.service));
        setText(element.querySelector(".count"), i18n.t("people", { n: row.count }));
    };
    drawTable(byId("waiting"), view.waiting, columns, (row) => row.service, build, update);
}

/* What everybody looks for. */
function drawNews(fresh) {
    setText(byId("hall"), i18n.name(view.hall?.name));
    drawCalls(fresh);
    setText(byId("current-window"), currentText(announcer.current));
}

function drawTables() {
    if (setup.windows === "on") {
        drawWindows();
    }
    if (setup.waiting === "on") {
        drawWaiting();
    }
}

function draw() {
    if (view) {
        drawNews(NOBODY);
        drawTables();
    }
}

/* The call is shown first: fitting the tables takes longer than a call may wait, so they are drawn when
 * its picture is out. */
function update(fresh) {
    view = fresh;
    wall.take(view);
    drawNews(announcer.take(view.calls, view.speaking));
    cancelAnimationFrame(tables);
    tables = requestAnimationFrame(() => setTimeout(drawTables));
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
    applySetup(setup);
    byId("windows-part").hidden = setup.windows === "off";
    byId("waiting-part").hidden = setup.waiting === "off";
    addEventListener("resize", () => draw());
    wireLanguage(i18n, byId("language"));
    i18n.apply();
    i18n.onChange(() => draw());
    await whoAmI(api, i18n);
    hints.tellWrong(wrong);
    const voice = setup.voice === "on" ? startVoice() : null;
    const onView = (fresh) => {
        update(fresh);
        voice?.poke();
    };
    new ViewWatch({
        ...zonedView({ api, zone: setup.zone, hints, onView, onError: refuseIn(byId("banner")) }),
        onLink: (link) => wall.tellAge(link),
    });
}

main();
