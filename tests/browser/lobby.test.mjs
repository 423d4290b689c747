// The lobby manager at work, a phone in one hand: alerts and what can be done about them, people to be seen to, one
// ticket, what a window serves, devices, announcements; two managers at once, a server that dies, a narrow screen.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { ROOT } from "../lib/daemon.mjs";
import { accessible, Hall, leave, shows } from "./lib.mjs";

const PHONE = { width: 390, height: 844 };
const PASSWORD = "a long enough password 7";

let hall;
let token;
before(async () => {
    const document = JSON.parse(readFileSync(path.join(ROOT, "src/demo/hall.json"), "utf8"));
    document.policy.urgent = { burst: 1, refill_s: 1, per_day: 1, other_approver: true };
    document.profiles = [
        { code: "relief", name: { "zh-CN": "分流", en: "Relief" }, services: ["invoice", { code: "tax", tier: "backup", after_s: 60 }] },
    ];
    // Nothing listens on port 1.
    document.ports.push({ code: "far", link: "tcp:127.0.0.1:1" });
    document.displays.push({ code: "led-far", port: "far", driver: "dump", address: 1, shows: { window: 1 } });
    hall = await Hall.open({
        prepare: (daemon) => {
            daemon.run(["config", "import", "--db", daemon.db, "-"], JSON.stringify(document));
            const args = ["user", "add", "--db", daemon.db, "--name", "wang", "--role", "lobby", "--password-stdin"];
            daemon.run(args, `${PASSWORD}\n`);
            const roles = ["lobby", "clerk", "admin"].flatMap((role) => ["--role", role]);
            token = daemon.run(["token", "create", "--db", daemon.db, ...roles, "--name", "test"]).trim();
        },
    });
});
after(() => hall.close());

/* What happens around the page under test. */
async function ask(method, target, body) {
    const headers = { Authorization: `Bearer ${token}`, ...(body ? { "Content-Type": "application/json" } : {}) };
    const options = { method, headers, body: body && JSON.stringify(body) };
    const response = await fetch(`${hall.daemon.origin}/api/v1/${target}`, options);
    const text = await response.text();
    assert.ok(response.ok, `${method} ${target}: ${response.status} ${text}`);
    return text === "" ? null : JSON.parse(text);
}

const issue = (service) => ask("POST", "tickets", { service });
const advance = (seconds) => ask("POST", "test/clock", { advance_s: seconds });
const view = () => ask("GET", "views/lobby");
const ticket = (id) => ask("GET", `tickets/${id}`);
const history = async (id) => (await ask("GET", `tickets/${id}/history`)).items;
const dialog = (page) => page.getByRole("dialog");
const confirm = (page) => dialog(page).getByRole("button", { name: "确定" }).click();
const press = (page, name) => page.getByRole("button", { name, exact: true }).click();
const reason = (page, text) => dialog(page).getByLabel("原因").fill(text);

async function find(page, number) {
    await page.getByLabel("号码", { exact: true }).fill(number.toLowerCase());
    await press(page, "查找");
    await page.locator("#ticket strong", { hasText: number }).waitFor();
}

/* One act on the ticket found, with its reason. */
async function act(page, verb, number, fill = async () => {}) {
    await press(page, `${verb} ${number}`);
    await fill(dialog(page));
    await reason(page, "测试");
    await confirm(page);
    await shows(page, "#toast", `${verb}：完成`);
}

/* Every test begins in an empty hall that serves what it is configured to. */
beforeEach(async () => {
    const { windows } = await view();
    for (const one of windows.filter(({ state }) => state !== "closed")) {
        await ask("POST", `windows/${one.no}/close`, { current: "finish" });
    }
    for (const one of windows.filter(({ changed }) => changed)) {
        const services = one.configured.map(({ code }) => code);
        await ask("POST", `windows/${one.no}/open`, { clerk: "reset", services });
        await ask("POST", `windows/${one.no}/close`);
    }
    for (const state of ["waiting", "no_show", "held"]) {
        for (const one of (await ask("GET", `tickets?state=${state}&limit=200`)).items) {
            await ask("POST", `tickets/${one.id}/cancel`, { reason: "test" });
        }
    }
});

