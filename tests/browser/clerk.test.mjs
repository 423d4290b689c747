// The clerk's console: a whole turn by mouse, another by keys, and the ways it refuses.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { accessible, advance, call, Hall, issue, leave, shows } from "./lib.mjs";

let hall;
before(async () => (hall = await Hall.open()));
after(() => hall.close());

const press = (page, verb) =>
    page.locator(`[data-now="${verb}"]:not([aria-disabled="true"])`).click();
// The same key again within a quarter of a second is one press: a person is slower.
const settled = (page) => page.locator('#actions[aria-busy="false"]').waitFor();
const state = (page, wanted) => page.locator(`#state[data-state="${wanted}"]`).waitFor();

test("open, next, recall, start, finish", async () => {
    const page = await hall.page("/clerk?window=1&clerk=zhang");
    const ticket = await issue(page);
    await shows(page, "#window", "1 号窗口");
    await accessible(page, "a closed window");
    await press(page, "open");
    await state(page, "open");
    await shows(page, "#next", new RegExp(ticket.number));
    await press(page, "next");
    await shows(page, "#number", ticket.number);
    await state(page, "calling");
    await accessible(page, "calling");
    await advance(page, 6); // the least gap between two calls
    await press(page, "recall");
    await shows(page, "#calls", "2");
    await press(page, "start");
    await state(page, "serving");
    await shows(page, "#timer-serving", /^\d+:\d\d$/);
    await press(page, "finish");
    await state(page, "open");
    await shows(page, "#served", /1/);
    assert.equal((await call(page, "GET", `/api/v1/tickets/${ticket.id}`)).state, "done");
    await leave(page);
});

test("keys do the same, and stop when they are turned off", async () => {
    const page = await hall.page("/clerk?window=2&clerk=wang");
    const ticket = await issue(page, "medical");
    await press(page, "open");
    await state(page, "open");
    await page.keyboard.press("F2");
    await shows(page, "#number", ticket.number);
    await page.keyboard.press("F4");
    await state(page, "serving");
    await page.keyboard.press("Control+z");
    await state(page, "calling");
    await page.keyboard.press("F4");
    await state(page, "serving");
    await page.locator("#keys").uncheck();
    await page.keyboard.press("F6");
    await page.locator("#keys").check();
    assert.equal(await page.locator("#state").getAttribute("data-state"), "serving");
    await page.keyboard.press("F6");
    await state(page, "open");
    await page.keyboard.press("NumpadEnter");
    await shows(page, "#toast", "没有等候的人");
    await leave(page);
});

test("next while a number was called asks what became of it", async () => {
    const page = await hall.page("/clerk?window=3&clerk=li");
    const [first, second] = [await issue(page, "card"), await issue(page, "card")];
    await press(page, "open");
    await state(page, "open");
    await press(page, "next");
    await shows(page, "#number", first.number);
    await settled(page);
    await page.keyboard.press("F2");
    await shows(page, "#ask-title", new RegExp(first.number));
    await accessible(page, "the question");
    await page.getByRole("dialog").getByRole("button", { name: "开始" }).click();
    await state(page, "serving");
    await settled(page);
    await page.keyboard.press("F2");
    await shows(page, "#number", second.number);
    await shows(page, "#toast", new RegExp(first.number));
    await leave(page);
});

test("hold with a reason, resume, transfer with a note, pause with a reason", async () => {
    const page = await hall.page("/clerk?window=4&clerk=zhao");
    const ticket = await issue(page, "household");
    await press(page, "open");
    await state(page, "open");
    await press(page, "next");
    await shows(page, "#number", ticket.number);
    await page.keyboard.press("F8");
    await page.getByRole("dialog").getByRole("button", { name: "确定" }).click();
    await shows(page, "#held .id", ticket.number);
    await page.locator("#held").getByRole("button").click();
    await shows(page, "#number", ticket.number);
    await page.keyboard.press("F9");
    await page.getByLabel("转到业务").selectOption("marriage");
    await page.getByLabel("备注").fill("材料已核对");
    await page.getByRole("dialog").getByRole("button", { name: "确定" }).click();
    await state(page, "open");
    const moved = await call(page, "GET", `/api/v1/tickets/${ticket.id}`);
    assert.equal(moved.service, "marriage");
    assert.equal(moved.note, "材料已核对");
    await page.keyboard.press("F10");
    await page.getByLabel("原因").fill("午餐");
    await page.getByRole("dialog").getByRole("button", { name: "确定" }).click();
    await state(page, "paused");
    await shows(page, "#state", /午餐/);
    await press(page, "resume");
    await state(page, "open");
    await leave(page);
});

test("a disabled action says why", async () => {
    const page = await hall.page("/clerk?window=5&clerk=qian");
    await press(page, "open");
    await state(page, "open");
    const recall = page.locator('[data-verb="recall"]');
    assert.equal(await recall.getAttribute("aria-disabled"), "true");
    assert.equal(await recall.getAttribute("title"), "没有当前号码");
    assert.equal(await recall.getAttribute("aria-description"), "没有当前号码");
    await page.keyboard.press("F3");
    await shows(page, "#toast", "没有当前号码");
    await leave(page);
});

test("a refusal of the hall is told in the page's language", async () => {
    const page = await hall.page("/clerk?window=6&clerk=sun&lang=en", { allow: [/409/] });
    const ticket = await issue(page, "tax");
    await press(page, "open");
    await press(page, "next");
    await shows(page, "#number", ticket.number);
    await page.keyboard.press("F7"); // too few calls were made
    await page.locator("#toast.problem").waitFor();
    assert.doesNotMatch(await page.locator("#toast").textContent(), /[一-鿿]/);
    await state(page, "calling");
    await leave(page);
});

test("nothing is cut off at 320 px", async () => {
    const page = await hall.page("/clerk?window=1", { viewport: { width: 320, height: 640 } });
    await shows(page, "#window", "1 号窗口");
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(width <= 320, `scrolls sideways: ${width}`);
    await accessible(page, "320 px");
    await leave(page);
});
