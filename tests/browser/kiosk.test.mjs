// The kiosk as people use it: by touch, by keyboard, twice by mistake, with a lost answer, and
// left alone.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { accessible, call, Hall, issue, leave, shows } from "./lib.mjs";

let hall;
before(async () => (hall = await Hall.open()));
after(() => hall.close());

async function issuedNumbers(page) {
    const { items } = await call(page, "GET", "/api/v1/tickets?limit=200");
    return items.map((item) => item.number);
}

async function toClasses(page) {
    await page.getByRole("button", { name: /社会保障/ }).click();
    await page.getByRole("button", { name: /养老保险/ }).click();
}

test("a touch on group, service and class gives a number that the hall knows", async () => {
    const page = await hall.page("/kiosk");
    await toClasses(page);
    await accessible(page, "the classes");
    await page.getByRole("button", { name: /普通/ }).click();
    await shows(page, "#number", /^A\d{3}$/);
    await accessible(page, "the result");
    const number = await page.locator("#number").textContent();
    assert.ok((await issuedNumbers(page)).includes(number));
    const link = await page.locator("#public-link").getAttribute("href");
    assert.match(link, /^\/t\/[0-9a-f]{32}$/);
    assert.equal(
        (await call(page, "GET", `/api/v1/public/tickets/${link.slice(3)}`)).number,
        number,
    );
    // Without another touch the next person finds the first screen.
    await shows(page, "#heading", "请选择业务类别");
    assert.equal(await page.locator("#number").count(), 0);
    await leave(page);
});

test("a class that staff confirm is not given by the kiosk, which says whom to ask", async () => {
    const page = await hall.page("/kiosk");
    await toClasses(page);
    const before = await issuedNumbers(page);
    const choice = page.getByRole("button", { name: /VIP/ });
    assert.equal(await choice.getAttribute("aria-disabled"), "true");
    await shows(page, '.choice[aria-disabled="true"] .about', "请到咨询台由工作人员确认");
    await choice.click({ force: true });
    await page.keyboard.press(await choice.getAttribute("data-digit"));
    assert.equal(await page.locator("#screen").getAttribute("data-screen"), "classes");
    assert.deepEqual(await issuedNumbers(page), before);
    await leave(page);
});

test("the keyboard alone is enough", async () => {
    const page = await hall.page("/kiosk");
    await page.locator(".choice").first().waitFor();
    const focused = () => page.evaluate(() => document.activeElement.className);
    for (let screen = 0; screen < 3; screen++) {
        for (let step = 0; (await focused()) !== "choice"; step++) {
            assert.ok(step < 20, "a choice can be reached by the tab key");
            await page.keyboard.press("Tab");
        }
        await page.keyboard.press("Enter");
    }
    await shows(page, "#number", /^A\d{3}$/);
    await leave(page);
});

test("a double touch takes one number", async () => {
    const page = await hall.page("/kiosk");
    await toClasses(page);
    const before = await issuedNumbers(page);
    const posts = [];
    page.on("request", (request) => request.method() === "POST" && posts.push(request.url()));
    await page.locator(".choice").first().dblclick();
    await shows(page, "#number", /^A\d{3}$/);
    assert.equal(posts.length, 1);
    assert.equal((await issuedNumbers(page)).length, before.length + 1);
    await leave(page);
});

test("a double touch goes one step", async () => {
    const page = await hall.page("/kiosk");
    await page.locator(".choice").first().dblclick();
    await page.locator('#screen[data-screen="services"]').waitFor();
    await shows(page, "#heading", "社会保障");
    await page.locator("#find").click();
    await page.getByRole("button", { name: "7", exact: true }).dblclick();
    await shows(page, "#typed", "77");
    await leave(page);
});

test("two touches in the same moment take one number", async () => {
    const page = await hall.page("/kiosk");
    await toClasses(page);
    const before = await issuedNumbers(page);
    await page
        .locator(".choice")
        .first()
        .evaluate((button) => {
            button.click();
            button.click();
        });
    await shows(page, "#number", /^A\d{3}$/);
    assert.equal((await issuedNumbers(page)).length, before.length + 1);
    await leave(page);
});

test("a lost answer is asked for again with the same key", async () => {
    const page = await hall.page("/kiosk", { allow: [/ERR_FAILED.*tickets/] });
    await toClasses(page);
    const before = await issuedNumbers(page);
    const keys = [];
    await page.route("**/api/v1/tickets", async (route) => {
        keys.push(route.request().headers()["idempotency-key"]);
        if (keys.length === 1) {
            await route.fetch(); // the daemon issued it; the answer never arrives
            await route.abort();
        } else {
            await route.continue();
        }
    });
    await page.getByRole("button", { name: /普通/ }).click();
    await shows(page, "#number", /^A\d{3}$/);
    await page.unroute("**/api/v1/tickets");
    assert.equal(keys.length, 2);
    assert.equal(keys[0], keys[1]);
    assert.equal((await issuedNumbers(page)).length, before.length + 1);
    await leave(page);
});