test("a call for help, a queue without a window: what can be done stands beside them", async () => {
    const page = await hall.page("/lobby", { viewport: PHONE });
    await issue("invoice");
    await ask("POST", "windows/2/open", { clerk: "zhao" });
    await ask("POST", "windows/2/assist", { on: true });
    const alerts = page.locator("#alerts li");
    await alerts.filter({ hasText: "窗口求助" }).waitFor();
    await accessible(page, "the lobby with alerts");
    await press(page, "已处理 2 号窗口");
    await alerts.filter({ hasText: "窗口求助" }).waitFor({ state: "detached" });
    // Nobody is free any more: a closed window is the next best.
    await ask("POST", "windows/2/close");
    const alone = alerts.filter({ hasText: "没有窗口上岗" });
    await alone.getByRole("button", { name: /^开放/ }).click();
    await dialog(page).getByLabel("工作人员").fill("qian");
    await page.locator(".effects li", { hasText: "发票代开：1 人等候，在岗窗口 0 → 1" }).waitFor();
    await accessible(page, "a window about to be opened");
    await reason(page, "分流");
    await confirm(page);
    await alone.waitFor({ state: "detached" });
    const { windows } = await view();
    assert.equal(windows.find(({ clerk }) => clerk === "qian").state, "open");
    await leave(page);
});

test("a late queue is red and is offered help; the one free window beside it takes it on", async () => {
    const page = await hall.page("/lobby", { viewport: PHONE });
    await issue("marriage");
    await ask("POST", "windows/1/open", { clerk: "test" });
    await advance(1300);
    await page.locator("#services .wait[data-level='over']").waitFor();
    await page.locator("#suggestions li").first().waitFor();
    await accessible(page, "the lobby with suggestions");
    const idle = page.locator("#alerts li", { hasText: "窗口空闲" }).filter({ hasText: "婚姻登记" });
    await idle.getByRole("button", { name: /^由 1 号窗口兼办/ }).click();
    await page.locator(".effects li", { hasText: "婚姻登记：1 人等候，在岗窗口 0 → 1" }).waitFor();
    await reason(page, "分流");
    await confirm(page);
    // From now on the window could call them itself; when it has, nothing is left to be told.
    await idle.getByRole("button", { name: /^查看窗口/ }).waitFor();
    await ask("POST", "windows/1/next");
    await idle.waitFor({ state: "detached" });
    await page.locator("#window-1", { hasText: "今日改为" }).waitFor();
    const { windows } = await view();
    assert.ok(windows[0].services.some(({ code }) => code === "marriage"));
    await leave(page);
});

test("what a window serves: the effect is told before, a profile and the way back are one touch", async () => {
    const page = await hall.page("/lobby", { viewport: PHONE });
    await issue("invoice");
    await ask("POST", "windows/2/open", { clerk: "zhao" });
    const before = (await view()).windows[1].services;
    await press(page, "改业务 2 号窗口");
    const effects = page.locator(".effects");
    await effects.getByText("各业务的在岗窗口数不变").waitFor();
    await dialog(page).getByRole("button", { name: "分流" }).click();
    await effects.getByText("发票代开：1 人等候，在岗窗口 0 → 1").waitFor();
    await effects.getByText(/^医疗保险：0 人等候，在岗窗口 1 → 0/).waitFor();
    assert.equal(await effects.getByText("税务申报").count(), 0, "help in need is no window of its own");
    await accessible(page, "what a window serves");
    await reason(page, "高峰");
    // A window that serves nothing is refused before it is sent.
    await dialog(page).getByLabel("发票代开").uncheck();
    await dialog(page).getByLabel("税务申报").uncheck();
    await confirm(page);
    assert.ok(await dialog(page).isVisible());
    await dialog(page).getByRole("button", { name: "分流" }).click();
    await confirm(page);
    await shows(page, "#toast", "改业务：完成");
    assert.deepEqual((await view()).windows[1].services, [
        { code: "invoice", backup: false },
        { code: "tax", backup: true },
    ]);
    await press(page, "改业务 2 号窗口");
    await dialog(page).getByRole("button", { name: "恢复原设置" }).click();
    await reason(page, "高峰已过");
    await confirm(page);
    await page.waitForFunction(() => !document.querySelector("#window-2").textContent.includes("今日改为"));
    const sorted = (list) => list.map((one) => `${one.code} ${one.backup}`).sort();
    assert.deepEqual(sorted((await view()).windows[1].services), sorted(before));
    await leave(page);
});

