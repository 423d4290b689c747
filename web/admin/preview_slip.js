// preview_slip: the paper to scale, from the server's own lines: what the layout of the draft makes
// of a number made up. Nothing is printed.

import { h, setText, svg } from "../shared/dom.js";
import { qrSvg } from "../shared/qr.js";
import { Asker } from "./asker.js";
import { SLIP_DEFAULT } from "./schema.js";
import { texts } from "./texts.js";

const PATH = "/api/v1/admin/slip-preview";
const PAPER = { 80: { columns: 48, margin: 4 }, 58: { columns: 32, margin: 5 } };
const COLUMN_MM = 1.5; // of a half-width character at size 1, which is 3 mm high
const LINE_MM = 3;
const GAP = 1.25; // of a line with the space below it
const CODE_MM = 24;

export const columnsOf = (text) =>
    [...text].reduce((sum, one) => sum + (one.codePointAt(0) >= 0x800 ? 2 : 1), 0);

/* Broken where the paper ends: at the last space, if that leaves no more than half a line empty. */
export function wrap(text, columns) {
    const lines = [];
    let rest = [...text];
    while (rest.length > 0) {
        let used = 0;
        let at = 0;
        let space = 0;
        while (at < rest.length && used + columnsOf(rest[at]) <= columns) {
            if (rest[at] === " " && used >= Math.floor(columns / 2)) {
                space = at;
            }
            used += columnsOf(rest[at]);
            at++;
        }
        const end = at === rest.length ? at : space || Math.max(at, 1);
        lines.push(rest.slice(0, end).join(""));
        rest = rest.slice(rest[end] === " " ? end + 1 : end);
    }
    return lines.length ? lines : [""];
}

const joined = (line) => [line["zh-CN"], line.en].filter(Boolean).join(" / ");

/* A line as printed: its parts, each at the size that fits. */
function partsOf(line, columns) {
    const parts =
        line.below && line["zh-CN"] && line.en
            ? [
                  [line["zh-CN"], line.size],
                  [line.en, 1],
              ]
            : [[joined(line), line.size]];
    return parts.flatMap(([text, wanted]) => {
        let size = wanted;
        while (size > 1 && columnsOf(text) > Math.floor(columns / size)) {
            size--;
        }
        return wrap(text, Math.floor(columns / size)).map((one) => ({ text: one, size }));
    });
}

const X = { left: 0, center: 0.5, right: 1 };

function drawText(line, part, y, { width, margin }) {
    const long = columnsOf(part.text) * COLUMN_MM * part.size;
    const high = part.size * LINE_MM;
    const x = margin + (width - 2 * margin - long) * X[line.align];
    const box = svg("rect", { x: x - 0.5, y, width: long + 1, height: high * 1.1, fill: "#000" });
    const text = svg(
        "text",
        {
            x,
            y: y + high * 0.88,
            "font-size": high,
            "font-weight": line.bold ? 700 : 400,
            fill: line.reverse ? "#fff" : "#000",
            textLength: Math.max(long, 0.1),
            lengthAdjust: "spacingAndGlyphs",
        },
        part.text,
    );
    return line.reverse && part.text ? [box, text] : part.text ? [text] : [];
}

/* The paper as an SVG in millimetres. */
export function drawPaper({ lines, url }, width, label) {
    const paper = { width, ...PAPER[width] };
    const drawn = [];
    let y = 4;
    for (const line of lines) {
        if (line.show === "rule") {
            const ends = { x1: paper.margin, x2: width - paper.margin, y1: y + 1.5, y2: y + 1.5 };
            drawn.push(svg("line", { ...ends, stroke: "#000", "stroke-width": 0.3 }));
            y += LINE_MM * GAP;
        } else if (line.show === "code") {
            const code = qrSvg(url, url);
            const at = { x: (width - CODE_MM) / 2, y, width: CODE_MM, height: CODE_MM };
            Object.entries(at).forEach(([name, value]) => code?.setAttribute(name, String(value)));
            code?.setAttribute("aria-hidden", "true");
            drawn.push(...(code ? [code] : []));
            y += CODE_MM + 1;
        } else {
            for (const part of partsOf(line, paper.columns)) {
                drawn.push(...drawText(line, part, y, paper));
                y += part.size * LINE_MM * GAP;
            }
        }
    }
    const height = y + 6;
    return svg(
        "svg",
        { class: "paper", viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label },
        svg("rect", { width, height, fill: "#fff" }),
        ...drawn,
    );
}

class SlipPreview {
    #width = 80;
    #of = ""; // the printer whose layout is shown; "" the hall's
    #state = h("p", { class: "help", role: "status" });
    #paper = h("div", { class: "paper-box" });
    #text = h("pre", { tabindex: "0" });

    constructor(editor) {
        this.editor = editor;
        const width = h(
            "select",
            { on: { change: () => this.#choose(width) } },
            ...Object.keys(PAPER).map((one) => h("option", { value: one, selected: one === "80" }, `${one} mm`)),
        );
        this.which = h("select", { on: { change: () => ((this.#of = this.which.value), this.update()) } });
        this.element = h(
            "section",
            { class: "extra", id: "slip-preview", "aria-labelledby": "slip-preview-title" },
            h("h4", { id: "slip-preview-title" }, texts.t("paper.title")),
            h("p", { class: "help" }, texts.t("paper.about")),
            h(
                "div",
                { class: "buttons" },
                h("label", {}, `${texts.t("paper.width")} `, width),
                h("label", {}, `${texts.t("paper.which")} `, this.which),
            ),
            this.#state,
            this.#paper,
            h("details", {}, h("summary", {}, texts.t("paper.text")), this.#text),
        );
        const { element } = this;
        this.asker = new Asker({ editor, element, ask: () => this.#ask(), refused: (...told) => this.#refused(...told) });
    }

    #choose(select) {
        this.#width = Number(select.value);
        this.update();
    }

    #layouts() {
        const printers = this.editor.draft.document.printers;
        const own = (Array.isArray(printers) ? printers : []).filter((one) => one?.slip);
        const names = ["", ...own.map((one) => one.code)];
        this.#of = names.includes(this.#of) ? this.#of : "";
        this.which.replaceChildren(
            ...names.map((name) =>
                h("option", { value: name, selected: name === this.#of }, name || texts.t("paper.hall")),
            ),
        );
        return own.find((one) => one.code === this.#of)?.slip ?? this.editor.draft.document.slip ?? SLIP_DEFAULT;
    }

    update() {
        this.asker.soon();
    }

    async #ask() {
        const width = this.#width;
        const { data } = await this.editor.api.post(PATH, { slip: this.#layouts(), width });
        return () => {
            this.#paper.replaceChildren(drawPaper(data, width, texts.t("paper.label")));
            setText(this.#text, data.text);
            setText(this.#state, texts.t("paper.now"));
        };
    }

    #refused(why, mistaken) {
        setText(this.#state, mistaken ? texts.t("paper.wrong", { why }) : why);
    }
}

export const slipPreview = (editor) => new SlipPreview(editor);
