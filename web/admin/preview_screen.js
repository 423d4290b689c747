// preview_screen: the page /display on a screen of that size, to scale, and from how far its texts
// can be read. Digits are to be at least a 200th of the viewing distance high; what is meant to be
// read at ease subtends 20 to 22 minutes of arc.

import { h, svg } from "../shared/dom.js";
import { texts } from "./texts.js";

const INCH_MM = 25.4;
const DIGIT_EM = 0.714; // height of a digit in the fonts of our screens
const MINUTE = Math.PI / 180 / 60;
const ROW = 1.9; // a row with its space, in heights of its digits
const ROWS = 6; // of the last calls on /display

/* Texts of /display with all its parts and six rows: font sizes in hundredths of the shorter side, on a
 * screen of 16:9 that lies or stands upright. */
export const TEXTS = {
    number: { lying: 18.6, upright: 23 },
    where: { lying: 8.1, upright: 10 },
    recent: { lying: 9.9, upright: 7.4 },
    recentWhere: { lying: 5.8, upright: 4.3 },
    windows: { lying: 3.3, upright: 3.3 },
    waiting: { lying: 2.4, upright: 2.4 },
};

/* Width and height in mm of a screen of 16:9, upright or not. */
export function screenSize(diagonal, upright = false) {
    const mm = diagonal * INCH_MM;
    const [long, short] = [(mm * 16) / Math.hypot(16, 9), (mm * 9) / Math.hypot(16, 9)];
    return upright ? { width: short, height: long } : { width: long, height: short };
}

export function digitHeight({ lying, upright }, { width, height }) {
    const font = ((width < height ? upright : lying) * Math.min(width, height)) / 100;
    return font * DIGIT_EM;
}

/* { least, easy } in mm at a distance in m. */
export function needed(distance) {
    return { least: (distance * 1000) / 200, easy: distance * 1000 * Math.tan(20 * MINUTE) };
}

/* How many rows of numbers fit onto the height, large enough for that distance. */
export function rowsFitting({ height }, distance) {
    return Math.floor(height / (ROW * needed(distance).easy));
}

export function judge(mm, distance) {
    const { least, easy } = needed(distance);
    return mm >= easy ? "easy" : mm >= least ? "least" : "small";
}

/* ---- drawing ---- */

function model(size) {
    const { width, height } = size;
    const at = (x, y, w, high) => ({ x: x * width, y: y * height, width: w * width, height: high * height });
    const box = (place, fill) => svg("rect", { ...place, rx: width / 100, fill });
    const words = (x, y, text, spec, fill) =>
        svg(
            "text",
            { x: x * width, y: y * height, "font-size": digitHeight(spec, size) / DIGIT_EM, "text-anchor": "middle", fill },
            text,
        );
    const rows = Array.from({ length: ROWS }, (_, i) => {
        const number = `A${String(12 - i).padStart(3, "0")}`;
        return words(0.8, 0.25 + i * 0.115, `${number} → ${(i % 4) + 1}`, TEXTS.recent, "#f4f8f9");
    });
    return svg(
        "svg",
        { class: "screen", viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": texts.t("screen.model") },
        box(at(0, 0, 1, 1), "#0a1a22"),
        box(at(0, 0, 1, 0.1), "#073f4a"),
        box(at(0.02, 0.13, 0.57, 0.4), "#10262f"),
        box(at(0.62, 0.13, 0.36, 0.74), "#10262f"),
        box(at(0.02, 0.56, 0.57, 0.31), "#10262f"),
        box(at(0, 0.9, 1, 0.1), "#073f4a"),
        words(0.24, 0.4, "A012", TEXTS.number, "#ffd23f"),
        words(0.5, 0.4, "3", TEXTS.where, "#f4f8f9"),
        ...rows,
        words(0.3, 0.7, "3  A012", TEXTS.windows, "#8fd9a8"),
    );
}

class ScreenPreview {
    #diagonal = 55;
    #distance = 10;
    #upright = false;
    #model = h("div", { class: "screen-box" });
    #result = h("div", { role: "status" });

    constructor() {
        const number = (key, value, [min, max], take) => {
            const input = h("input", { type: "number", min, max, step: "any", value });
            input.addEventListener("input", () => {
                const typed = Number(input.value);
                if (typed >= min && typed <= max) {
                    take(typed);
                    this.update();
                }
            });
            return h("label", {}, `${texts.t(key)} `, input);
        };
        const upright = h("input", { type: "checkbox" });
        upright.addEventListener("change", () => {
            this.#upright = upright.checked;
            this.update();
        });
        this.element = h(
            "section",
            { class: "extra", id: "screen-preview", "aria-labelledby": "screen-preview-title" },
            h("h4", { id: "screen-preview-title" }, texts.t("screen.title")),
            h("p", { class: "help" }, texts.t("screen.about")),
            h(
                "div",
                { class: "buttons" },
                number("screen.diagonal", this.#diagonal, [10, 200], (value) => (this.#diagonal = value)),
                number("screen.distance", this.#distance, [0.5, 60], (value) => (this.#distance = value)),
                h("label", { class: "box" }, upright, h("span", {}, texts.t("screen.upright"))),
            ),
            this.#model,
            this.#result,
        );
    }

    #row(name, size) {
        const mm = digitHeight(TEXTS[name], size);
        const verdict = judge(mm, this.#distance);
        return h(
            "tr",
            { dataset: { text: name, verdict } },
            h("th", { scope: "row" }, texts.t(`screen.${name}`)),
            h("td", {}, mm.toFixed(0)),
            h("td", {}, (mm / 5).toFixed(1)),
            h("td", { class: verdict === "small" ? "problem" : null }, texts.t(`screen.${verdict}`)),
        );
    }

    update() {
        const size = screenSize(this.#diagonal, this.#upright);
        const { least, easy } = needed(this.#distance);
        const rows = rowsFitting(size, this.#distance);
        const small = judge(digitHeight(TEXTS.recent, size), this.#distance) === "small";
        const words = { least: least.toFixed(0), easy: easy.toFixed(0), m: this.#distance, rows };
        const heads = ["text", "height", "until", "verdict"].map((name) =>
            h("th", { scope: "col" }, texts.t(`screen.${name}`)),
        );
        this.#model.replaceChildren(model(size));
        this.#result.replaceChildren(
            h("p", {}, texts.t("screen.need", words)),
            h("p", { class: rows < ROWS || small ? "problem" : "good" }, texts.t(small ? "screen.warn" : "screen.rows", words)),
            h("p", {}, texts.t("screen.address"), " ", h("code", {}, `/display?diagonal=${this.#diagonal}&distance=${this.#distance}`)),
            h(
                "div",
                { class: "scroll", role: "region", tabindex: "0", "aria-label": texts.t("screen.title") },
                h(
                    "table",
                    {},
                    h("thead", {}, h("tr", {}, ...heads)),
                    h("tbody", {}, ...Object.keys(TEXTS).map((name) => this.#row(name, size))),
                ),
            ),
        );
    }
}

export const screenPreview = () => new ScreenPreview();
