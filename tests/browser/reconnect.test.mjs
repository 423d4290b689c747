// The daemon dies and comes back on the same port: pages say so, keep asking, and go on by
// themselves.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { call, Hall, issue, leave, shows } from "./lib.mjs";

let hall;
before(async () => (hall = await Hall.open()));
after(() => hall.close());

// What the browser itself says about a server that is gone, and about a session that a restart
// ended.
const GONE = [
    /ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE|ERR_INCOMPLETE_CHUNKED|401/,
];

test("pages survive a killed daemon without a person's help", async () => {
    const display = await hall.page("/display", { allow: GONE });
    const clerk = await hall.page("/clerk?window=1&clerk=zhang", { allow: GONE });
    const kiosk = await hall.page("/kiosk", { allow: GONE });
    const phoneTicket = await issue(clerk, "medical");
    const phone = await hall.page(phoneTicket.public_url, { allow: GONE });
    const first = await issue(clerk);
    await call(clerk, "POST", "/api/v1/windows/1/open", { clerk: "zhang" });
    await call(clerk, "POST", "/api/v1/windows/1/call", { number: first.number, reason: "测试" });
    await shows(display, "#current-number", first.number);
    await shows(phone, "#number", phoneTicket.number);

    await hall.daemon.kill();
    await clerk.locator('#link[data-link="lost"]').waitFor();
    await kiosk.locator("#unreachable").waitFor({ state: "visible" });
    await shows(display, "#current-number", first.number);

    await hall.daemon.start();
    await clerk.locator('#link[data-link="live"]').waitFor({ timeout: 40000 });
    await kiosk.locator("#unreachable").waitFor({ state: "hidden", timeout: 40000 });
    await shows(clerk, "#number", first.number); // nothing acknowledged was lost
    await call(clerk, "POST", `/api/v1/tickets/${first.id}/start`);
    await clerk.locator('#state[data-state="serving"]').waitFor();
    await clerk.locator('[data-now="next"]').click();
    await shows(clerk, "#number", phoneTicket.number);
    await display.waitForFunction(
        (number) => document.querySelector("#current-number").textContent === number,
        phoneTicket.number,
        { timeout: 40000 },
    );
    await phone.waitForFunction(() => document.documentElement.dataset.state === "called", null, {
        timeout: 40000,
    });
    await Promise.all([display, clerk, kiosk, phone].map(leave));
});

test("a display that hears nothing for 40 s says since when, and greys what it shows", async () => {
    const page = await hall.page("/display", {
        allow: GONE,
        prepare: (one) => one.clock.install(),
    });
    await page.locator("#windows li").first().waitFor();
    await page.locator('#banner[data-link="live"]').waitFor({ state: "attached" });
    assert.ok(await page.locator("#banner").isHidden());
    hall.daemon.process.kill("SIGSTOP"); // connections stay open, and nothing comes any more
    await page.clock.runFor(30000);
    assert.ok(await page.locator("#banner").isHidden());
    await page.clock.runFor(15000);
    await shows(page, "#banner", /信息更新于 \d\d:\d\d/);
    assert.ok(await page.locator("body.stale").count());
    hall.daemon.process.kill("SIGCONT");
    await page.clock.runFor(15000);
    await page.locator("#banner").waitFor({ state: "hidden" });
    assert.equal(await page.locator("body.stale").count(), 0);
    await leave(page);
});
