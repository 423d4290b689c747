// What a kiosk does beside giving numbers: the service card, asking for a number, what readers type, calling staff,
// reaching and hearing.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { accessible, advance, call, Hall, issue, leave, shows } from "./lib.mjs";

let hall;
before(async () => (hall = await Hall.open()));
after(() => hall.close());

/* A reader types a line in a moment and ends it with Enter. */
async function scan(page, line) {
    await page.evaluate((text) => {
        for (const key of [...text, "Enter"]) {
            const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true });
            (document.activeElement ?? document.body).dispatchEvent(event);
        }
    }, line);
}

const typeSlowly = (page, text) => page.keyboard.type(text, { delay: 120 });

test("the service card stands beside the choices, in both languages, and turns by touches", async () => {
    const page = await hall.page("/kiosk", { viewport: { width: 1280, height: 720 } });
    await page.getByRole("button", { name: /社会保障/ }).click();
    await page.getByRole("button", { name: /养老保险/ }).click();
    const card = page.locator("#card");
    await card.waitFor();
    assert.deepEqual(await page.locator("#card dt").allTextContents(), [
        "可以网上办理", "可以自助办理", "所需材料", "办理时限", "收费标准", "办理地点", "办理流程", "办理依据",
    ]);
    assert.match(await card.innerText(), /居民身份证[\s\S]*当场办结[\s\S]*不收费/);
    await accessible(page, "a service card");
    const top = () => page.locator("#card-body").evaluate((box) => box.scrollTop);
    assert.equal(await top(), 0);
    await page.locator("#card").getByRole("button", { name: "下一页" }).click();
    assert.ok((await top()) > 0);
    await page.locator("#card").getByRole("button", { name: "上一页" }).click();
    assert.equal(await top(), 0);
    await page.getByRole("button", { name: "English" }).click();
    assert.match(await card.innerText(), /Bring with you[\s\S]*Resident identity card/);
    assert.doesNotMatch(await page.locator("main").innerText(), /[一-鿿]/);
    await page.getByRole("button", { name: /Ordinary/ }).click();
    await shows(page, "#number", /^A\d{3}$/);
    assert.ok(await page.locator("#card").isHidden());
    await leave(page);
});

test("who reads that it can be done online goes without a number, and the hall knows", async () => {
    const page = await hall.page("/kiosk");
    const lobby = await hall.page("/lobby");
    await page.getByRole("button", { name: /社会保障/ }).click();
    await page.getByRole("button", { name: /养老保险/ }).click();
    await page.getByRole("button", { name: /我到网上办/ }).click();
    await shows(page, "#heading", "不用取号");
    assert.match(await page.locator("#screen").innerText(), /社保网上大厅/);
    await accessible(page, "no number needed");
    await shows(lobby, "#services li:first-child .more", /改网办 1/);
    await page.getByRole("button", { name: "完成" }).click();
    await page.getByRole("button", { name: /社会保障/ }).waitFor();
    await leave(lobby);
    await leave(page);
});

test("a service without a card asks for nothing more", async () => {
    const page = await hall.page("/kiosk");
    await page.getByRole("button", { name: /社会保障/ }).click();
    await page.getByRole("button", { name: /社保卡领取/ }).click();
    await page.getByRole("button", { name: /普通/ }).waitFor();
    assert.ok(await page.locator("#card").isHidden());
    await leave(page);
});

test("a number is found by keys of the screen and of a keyboard", async () => {
    const page = await hall.page("/kiosk", { allow: [/404/] });
    const ticket = await issue(page, "invoice");
    await page.getByRole("button", { name: "查号" }).click();
    await accessible(page, "asking for a number");
    for (const key of ticket.number.slice(0, 2)) {
        await page.getByRole("button", { name: key, exact: true }).click();
    }
    await typeSlowly(page, `${ticket.number.slice(2)}9`);
    await shows(page, "#typed", `${ticket.number}9`);
    await page.keyboard.press("Backspace");
    await page.getByRole("button", { name: "查询" }).click();
    await shows(page, "#found-number", ticket.number);
    await shows(page, "#found-state", "正在排队等候");
    await accessible(page, "a number found");
    assert.equal(await page.locator("#restore").count(), 0);
    await page.getByRole("button", { name: "完成" }).click();
    await page.getByRole("button", { name: "查号" }).click();
    await typeSlowly(page, "Z999");
    await page.getByRole("button", { name: "查询" }).click();
    await shows(page, "#hint", /今天没有这个号码/);
    await leave(page);
});

