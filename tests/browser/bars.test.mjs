// What every page keeps to, in a hall of many services with the longest names: the keyboard alone reaches everything in
// the order in which it is read and sees where it is, nothing is lost at 320 px or at 200 %, nothing comes from outside,
// nothing fails.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { ROOT } from "../lib/daemon.mjs";
import { call, Hall, leave } from "./lib.mjs";

const LATIN = "Transfer of pension relations and certification of eligibility for benefits of all regions";
const CHINESE = "城乡居民基本养老保险关系转移接续与待遇资格认证综合受理";
const SERVICES = 40;
const WINDOWS = 30;
// A laptop at 200 % has half of its pixels; 320 px are a small phone, or a desk's screen at 400 %.
const LANGUAGES = ["zh-CN", "en"];
const SIZES = [
    { width: 320, height: 640 },
    { width: 640, height: 400 },
];
const KIOSKS = [
    { width: 1080, height: 1920 },
    { width: 1280, height: 800 },
];
const WALLS = [
    { width: 320, height: 640 },
    { width: 1920, height: 1080 },
];

/* As long as the document allows: 95 bytes in each language. */
const long = (at) => ({ "zh-CN": `办${at}${CHINESE}`.slice(0, 30), en: `${at} ${LATIN}`.slice(0, 95) });

function crowd(daemon) {
    const document = JSON.parse(readFileSync(path.join(ROOT, "src/demo/hall.json"), "utf8"));
    document.hall.name = long("厅");
    const [service] = document.services;
    const [window] = document.windows;
    for (let at = document.services.length; at < SERVICES; at++) {
        const prefix = String.fromCharCode(65 + Math.floor(at / 26), 65 + (at % 26));
        document.services.push({ ...service, code: `more${at}`, prefix });
    }
    document.services.forEach((one, at) => (one.name = long(at)));
    for (let no = document.windows.length + 1; no <= WINDOWS; no++) {
        document.windows.push({ ...window, no });
    }
    daemon.run(["config", "import", "--db", daemon.db, "-"], JSON.stringify(document));
}

let hall;
let empty;
let phone;
before(async () => {
    [hall, empty] = await Promise.all([Hall.open({ prepare: crowd }), Hall.open({ args: [] })]);
    const page = await hall.page("/kiosk");
    for (const cls of ["ordinary", "elderly", "ordinary"]) {
        const ticket = await call(page, "POST", "/api/v1/tickets", { service: "pension", class: cls });
        phone = ticket.public_url;
    }
    await call(page, "POST", "/api/v1/windows/1/open", { clerk: "zhang" });
    await call(page, "POST", "/api/v1/windows/1/next", {});
    await leave(page);
});
after(() => Promise.all([hall?.close(), empty?.close()]));

/* Whatever is off the page's side, or longer than the button, field or cell around it. */
const lost = (page) =>
    page.evaluate(() => {
        const found = [];
        const page = document.documentElement;
        if (page.scrollWidth > page.clientWidth) {
            found.push(`the page is ${page.scrollWidth} px wide`);
        }
        const scrolls = (one) => one && (/auto|scroll/.test(getComputedStyle(one).overflowX) || scrolls(one.parentElement));
        const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        const range = document.createRange();
        while (walker.nextNode()) {
            const element = walker.currentNode.parentElement;
            range.selectNodeContents(walker.currentNode);
            const box = range.getBoundingClientRect();
            const { clipPath } = getComputedStyle(element);
            const covered = clipPath !== "none" || element.closest("[inert]");
            if (box.width === 0 || covered || !element.checkVisibility({ visibilityProperty: true })) {
                continue;
            }
            const text = walker.currentNode.textContent.trim().slice(0, 30);
            if ((box.right > innerWidth + 1 || box.left < -1) && !scrolls(element)) {
                found.push(`"${text}" is off the page`);
            }
            const frame = element.closest("button, a, td, th, li, summary")?.getBoundingClientRect();
            const cut = getComputedStyle(element).textOverflow === "ellipsis";
            if (frame && !cut && (box.right > frame.right + 1 || box.left < frame.left - 1)) {
                found.push(`"${text}" is wider than what holds it`);
            }
        }
        return found;
    });

/* Everything that can be operated now, in document order, numbered for the walk. */
const mark = (page) =>
    page.evaluate(() => {
        const all = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, iframe, [tabindex]")];
        const open = all.filter((one) => {
            const box = one.getBoundingClientRect();
            const hidden = !one.checkVisibility({ visibilityProperty: true }) || box.width === 0 || one.closest("[inert]");
            return !hidden && !one.disabled && one.tabIndex >= 0;
        });
        // Of a group of radio buttons the keyboard stops at one.
        const stops = open.filter((one) => one.type !== "radio" || one.checked);
        stops.forEach((one, at) => (one.dataset.stop = at));
        return stops.map((one) => `${one.tagName} ${one.id} ${(one.ariaLabel ?? one.textContent).trim().slice(0, 30)}`);
    });

/* Where the focus is: its number, where it stands on the whole page, and whether it can be seen. */
const focused = (page) =>
    page.evaluate(() => {
        const one = document.activeElement;
        const box = one.getBoundingClientRect();
        const top = document.elementFromPoint(
            Math.min(innerWidth - 1, Math.max(0, box.left + box.width / 2)),
            Math.min(innerHeight - 1, Math.max(0, box.top + Math.min(box.height, innerHeight) / 2)),
        );
        const label = one.closest("label");
        const shifts = (part) => part && (/fixed|sticky/.test(getComputedStyle(part).position) || shifts(part.parentElement));
        const scrolled = (part) => (part ? part.scrollTop + scrolled(part.parentElement) : 0);
        return {
            stop: one.dataset.stop === undefined ? null : Number(one.dataset.stop),
            left: box.left,
            right: box.right,
            top: box.top + scrolled(one.parentElement),
            bottom: box.bottom + scrolled(one.parentElement),
            fixed: Boolean(shifts(one)),
            seen: Boolean(top) && (one.contains(top) || top.contains(one) || Boolean(label?.contains(top))),
            ring: one.matches(":focus-visible"),
        };
    });

