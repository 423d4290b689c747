// The hall display on the screens it hangs on: sizes, shapes, and what the address says of them.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { ROOT } from "../lib/daemon.mjs";
import { accessible, advance, call, Hall, leave, shows } from "./lib.mjs";

let hall;
before(async () => {
    hall = await Hall.open({
        prepare: (daemon) => {
            // The longest numbers there can be stand beside the usual ones.
            const document = JSON.parse(readFileSync(path.join(ROOT, "src/demo/hall.json"), "utf8"));
            Object.assign(document.services.find((one) => one.code === "invoice"), { prefix: "XYZ" });
            daemon.run(["config", "import", "--db", daemon.db, "-"], JSON.stringify(document));
        },
    });
    const page = await hall.page("/kiosk");
    const services = ["pension", "medical", "card", "household", "tax"];
    for (const [at, service] of services.entries()) {
        await call(page, "POST", "/api/v1/tickets", { service, class: at % 2 ? "elderly" : "ordinary" });
    }
    for (const no of [1, 2, 3, 5, 6]) {
        await call(page, "POST", `/api/v1/windows/${no}/open`, { clerk: `clerk${no}` });
        await call(page, "POST", `/api/v1/windows/${no}/next`);
    }
    await leave(page);
});
after(() => hall.close());

const display = async (query, width, height) => {
    const page = await hall.page(`/display?voice=off&${query}`, { viewport: { width, height } });
    await page.locator("#calls li").first().waitFor();
    return page;
};

/* Texts that are cut off, stand on their neighbours, or are off the screen. */
const misplaced = (page) =>
    page.evaluate(() => {
        const boxOf = (element) => {
            const range = document.createRange();
            range.selectNodeContents(element);
            return range.getBoundingClientRect();
        };
        const inside = (box, frame) =>
            box.left >= frame.left - 1 && box.right <= frame.right + 1 && box.top >= frame.top - 1 && box.bottom <= frame.bottom + 1;
        const found = [];
        for (const row of document.querySelectorAll("#calls li, #windows li, #waiting li, #current, .head, .notice")) {
            const frame = row.getBoundingClientRect();
            const list = row.closest("section")?.getBoundingClientRect() ?? frame;
            const screen = { left: 0, top: 0, right: innerWidth, bottom: innerHeight };
            if (!inside(frame, list) || !inside(frame, screen)) {
                found.push(`${row.id || row.parentElement.id || row.className}: off its place`);
            }
            const texts = [...row.querySelectorAll("span, p, h1, button:not([hidden])")].filter((one) => one.textContent);
            for (const text of texts) {
                const box = boxOf(text);
                // Of a line of large type the leading may stand out of the row, the glyphs do not.
                if (box.left < frame.left - 1 || box.right > frame.right + 1) {
                    found.push(`${text.textContent}: wider than its row`);
                }
                for (const other of texts) {
                    const next = boxOf(other);
                    const across = Math.min(box.right, next.right) - Math.max(box.left, next.left);
                    const down = Math.min(box.bottom, next.bottom) - Math.max(box.top, next.top);
                    if (other !== text && across > 1 && down > 0.2 * Math.min(box.height, next.height)) {
                        found.push(`${text.textContent} stands on ${other.textContent}`);
                    }
                }
            }
        }
        return found;
    });

/* How high the digits of the list's first number are, in pixels of its picture. */
async function digitPixels(page) {
    const clip = await page.evaluate(() => {
        const range = document.createRange();
        range.selectNodeContents(document.querySelector("#calls li .number"));
        const { x, y, width, height } = range.getBoundingClientRect();
        return { x, y, width, height };
    });
    const picture = await page.screenshot({ clip });
    return page.evaluate(async (bytes) => {
        const bitmap = await createImageBitmap(new Blob([new Uint8Array(bytes)]));
        const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
        const context = canvas.getContext("2d");
        context.drawImage(bitmap, 0, 0);
        // The last half: digits alone. The number is yellow, the row dark.
        const from = Math.floor(bitmap.width * 0.5);
        const { data } = context.getImageData(from, 0, bitmap.width - from, bitmap.height);
        let run = 0;
        let longest = 0; // the row's frame is yellow as well, but thin
        for (let y = 0; y < bitmap.height; y++) {
            const width = bitmap.width - from;
            const line = data.subarray(4 * y * width, 4 * (y + 1) * width);
            const inked = line.some((red, at) => at % 4 === 0 && red > 160 && line[at + 2] < 120);
            run = inked ? run + 1 : 0;
            longest = Math.max(longest, run);
        }
        return longest;
    }, [...picture]);
}

const painted = (page) =>
    page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));

test("on every screen each text has its place", async () => {
    for (const query of ["", "scale=150", "windows=off", "waiting=off&rows=8", "lang=en&windows=off&waiting=off"]) {
        const page = await display(query, 1920, 1080);
        for (const [width, height] of [[3840, 2160], [1080, 1920], [1280, 720], [1024, 768], [2560, 1080], [1920, 1080]]) {
            await page.setViewportSize({ width, height });
            await painted(page);
            assert.deepEqual(await misplaced(page), [], `${width}x${height} ${query}`);
        }
        await leave(page);
    }
});