test("a suspended service is greyed and says why", async () => {
    const page = await hall.page("/kiosk");
    await call(page, "POST", "/api/v1/services/tax/suspend", { reason: "系统升级" });
    await page.getByRole("button", { name: /税务/ }).first().click();
    const button = page.getByRole("button", { name: /税务申报.*系统升级/ });
    await button.waitFor();
    assert.equal(await button.getAttribute("aria-disabled"), "true");
    await button.click({ force: true });
    await shows(page, "#heading", "税务");
    await accessible(page, "a closed service");
    await call(page, "POST", "/api/v1/services/tax/resume", {});
    await page.waitForFunction(() => !document.querySelector('.choice[aria-disabled="true"]'));
    await leave(page);
});

test("new figures leave the button under the finger in its place", async () => {
    const page = await hall.page("/kiosk");
    await page.getByRole("button", { name: /民政户籍/ }).click();
    const button = await page.getByRole("button", { name: /户籍登记/ }).elementHandle();
    await issue(page, "household");
    await page.getByRole("button", { name: /户籍登记.*等候 1 人/ }).waitFor();
    assert.ok(await button.evaluate((one) => one.isConnected && /等候 1 人/.test(one.textContent)));
    await leave(page);
});

test("English is complete, and an idle kiosk goes back to Chinese without a trace", async () => {
    const page = await hall.page("/kiosk", { prepare: (one) => one.clock.install() });
    await page.locator(".choice").first().waitFor();
    await page.getByRole("button", { name: "English" }).click();
    await page.getByRole("button", { name: "High contrast" }).click();
    await page
        .getByRole("button", { name: /Social security/ })
        .first()
        .click();
    await shows(page, "#hint", "Choose the service you need");
    assert.equal(await page.evaluate(() => document.documentElement.lang), "en");
    assert.doesNotMatch(await page.locator("main").innerText(), /[一-鿿]/);
    await accessible(page, "English with high contrast");
    await page.clock.runFor(31000);
    await shows(page, "#more-title", "Do you need more time?");
    assert.ok(await page.locator("#more").evaluate((dialog) => dialog.open));
    await page.getByRole("button", { name: "Go on" }).click();
    await shows(page, "#hint", "Choose the service you need");
    await page.clock.runFor(31000);
    await page.clock.runFor(21000);
    await shows(page, "#heading", "请选择业务类别");
    assert.equal(await page.evaluate(() => document.documentElement.className), "");
    assert.deepEqual(
        await page.evaluate(() => [localStorage.length, sessionStorage.length]),
        [0, 0],
    );
    await leave(page);
});

/* The narrowest gap between two buttons of a set, in pixels; negative where they overlap. */
function nearest(page, set) {
    return page.locator(set).evaluateAll((all) => {
        const boxes = all.map((one) => one.getBoundingClientRect());
        const gap = (a, b) =>
            Math.max(a.left - b.right, b.left - a.right, a.top - b.bottom, b.top - a.bottom);
        return Math.min(...boxes.flatMap((a, i) => boxes.slice(i + 1).map((b) => gap(a, b))));
    });
}

test("buttons are 20 mm high on the glass, 30 mm in elder mode", async () => {
    for (const [inches, width, height] of [
        [21.5, 1920, 1080],
        [32, 1080, 1920],
        [43, 1920, 1080],
    ]) {
        const page = await hall.page(`/kiosk?diagonal=${inches}`, { viewport: { width, height } });
        const pixelsPerMm = Math.hypot(width, height) / (inches * 25.4);
        const smallest = () =>
            page
                .locator(".choice, .tools button")
                .evaluateAll((all) =>
                    Math.min(
                        ...all.flatMap((one) => [
                            one.getBoundingClientRect().height,
                            one.getBoundingClientRect().width,
                        ]),
                    ),
                );
        await page.locator(".choice").first().waitFor();
        assert.ok((await smallest()) >= Math.max(20 * pixelsPerMm, 60) - 0.5, `${inches} inches`);
        await page.getByRole("button", { name: "关怀版" }).click();
        assert.ok(
            (await smallest()) >= Math.max(30 * pixelsPerMm, 60) - 0.5,
            `${inches} inches, elder mode`,
        );
        for (const set of [".choice", ".tools button"]) {
            assert.ok((await nearest(page, set)) >= 3 * pixelsPerMm - 0.5, `${inches}, ${set}`);
        }
        const wide = await page.evaluate(() => document.documentElement.scrollWidth);
        assert.ok(wide <= width, `${inches} inches, elder mode, no sideways scrolling`);
        await leave(page);
    }
});

test("the QR code on the screen reads as the link", async () => {
    const { default: jsqr } = await import("jsqr");
    const page = await hall.page("/kiosk");
    const ticket = await issue(page);
    const text = new URL(ticket.public_url, hall.daemon.origin).href;
    const rows = await page.evaluate(async (wanted) => {
        const { qrModules } = await import("/shared/qr.js");
        return qrModules(wanted);
    }, text);
    const scale = 4;
    const size = (rows.length + 8) * scale;
    const pixels = new Uint8ClampedArray(size * size * 4).fill(255);
    for (let y = 0; y < size; y++) {
        for (let x = 0; x < size; x++) {
            if (rows[Math.floor(y / scale) - 4]?.[Math.floor(x / scale) - 4]) {
                pixels.fill(0, (y * size + x) * 4, (y * size + x) * 4 + 3);
            }
        }
    }
    assert.equal((jsqr.default ?? jsqr)(pixels, size, size)?.data, text);
    await leave(page);
});