async function walk(page, what) {
    const stops = await mark(page);
    const reached = [];
    let before = null;
    // From the page's beginning, wherever the focus was.
    await page.evaluate(() => {
        const start = document.createElement("span");
        start.tabIndex = -1;
        document.body.prepend(start);
        start.focus();
        start.remove();
        scrollTo(0, 0);
    });
    const wrong = [];
    for (let pressed = 0; pressed <= stops.length; pressed++) {
        await page.keyboard.press("Tab");
        const at = await focused(page);
        if (at.stop === null || reached.includes(at.stop)) {
            break;
        }
        reached.push(at.stop);
        if (!at.seen || !at.ring) {
            wrong.push(`the focus cannot be seen: ${stops[at.stop]}`);
        }
        // Nobody reads upwards within a column.
        const beneath = before && at.left < before.right && at.right > before.left;
        if (beneath && !at.fixed && !before.fixed && at.bottom <= before.top + 1) {
            wrong.push(`upwards from ${stops[before.stop]} to ${stops[at.stop]}`);
        }
        before = at;
    }
    const missed = stops.filter((_, at) => !reached.includes(at)).map((one) => `not reached: ${one}`);
    assert.deepEqual([...wrong, ...missed], [], what);
}

const PAGES = [
    { at: "/kiosk", ready: "#screen button", sizes: KIOSKS },
    { at: "/clerk?window=1&clerk=zhang", ready: '#state[data-state="calling"]' },
    { at: "/lobby", ready: "#windows li" },
    { at: "/rating?window=3", ready: "#heading:not(:empty)" },
    { at: "/admin", ready: "#bounds td" },
    { at: "/display?zone=main&voice=off", ready: "#calls li", sizes: WALLS },
    { at: "/window/1", ready: "#number:not(:empty)" },
    { at: "/welcome", ready: "#services li", sizes: WALLS },
    { at: "/leds", ready: "#signs li" },
    { at: "/t/", ready: "#number:not(:empty)" },
    { at: "/", ready: "iframe", frames: true },
    // A hall of which nothing is known yet: who comes there must say who it is.
    { at: "/admin", ready: "form:visible", empty: true },
    { at: "/clerk", ready: "form:visible", empty: true },
    { at: "/lobby", ready: "form:visible", empty: true },
    { at: "/kiosk", ready: "form:visible", empty: true },
    { at: "/", ready: "#links a", empty: true },
];

/* One page in one language: asked for by itself, at each size. */
async function keeps({ at, ready, empty: unsigned, frames, sizes = SIZES }, lang) {
    const where = at === "/t/" ? phone : at;
    const options = { viewport: sizes[0], allow: unsigned ? [/401/] : [] };
    const url = `${where}${where.includes("?") ? "&" : "?"}lang=${lang}`;
    const page = await (unsigned ? empty : hall).page(url, options);
    await page.locator(ready).first().waitFor();
    if (unsigned) {
        const languages = page.locator("button:visible:not([inert] *)", { hasText: /^(中文|English)$/ });
        assert.equal(await languages.count(), 1, "one way to the other language");
        assert.equal(await page.locator("#logout:visible, #jumps a:visible").count(), 0, "nothing to leave or to go to");
    }
    for (const size of sizes) {
        await page.setViewportSize(size);
        const what = `${at} in ${lang} at ${size.width} px`;
        assert.deepEqual(await lost(page), [], what);
        // A frame's page is walked on its own, and the order is the same in both languages.
        if (!frames && lang === "en") {
            await walk(page, what);
        }
    }
    await leave(page);
}

for (const one of PAGES) {
    test(`${one.at}${one.empty ? " before signing in" : ""} by keyboard, small, and by itself`, () =>
        Promise.all(LANGUAGES.map((lang) => keeps(one, lang))));
}

test("long names leave the choices and the services of a hall of many on their screens", async () => {
    const beyond = (page, rows, end) =>
        page.evaluate(
            ([all, last]) => {
                const bottom = document.querySelector(last).getBoundingClientRect().top;
                const parts = [...document.querySelectorAll(all)];
                return parts.filter((one) => one.getBoundingClientRect().bottom > bottom + 1).map((one) => one.textContent);
            },
            [rows, end],
        );
    for (const lang of LANGUAGES) {
        const kiosk = await hall.page(`/kiosk?lang=${lang}`, { viewport: KIOSKS[1] });
        await kiosk.locator("#screen button").nth(2).waitFor();
        assert.deepEqual(await beyond(kiosk, "#screen button", "#notices"), []);
        await kiosk.locator("#turn").waitFor({ state: "hidden" });
        await leave(kiosk);
        const welcome = await hall.page(`/welcome?lang=${lang}`, { viewport: { width: 1280, height: 720 } });
        await welcome.locator("#services li").first().waitFor();
        assert.deepEqual(await beyond(welcome, "#services li", "#notices"), []);
        await leave(welcome);
        const upright = await hall.page(`/display?zone=main&voice=off&lang=${lang}`, { viewport: { width: 1080, height: 1920 } });
        await upright.locator("#calls li").first().waitFor();
        const head = await upright.locator(".head").evaluate((one) => one.getBoundingClientRect().height);
        assert.ok(head < 1920 / 5, `the head takes ${head} px`);
        await leave(upright);
    }
});
