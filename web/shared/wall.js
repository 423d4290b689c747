// wall: what the screens that hang on walls have in common: the server's clock, notices one after the other, how old what
// is shown is, and a few pixels' walk that keeps fixed lines from burning into the panel.

import { byId, setText } from "./dom.js";
import { clockText, dateText, learnTime, now, weekday } from "./time.js";

const BLANK_MS = 300000; // numbers this old help nobody
const PAGE_MS = 8000;
const READ_CHARACTERS_PER_S = 5;

/* More than a screen holds is shown page by page. */
export function pageOf(all, size) {
    const pages = Math.max(1, Math.ceil(all.length / size));
    const page = Math.floor(now() / PAGE_MS) % pages;
    return all.slice(page * size, (page + 1) * size);
}

function walk() {
    const step = Math.floor(Date.now() / 60000) % 8;
    const path = [0, 1, 2, 1, 0, -1, -2, -1];
    document.body.style.setProperty("--shift-x", `${path[step]}px`);
    document.body.style.setProperty("--shift-y", `${path[(step + 2) % 8]}px`);
}

export class Wall {
    #i18n;
    #view = null;
    #updated = 0;
    #notice = -1;

    /* The page has #clock, #date, #banner and #notice; `draw` is called for each page of its lists. */
    constructor(i18n, draw) {
        this.#i18n = i18n;
        setInterval(() => this.#drawClock(), 1000);
        setInterval(walk, 60000);
        setInterval(draw, PAGE_MS);
    }

    take(view) {
        const first = this.#view === null;
        this.#view = view;
        learnTime(view.now);
        this.#updated = now();
        if (first) {
            this.#turnNotice();
        }
        this.#drawClock();
    }

    /* The banner says how old the figures are; very old ones go. */
    tellAge(link = byId("banner").dataset.link) {
        const banner = byId("banner");
        banner.dataset.link = link ?? "";
        const offline = link === "offline";
        const age = now() - this.#updated;
        if (this.#view !== null) {
            banner.hidden = !offline;
            setText(banner, offline ? this.#i18n.t("offline", { time: clockText(this.#updated) }) : "");
        }
        document.body.classList.toggle("stale", offline);
        document.body.classList.toggle("lost", offline && age > BLANK_MS);
    }

    #drawClock() {
        const at = now();
        setText(byId("clock"), clockText(at, true));
        setText(byId("date"), `${dateText(at)} ${this.#i18n.t(`day.${weekday(at)}`)}`);
        this.tellAge();
    }

    /* Each as long as a slow reader needs. */
    #turnNotice() {
        const texts = (this.#view.notices ?? []).map((one) => this.#i18n.name(one.text ?? one)).filter(Boolean);
        this.#notice = texts.length ? (this.#notice + 1) % texts.length : -1;
        const text = texts[this.#notice] ?? "";
        setText(byId("notice"), text);
        setTimeout(() => this.#turnNotice(), Math.max(6000, (text.length / READ_CHARACTERS_PER_S) * 1000));
    }
}
