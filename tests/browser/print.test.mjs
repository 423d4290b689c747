// The kiosk's result while its slip is printed: on its way, there, or not coming.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Printer } from "../lib/printer.mjs";
import { accessible, Hall, leave, shows } from "./lib.mjs";

let hall;
let printer;

/* Gives the demo hall a printer. */
async function addPrinter(page, link) {
    const status = await page.evaluate(async (target) => {
        const me = await (await fetch("/api/v1/me")).json();
        const config = await fetch("/api/v1/admin/config");
        const document = await config.json();
        document.printers = [{ code: "p1", link: target, driver: "escpos", width_mm: 80 }];
        const answer = await fetch("/api/v1/admin/config", {
            method: "PUT",
            headers: {
                "Content-Type": "application/json",
                "X-CSRF-Token": me.csrf,
                "If-Match": config.headers.get("ETag"),
            },
            body: JSON.stringify(document),
        });
        return answer.status;
    }, link);
    assert.equal(status, 204);
}

before(async () => {
    printer = await new Printer().open();
    hall = await Hall.open();
    const page = await hall.page("/kiosk");
    await addPrinter(page, printer.link);
    await leave(page);
});

after(async () => {
    await hall.close();
    await printer.close();
});

async function take() {
    const page = await hall.page("/kiosk");
    await page.getByRole("button", { name: /社会保障/ }).click();
    await page.getByRole("button", { name: /养老保险/ }).click();
    await page.getByRole("button", { name: /普通/ }).click();
    await shows(page, "#number", /^A\d{3}$/);
    return page;
}

test("the number stands before its slip, and then the slip is there", async () => {
    const n = printer.slips.length;
    const page = await take();
    await shows(page, "#print", "正在打印小票……");
    const number = await page.locator("#number").textContent();
    assert.ok((await printer.slip(n)).includes(number));
    await shows(page, "#print", "请取走小票");
    await leave(page);
});

test("without paper the person is told to take a photo, and has time for it", async () => {
    printer.state = "out";
    const page = await take();
    await shows(page, "#print", /请拍照/);
    await accessible(page, "the result without a slip");
    assert.ok(await page.locator("#public-link").isVisible());
    await shows(page, "#returning", /^(2\d|30) 秒后/);
    await page.locator("#language").getByText("English").click();
    await shows(page, "#print", /Take a photo/);
    printer.state = "ready";
    await leave(page);
});