test("people to be seen to: one tap, and it is known who was there, in a second browser too", async () => {
    const page = await hall.page("/lobby", { viewport: PHONE });
    const other = await hall.page("/lobby", { viewport: { width: 1280, height: 800 } });
    const late = await issue("pension");
    await advance(1000);
    const card = (where) => where.locator("#attend .card", { hasText: late.number });
    await card(page).getByText("等候过久").waitFor();
    await card(other).waitFor();
    await shows(page, "#attend-count", "(1)");
    await accessible(page, "people to be seen to");
    await press(page, `已关注 ${late.number}`);
    await card(other).getByText(/\d\d:\d\d .*已关注/).waitFor();
    await shows(other, "#attend-count", "");
    assert.ok((await history(late.id)).some(({ type }) => type === "ticket.attended"));
    await accessible(other, "somebody seen to");
    await other.getByRole("button", { name: `查看号码 ${late.number}` }).click();
    await other.locator("#ticket strong", { hasText: late.number }).waitFor();
    await Promise.all([leave(page), leave(other)]);
});

test("interventions on one ticket ask why, and the log has it", async () => {
    const page = await hall.page("/lobby", { viewport: PHONE, allow: [/409|422/] });
    const one = await issue("invoice");
    await find(page, one.number);
    await accessible(page, "a ticket found");
    await act(page, "改派", one.number, (box) => box.getByLabel("改到").selectOption("service tax"));
    assert.equal((await ticket(one.id)).service, "tax");
    await act(page, "改类别", one.number, (box) => box.getByLabel("类别").selectOption("elderly"));
    assert.equal((await ticket(one.id)).class, "elderly");
    await act(page, "让号", one.number, (box) => box.getByLabel("让过人数").fill("2"));
    const amended = (await history(one.id)).filter(({ type }) => type === "ticket.amended");
    assert.deepEqual(amended.map((event) => event.reason), ["测试", "测试"]);
    await act(page, "作废", one.number);
    assert.equal((await ticket(one.id)).state, "void");

    // Missed, put back at the place chosen.
    const missed = await issue("invoice");
    await ask("POST", "windows/6/open", { clerk: "sun", services: ["invoice"] });
    await ask("POST", "windows/6/call", { number: missed.number, reason: "test" });
    await advance(6);
    await ask("POST", `tickets/${missed.id}/recall`);
    await ask("POST", `tickets/${missed.id}/no-show`);
    await find(page, missed.number);
    await act(page, "过号恢复", missed.number, (box) => box.getByLabel("排到").selectOption("front"));
    assert.equal((await ticket(missed.id)).state, "waiting");
    await act(page, "取消号码", missed.number);
    assert.equal((await ticket(missed.id)).state, "cancelled");

    // A number for somebody who cannot use the kiosk.
    await press(page, "现场取号");
    await dialog(page).getByLabel("业务").selectOption("tax");
    await dialog(page).getByLabel("类别").selectOption("disabled");
    await accessible(page, "a number about to be issued");
    await confirm(page);
    await page.locator("#ticket", { hasText: "残疾人" }).waitFor();
    await leave(page);
});

test("urgent: another person approves, and the day's cap is said", async () => {
    const page = await hall.page("/lobby", { viewport: PHONE, allow: [/409|422/] });
    const [first, second] = [await issue("pension"), await issue("pension")];
    await find(page, first.number);
    await press(page, `急事特办 ${first.number}`);
    await dialog(page).getByText("今天已批准 0 次，每天最多 1 次").waitFor();
    await accessible(page, "urgent, asked");
    await dialog(page).getByLabel(/^批准人/).fill("周主任");
    await reason(page, "急事，经核实");
    await confirm(page);
    await shows(page, "#toast", "急事特办：完成");
    const event = (await history(first.id)).find(({ type }) => type === "ticket.amended");
    assert.equal(event.approver, "周主任");
    await find(page, second.number);
    await press(page, `急事特办 ${second.number}`);
    await dialog(page).getByText("今天已批准 1 次，每天最多 1 次").waitFor();
    await dialog(page).getByLabel(/^批准人/).fill("周主任");
    await reason(page, "急事，经核实");
    await confirm(page);
    await page.locator("#toast.problem").waitFor();
    assert.equal((await ticket(second.id)).urgent, false);
    await leave(page);
});

test("a service is suspended and resumed, a window paused", async () => {
    const page = await hall.page("/lobby");
    await ask("POST", "windows/2/open", { clerk: "zhao" });
    await press(page, "停办 婚姻登记");
    await reason(page, "系统故障");
    await confirm(page);
    await page.locator("#services").getByText("已停办：系统故障").waitFor();
    await press(page, "恢复 婚姻登记");
    await page.locator("#services").getByText("已停办").waitFor({ state: "detached" });
    await press(page, "暂停 2 号窗口");
    await reason(page, "会议");
    await confirm(page);
    await page.locator('#windows .card[data-state="paused"]').waitFor();
    await accessible(page, "the lobby with a paused window");
    await leave(page);
});

