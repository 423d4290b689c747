// The rating device at window 1, paired by its token: from the end of a service to what is stored of it, reasons, silence,
// a server that is gone meanwhile, and the phone that rates later.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { ROOT } from "../lib/daemon.mjs";
import { accessible, call, Hall, issue as issueBy, leave, scales, shows } from "./lib.mjs";

const WINDOW = 1;
const GONE = [/ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE|ERR_INCOMPLETE_CHUNKED/];
const token = {};
let hall;

function prepare(daemon) {
    const document = readFileSync(path.join(ROOT, "src/demo/hall.json"), "utf8");
    daemon.run(["config", "import", "--db", daemon.db, "-"], document);
    for (const role of ["rating", "clerk", "lobby", "admin"]) {
        const at = role === "rating" || role === "clerk" ? ["--window", String(WINDOW)] : [];
        const args = ["token", "create", "--db", daemon.db, "--role", role, "--name", role, ...at];
        token[role] = daemon.run(args).trim();
    }
}

before(async () => (hall = await Hall.open({ prepare, args: [] })));
after(() => hall.close());

async function ask(as, method, address, body) {
    const headers = { Authorization: `Bearer ${token[as]}` };
    if (body !== undefined) {
        headers["Content-Type"] = "application/json";
    }
    const response = await fetch(hall.daemon.origin + address, { method, headers, body: JSON.stringify(body) });
    const text = await response.text();
    assert.ok(response.ok, `${method} ${address}: ${response.status} ${text}`);
    return text === "" ? null : JSON.parse(text);
}

const forward = (seconds) => ask("admin", "POST", "/api/v1/test/clock", { advance_s: seconds });
const ticketOf = (id) => ask("lobby", "GET", `/api/v1/tickets/${id}`);

async function history(id, type) {
    const { items } = await ask("lobby", "GET", `/api/v1/tickets/${id}/history`);
    return items.filter((event) => event.type === type);
}

const device = (address = "/rating", { as = "rating", ...options } = {}) =>
    hall.page(address, {
        viewport: { width: 1024, height: 600 },
        ...options,
        prepare: (page) =>
            page.context().addCookies([{ name: "hallcall", value: token[as], url: hall.daemon.origin }]),
    });

const issue = () => ask("lobby", "POST", "/api/v1/tickets", { service: "pension" });
const finish = (id) => ask("clerk", "POST", `/api/v1/tickets/${id}/finish`, {});

async function begin(id) {
    const { windows } = await ask("lobby", "GET", "/api/v1/views/lobby");
    if (windows.find((one) => one.no === WINDOW).state === "closed") {
        await ask("clerk", "POST", `/api/v1/windows/${WINDOW}/open`, { clerk: "zhang" });
    }
    await ask("clerk", "POST", `/api/v1/windows/${WINDOW}/next`, {});
    await ask("clerk", "POST", `/api/v1/tickets/${id}/start`, {});
}

/* Somebody is called to the window and served to the end. */
async function serve() {
    const ticket = await issue();
    await begin(ticket.id);
    await finish(ticket.id);
    return ticket;
}

const at = (page, screen) => page.locator(`body[data-screen="${screen}"]`).waitFor();
const button = (page, name) => page.getByRole("button", { name, exact: true });

test("it is quiet, asks after the service, and two taps are one rating", async () => {
    const page = await device();
    await shows(page, "#heading", "欢迎光临");
    await shows(page, "#place", "1 号窗口");
    assert.ok(await page.locator(".rate").isHidden());
    await accessible(page, "the quiet device");
    const ticket = await serve();
    await shows(page, "#heading", "请您对本次服务进行评价");
    await shows(page, "#about", `${ticket.number} · 工作人员 工号 017 张* 社保业务岗`);
    await shows(page, "#left", /^剩余 \d+ 秒$/);
    await accessible(page, "the question");
    const looks = await page
        .locator(".levels button")
        .evaluateAll((all) =>
            all.map((one) =>
                [one.offsetWidth, one.offsetHeight, getComputedStyle(one).backgroundColor].join(),
            ),
        );
    assert.equal(looks.length, 5);
    assert.equal(new Set(looks).size, 1, "all levels look alike");
    const [width, height] = looks[0].split(",").map(Number);
    assert.ok(width >= 120 && height >= 120, "they are for a finger");
    assert.equal(await page.locator('[aria-pressed="true"]').count(), 0, "none is chosen");
    assert.equal(await page.evaluate(() => document.activeElement === document.body), true);
    await button(page, "满意").dblclick();
    await shows(page, "#heading", "感谢您的评价");
    await accessible(page, "thanks");
    await shows(page, "#heading", "欢迎光临");
    const rated = await history(ticket.id, "rating.submitted");
    assert.equal(rated.length, 1);
    assert.equal(rated[0].level, 4);
    assert.equal((await ticketOf(ticket.id)).legs[0].rating, 4);
    await leave(page);
});

