// setup: how a screen is set up. A page cannot see how large its glass is, how far away people sit,
// or in which room it hangs: its address says so (/display?zone=main&diagonal=55&distance=10).
// What is wrong there is told on the screen, to whoever sets it up, and the rest counts.

import { byId, h, setText, syncList } from "./dom.js";
import { I18n } from "./i18n.js";
import { messages } from "./messages/setup.js";

const number = (min, max, usual) => ({ min, max, usual });
const words = (...list) => ({ words: list, usual: list[0] });

/* Every parameter of every screen: its bounds or words, and what counts without it. */
const PARAMETERS = {
    zone: { code: true, usual: null },
    rows: { ...number(1, 12, null), whole: true }, // calls in the list; as many as can be read, at most six
    windows: words("on", "off"),
    waiting: words("on", "off"),
    voice: words("on", "off"),
    notices: { codes: true, usual: "on" }, // on, off, or categories
    theme: words("dark", "light", "contrast"),
    scale: number(80, 150, 100), // of all text but the calls, in per cent
    diagonal: number(5, 200, null), // of the glass, in inches
    distance: number(1, 50, null), // of those who sit farthest, in metres
    sleep: { ...number(0, 600, 30), whole: true }, // minutes of a quiet hall until the screen sleeps; 0 never
    blank: number(60, 3600, 300), // seconds without news after which nothing old is shown
};

const CODE = /^[a-z0-9_.-]{1,31}$/;

/* The value that counts, or undefined when the text is none. */
function readOne(rule, text) {
    if (rule.words) {
        return rule.words.includes(text) ? text : undefined;
    }
    if (rule.code) {
        return CODE.test(text) ? text : undefined;
    }
    if (rule.codes) {
        const list = text.split(",");
        return ["on", "off"].includes(text) ? text : list.every((one) => CODE.test(one)) ? list : undefined;
    }
    const value = text.trim() === "" ? NaN : Number(text);
    const fits = value >= rule.min && value <= rule.max && (!rule.whole || Number.isInteger(value));
    return fits ? value : undefined;
}

function allowed(rule) {
    return rule.words?.join(" ") ?? (rule.min === undefined ? "a-z 0-9 _ . -" : `${rule.min}–${rule.max}`);
}

/* Reads those of the parameters that this kind of screen has; `wrong` lists what was refused. */
export function readSetup(search, names) {
    const given = new URLSearchParams(search);
    const setup = {};
    const wrong = [];
    for (const name of names) {
        const rule = PARAMETERS[name];
        const text = given.get(name);
        const value = text === null ? undefined : readOne(rule, text);
        setup[name] = value ?? rule.usual;
        if (text !== null && value === undefined) {
            wrong.push({ name, text: text.slice(0, 20), allowed: allowed(rule) });
        }
    }
    return { setup, wrong };
}

/* Colours and size of text, as the style sheets take them. */
export function applySetup({ theme, scale }) {
    document.documentElement.dataset.theme = theme;
    document.documentElement.style.setProperty("--scale", String((scale ?? 100) / 100));
}

/* What whoever sets the screen up has to know, as lines in #hints until it is mended. */
export class Hints {
    #own = new I18n(messages);
    #lines = new Map(); // key of the text -> its values

    /* In the language of the page. */
    constructor(i18n) {
        const follow = () => (this.#own.lang = i18n.lang);
        follow();
        i18n.onChange(() => {
            follow();
            this.#draw();
        });
    }

    /* `values` null: there is nothing to tell any more. */
    tell(key, values) {
        const before = JSON.stringify(this.#lines.get(key) ?? null);
        if (before === JSON.stringify(values ?? null)) {
            return;
        }
        this.#lines.delete(key);
        if (values) {
            this.#lines.set(key, values);
        }
        this.#draw();
    }

    /* What readSetup() refused. */
    tellWrong(wrong) {
        const list = wrong.map(({ name, text, allowed: range }) => `${name}=${text} (${range})`);
        this.tell("hint.wrong", list.length ? { list: list.join(", ") } : null);
    }

    #draw() {
        const list = byId("hints");
        list.hidden = this.#lines.size === 0;
        const write = (row, [key, values]) => setText(row, this.#own.t(key, values));
        syncList(list, [...this.#lines], ([key]) => key, () => h("li", {}), write);
    }
}

/* The view of a screen in its zone, as ViewWatch takes it. A zone that the hall does not have is told
 * with those it has; `onView` and `onError` hear of everything else. */
export function zonedView({ api, zone, hints, onView, onError }) {
    const tellZones = async () => {
        const { data } = await api.get("/api/v1/announcements");
        const known = data.zones.filter((one) => one.zone !== null).map((one) => `zone=${one.zone}`);
        hints.tell("hint.nozone", { zone, list: known.join(" / ") || location.pathname });
    };
    return {
        api,
        path: `/api/v1/views/display${zone ? `?zone=${zone}` : ""}`,
        onView: (view) => {
            hints.tell("hint.nozone", null);
            onView(view);
        },
        onError: (error) => {
            if (error.status === 404 && zone) {
                tellZones().catch(() => {}); // asked again with the next view
            } else {
                onError(error);
            }
        },
    };
}