test("a scanned slip shows its number, and brings a missed one back", async () => {
    const page = await hall.page("/kiosk");
    const ticket = await issue(page, "marriage");
    await call(page, "POST", "/api/v1/windows/5/open", { clerk: "sun" });
    await call(page, "POST", "/api/v1/windows/5/call", { number: ticket.number, reason: "测试" });
    await advance(page, 10);
    await call(page, "POST", `/api/v1/tickets/${ticket.id}/recall`);
    await call(page, "POST", `/api/v1/tickets/${ticket.id}/no-show`);
    await scan(page, ticket.number);
    await shows(page, "#found-state", "已过号");
    assert.equal(await page.locator("#restore").count(), 0, "a number alone brings nobody back");
    await scan(page, new URL(ticket.public_url, "http://hall").href);
    await page.locator("#restore").click();
    await shows(page, "#found-state", "正在排队等候");
    assert.equal((await call(page, "GET", `/api/v1/tickets/${ticket.id}`)).state, "waiting");
    await leave(page);
});

test("digits of a reader press no choices; digits of a person do", async () => {
    const page = await hall.page("/kiosk");
    await page.locator(".choice").first().waitFor();
    await scan(page, "1110002223334445556667");
    await shows(page, "#hint", /没有认出这个码/);
    await shows(page, "#heading", "请选择业务类别");
    await typeSlowly(page, "1");
    await shows(page, "#hint", "请选择要办理的业务");
    await typeSlowly(page, "0");
    await shows(page, "#heading", "请选择业务类别");
    await leave(page);
});

test("an identity card goes with the next number and nowhere else", async () => {
    const page = await hall.page("/kiosk", { allow: [/409|404/] });
    const bodies = [];
    page.on("request", (request) => request.method() === "POST" && bodies.push(request.postDataJSON()));
    await page.locator(".choice").first().waitFor();
    const card = "11010519491231002X"; // the example of GB 11643-1999
    await scan(page, "110105194912310021");
    await shows(page, "#hint", /没有认出这个码/);
    const take = async () => {
        await scan(page, card);
        await shows(page, "#hint", /已读取证件/);
        assert.doesNotMatch(await page.content(), /1949/);
        await page.getByRole("button", { name: /民政户籍/ }).click();
        await page.getByRole("button", { name: /婚姻登记/ }).click();
        await page.getByRole("button", { name: /普通/ }).click();
    };
    await take();
    await shows(page, "#number", /^E\d{3}$/);
    assert.equal(bodies.at(-1).id_token, card);
    await page.getByRole("button", { name: "完成" }).click();
    await take();
    await shows(page, "#heading", "未能取号"); // one live number a card and service
    await page.getByRole("button", { name: "回到首页" }).click();
    await page.getByRole("button", { name: /民政户籍/ }).click();
    await page.getByRole("button", { name: /婚姻登记/ }).click();
    await page.getByRole("button", { name: /普通/ }).click();
    await shows(page, "#number", /^E\d{3}$/);
    assert.ok(!("id_token" in bodies.at(-1)), "the card was forgotten with the screen");
    assert.deepEqual(await page.evaluate(() => [localStorage.length, sessionStorage.length]), [0, 0]);
    await leave(page);
});

test("who booked checks in with the number, or with the card alone", async () => {
    const page = await hall.page("/kiosk", { allow: [/404/] });
    await page.locator(".choice").first().waitFor();
    const book = (more) => call(page, "POST", "/api/v1/appointments", { service: "tax", start: "2026-11-23T11:00:00+08:00", ...more });
    const first = await book({});
    await scan(page, first.number);
    await shows(page, "#found-state", "已预约，尚未到场");
    await page.getByRole("button", { name: "报到" }).click();
    await shows(page, "#number", first.number);
    await page.getByRole("button", { name: "完成" }).click();
    const second = await book({ id_token: "11010519491231002X" });
    await scan(page, "11010519491231002X");
    await shows(page, "#number", second.number);
    assert.equal((await call(page, "GET", `/api/v1/tickets/${second.id}`)).state, "waiting");
    await leave(page);
});

test("calling staff raises an alert in the lobby, until somebody has come", async () => {
    const page = await hall.page("/kiosk");
    const lobby = await hall.page("/lobby");
    const staff = page.getByRole("button", { name: "呼叫工作人员" });
    const place = await staff.boundingBox();
    await page.getByRole("button", { name: /社会保障/ }).click();
    assert.deepEqual(await staff.boundingBox(), place, "the same place on every screen");
    await staff.click();
    await shows(page, "#help-text", /已通知工作人员/);
    await accessible(page, "staff were called");
    const alert = lobby.locator("#alerts li", { hasText: "取号机旁有人需要帮助" });
    await alert.waitFor();
    await accessible(lobby, "a call from a kiosk");
    await alert.getByRole("button", { name: "已处理" }).click();
    await alert.waitFor({ state: "detached" });
    await leave(page);
    await leave(lobby);
});