test("the lowest levels may say why, in either language, and the lobby hears of it", async () => {
    const page = await device();
    await at(page, "idle");
    const ticket = await serve();
    await button(page, "English").click();
    await button(page, "Dissatisfied").click();
    await shows(page, ".rate h2", "What was the reason? Choose any, or none");
    assert.equal(await page.locator(".reasons button").count(), 6);
    await accessible(page, "the reasons");
    await button(page, "Back").click();
    await page.locator(".levels").waitFor();
    assert.equal((await history(ticket.id, "rating.submitted")).length, 0, "nothing was sent yet");
    await button(page, "Very dissatisfied").click();
    await button(page, "Long wait").click();
    await button(page, "Manner").click();
    await button(page, "Manner").click(); // not that
    await button(page, "Other").click();
    assert.equal(await page.locator('.reasons [aria-pressed="true"]').count(), 2);
    await accessible(page, "chosen reasons");
    await button(page, "Send").click();
    await shows(page, "#heading", "Thank you for your rating");
    await shows(page, "#about", "The hall manager has been told");
    await shows(page, "#heading", "欢迎光临"); // the next visitor finds the device's own language
    const [rated] = await history(ticket.id, "rating.submitted");
    assert.equal(rated.level, 1);
    assert.equal(rated.reason, "waiting,other");
    assert.equal(rated.scale, "five/1");
    const { alerts } = await ask("lobby", "GET", "/api/v1/views/lobby");
    const alert = alerts.find((one) => one.code === "bad-rating");
    assert.equal(alert.ticket, ticket.id);
    const lobby = await device("/lobby", { as: "lobby" });
    const row = lobby.locator("#alerts li", { hasText: `${ticket.number} 号差评（1 星）` });
    await row.getByRole("button", { name: "查看号码" }).click();
    await shows(lobby, "#ticket", new RegExp(ticket.number));
    await accessible(lobby, "the lobby with a bad rating");
    await Promise.all([page, lobby].map(leave));
});

test("by keyboard alone, and no key is an opinion by itself", async () => {
    const page = await device();
    await at(page, "idle");
    const ticket = await serve();
    await at(page, "levels");
    const tab = async (name) => {
        for (let i = 0; i < 20; i++) {
            await page.keyboard.press("Tab");
            if ((await page.evaluate(() => document.activeElement.textContent)).startsWith(name)) {
                return;
            }
        }
        assert.fail(`no way to ${name}`);
    };
    await tab("不满意");
    await page.keyboard.press("Enter");
    await at(page, "reasons");
    await page.keyboard.press("Enter");
    await page.keyboard.press(" ");
    assert.equal(await page.locator('[aria-pressed="true"]').count(), 0);
    await tab("返回");
    await page.keyboard.press("Enter");
    await at(page, "levels");
    await page.keyboard.press("Enter");
    assert.equal((await history(ticket.id, "rating.submitted")).length, 0);
    await tab("基本满意");
    await page.keyboard.press("Enter");
    await at(page, "thanks");
    assert.equal((await ticketOf(ticket.id)).legs[0].rating, 3);
    await leave(page);
});

test("silence is no opinion; a level that was chosen is sent without its reasons", async () => {
    const page = await device();
    await at(page, "idle");
    const silent = await serve();
    await at(page, "levels");
    await forward(21);
    await at(page, "idle");
    assert.equal((await history(silent.id, "rating.lapsed")).length, 1);
    const [leg] = (await ticketOf(silent.id)).legs;
    assert.equal(leg.rating, null);
    assert.equal(leg.rating_lapsed, true);

    const left = await serve();
    await at(page, "levels");
    await button(page, "不满意").click();
    await button(page, "业务不熟练").click();
    await forward(21); // the question's own time is over: he goes on
    await shows(page, "#left", /^\d 秒后提交$/);
    await button(page, "等候时间长").click();
    await shows(page, "#left", /^(30|29|28) 秒后提交$/);
    await forward(31);
    await at(page, "thanks");
    const rated = await ticketOf(left.id);
    assert.equal(rated.legs[0].rating, 2);
    assert.equal((await history(left.id, "rating.submitted"))[0].reason, "skill,waiting");
    await leave(page);
});

test("what is taken back or rated by phone is not asked any more", async () => {
    const page = await device();
    await at(page, "idle");
    const { id, public_url: address } = await serve();
    await at(page, "levels");
    await ask("clerk", "POST", `/api/v1/tickets/${id}/undo`, {});
    await at(page, "idle");
    await finish(id);
    await at(page, "levels");
    await ask("lobby", "POST", `/api/v1/public/tickets/${address.split("/")[2]}/rating`, { level: 5 });
    await at(page, "idle");
    await leave(page);
});

test("a server that dies in the middle has the rating once it is back", async () => {
    const page = await device("/rating", { allow: GONE });
    await at(page, "idle");
    const ticket = await serve();
    await at(page, "levels");
    await hall.daemon.kill();
    await shows(page, "#problem", /^暂时连不上服务器/);
    await accessible(page, "the question without a server");
    await button(page, "非常满意").dblclick();
    await shows(page, "#left", "正在提交，请稍候");
    await accessible(page, "sending");
    await hall.daemon.start();
    await page.locator('body[data-screen="thanks"]').waitFor({ timeout: 40000 });
    assert.equal((await history(ticket.id, "rating.submitted")).length, 1);
    assert.equal((await ticketOf(ticket.id)).legs[0].rating, 5);
    await at(page, "idle");
    await hall.daemon.kill();
    await shows(page, "#problem", /^评价器暂时无法使用/);
    await accessible(page, "out of order");
    await hall.daemon.start();
    await shows(page, "#problem", "");
    await leave(page);
});