test("a sick device comes first, with since when and what to do", async () => {
    const page = await hall.page("/lobby", { viewport: PHONE });
    const sick = page.locator("#devices li").first();
    await page.locator("#devices li[data-level='bad']", { hasText: "led-far" }).waitFor();
    await sick.getByText("led-far").waitFor();
    await sick.getByText(/请检查/).waitFor();
    await page.locator("#devices li[data-level='ok']", { hasText: "led1" }).getByText(/最后正常 \d\d:\d\d/).waitFor();
    await page.locator("#alerts li", { hasText: "led-far" }).getByRole("button", { name: /^查看设备/ }).click();
    await page.waitForFunction(() => document.activeElement?.id === "devices-title");
    await accessible(page, "devices");
    await leave(page);
});

test("things are said, and what waits to be said is seen", async () => {
    const page = await hall.page("/lobby", { allow: [/422|409/] });
    const one = await issue("invoice");
    await page.locator("#voice-quiet").waitFor();
    await press(page, "失物招领");
    await page.getByLabel("窗口（可不填）").fill("3");
    await confirm(page);
    const lost = page.locator("#voice li", { hasText: "等待播报" }).filter({ hasText: "三号窗口" });
    await lost.first().waitFor();
    await press(page, "请回窗口");
    await dialog(page).getByLabel("号码").fill(one.number);
    await dialog(page).getByLabel("窗口（可不填）").fill("4");
    await confirm(page);
    await page.locator("#voice li").filter({ hasText: "四号窗口" }).first().waitFor();
    await press(page, "文字播报");
    await dialog(page).getByLabel("内容").fill("请车主挪车");
    await accessible(page, "the lobby, asking what to say");
    await confirm(page);
    await page.locator("#voice li", { hasText: "请车主挪车" }).first().waitFor();
    await accessible(page, "the lobby with announcements");
    await press(page, "失物招领");
    await page.getByLabel("窗口（可不填）").fill("77");
    await confirm(page);
    await shows(page, "#toast", / · \/window there is no such window$/);
    await page.locator("#language").click();
    await press(page, "Lost property");
    await dialog(page).getByLabel("Window (may be left empty)").waitFor();
    await leave(page);
});

test("a search without an answer does not leave the answer of the one before", async () => {
    const page = await hall.page("/lobby", { allow: [/Failed to load|ERR_FAILED/] });
    const search = async (number) => {
        await page.locator("#ticket-number").fill(number);
        await page.locator("#ticket-number").press("Enter");
    };
    await search("Q404");
    await shows(page, "#ticket", "今天没有号码 Q404");
    await page.route("**/api/v1/tickets?**", (route) => route.abort());
    await search("A001");
    await shows(page, "#toast", /无法连接/);
    await shows(page, "#ticket", "");
    await leave(page);
});

/* Everything that can be touched is at least 44 px high and wide, and nothing lies outside the screen. */
async function fits(page, what) {
    const small = await page.evaluate(() =>
        [...document.querySelectorAll("button, a, input, select, summary")]
            .map((one) => [one.closest("label.check") ?? one, one.textContent])
            .map(([one, text]) => [one.getBoundingClientRect(), text])
            .filter(([box]) => box.width > 0 && (box.height < 44 || box.width < 44))
            .map(([box, text]) => `${text} ${box.width}x${box.height}`),
    );
    assert.deepEqual(small, [], `${what}: too small`);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    assert.ok(wide <= 0, `${what}: ${wide} px wider than the screen`);
}

