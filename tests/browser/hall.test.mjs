// One press travels through the hall: display, window screen, LED signs and phone show the same
// number.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { accessible, advance, call, Hall, issue, leave, scales, shows } from "./lib.mjs";

let hall;
before(async () => (hall = await Hall.open()));
after(() => hall.close());

test("display, window screen, sign and phone show what the clerk calls", async () => {
    const [clerk, display, screen, leds] = await Promise.all([
        hall.page("/clerk?window=1&clerk=zhang"),
        hall.page("/display?zone=main", { viewport: { width: 1920, height: 1080 } }),
        hall.page("/window/1"),
        hall.page("/leds"),
    ]);
    const ticket = await issue(clerk);
    const phone = await hall.page(ticket.public_url, { viewport: { width: 390, height: 800 } });
    await shows(phone, "#number", ticket.number);
    await shows(phone, "#headline", "下一位就是您");
    await accessible(phone, "the phone, waiting");
    await call(clerk, "POST", "/api/v1/windows/1/open", { clerk: "zhang" });
    await clerk.locator('[data-now="next"]:not([aria-disabled="true"])').click();
    await Promise.all([
        shows(display, "#current-number", ticket.number),
        shows(screen, "#number", ticket.number),
        shows(phone, "#headline", "请到1 号窗口"),
        leds.locator(`[data-window="1"] svg[aria-label="${ticket.number}"]`).waitFor(),
    ]);
    await shows(display, "#current-window", "请到 1 号窗口");
    // The sign's bytes say it too: ASCII in a Modbus frame.
    const ascii = [...ticket.number]
        .map((one) => one.charCodeAt(0).toString(16).toUpperCase())
        .join(" ");
    await shows(leds, '[data-window="1"] .hex', new RegExp(`^01 10 00 70 00 02 04 ${ascii} `));
    for (const [page, name] of [
        [display, "display"],
        [screen, "window"],
        [leds, "leds"],
        [phone, "phone, called"],
    ]) {
        await accessible(page, name);
    }
    // A recall flashes again and makes no second row.
    await advance(clerk, 6);
    await clerk.locator('[data-now="recall"]').click();
    await shows(display, "#calls .mark", "第 2 次");
    assert.equal(await display.locator("#calls li").count(), 1);
    await call(clerk, "POST", `/api/v1/tickets/${ticket.id}/start`);
    await shows(phone, "#headline", "正在1 号窗口办理");
    await call(clerk, "POST", `/api/v1/tickets/${ticket.id}/finish`, {});
    await shows(phone, "#rating-title", "请对本次服务进行评价");
    await phone.getByRole("button", { name: "满意", exact: true }).click();
    await shows(phone, "#detail", "感谢您的评价");
    assert.equal((await call(clerk, "GET", `/api/v1/tickets/${ticket.id}`)).legs[0].rating, 4);
    await Promise.all([clerk, display, screen, leds, phone].map(leave));
});

test("the welcome screen tells what can be done, who waits, and what is closed", async () => {
    const page = await hall.page("/welcome", { viewport: { width: 1280, height: 720 } });
    const row = page.locator("#services li", { hasText: "税务申报" });
    await row.locator(".count", { hasText: "等候 0 人" }).waitFor();
    await issue(page, "tax");
    await row.locator(".count", { hasText: "等候 1 人" }).waitFor();
    await page.locator("#notice", { hasText: /./ }).waitFor();
    await accessible(page, "welcome");
    await call(page, "POST", "/api/v1/services/tax/suspend", { reason: "系统故障" });
    await row.locator(".count", { hasText: "暂不取号" }).waitFor();
    await accessible(page, "welcome, a service closed");
    await call(page, "POST", "/api/v1/services/tax/resume", {});
    await page.locator("#language").click();
    await page.locator("#services .count", { hasText: "1 waiting" }).waitFor();
    const upper = await hall.page("/welcome?zone=upper", { viewport: { width: 320, height: 640 } });
    await upper.locator("#services li", { hasText: "户籍登记" }).waitFor();
    assert.equal(await upper.locator("#services li", { hasText: "养老保险" }).count(), 0, "is served elsewhere");
    await accessible(upper, "welcome of a zone, narrow");
    await leave(upper);
    await leave(page);
});

