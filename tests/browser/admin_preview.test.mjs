// What the administrator sees of an edit before it is applied: the paper, the signs, and how far the hall's screen can
// be read.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { accessible, Hall, leave, shows } from "./lib.mjs";

let hall;
before(async () => (hall = await Hall.open()));
after(() => hall.close());

async function opened(section) {
    const page = await hall.page("/admin?lang=en", { allow: [/422/] });
    await page.waitForFunction(() => document.querySelector("#document")?.value.includes("pension"));
    await page.locator(`[data-section="${section}"]`).click();
    return page;
}

/* Height in mm of the text on the paper. */
const heightOf = (page, text) =>
    page
        .locator("#slip-preview svg text", { hasText: text })
        .first()
        .evaluate((element) => Number(element.getAttribute("font-size")));

test("the slip is drawn to scale as it is edited", async () => {
    const page = await opened("slip");
    await page.locator("#slip-preview svg text", { hasText: "A001" }).waitFor();
    assert.equal(await heightOf(page, "A001"), 12, "12 mm without a layout of the hall's own");
    await page.getByLabel("In use").check();
    const number = page.getByRole("group", { name: "Blocks 2", exact: true });
    await number.getByLabel(/^Size/).fill("6");
    await page.waitForFunction(() =>
        [...document.querySelectorAll("#slip-preview svg text")].some(
            (one) => one.textContent === "A001" && one.getAttribute("font-size") === "18",
        ),
    );
    await page.getByLabel("Paper").selectOption("58");
    await page.locator('#slip-preview svg[viewBox^="0 0 58 "]').waitFor();
    // 58 mm paper prints 48 mm: nothing is drawn outside.
    const outside = await page.locator("#slip-preview svg text").evaluateAll((all) =>
        all.filter((one) => {
            const x = Number(one.getAttribute("x"));
            return x < 4.9 || x + Number(one.getAttribute("textLength")) > 53.1;
        }).length,
    );
    assert.equal(outside, 0);
    await accessible(page, "the slip's preview");
    await number.getByLabel(/^Size/).fill("2");
    await shows(page, "#slip-preview [role=status]", /Mend this to see it: .*must be 4 to 8/);
    await page.setViewportSize({ width: 320, height: 640 });
    assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 320);
    await leave(page);
});

test("each sign tells what fits it", async () => {
    const page = await opened("displays");
    const sign = (code) => page.locator(`#signs-preview [data-sign="${code}"]`);
    assert.equal(await sign("led1").locator("[data-cut=true]").count(), 0, "A999 has four places");
    await page.locator("#panel summary", { hasText: "led1" }).first().click();
    await page.getByLabel("Options of the protocol").fill("digits=3");
    await sign("led1").locator("[data-cut=true]").waitFor({ state: "attached" });
    await page.locator("#panel > .group summary", { hasText: "welcome" }).first().click();
    const row = page.locator("#panel details.row", { has: page.getByText("welcome", { exact: true }) });
    await row.getByLabel(/^Columns/).fill("14");
    await sign("welcome").locator("summary").click();
    // 养老保险 等候12 is 8 + 1 + 4 + 2 columns.
    await sign("welcome").locator('li[data-kind="service"][data-cut="true"]').first().waitFor();
    await row.getByLabel(/^Columns/).fill("17");
    // 社保卡领取 等候12 is two wider.
    await page.waitForFunction(
        () => document.querySelectorAll('[data-sign="welcome"] li[data-kind="service"][data-cut="true"]').length === 0,
    );
    await row.getByLabel(/^Columns/).fill("16");
    await shows(page, '[data-sign="welcome"] li[data-cut="true"] .led', "社保卡领取");
    await row.getByLabel("Protocol", { exact: true }).selectOption({ label: "kanban" });
    await shows(page, '[data-sign="welcome"] .verdict.bad', /numbers only/);
    await accessible(page, "the signs' preview");
    await leave(page);
});