test("an answer outlives the session that a restart ended", async () => {
    const demo = await Hall.open();
    try {
        const page = await demo.page("/rating?window=4&lang=en", { allow: [...GONE, /401/] });
        const ticket = await issueBy(page, "tax");
        await call(page, "POST", "/api/v1/windows/4/open", { clerk: "zhao" });
        await call(page, "POST", "/api/v1/windows/4/call", { number: ticket.number, reason: "rating" });
        await call(page, "POST", `/api/v1/tickets/${ticket.id}/finish`, {});
        await at(page, "levels");
        await demo.daemon.kill();
        await button(page, "Dissatisfied").click();
        await button(page, "Lack of skill").click();
        await button(page, "Send").click();
        await shows(page, "#left", "Sending, one moment please");
        await demo.daemon.start();
        await page.locator('body[data-screen="thanks"]').waitFor({ timeout: 40000 });
        assert.equal((await call(page, "GET", `/api/v1/tickets/${ticket.id}`)).legs[0].rating, 2);
        const { items } = await call(page, "GET", `/api/v1/tickets/${ticket.id}/history`);
        const rated = items.filter(({ type }) => type === "rating.submitted");
        assert.deepEqual(rated.map(({ reason }) => reason), ["skill"]);
        assert.equal(await page.evaluate(() => sessionStorage.getItem("hallcall.rating")), null);
        await leave(page);
    } finally {
        await demo.close();
    }
});

test("a restart in the middle of the question leaves it standing", async () => {
    const page = await device("/rating", { allow: GONE });
    await at(page, "idle");
    const ticket = await serve();
    await at(page, "levels");
    await hall.daemon.kill();
    await hall.daemon.start();
    await page.reload();
    await at(page, "levels");
    await shows(page, "#about", new RegExp(`^${ticket.number} `));
    await button(page, "满意").click();
    await at(page, "thanks");
    await leave(page);
});

test("on a small screen everything is in reach, and at twice the size", async () => {
    for (const viewport of [{ width: 320, height: 560 }, { width: 512, height: 300 }]) {
        const page = await device("/rating?lang=en", { viewport });
        await at(page, "idle");
        const ticket = await serve();
        await at(page, "levels");
        const wide = () => page.evaluate(() => document.documentElement.scrollWidth);
        assert.ok((await wide()) <= viewport.width, "no sideways scrolling");
        await button(page, "Dissatisfied").click();
        assert.ok((await wide()) <= viewport.width, "no sideways scrolling");
        for (const one of await page.locator(".rate button").all()) {
            const { width, height } = await one.boundingBox();
            assert.ok(width >= 44 && height >= 44);
        }
        await button(page, "Send").click();
        await at(page, "thanks");
        assert.equal((await ticketOf(ticket.id)).legs[0].rating, 2);
        await leave(page);
    }
});

test("the phone rates later, with reasons, and its page stays small from the first to the last", async () => {
    const ticket = await issue();
    const seen = scales();
    const viewport = { width: 320, height: 640 };
    const page = await hall.page(ticket.public_url, { viewport, prepare: seen.prepare });
    await shows(page, "#number", ticket.number);
    await page.getByText("为什么是这个顺序？").click();
    await shows(page, "#why", /./);
    await begin(ticket.id);
    await shows(page, "#headline", "正在1 号窗口办理");
    assert.ok(await page.locator("#rating").isHidden());
    await finish(ticket.id);
    await shows(page, "#rating-title", "请对本次服务进行评价");
    await forward(3600); // the question at the window is long over
    await accessible(page, "the phone, asked to rate");
    await button(page, "非常不满意").click();
    await accessible(page, "the phone, asked why");
    assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= viewport.width);
    await page.getByRole("button", { name: "English" }).click();
    await button(page, "Too many papers").click();
    await button(page, "Send").dblclick();
    await shows(page, "#detail", "Thank you for your rating");
    assert.ok(await page.locator("#rating").isHidden());
    const rated = await history(ticket.id, "rating.submitted");
    assert.deepEqual(
        rated.map(({ level, reason, actor }) => [level, reason, actor.kind]),
        [[1, "papers", "visitor"]],
    );
    const weight = await seen.weight();
    assert.ok(weight > 5000 && weight <= 50 * 1024, `${weight} bytes`);
    await page.reload();
    await shows(page, "#headline", "done");
    assert.ok(await page.locator("#rating").isHidden(), "once");
    await leave(page);
});

test("after the hall's time nobody rates any more", async () => {
    const ticket = await serve();
    await forward(86401);
    const address = `/api/v1/public/tickets/${ticket.public_url.split("/")[2]}`;
    const answer = await fetch(`${hall.daemon.origin}${address}/rating`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ level: 5 }),
    });
    assert.ok([404, 410].includes(answer.status));
});