test("a new call flashes at most twice a second, never when motion is unwanted", async () => {
    const page = await hall.page("/display");
    const clerk = await hall.page("/clerk?window=2&clerk=wang");
    const animation = () =>
        page.locator("#current").evaluate((one) => {
            const { animationName, animationDuration, animationIterationCount } =
                getComputedStyle(one);
            return {
                animationName,
                seconds: parseFloat(animationDuration),
                times: Number(animationIterationCount),
            };
        });
    // A display of an earlier test left in the middle of a sentence: that is over now.
    await advance(clerk, 120);
    await issue(clerk, "medical");
    await call(clerk, "POST", "/api/v1/windows/2/open", { clerk: "wang" });
    await page.locator("#windows li").first().waitFor();
    await call(clerk, "POST", "/api/v1/windows/2/next");
    await page.locator("#current.flash").waitFor();
    const { animationName, seconds, times } = await animation();
    assert.equal(animationName, "flash");
    assert.ok(seconds >= 0.5 && seconds * times <= 5, `${seconds} s, ${times} times`);
    await page.emulateMedia({ reducedMotion: "reduce" });
    assert.equal((await animation()).animationName, "none");
    await Promise.all([leave(page), leave(clerk)]);
});

test("a paused window says so with its reason", async () => {
    const screen = await hall.page("/window/6");
    await call(screen, "POST", "/api/v1/windows/6/open", { clerk: "sun" });
    await call(screen, "POST", "/api/v1/windows/6/pause", {
        reason: "午餐",
        until: "2026-11-23T13:30:00+08:00",
    });
    await shows(screen, "#state", "暂停服务");
    await shows(screen, "#reason", "午餐");
    await shows(screen, "#until", /13:30/);
    await accessible(screen, "paused");
    await leave(screen);
});

test("the phone leads to what the visitor was told of the service", async () => {
    const front = await hall.page("/kiosk");
    const ticket = await issue(front, "pension");
    const page = await hall.page(ticket.public_url, { viewport: { width: 360, height: 700 } });
    await page.getByRole("link", { name: "办事指南" }).click();
    await shows(page, "#of", `${ticket.number} · 养老保险`);
    assert.match(await page.locator("#card").innerText(), /所需材料[\s\S]*居民身份证[\s\S]*办理时限[\s\S]*当场办结/);
    await shows(page, "#version", /^取号时的内容，版本 \d+$/);
    await accessible(page, "the card on the phone");
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    await page.getByRole("button", { name: "English" }).click();
    await shows(page, "#card dt", "Can be done online");
    await page.getByRole("link", { name: "Back to my number" }).click();
    await shows(page, "#number", ticket.number);
    const none = await issue(front, "card");
    await page.goto(new URL(none.public_url, page.url()).href);
    await shows(page, "#number", none.number);
    assert.ok(await page.locator("#card").isHidden(), "this service has none");
    await Promise.all([leave(page), leave(front)]);
});

test("the phone page is small, defers, cancels, and is not for search engines", async () => {
    const front = await hall.page("/kiosk");
    const ticket = await issue(front, "household");
    const seen = scales();
    const viewport = { width: 360, height: 700 };
    const page = await hall.page(ticket.public_url, { viewport, prepare: seen.prepare });
    await shows(page, "#number", ticket.number);
    const weight = await seen.weight();
    assert.ok(weight > 5000 && weight <= 50 * 1024, `${weight} bytes`);
    assert.match(await page.locator('meta[name="robots"]').getAttribute("content"), /noindex/);
    const later = await issue(front, "household");
    const deferred = [];
    page.on("request", (one) => one.url().endsWith("/defer") && deferred.push(one));
    await Promise.all([
        page.waitForResponse((response) => response.url().endsWith("/defer") && response.ok()),
        page.getByRole("button", { name: "让过 3 位" }).dblclick(),
    ]);
    assert.equal(deferred.length, 1, "a double touch is one");
    await call(front, "POST", "/api/v1/windows/5/open", { clerk: "qian" });
    assert.equal((await call(front, "POST", "/api/v1/windows/5/next")).ticket.number, later.number);
    await page.getByRole("button", { name: "取消排队" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "取消排队" }).dblclick();
    await shows(page, "#headline", "已取消");
    assert.ok(await page.getByRole("dialog").isHidden());
    await page.getByRole("button", { name: "English" }).click();
    await shows(page, "#headline", "cancelled");
    await Promise.all([leave(page), leave(front)]);
});

