// wall: what the screens that hang on walls have in common: the server's clock, notices one after the other, how old what
// is shown is, and a few pixels' walk that keeps fixed lines from burning into the panel.

import { byId, setText } from "./dom.js";
import { Night } from "./night.js";
import { clockText, dateText, learnTime, now, weekday } from "./time.js";

const PAGE_MS = 8000;
const READ_CHARACTERS_PER_S = 5;

/* More than a screen holds is shown page by page. */
function pageOf(all, size) {
    const pages = Math.max(1, Math.ceil(all.length / size));
    const page = Math.floor(now() / PAGE_MS) % pages;
    return all.slice(page * size, (page + 1) * size);
}

/* How many lines of a list its place holds: one has to be there to be measured. */
function linesOf(list) {
    const height = list.firstElementChild?.offsetHeight ?? list.clientHeight;
    const gap = parseFloat(getComputedStyle(list).rowGap) || 0;
    return Math.max(1, Math.floor((list.clientHeight + gap) / (height + gap)));
}

/* Draws as many as the place of a list holds, by `draw(items)`, and the others after them. A page that
 * scrolls, which is not on a wall, has them all. */
export function drawPage(list, all, columns, draw) {
    if (getComputedStyle(document.body).overflowY !== "hidden") {
        draw(all);
        return;
    }
    draw(pageOf(all, columns * linesOf(list)));
    draw(pageOf(all, columns * linesOf(list)));
}

function walk() {
    const step = Math.floor(Date.now() / 60000) % 8;
    const path = [0, 1, 2, 1, 0, -1, -2, -1];
    document.body.style.setProperty("--shift-x", `${path[step]}px`);
    document.body.style.setProperty("--shift-y", `${path[(step + 2) % 8]}px`);
}

/* How old what is shown is. Without news the banner says since when and all is greyed; after
 * `blankS` seconds what was called then helps nobody, and goes. */
export class Age {
    #i18n;
    #blankMs;
    #updated = null; // hall time of the last answer
    #link = "";

    constructor(i18n, blankS) {
        this.#i18n = i18n;
        this.#blankMs = blankS * 1000;
        setInterval(() => this.tell(), 1000);
    }

    take() {
        this.#updated = now();
        this.tell();
    }

    tell(link = this.#link) {
        this.#link = link;
        const banner = byId("banner");
        banner.dataset.link = link;
        const offline = link === "offline";
        const lost = offline && this.#updated !== null && now() - this.#updated > this.#blankMs;
        document.body.classList.toggle("stale", offline);
        document.body.classList.toggle("lost", lost);
        if (this.#updated !== null) {
            const time = clockText(this.#updated);
            banner.hidden = !offline;
            setText(banner, offline ? this.#i18n.t(lost ? "lost" : "offline", { time }) : "");
        }
    }
}

/* Is the notice still to be read? An unchanged view may be older than its notices' end. */
function isInForce({ end }) {
    if (!end) {
        return true;
    }
    return end.length === 10 ? dateText(now()) <= end : now() < Date.parse(end);
}

export class Wall {
    #i18n;
    #age;
    #night;
    #notices; // "on", or the categories that are shown here
    #view = null;
    #notice = -1;

    /* The page has #clock, #date, #banner, #notices and #notice; `draw` is called for each page of
     * its lists; `setup` is that of readSetup(). */
    constructor(i18n, draw, setup) {
        this.#i18n = i18n;
        this.#age = new Age(i18n, setup.blank);
        this.#night = new Night(setup.sleep);
        this.#notices = setup.notices;
        byId("notices").hidden = setup.notices === "off";
        setInterval(() => this.#drawClock(), 1000);
        setInterval(walk, 60000);
        setInterval(draw, PAGE_MS);
    }

    take(view) {
        const first = this.#view === null;
        this.#view = view;
        learnTime(view.now);
        this.#age.take();
        this.#night.take(view);
        if (first) {
            this.#turnNotice();
        }
        this.#drawClock();
    }

    tellAge(link) {
        this.#age.tell(link);
    }

    #drawClock() {
        const at = now();
        setText(byId("clock"), clockText(at, true));
        setText(byId("date"), `${dateText(at)} ${this.#i18n.t(`day.${weekday(at)}`)}`);
    }

    /* Each as long as a slow reader needs. */
    #turnNotice() {
        const shown = ({ category }) => this.#notices === "on" || this.#notices.includes(category);
        const texts = (this.#view.notices ?? [])
            .filter((one) => shown(one) && isInForce(one))
            .map((one) => this.#i18n.name(one.text));
        this.#notice = texts.length ? (this.#notice + 1) % texts.length : -1;
        const text = texts[this.#notice] ?? "";
        setText(byId("notice"), text);
        setTimeout(() => this.#turnNotice(), Math.max(6000, (text.length / READ_CHARACTERS_PER_S) * 1000));
    }
}