test("when the hall cannot be told, the person is sent to the desk", async () => {
    const page = await hall.page("/kiosk", { allow: [/ERR_FAILED/] });
    await page.locator(".choice").first().waitFor();
    await page.route("**/help", (route) => route.abort());
    await page.getByRole("button", { name: "呼叫工作人员" }).click();
    await shows(page, "#help-text", /请到咨询台/);
    await leave(page);
});

test("in low-reach mode everything to touch is between 380 and 1220 mm above the floor", async () => {
    for (const [inches, width, height, edge] of [
        [32, 1080, 1920, 700],
        [43, 1080, 1920, 300],
        [21.5, 1920, 1080, 1000],
    ]) {
        const page = await hall.page(`/kiosk?diagonal=${inches}&lower_edge=${edge}`, { viewport: { width, height } });
        const mm = Math.hypot(width, height) / (inches * 25.4);
        await page.getByRole("button", { name: "低位" }).click();
        const heights = async (what) => {
            const boxes = await page.locator("button:visible").evaluateAll((all) =>
                all
                    .filter((one) => !one.closest(".unreachable, main, #turn") || one.closest("dialog[open]"))
                    .map((one) => one.getBoundingClientRect().toJSON()),
            );
            assert.ok(boxes.length >= 8, what);
            for (const box of boxes) {
                const lower = edge + (height - box.bottom) / mm;
                const upper = edge + (height - box.top) / mm;
                assert.ok(lower >= 379 && upper <= 1221, `${what}, ${inches} inches: ${lower} to ${upper} mm`);
            }
        };
        const main = await page.locator("main").boundingBox();
        assert.ok(edge + (height - main.y) / mm <= 1221, "choices are in reach");
        assert.ok(main.height > 0);
        await heights("the tools");
        await page.getByRole("button", { name: "呼叫工作人员" }).click();
        await shows(page, "#help-text", /已通知工作人员/);
        await heights("a dialog");
        await leave(page);
    }
});

const voices = (langs) => (page) =>
    page.addInitScript((wanted) => {
        globalThis.said = [];
        const list = wanted.map((lang) => ({ lang, localService: true, name: lang }));
        Object.defineProperty(globalThis, "speechSynthesis", {
            value: { getVoices: () => list, speak: (words) => said.push(words.text), cancel: () => said.push("|") },
        });
        globalThis.SpeechSynthesisUtterance = class {
            constructor(text) {
                this.text = text;
            }
        };
    }, langs);

test("read aloud says each screen and which digit does what", async () => {
    const page = await hall.page("/kiosk", { prepare: voices(["zh-CN"]) });
    const said = () => page.evaluate(() => said.splice(0).filter((text) => text !== "|"));
    await page.getByRole("button", { name: "朗读" }).click();
    const home = await said();
    assert.equal(home[0], "请选择业务类别");
    assert.match(home.at(-1), /^按 3，税务/);
    await typeSlowly(page, "1");
    await shows(page, "#hint", "请选择要办理的业务");
    await typeSlowly(page, "1");
    await page.locator("#card").waitFor();
    const classes = await said();
    assert.ok(classes.some((line) => /^所需材料：.*居民身份证/.test(line)), classes.join("\n"));
    assert.ok(classes.some((line) => /^按 2，老人/.test(line)));
    await typeSlowly(page, "1");
    await shows(page, "#number", /^A\d{3}$/);
    await page.waitForFunction(() => said.some((text) => /A \d \d \d/.test(text)));
    await page.getByRole("button", { name: "朗读" }).click();
    await said();
    await page.getByRole("button", { name: "完成" }).click();
    assert.deepEqual(await said(), [], "switched off it is silent");
    await leave(page);
});

test("without a voice the kiosk says that it cannot read aloud", async () => {
    const page = await hall.page("/kiosk", { prepare: voices([]) });
    await page.locator(".choice").first().waitFor();
    const button = page.getByRole("button", { name: "朗读" });
    await button.click();
    await shows(page, "#help-text", /没有安装语音/);
    assert.equal(await button.getAttribute("aria-pressed"), "false");
    await leave(page);
});