test("signs are as wide as their drivers say", async () => {
    const page = await opened("displays");
    const found = await page.evaluate(async () => {
        const { signColumns, signContent } = await import("/admin/preview_signs.js");
        const { wrap } = await import("/admin/preview_slip.js");
        const hallOf = { services: [{ code: "a", prefix: "ABC", last: 9999 }], windows: [{ no: 12, services: ["a"] }] };
        const pages = (driver) => signContent(hallOf, { driver, shows: { window: 12 } }).lines.map((one) => one.pages);
        return {
            columns: [
                { driver: "modbus", options: { digits: 6 }, shows: { window: 1 } },
                { driver: "onbon", shows: { zone: "*" } },
                { driver: "onbon", options: { width: 160, height: 32 }, shows: { zone: "*" } },
                { driver: "imm9002", shows: { window: 1 } },
                { driver: "alpha", shows: { zone: "main" } },
                { driver: "alpha", shows: { zone: "main", columns: 20 } },
            ].map(signColumns),
            chinese: pages("imm9002"),
            latin: pages("alpha"),
            wrapped: [wrap("请到窗口", 4), wrap("one two three", 9), wrap("", 4)],
        };
    });
    // As the README and the drivers' own rules have it: 64 x 16 dots are 8 half-width characters.
    assert.deepEqual(found.columns, [6, 8, 10, 8, 16, 20]);
    assert.deepEqual(found.chinese, [["ABC9999"], ["空闲"], ["暂停服务", "午餐", "至13:30"]]);
    assert.deepEqual(found.latin, [["ABC9999"], ["OPEN"], ["PAUSED", "lunch", "to 13:30"]]);
    assert.deepEqual(found.wrapped, [["请到", "窗口"], ["one two", "three"], [""]]);
    await leave(page);
});

test("how far the hall's screen is read follows from its size, and is that of the real page", async () => {
    const page = await opened("zones");
    const own = await page.evaluate(async () => {
        const { digitHeight, needed, rowsFitting, screenSize, TEXTS } = await import("/admin/preview_screen.js");
        const size = screenSize(55);
        const pixel = Object.fromEntries(Object.entries(TEXTS).map(([name, { lying, upright }]) => [name, [lying * 10.8, upright * 10.8]]));
        return { size, needed: [5, 10, 15].map(needed), rows: rowsFitting(size, 10), number: digitHeight(TEXTS.number, size), pixel };
    });
    assert.ok(Math.abs(own.size.height - 684.9) < 0.1 && Math.abs(own.size.width - 1217.6) < 0.1);
    // 20 minutes of arc: 29 mm at 5 m, 58 at 10 m, 87 at 15 m; a 200th of the distance at least.
    assert.deepEqual(own.needed.map(({ least, easy }) => [least, Math.round(easy)]), [[25, 29], [50, 58], [75, 87]]);
    assert.equal(own.rows, 6, "at most six rows of 58 mm on 55 inches");
    await shows(page, '[data-text="number"] td', "91");
    await shows(page, '[data-text="recent"] td.problem', "too small");
    await page.getByLabel("Farthest viewer (m)").fill("5");
    await shows(page, "#screen-preview [role=status] .good", "The last calls can be read at this distance.");
    await accessible(page, "the screen's preview");
    await page.getByLabel("Upright").check();
    await leave(page);

    const display = await hall.page("/display?voice=off", { viewport: { width: 1920, height: 1080 } });
    for (const [at, viewport] of [{ width: 1920, height: 1080 }, { width: 1080, height: 1920 }].entries()) {
        await display.setViewportSize(viewport);
        await display.locator("#windows li .value").first().waitFor();
        const real = await display.evaluate(() => {
            const list = document.querySelector("#calls");
            list.innerHTML = '<li><span class="number">A012</span><span class="where">3</span></li>';
            const font = (selector) => parseFloat(getComputedStyle(document.querySelector(selector)).fontSize);
            return {
                number: font(".call .number"),
                where: font(".call .where"),
                recent: font("#calls li .number"),
                recentWhere: font("#calls .where"),
                windows: font("#windows .value"),
                waiting: font("#waiting li"),
            };
        });
        for (const [name, value] of Object.entries(real)) {
            const said = own.pixel[name][at];
            assert.ok(Math.abs(value - said) < 2, `${name}: ${value} px, not ${said}`);
        }
    }
    await leave(display);
});

test("the voice pack is told beside the settings of the voice, and whether there is time for all calls", async () => {
    const page = await hall.page("/admin?lang=en");
    await page.locator('[data-section="voice"]').click();
    await shows(page, "#voice-pack [role=status]", /Chinese: (\d+) of \1 clips.*English: (\d+) of \2 clips/s);
    const row = page.locator("#voice-pack tbody tr").first();
    assert.match(await row.innerText(), /^main\s+4\s+0\.8\s/);
    assert.match(await row.innerText(), /there is time/);
    await accessible(page, "the voice pack");
    await page.getByRole("button", { name: "Check again" }).click();
    await row.waitFor();
    await leave(page);
});