test("a call comes before the question whether to leave", async () => {
    const front = await hall.page("/kiosk");
    await call(front, "POST", "/api/v1/windows/6/open", { clerk: "sun" });
    await call(front, "POST", "/api/v1/windows/6/resume", {}).catch(() => {}); // it may have been paused
    const ticket = await issue(front, "invoice");
    const page = await hall.page(ticket.public_url, { viewport: { width: 360, height: 700 } });
    await page.getByRole("button", { name: "取消排队" }).click();
    await page.getByRole("dialog").waitFor();
    await call(front, "POST", "/api/v1/windows/6/call", { number: ticket.number, reason: "测试" });
    await shows(page, "#headline", /6 号窗口/);
    assert.ok(await page.getByRole("dialog").isHidden());
    await Promise.all([leave(page), leave(front)]);
});

test("the phone says why somebody came first, when it is asked", async () => {
    const front = await hall.page("/kiosk");
    const ticket = await issue(front, "card");
    const seen = scales();
    const viewport = { width: 360, height: 700 };
    const page = await hall.page(ticket.public_url, { viewport, prepare: seen.prepare });
    await shows(page, "#number", ticket.number);
    await advance(front, 600);
    const body = { service: "card", class: "elderly" };
    const elderly = await call(front, "POST", "/api/v1/tickets", body);
    await advance(front, 240);
    await call(front, "POST", "/api/v1/windows/3/open", { clerk: "zhao" });
    assert.equal(
        (await call(front, "POST", "/api/v1/windows/3/next")).ticket.number,
        elderly.number,
    );
    assert.equal(seen.whys, 0, "nobody wanted to know yet");
    await page.getByText("为什么是这个顺序？").click();
    await shows(page, "#why p", /^您已被越过 1 次，最多 8 次。您的顺序还可能变化：最多再被越过 7 次。/);
    await shows(page, "#why li", new RegExp(`^09:\\d\\d ${elderly.number}（老人）：起始 10 分钟 .*14`));
    await accessible(page, "the phone, asked why");
    await page.getByRole("button", { name: "English" }).click();
    await shows(page, "#why summary", "Why this order?");
    await shows(page, "#why li", new RegExp(`${elderly.number} is elderly: 10 min head start .*yours: 14`));
    const weight = await seen.weight();
    assert.ok(weight > 5000 && weight <= 50 * 1024, `${weight} bytes`);
    // The lobby manager finds the same beside the number.
    const lobby = await hall.page("/lobby");
    await lobby.getByLabel("号码", { exact: true }).fill(ticket.number);
    await lobby.getByRole("button", { name: "查找" }).click();
    await lobby.getByText("为什么是这个顺序？").click();
    await shows(lobby, "#ticket li", new RegExp(`${elderly.number}（老人）：起始 10 分钟`));
    await accessible(lobby, "the lobby, asked why");
    await Promise.all([leave(page), leave(lobby), leave(front)]);
});

test("a wrong link says that it is over", async () => {
    const page = await hall.page("/t/00000000000000000000000000000000", {
        allow: [/40[14]|410|event-stream/],
    });
    await shows(page, "#gone h1", "链接已失效");
    assert.ok(await page.locator("#main").isHidden());
    await leave(page);
});
