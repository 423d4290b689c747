// preview_signs: what each LED sign of the draft would show, page by page, and whether it fits.
// Widths are half-width characters; a Chinese character takes two. What a driver shows, and how
// wide its signs are, is the README's table of signs.

import { h } from "../shared/dom.js";
import { columnsOf, wrap } from "./preview_slip.js";
import { nameIn, texts } from "./texts.js";

const DIGITS = ["modbus", "kanban", "led8"];
const LATIN = ["alpha", "cd5220", "qsystem"];
const WALLS = ["dump", "onbon"]; // have rows
const SHOWN_MAX = 40;
const BREAK = { reason: "午餐", reasonEn: "lunch", until: "13:30" };

/* Places of a sign that shows numbers alone. */
function placesOf({ driver, options = {} }) {
    return driver === "modbus" ? Number(options.digits ?? 4) : driver === "kanban" ? 4 : 8;
}

export function signColumns(display) {
    const { driver, options = {}, shows = {} } = display;
    if (DIGITS.includes(driver)) {
        return placesOf(display);
    }
    if (Number.isInteger(shows.columns)) {
        return shows.columns;
    }
    if (driver === "dump") {
        return 40;
    }
    if (driver === "onbon") {
        const [width, height] = [Number(options.width ?? 64), Number(options.height ?? 16)];
        return height > 2 * width ? 1 : Math.floor((2 * width) / height);
    }
    return shows.window === undefined ? 16 : 8;
}

const list = (value) => (Array.isArray(value) ? value : []);
const codesOf = (window) => list(window?.services).map((one) => one?.code ?? one);

/* The longest number of these services. */
function longestNumber(document, codes) {
    const numbers = list(document.services)
        .filter((one) => codes === null || codes.includes(one?.code))
        .map((one) => `${one.prefix ?? ""}${one.last ?? 999}`);
    return numbers.reduce((a, b) => (b.length > a.length ? b : a), "A999");
}

function wordsOf(text, columns, kind) {
    return { kind, pages: wrap(text, columns), cut: false };
}

/* A line that is not broken: too long is cut off. */
function lineOf(text, columns, kind) {
    const pages = wrap(text, columns);
    return { kind, pages: [columnsOf(text) > columns ? pages[0] : text], cut: columnsOf(text) > columns };
}

function windowLines(document, display, columns, latin) {
    const { window: no } = display.shows;
    const window = list(document.windows).find((one) => one?.no === no);
    const number = lineOf(longestNumber(document, codesOf(window)), columns, "number");
    if (DIGITS.includes(display.driver)) {
        return [number];
    }
    const paused = latin
        ? `PAUSED ${BREAK.reasonEn} to ${BREAK.until}`
        : `暂停服务 ${BREAK.reason} 至${BREAK.until}`;
    return [number, wordsOf(latin ? "OPEN" : "空闲", columns, "idle"), wordsOf(paused, columns, "paused")];
}

const inZone = (document, zone) =>
    list(document.windows).filter((one) => zone === undefined || zone === "*" || one?.zone === zone);

function wallLines(document, display, columns, latin) {
    const windows = inZone(document, display.shows.zone);
    const no = Math.max(1, ...windows.map((one) => Number(one.no) || 1));
    const number = longestNumber(document, windows.flatMap(codesOf));
    return [lineOf(latin ? `${number} -> ${no}` : `${number}→${no}号窗口`, columns, "call")];
}

function welcomeLines(document, display, columns, latin) {
    const codes = inZone(document, display.shows.zone).flatMap(codesOf);
    return list(document.services)
        .filter((one) => codes.includes(one?.code))
        .map((one) => {
            const name = latin ? `${one.name?.en ?? ""}: 12` : `${one.name?.["zh-CN"] ?? ""} 等候12`;
            return lineOf(name, columns, "service");
        });
}

function noticeLines(document, columns, latin) {
    return list(document.notices)
        .filter((one) => one?.category !== "slip")
        .map((one) => {
            const { "zh-CN": zh, en } = one?.text ?? {};
            return wordsOf((latin ? en : (zh ?? en)) ?? "", columns, "notice");
        })
        .filter((one) => one.pages[0] !== "");
}

/* { columns, rows, lines: [{ kind, pages: [text], cut }], problem } of a sign. */
export function signContent(document, display) {
    const columns = signColumns(display);
    const latin = LATIN.includes(display.driver);
    const shows = display.shows ?? {};
    const rows = shows.window === undefined && WALLS.includes(display.driver) ? (shows.rows ?? 6) : 1;
    const words = shows.welcome || shows.notices;
    if (words && DIGITS.includes(display.driver)) {
        return { columns, rows, lines: [], problem: "digits" };
    }
    const make = shows.window !== undefined ? windowLines : shows.welcome ? welcomeLines : wallLines;
    const lines = make(document, display, columns, latin);
    return { columns, rows, lines: [...lines, ...(shows.notices ? noticeLines(document, columns, latin) : [])] };
}

/* ---- drawing ---- */

function verdict(line) {
    if (line.cut) {
        return h("span", { class: "verdict bad" }, texts.t("sign.cut"));
    }
    return line.pages.length > 1
        ? h("span", { class: "verdict" }, texts.t("sign.pages", { n: line.pages.length }))
        : h("span", { class: "verdict ok" }, texts.t("sign.fits"));
}

function lineItem(line) {
    return h(
        "li",
        { dataset: { kind: line.kind, cut: String(line.cut), pages: String(line.pages.length) } },
        h("span", { class: "help" }, texts.t(`sign.${line.kind}`)),
        ...line.pages.slice(0, SHOWN_MAX).map((page) => h("span", { class: "led" }, page)),
        verdict(line),
    );
}

function signBox(document, display) {
    const { columns, rows, lines, problem } = signContent(document, display);
    const title = [display.code || "?", nameIn(display.name), display.driver].filter(Boolean).join(" · ");
    const size = texts.t("sign.size", { columns, rows });
    return h(
        "details",
        { class: "sign", dataset: { sign: display.code ?? "" } },
        h(
            "summary",
            {},
            `${title} · ${size}`,
            lines.some((one) => one.cut) || problem
                ? h("span", { class: "verdict bad" }, texts.t(problem ? "sign.digits" : "sign.cut"))
                : null,
        ),
        h("ul", {}, ...lines.map(lineItem)),
    );
}

class SignsPreview {
    #list = h("div", {});

    constructor(editor) {
        this.editor = editor;
        this.element = h(
            "section",
            { class: "extra", id: "signs-preview", "aria-labelledby": "signs-preview-title" },
            h("h4", { id: "signs-preview-title" }, texts.t("sign.title")),
            h("p", { class: "help" }, texts.t("sign.about")),
            this.#list,
        );
    }

    update() {
        const { document } = this.editor.draft;
        const open = new Set([...this.#list.querySelectorAll("[open]")].map((one) => one.dataset.sign));
        const signs = list(document.displays).filter((one) => one !== null && typeof one === "object");
        this.#list.replaceChildren(
            ...(signs.length
                ? signs.map((one) => signBox(document, one))
                : [h("p", { class: "help" }, texts.t("row.none"))]),
        );
        for (const box of this.#list.querySelectorAll("details")) {
            box.open = open.has(box.dataset.sign);
        }
    }
}

export const signsPreview = (editor) => new SignsPreview(editor);
