// What hangs on the walls: window screens with the clerk's card, and how a screen is set up.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { ROOT } from "../lib/daemon.mjs";
import { accessible, call, Hall, issue, leave, shows } from "./lib.mjs";

let hall;
before(async () => (hall = await Hall.open()));
after(() => hall.close());

/* The demo hall with these zones, its windows all in the first. */
function importHall(daemon, zones) {
    const document = JSON.parse(readFileSync(path.join(ROOT, "src/demo/hall.json"), "utf8"));
    const windows = document.windows.map((one) => ({ ...one, zone: zones[0]?.code }));
    const text = JSON.stringify({ ...document, zones, windows, displays: [] });
    daemon.run(["config", "import", "--db", daemon.db, "-"], text);
}

test("the window screen shows of the clerk what the hall wants, while the clerk is there", async () => {
    const screen = await hall.page("/window/1", { viewport: { width: 960, height: 540 } });
    await shows(screen, "#state", "暂停服务");
    assert.ok(await screen.locator("#card").isHidden());
    await call(screen, "POST", "/api/v1/windows/1/open", { clerk: "zhang" });
    // The demo hall shows number, first character of the name, and title.
    await shows(screen, "#card", "工号 017张*社保业务岗");
    assert.doesNotMatch(await screen.content(), /张静/, "the name itself never comes to the page");
    await accessible(screen, "the window screen with a card");
    await call(screen, "POST", "/api/v1/windows/1/pause", { reason: "会议" });
    await shows(screen, "#reason", "会议");
    assert.ok(await screen.locator("#card").isVisible());
    await call(screen, "POST", "/api/v1/windows/1/resume", {});
    await call(screen, "POST", "/api/v1/windows/1/close", {});
    await screen.locator("#card").waitFor({ state: "hidden" });
    // Somebody of whom the document says nothing.
    await call(screen, "POST", "/api/v1/windows/1/open", { clerk: "sun" });
    await shows(screen, "#state", "空闲");
    assert.ok(await screen.locator("#card").isHidden());
    const english = await hall.page("/window/3?lang=en");
    await call(english, "POST", "/api/v1/windows/3/open", { clerk: "li" });
    await shows(english, "#card", "No. 023L*Fast lane");
    await leave(english);
    await leave(screen);
});

const spoken = (page) => page.evaluate(() => document.body.dataset.sound);

test("a screen speaks in the zone it is told, and in a hall of several zones in no other", async () => {
    const silent = await hall.page("/display");
    await silent.locator('body[data-sound="unplaced"]').waitFor();
    // Who sets it up reads what is missing, with the codes of this hall.
    await shows(silent, "#hints", /zone=main \/ zone=upper/);
    await accessible(silent, "a display without its zone");
    await silent.locator("#language").click();
    await shows(silent, "#hints", /was not told where it stands/);
    const { zones } = await call(silent, "GET", "/api/v1/announcements");
    assert.deepEqual(zones.map((one) => one.player), [null, null], "nobody asked to speak");
    const placed = await hall.page("/display?zone=upper");
    await placed.locator('body[data-sound="speaking"], #sound:not([hidden])').first().waitFor();
    if (await placed.locator("#sound").isVisible()) {
        await placed.locator("#sound").click();
    }
    await placed.locator('body[data-sound="speaking"]').waitFor();
    assert.ok(await placed.locator("#hints").isHidden());
    const { zones: taken } = await call(placed, "GET", "/api/v1/announcements");
    assert.equal(taken[0].player, null, "the other room is left alone");
    assert.match(taken[1].player, /^d-/);
    const off = await hall.page("/display?voice=off");
    await off.locator("#windows li").first().waitFor();
    assert.equal(await spoken(off), undefined);
    assert.ok(await off.locator("#hints").isHidden());
    const wrong = await hall.page("/display?voice=loud&zone=main");
    await shows(wrong, "#hints", "网址参数有误，未采用：voice=loud (on off)");
    for (const where of ["/display", "/welcome"]) {
        const lost = await hall.page(`${where}?zone=attic`, { allow: [/404/] });
        await shows(lost, "#hints", "本厅没有区域 attic，网址应写：zone=main / zone=upper");
        await leave(lost);
    }
    await Promise.all([silent, placed, off, wrong].map(leave));
});

test("in a hall of one zone, or of none, no screen has to say where it stands", async () => {
    for (const zones of [[{ code: "main", name: { en: "Hall" } }], []]) {
        const small = await Hall.open({ prepare: (daemon) => importHall(daemon, zones) });
        try {
            const page = await small.page("/display");
            await page.locator("body[data-sound]").waitFor();
            assert.match(await spoken(page), /^(speaking|blocked)$/);
            assert.ok(await page.locator("#hints").isHidden());
            await leave(page);
        } finally {
            await small.close();
        }
    }
});

test("a screen does not wait for ever for a voice that broke off", async () => {
    const page = await hall.page("/display?zone=main&voice=off", { prepare: (one) => one.clock.install() });
    const front = await hall.page("/kiosk");
    await call(front, "POST", "/api/v1/windows/2/open", { clerk: "wang" });
    await page.locator("#windows li").first().waitFor();
    const first = await issue(front, "medical");
    await call(front, "POST", "/api/v1/windows/2/next");
    // Another display begins to say it, and loses its power.
    const { items } = await call(front, "GET", "/api/v1/announcements?zone=main");
    const player = "d-gone";
    await call(front, "POST", "/api/v1/announcements/lease", { zone: "main", player });
    await call(front, "POST", `/api/v1/announcements/${items[0].id}/state`, { state: "started", player });
    await shows(page, "#current-number", first.number);
    const second = await issue(front, "card");
    await call(front, "POST", "/api/v1/windows/3/next");
    await shows(page, "#calls li .number", second.number);
    await shows(page, "#current-number", first.number);
    await page.clock.runFor(26000);
    await shows(page, "#current-number", second.number);
    await Promise.all([leave(page), leave(front)]);
});

test("screens sleep with the hall, and the first number of the morning wakes them", async () => {
    const small = await Hall.open();
    try {
        const paths = ["/display?zone=main&voice=off&sleep=1", "/welcome?sleep=1", "/window/1?sleep=1", "/display?zone=main&voice=off&sleep=0"];
        const pages = await Promise.all(paths.map((one) => small.page(one, { prepare: (page) => page.clock.install() })));
        const asleep = () => Promise.all(pages.map((page) => page.locator(".night").isVisible()));
        await shows(pages[0], "#current-window", "暂无呼叫");
        await shows(pages[1], "#services .name", /./);
        await shows(pages[2], "#state", "暂停服务");
        assert.deepEqual(await asleep(), [false, false, false, false]);
        await Promise.all(pages.map((page) => page.clock.runFor(75000)));
        await Promise.all(pages.slice(0, 3).map((page) => page.locator(".night").waitFor()));
        assert.deepEqual(await asleep(), [true, true, true, false]);
        assert.ok(await pages[0].locator("#board").isHidden());
        assert.match(await pages[0].locator(".night").textContent(), /^\d\d:\d\d$/);
        await accessible(pages[0], "a sleeping screen");
        await issue(pages[3], "pension");
        await Promise.all(pages.slice(0, 3).map((page) => page.locator(".night").waitFor({ state: "hidden" })));
        assert.ok(await pages[0].locator("#board").isVisible());
        await Promise.all(pages.map(leave));
    } finally {
        await small.close();
    }
});