test("digits are high enough to be read from where people sit", async () => {
    // 58 mm from 10 m are 91 pixels on 55 inches of 1080 lines; 29 mm from 5 m, 87 mm from 15 m.
    for (const [distance, pixels] of [[5, 46], [10, 91], [15, 137]]) {
        const page = await display(`diagonal=55&distance=${distance}`, 1920, 1080);
        const high = await digitPixels(page);
        if (distance < 15) {
            assert.ok(high >= pixels, `${distance} m: ${high} pixels`);
            assert.ok(await page.locator("#hints").isHidden());
        } else {
            // Not to be had beside the current call: said, not hidden.
            await shows(page, "#hints", /^15 米外需要 87 毫米高的数字/);
        }
        await leave(page);
    }
    // Twelve rows are twelve, and whoever sets the screen up hears what that means.
    const many = await display("diagonal=55&distance=10&rows=12", 1920, 1080);
    await shows(many, "#hints", /10 米外需要 58 毫米高的数字，现为 \d\d 毫米：请写 rows=[1-6]，/);
    const is = Number(/现为 (\d+) 毫米/.exec(await many.locator("#hints").textContent())[1]);
    assert.ok(Math.abs(is - (await digitPixels(many)) / 1.577) <= 1.5, `${is} mm are told, ${await digitPixels(many)} pixels are seen`);
    await leave(many);
});

test("the address says what is shown, and nothing is hidden by mistake", async () => {
    const page = await display("rows=2&windows=off&waiting=off&notices=promise,complaint", 1920, 1080);
    assert.equal(await page.locator("#calls li").count(), 2);
    assert.ok(await page.locator("#windows-part").isHidden());
    assert.ok(await page.locator("#waiting-part").isHidden());
    // The first two notices of the demo hall are of category guide.
    await shows(page, "#notice", /^老人、残疾人、孕妇/);
    await leave(page);
    const none = await display("notices=off", 1920, 1080);
    assert.ok(await none.locator("#notices").isHidden());
    assert.equal(await none.locator("#calls li").count(), 5, "all there are");
    await leave(none);
    const wrong = await display("rows=99&theme=pink&scale=1e9&diagonal=&distance=-1&blank=x&notices=A!&zone=main", 1920, 1080);
    await shows(
        wrong,
        "#hints",
        "网址参数有误，未采用：rows=99 (1–12), notices=A! (a-z 0-9 _ . -), theme=pink (dark light contrast), " +
            "scale=1e9 (80–150), diagonal= (5–200), distance=-1 (1–50), blank=x (60–3600)",
    );
    assert.equal(await wrong.locator("#calls li").count(), 3, "as many as the zone has called");
    await leave(wrong);
});

test("light and high contrast colours can be read", async () => {
    for (const theme of ["light", "contrast"]) {
        for (const where of ["/display?voice=off&", "/window/1?", "/welcome?"]) {
            const page = await hall.page(`${where}theme=${theme}`, { viewport: { width: 1280, height: 720 } });
            await page.locator("#hall:not(:empty), #number:not(:empty)").first().waitFor();
            await accessible(page, `${where} ${theme}`);
            await leave(page);
        }
    }
});

test("in a narrow page nothing is lost to the side", async () => {
    const page = await display("", 320, 640);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    assert.equal(await page.locator("#windows li").count(), 6);
    assert.equal(await page.locator("#waiting li").count(), 8);
    await accessible(page, "a narrow display");
    await leave(page);
    const welcome = await hall.page("/welcome", { viewport: { width: 320, height: 640 } });
    await welcome.locator("#services li").nth(7).waitFor();
    assert.ok(await welcome.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    await leave(welcome);
});

test("the clock goes on while nothing happens", async () => {
    const page = await hall.page("/display?voice=off", { prepare: (one) => one.clock.install() });
    await page.locator("#clock", { hasText: /\d/ }).waitFor();
    const seconds = async () => {
        const [h, m, s] = (await page.locator("#clock").textContent()).split(":").map(Number);
        return 3600 * h + 60 * m + s;
    };
    const from = await seconds();
    let unchanged = 0;
    // Every 20 s the page asks, and mostly hears that its view is as it was.
    for (let i = 0; i < 10 || (unchanged < 2 && i < 40); i++) {
        await advance(page, 21);
        const asked = page.waitForResponse((one) => one.url().includes("/views/display"));
        await page.clock.runFor(21000);
        unchanged += (await asked).status() === 304 ? 1 : 0;
    }
    assert.ok(unchanged >= 2);
    assert.ok((await seconds()) - from >= 205, "a view that did not change has an old time");
    await leave(page);
});

test("a number of three letters and three digits fits", async () => {
    const page = await display("", 1920, 1080);
    const upright = await display("", 1080, 1920);
    const { number } = await call(page, "POST", "/api/v1/tickets", { service: "invoice" });
    assert.equal(number, "XYZ001");
    await call(page, "POST", "/api/v1/windows/4/open", { clerk: "clerk4" });
    await call(page, "POST", "/api/v1/windows/4/next");
    for (const one of [page, upright]) {
        await shows(one, "#current-number", number);
        assert.deepEqual(await misplaced(one), []);
        await leave(one);
    }
});

test("the welcome screen shows its services whole, page by page where there are too many", async () => {
    for (const scale of [80, 100, 150]) {
        const page = await hall.page(`/welcome?scale=${scale}`, { viewport: { width: 1280, height: 720 } });
        await page.locator("#services li").first().waitFor();
        for (const [width, height] of [[1280, 720], [1080, 1920], [3840, 2160], [1280, 400]]) {
            await page.setViewportSize({ width, height });
            await painted(page);
            const { low, shown } = await page.evaluate(() => {
                const rows = [...document.querySelectorAll("#services li")];
                const bottom = document.querySelector("#notices").getBoundingClientRect().top;
                const cut = (one) => [...one.children].some((text) => text.scrollWidth > one.clientWidth + 1);
                const off = (one) => one.getBoundingClientRect().bottom > bottom + 1 || cut(one);
                return { low: rows.filter(off).map((one) => one.textContent), shown: rows.length };
            });
            assert.deepEqual(low, [], `${width}x${height} at ${scale} %`);
            assert.ok(shown >= 2);
        }
        await leave(page);
    }
});
