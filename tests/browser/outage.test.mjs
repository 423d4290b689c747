// Five minutes without a network, and a server that starts anew: every page says so first, the walls go blank rather than
// lie, all go on by themselves, and nothing stale is said.
//
// The cable is pulled for good measure: packets vanish, nobody is told. The pages' clock is moved on by five minutes, and
// that of the hall as well; what is asked for meanwhile stays without an answer.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Cable } from "../lib/cable.mjs";
import { ended, heard, isSpeaking, speaker } from "./ear.mjs";
import { advance, call, Hall, issue, leave, shows } from "./lib.mjs";

let hall;
let cable;
before(async () => {
    hall = await Hall.open();
    cable = await new Cable(hall.daemon.origin).plug();
});
after(async () => {
    cable?.close();
    await hall.close();
});

// What the browser itself says of a dead network, and of a session that a restart ended.
const GONE = /ERR_|net::|Failed to load resource|401/;

/* A page behind the cable, whose clock can be moved. It is marked: one that was loaded anew has lost the mark. */
const options = () => ({ origin: cable.origin, allow: [GONE], prepare: (page) => page.clock.install() });
async function remote(path) {
    const page = await hall.page(path, options());
    return mark(page);
}
async function mark(page) {
    await page.evaluate(() => (window.sameAsBefore = true));
    return page;
}
const isSame = async (page) => assert.ok(await page.evaluate(() => window.sameAsBefore), "nobody loaded it anew");

const front = () => hall.page("/kiosk");
const together = (pages, act) => Promise.all(pages.map(act));
const pass = (pages, seconds) => together(pages, (page) => page.clock.runFor(1000 * seconds));
const hidden = (page, selector) =>
    page.waitForFunction((where) => {
        const element = document.querySelector(where);
        return !element || getComputedStyle(element).visibility === "hidden" || element.offsetParent === null;
    }, selector);

/* Serves somebody at window 1 from call to end; returns the number. */
async function serve(page) {
    const ticket = await issue(page, "pension");
    await call(page, "POST", "/api/v1/windows/1/next");
    await call(page, "POST", `/api/v1/tickets/${ticket.id}/start`);
    await call(page, "POST", `/api/v1/tickets/${ticket.id}/finish`, {});
    return ticket.number;
}

test("walls: a banner, then blank, then the truth again, and not a word of what is over", async () => {
    const staff = await front();
    const display = await mark(await speaker(hall, "/display?zone=main", options()));
    const [screen, welcome] = await together(["/window/1", "/welcome?blank=120"], remote);
    const walls = [display, screen, welcome];
    await isSpeaking(display);
    await call(staff, "POST", "/api/v1/windows/1/open", { clerk: "zhang" });
    const first = await issue(staff, "pension");
    await call(staff, "POST", "/api/v1/windows/1/next");
    await together([[display, "#current-number"], [screen, "#number"]], ([page, where]) => shows(page, where, first.number));
    await ended(display, 1);
    await call(staff, "POST", `/api/v1/tickets/${first.id}/start`);
    await shows(screen, "#state", "办理中");

    cable.pull();
    // Over before anybody behind the cable hears of it, but the last.
    await call(staff, "POST", `/api/v1/tickets/${first.id}/finish`, {});
    await serve(staff);
    await serve(staff);
    const standing = await issue(staff, "pension");
    await call(staff, "POST", "/api/v1/windows/1/next");
    await issue(staff, "tax");

    await pass(walls, 30);
    await together(walls, async (page) => assert.ok(await page.locator("#banner").isHidden(), "not a word too early"));
    await pass(walls, 15);
    await together(walls, (page) => shows(page, "#banner", /^连接中断，以下信息更新于 09:0\d/));
    await together(walls, (page) => page.locator("body.stale:not(.lost)").waitFor());
    await shows(screen, "#number", first.number);
    await advance(staff, 300);
    await pass(walls, 80);
    // This one was told to wait two minutes, the others five.
    await welcome.locator("body.lost").waitFor();
    await hidden(welcome, "#services .count");
    assert.equal(await display.locator("body.lost").count(), 0);
    await pass(walls, 180);
    await together([[display, "#current-number"], [display, "#calls .number"], [display, "#windows .value"],
        [display, "#waiting .count"], [screen, "#number"], [screen, "#card"]], ([page, where]) => hidden(page, where));
    await together(walls, (page) => shows(page, "#banner", /^连接中断（09:0\d 起无新信息）/));

    cable.mend();
    await pass(walls, 15);
    await together(walls, (page) => page.locator("#banner").waitFor({ state: "hidden", timeout: 40000 }));
    await together(walls, (page) => page.locator("body:not(.stale):not(.lost)").waitFor());
    await together([[display, "#current-number"], [screen, "#number"]], ([page, where]) =>
        shows(page, where, standing.number));
    await welcome.locator("#services li", { hasText: "税务申报" }).locator(".count", { hasText: "等候 1 人" }).waitFor();

    // The call that stands was made five minutes ago: it is shown and not said. The next one is said.
    await isSpeaking(display);
    await call(staff, "POST", "/api/v1/windows/3/open", { clerk: "li" });
    const next = await issue(staff, "card");
    await call(staff, "POST", "/api/v1/windows/3/next");
    await ended(display, 2);
    const sounds = await heard(display);
    assert.equal(sounds.length, 2);
    assert.ok(sounds[1].shown.includes(next.number), `said with ${sounds[1].shown} on the screen`);
    await call(staff, "POST", `/api/v1/tickets/${standing.id}/start`);
    await call(staff, "POST", `/api/v1/tickets/${standing.id}/finish`, {});
    await together(walls, isSame);
    await together([...walls, staff], leave);
});