test("a notice is put up for a while from the lobby, seen on the hall's screen, and taken down", async () => {
    const page = await hall.page("/lobby", { viewport: PHONE });
    const screen = await hall.page("/display?zone=main&voice=off");
    const list = page.locator("#notices li");
    await list.first().waitFor();
    const before = await list.count();
    await page.getByRole("button", { name: "发布公告" }).click();
    await page.getByLabel("中文").fill("三号窗口打印机维修，请到一号窗口");
    await page.getByLabel(/显示多少分钟/).fill("30");
    await accessible(page, "the question for a notice");
    await page.getByRole("dialog").getByRole("button", { name: "确定" }).click();
    const own = page.locator("#notices li", { hasText: "打印机维修" });
    await own.waitFor();
    assert.match(await own.locator(".more").textContent(), /显示到 \d{4}-\d\d-\d\d \d\d:\d\d/);
    assert.equal(await list.count(), before + 1);
    await accessible(page, "the notices");
    await screen.waitForFunction(async () => {
        const { notices } = await (await fetch("/api/v1/views/display?zone=main")).json();
        return notices.some((one) => one.text["zh-CN"].includes("打印机维修"));
    });
    await own.getByRole("button", { name: "修改" }).click();
    await page.getByLabel("中文").fill("三号窗口打印机已修好");
    await page.getByRole("dialog").getByRole("button", { name: "确定" }).click();
    const mended = page.locator("#notices li", { hasText: "已修好" });
    await mended.waitFor();
    assert.match(await mended.locator(".more").textContent(), /显示到/, "what was not changed stays");
    await mended.getByRole("button", { name: "撤下" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "确定" }).click();
    await mended.waitFor({ state: "detached" });
    assert.equal(await list.count(), before);
    await Promise.all([leave(screen), leave(page)]);
});

test("320 px, twice as large text, both languages: nothing is cut off or too small", async () => {
    const late = await issue("pension");
    await ask("POST", "windows/2/open", { clerk: "a clerk with a rather long name", services: ["medical", "invoice"] });
    await ask("POST", "windows/2/assist", { on: true });
    await advance(2000);
    const page = await hall.page("/lobby", { viewport: { width: 320, height: 640 } });
    await page.locator("#attend .card").first().waitFor();
    await find(page, late.number);
    await fits(page, "320 px");
    await press(page, "改业务 2 号窗口");
    await fits(page, "the dialog at 320 px");
    await accessible(page, "the dialog at 320 px");
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "English" }).click();
    await page.getByText("Attend these people").waitFor();
    await fits(page, "320 px, English");
    await accessible(page, "320 px, English");
    // 200 % of a screen of 1280 x 800.
    await page.setViewportSize({ width: 640, height: 400 });
    await fits(page, "200 %");
    // Whatever has the focus can be seen: neither bar lies over it.
    await page.getByRole("button", { name: /^Open Window 6/ }).focus();
    const seen = await page.evaluate(() => {
        const box = document.activeElement.getBoundingClientRect();
        const at = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
        return at === document.activeElement;
    });
    assert.ok(seen, "the focused button is covered");
    await leave(page);
});

const GONE = [/ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE|ERR_INCOMPLETE_CHUNKED|ERR_INTERNET_DISCONNECTED|401/];

test("a dead server and a cut line are told, and it goes on by itself", async () => {
    const page = await hall.page("/lobby", { viewport: PHONE, allow: GONE });
    const one = await issue("pension");
    await page.locator("#services .card", { hasText: "养老保险" }).getByText(/1 人/).waitFor();
    await page.evaluate(() => (window.sameDocument = true));
    await hall.daemon.kill();
    await page.locator('#link[data-link="lost"]').waitFor();
    await accessible(page, "the lobby without a server");
    await hall.daemon.start();
    await page.locator('#link[data-link="live"]').waitFor({ timeout: 40000 });
    await page.context().setOffline(true);
    await page.locator('#link:not([data-link="live"])').waitFor({ timeout: 60000 });
    await ask("POST", `tickets/${one.id}/cancel`, { reason: "test" });
    await page.context().setOffline(false);
    await page.locator('#link[data-link="live"]').waitFor({ timeout: 60000 });
    await page.locator("#services .card", { hasText: "养老保险" }).getByText("无人等候").waitFor();
    await find(page, one.number);
    await page.locator("#ticket", { hasText: "已取消" }).waitFor();
    assert.ok(await page.evaluate(() => window.sameDocument), "without a reload");
    await leave(page);
});

test("who has the lobby's role alone is told what only the supervisor may do", async () => {
    const page = await hall.page("/lobby", { viewport: PHONE });
    // In the demo every browser is signed in; one with a session of its own is its own person.
    const roles = await page.evaluate(async (password) => {
        await fetch("/api/v1/login", {
            method: "POST",
            headers: { "Content-Type": "application/json" },
            body: JSON.stringify({ username: "wang", password }),
        });
        return (await (await fetch("/api/v1/me")).json()).roles;
    }, PASSWORD);
    assert.deepEqual(roles, ["lobby"]);
    await page.reload();
    const stop = page.locator("#services .card").first().getByRole("button");
    await stop.waitFor();
    assert.ok(await stop.isDisabled());
    assert.match(await stop.textContent(), /仅主管/);
    await accessible(page, "the lobby's own role");
    await leave(page);
});
