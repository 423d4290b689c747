// The voice of the hall, as the browser's sound graph plays it.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ended, heard, isSpeaking, speaker } from "./ear.mjs";
import { call, Hall, issue, leave, shows } from "./lib.mjs";

let hall;
before(async () => (hall = await Hall.open()));
after(() => hall.close());

const queue = (page, zone) =>
    page.evaluate(async (path) => (await fetch(path)).json(), `/api/v1/announcements?zone=${zone}`);

test("two calls at nearly the same moment are both heard whole, in their order", async () => {
    const page = await speaker(hall, "/display?zone=main");
    await isSpeaking(page);
    const front = await hall.page("/kiosk");
    const first = await issue(front, "pension");
    const second = await issue(front, "card");
    await call(front, "POST", "/api/v1/windows/1/open", { clerk: "zhang" });
    await call(front, "POST", "/api/v1/windows/3/open", { clerk: "li" });
    await call(front, "POST", "/api/v1/windows/1/next");
    await call(front, "POST", "/api/v1/windows/3/next");
    const { items } = await queue(page, "main");
    assert.deepEqual(items.map((one) => one.number), [first.number, second.number]);
    await ended(page, 2);
    const sounds = await heard(page);
    assert.equal(sounds.length, 2);
    for (const sound of sounds) {
        assert.ok(sound.length > 2, "a sentence, twice");
        assert.ok(sound.ends - sound.begins > sound.length - 0.1, "nothing was cut off");
    }
    assert.ok(sounds[1].begins >= sounds[0].ends - 0.01, "one after the other");
    // The eye finds what the ear hears, on a screen that says nothing as well.
    for (const [at, ticket] of [first, second].entries()) {
        assert.equal(sounds[at].shown.at(-1), ticket.number);
        assert.ok(sounds[at].shown.length <= 2, `said ${ticket.number}, shown ${sounds[at].shown}`);
    }
    await page.waitForFunction(
        async () => (await (await fetch("/api/v1/announcements?zone=main")).json()).items.length === 0,
    );
    await call(front, "POST", `/api/v1/tickets/${second.id}/start`);
    await leave(front);
    await leave(page);
});

test("of two displays one speaks, and the other takes over when it is gone", async () => {
    const one = await speaker(hall, "/display?zone=main");
    await isSpeaking(one);
    const other = await speaker(hall, "/display?zone=main");
    await other.locator('body[data-sound="silent"]').waitFor({ timeout: 15000 });
    // As a power cut does: nothing is given back.
    await one.context().setOffline(true);
    const front = await hall.page("/kiosk");
    await issue(front, "certificate");
    await call(front, "POST", "/api/v1/windows/3/next");
    await isSpeaking(other);
    await ended(other, 1);
    assert.equal((await heard(one)).length, 0);
    await one.close();
    await leave(front);
    await leave(other);
});

test("who was away says nothing of what is over", async () => {
    const page = await speaker(hall, "/display?zone=upper");
    await isSpeaking(page);
    await page.context().setOffline(true);
    const front = await hall.page("/kiosk");
    await issue(front, "tax");
    await call(front, "POST", "/api/v1/windows/6/open", { clerk: "wang" });
    const { ticket } = await call(front, "POST", "/api/v1/windows/6/next");
    await call(front, "POST", `/api/v1/tickets/${ticket.id}/start`);
    await page.context().setOffline(false);
    await issue(front, "tax");
    const later = await call(front, "POST", "/api/v1/windows/6/next");
    await shows(page, "#current-number", later.ticket.number);
    await ended(page, 1);
    assert.equal((await heard(page)).length, 1);
    await leave(front);
    page.faults = page.faults.filter((one) => !/ERR_INTERNET_DISCONNECTED/.test(one));
    await leave(page);
});