test("those who work at a page are told, and go on where they were", async () => {
    const staff = await front();
    const phoneTicket = await issue(staff, "household");
    const [kiosk, clerk, lobby, rating, phone] = await together(
        ["/kiosk", "/clerk?window=2&clerk=wang", "/lobby", "/rating?window=2", phoneTicket.public_url],
        remote,
    );
    const pages = [kiosk, clerk, lobby, rating, phone];
    await call(staff, "POST", "/api/v1/windows/2/open", { clerk: "wang" });
    const ticket = await issue(staff, "medical");
    await clerk.locator('[data-now="next"]:not([aria-disabled="true"])').click();
    await shows(clerk, "#number", ticket.number);
    await together([clerk, lobby, phone], (page) => page.locator('#link[data-link="live"]').waitFor());

    cable.pull();
    await call(staff, "POST", `/api/v1/tickets/${ticket.id}/start`);
    await call(staff, "POST", `/api/v1/tickets/${ticket.id}/finish`, {});
    await call(staff, "POST", "/api/v1/windows/5/open", { clerk: "sun" });
    await call(staff, "POST", "/api/v1/windows/5/next");
    const waiting = await issue(staff, "medical");
    await pass(pages, 45);
    await together([clerk, lobby, phone], (page) => shows(page, "#link", "✕ 已离线"));
    await shows(phone, "#number", phoneTicket.number);
    await kiosk.locator("#unreachable").waitFor();
    await pass(pages, 255);

    cable.mend();
    await pass(pages, 15);
    await together([clerk, lobby, phone], (page) => page.locator('#link[data-link="live"]').waitFor({ timeout: 40000 }));
    await kiosk.locator("#unreachable").waitFor({ state: "hidden", timeout: 40000 });
    await shows(phone, "#headline", "请到5 号窗口");
    await clerk.locator('[data-now="next"]:not([aria-disabled="true"])').click();
    await shows(clerk, "#number", waiting.number);
    await call(staff, "POST", `/api/v1/tickets/${waiting.id}/start`);
    await call(staff, "POST", `/api/v1/tickets/${waiting.id}/finish`, {});
    await shows(rating, "#heading", "请您对本次服务进行评价");
    await kiosk.getByRole("button", { name: /税务/ }).first().click();
    await together(pages, isSame);
    await together([...pages, staff], leave);
});

test("after a restart of the server every page goes on, and nothing is said again", async () => {
    const staff = await front();
    const phoneTicket = await issue(staff, "tax");
    const display = await speaker(hall, "/display?zone=upper", { ...options(), prepare: undefined });
    const near = { origin: cable.origin, allow: [GONE] };
    const [screen, welcome, kiosk, clerk, lobby, rating, phone] = await together(
        ["/window/6", "/welcome", "/kiosk", "/clerk?window=6&clerk=sun2", "/lobby", "/rating?window=6", phoneTicket.public_url],
        (path) => hall.page(path, near),
    );
    await isSpeaking(display);
    await call(staff, "POST", "/api/v1/windows/6/open", { clerk: "sun2" });
    const first = await issue(staff, "invoice");
    await call(staff, "POST", "/api/v1/windows/6/call", { number: first.number, reason: "测试" });
    await ended(display, 1);
    await shows(screen, "#number", first.number);
    await leave(staff);

    await hall.daemon.kill();
    await clerk.locator('#link[data-link="lost"]').waitFor();
    await kiosk.locator("#unreachable").waitFor();
    await shows(screen, "#number", first.number);
    await hall.daemon.start();

    await together([clerk, lobby, phone], (page) => page.locator('#link[data-link="live"]').waitFor({ timeout: 40000 }));
    await kiosk.locator("#unreachable").waitFor({ state: "hidden", timeout: 40000 });
    await shows(clerk, "#number", first.number);
    const again = await front();
    await call(again, "POST", `/api/v1/tickets/${first.id}/start`);
    await call(again, "POST", `/api/v1/tickets/${first.id}/finish`, {});
    await shows(rating, "#heading", "请您对本次服务进行评价");
    await call(again, "POST", "/api/v1/windows/6/call", { number: phoneTicket.number, reason: "测试" });
    // If the server died in the middle of a sentence, the screen gives it a while.
    display.setDefaultTimeout(40000);
    await together([[display, "#current-number"], [screen, "#number"]], ([page, where]) =>
        shows(page, where, phoneTicket.number));
    await shows(phone, "#headline", "请到6 号窗口");
    await welcome.locator("#services li", { hasText: "税务申报" }).locator(".count").waitFor();
    await isSpeaking(display);
    await display.waitForFunction((number) => [...window.heard.at(-1)?.shown ?? []].includes(number), phoneTicket.number, {
        timeout: 40000,
    });
    // A page that signs in anew is loaded anew and has heard the last alone; one that was not, both. Never the first again.
    const sounds = await heard(display);
    assert.equal(sounds.filter((one) => one.shown.includes(first.number) && !one.shown.includes(phoneTicket.number)).length,
        sounds.length - 1);
    assert.ok(sounds.length <= 2, `${sounds.length} sounds`);
    await together([display, screen, welcome, kiosk, clerk, lobby, rating, phone, again], leave);
});
