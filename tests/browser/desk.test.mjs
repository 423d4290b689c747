// A clerk at work: a whole day by keyboard as a person with no more rights than a clerk has, two
// browsers at one window, a server that dies, a cable that is pulled, the slip in the hand, a narrow strip.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { ROOT } from "../lib/daemon.mjs";
import { accessible, Hall, leave, shows } from "./lib.mjs";

const PASSWORD = "a long enough password 7";
const CLERKS = ["zhang", "li", "wang", "zhao", "qian", "sun"];

let hall;
let token;
function prepare(daemon) {
    const document = JSON.parse(readFileSync(path.join(ROOT, "src/demo/hall.json"), "utf8"));
    document.services.find(({ code }) => code === "card").slip_check = true;
    daemon.run(["config", "import", "--db", daemon.db, "-"], JSON.stringify(document));
    for (const name of CLERKS) {
        const args = ["user", "add", "--db", daemon.db, "--name", name, "--role", "clerk"];
        daemon.run([...args, "--password-stdin"], `${PASSWORD}\n`);
    }
    const roles = ["--role", "lobby", "--role", "admin"];
    token = daemon
        .run(["token", "create", "--db", daemon.db, ...roles, "--name", "desk-test"])
        .trim();
}
before(async () => (hall = await Hall.open({ args: [], prepare })));
after(() => hall.close());

/* A request beside the pages, with the rights of the lobby manager and the administrator. */
async function call(method, target, body) {
    const response = await fetch(hall.daemon.origin + target, {
        method,
        headers: {
            Authorization: `Bearer ${token}`,
            ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        },
        body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    assert.ok(response.ok, `${method} ${target}: ${response.status} ${text}`);
    return text === "" ? null : JSON.parse(text);
}

const issue = (service, more = {}) => call("POST", "/api/v1/tickets", { service, ...more });
const ticket = (id) => call("GET", `/api/v1/tickets/${id}`);
const advance = (seconds) => call("POST", "/api/v1/test/clock", { advance_s: seconds });
const history = async (id) =>
    (await call("GET", `/api/v1/tickets/${id}/history`)).items.map(({ type }) => type);

/* A clerk signs in at a window, in a browser of her own. 401: before she has. */
async function sitDown(name, window, { allow = [], ...more } = {}) {
    const page = await hall.page(`/clerk?window=${window}`, { allow: [/401/, ...allow], ...more });
    await page.getByLabel("用户名").fill(name);
    await page.getByLabel("密码").fill(PASSWORD);
    await page.keyboard.press("Enter");
    await shows(page, "#window", `${window} 号窗口`);
    return page;
}

const state = (page, wanted) => page.locator(`#state[data-state="${wanted}"]`).waitFor();
const settled = (page) => page.locator('#actions[aria-busy="true"]').waitFor({ state: "detached" });
const button = (page, verb) => page.locator(`[data-now="${verb}"]`);
const enabled = (page, verb) =>
    page.locator(`[data-now="${verb}"]:not([aria-disabled="true"])`).waitFor();

/* A key, once the button it stands for is alive and the press before has ended. */
async function key(page, verb, name) {
    await enabled(page, verb);
    await settled(page);
    await page.keyboard.press(name);
}

/* Goes on with Tab until the button has the focus, then presses it: no mouse. */
async function byTab(page, verb, backwards = false) {
    await enabled(page, verb);
    await settled(page);
    for (let i = 0; i < 60; i++) {
        const now = await page.evaluate(() => document.activeElement?.dataset.now);
        if (now === verb) {
            await page.keyboard.press("Enter");
            return;
        }
        await page.keyboard.press(backwards ? "Shift+Tab" : "Tab");
    }
    assert.fail(`no way to ${verb} by keyboard`);
}

const dialog = (page) => page.getByRole("dialog");
const gone = (page) => dialog(page).waitFor({ state: "detached" });

test("a whole day, by keyboard alone", async () => {
    const page = await sitDown("zhang", 4);
    await accessible(page, "a closed window");
    const first = await issue("pension", { class: "elderly", lang: "en", note: "wheelchair" });
    const second = await issue("medical");
    const third = await issue("tax");
    await byTab(page, "open");
    await state(page, "open");
    await shows(page, "#next", first.number);
    await shows(page, "#next-about", /养老保险 · 老人 · 语言 en · wheelchair/);
    await shows(page, "#queue .id", first.number);
    assert.equal(await page.locator("#queue li").count(), 3);
    await accessible(page, "an open window with people waiting");

    // A turn: called, called again, began, done, and invited in words.
    await key(page, "next", "F2");
    await shows(page, "#number", first.number);
    await state(page, "calling");
    assert.match(await button(page, "recall").getAttribute("title"), /秒后才能重呼/);
    assert.match(await button(page, "no-show").getAttribute("title"), /呼叫满 2 次/);
    await accessible(page, "calling");
    await advance(6);
    await page.reload(); // the hall's clock was moved, which a page cannot know
    await key(page, "recall", "F3");
    await shows(page, "#calls", "2");
    await key(page, "start", "F4");
    await state(page, "serving");
    await shows(page, "#timer-called", /^\d+:\d\d$/);
    await shows(page, "#timer-serving", /^\d+:\d\d$/);
    await page.locator("#why summary").focus();
    await page.keyboard.press("Enter");
    await shows(page, "#why p", new RegExp(first.number));
    await accessible(page, "serving, with the reason for the order");
    await key(page, "finish", "F6");
    await state(page, "open");
    await shows(page, "#last-number", first.number);
    await byTab(page, "invite");
    await shows(page, "#last-about", /已邀评价/);
    assert.ok((await history(first.id)).filter((type) => type === "rating.invited").length >= 2);

    // A step too far is taken back; a note; parked, and back.
    await key(page, "next", "NumpadEnter");
    await shows(page, "#number", second.number);
    await key(page, "start", "F4");
    await state(page, "serving");
    await key(page, "undo", "Control+z");
    await state(page, "calling");
    await key(page, "start", "F4");
    await state(page, "serving");
    await byTab(page, "note");
    await page.keyboard.type("材料已核对");
    await page.keyboard.press("Enter");
    await shows(page, "#note", "材料已核对");
    await key(page, "hold", "F8");
    await dialog(page).waitFor();
    await accessible(page, "the question of a hold");
    await page.keyboard.press("Enter");
    await shows(page, "#held .id", second.number);
    await shows(page, "#held .name", /填表 · 材料已核对/);
    await shows(page, "#held .wait", /^\d+:\d\d$/);
    await accessible(page, "with somebody on hold");
    await page.locator("#held button").focus();
    await page.keyboard.press("Enter");
    await shows(page, "#number", second.number);

    // A second matter of the same person, then on to another service with a note.
    await key(page, "start", "F4");
    await state(page, "serving");
    await byTab(page, "another");
    await dialog(page).waitFor();
    await accessible(page, "the question for the second matter");
    await dialog(page).getByRole("button", { name: "税务申报" }).focus();
    await page.keyboard.press("Enter");
    await shows(page, "#about", /税务申报/);
    assert.deepEqual(
        (await ticket(second.id)).legs.map(({ service, state: one }) => [service, one]),
        [
            ["medical", "done"],
            ["tax", "serving"],
        ],
    );
    await key(page, "transfer", "F9");
    await accessible(page, "the question of a transfer");
    assert.equal(await dialog(page).locator('option[value="front"]').count(), 0, "no right to it");
    await page.keyboard.press("Escape");
    await gone(page);
    await key(page, "transfer", "F9");
    await page.getByLabel("转到业务").selectOption("invoice"); // a native list, which any keyboard opens
    await page.getByLabel("备注").focus();
    await page.keyboard.type("缺发票抬头");
    await page.keyboard.press("Enter");
    await state(page, "open");
    assert.equal((await ticket(second.id)).service, "invoice");
    assert.equal((await ticket(second.id)).note, "缺发票抬头");

    // Somebody who does not come, and comes back.
    await key(page, "next", "F2");
    await state(page, "calling");
    const missing = await page.locator("#number").textContent();
    await advance(6);
    await page.reload();
    await key(page, "recall", "F3");
    await shows(page, "#calls", "2");
    await key(page, "no-show", "F7");
    await state(page, "open");
    await byTab(page, "restore");
    await dialog(page).getByRole("button", { name: missing }).focus();
    await page.keyboard.press("Enter");
    await shows(page, "#toast", /过号恢复/);

    // Lunch.
    await key(page, "pause", "F10");
    await page.keyboard.press("Tab");
    await page.keyboard.type("-30");
    await page.keyboard.press("Enter");
    assert.ok(await dialog(page).isVisible(), "nobody is back before");
    await page.keyboard.press("Control+A");
    await page.keyboard.type("30");
    await page.keyboard.press("Enter");
    await state(page, "paused");
    await shows(page, "#state", /午餐 预计 \d\d:\d\d 恢复/);
    await accessible(page, "paused");
    await key(page, "resume", "F10");
    await state(page, "open");

    // Without a ticket; and an outcome of its own.
    await byTab(page, "walk-in");
    await dialog(page).getByRole("button", { name: "证明开具" }).focus();
    await page.keyboard.press("Enter");
    await state(page, "serving");
    const walkIn = await page.locator("#number").textContent();
    await byTab(page, "inaccurate");
    await shows(page, "#chips", /时间不准/);
    await byTab(page, "outcome");
    await dialog(page).getByRole("button", { name: "材料待补" }).focus();
    await page.keyboard.press("Enter");
    await state(page, "open");
    const [done] = (await call("GET", `/api/v1/tickets?number=${walkIn}`)).items;
    assert.equal(done.legs.at(-1).outcome_code, "papers-pending");
    assert.equal((await ticket(done.id)).time_inaccurate, true);

    // The others, chosen and put back, then home.
    await byTab(page, "call");
    await accessible(page, "the question of a chosen call");
    await page.keyboard.type(third.number.toLowerCase());
    await page.keyboard.press("Enter");
    await shows(page, "#number", third.number);
    await byTab(page, "return");
    await state(page, "open");
    assert.equal((await ticket(third.id)).state, "waiting");
    await byTab(page, "assist");
    await page.locator('[data-verb="assist"][aria-pressed="true"]').waitFor();
    await byTab(page, "assist");
    await page.locator('[data-verb="assist"][aria-pressed="false"]').waitFor();
    await byTab(page, "close", true);
    await state(page, "closed");
    for (const one of [second, third]) {
        await call("POST", `/api/v1/tickets/${one.id}/cancel`, { reason: "end of the test" });
    }
    await leave(page);
});

test("keys are changed, and stay changed", async () => {
    const page = await sitDown("li", 2);
    await byTab(page, "open");
    await state(page, "open");
    await page.locator("#keys-change").click();
    await accessible(page, "the dialog of keys");
    const of = (verb) => dialog(page).locator(`[data-key="${verb}"]`);
    await of("assist").focus();
    await page.keyboard.press("a"); // a single letter is no shortcut
    assert.equal(await of("assist").textContent(), "无");
    await page.keyboard.press("Alt+h");
    assert.equal(await of("assist").textContent(), "Alt+H");
    await of("pause").focus();
    await page.keyboard.press("F9"); // was that of the transfer
    assert.equal(await of("transfer").textContent(), "无");
    await page.keyboard.press("Escape");
    await page.reload();
    await state(page, "open");
    await key(page, "assist", "Alt+h");
    await page.locator('[data-verb="assist"][aria-pressed="true"]').waitFor();
    await key(page, "pause", "F9");
    await dialog(page).waitFor();
    await page.keyboard.press("Escape");
    await gone(page);
    await byTab(page, "close");
    await state(page, "closed");
    await leave(page);
});

test("two browsers of one clerk: one press, one number", async () => {
    const left = await sitDown("wang", 6, { allow: [/412/] });
    const right = await sitDown("wang", 6, { allow: [/412/] });
    await byTab(left, "open");
    await state(right, "open");
    const tickets = [await issue("tax"), await issue("tax"), await issue("tax")];
    await shows(left, "#next", tickets[0].number);
    await shows(right, "#next", tickets[0].number);
    // Both have decided by the same picture.
    await Promise.all([left.keyboard.press("F2"), right.keyboard.press("F2")]);
    await shows(left, "#number", tickets[0].number);
    await shows(right, "#number", tickets[0].number);
    await Promise.all([settled(left), settled(right)]);
    const states = await Promise.all(tickets.map(async ({ id }) => (await ticket(id)).state));
    assert.deepEqual(states, ["called", "waiting", "waiting"]);
    for (const page of [left, right]) {
        if (await dialog(page).count()) {
            await page.keyboard.press("Escape"); // it was asked what became of the number
            await gone(page);
        }
    }
    // A question that is open on one side while the other goes on is not answered for somebody else.
    await key(left, "start", "F4");
    await state(right, "serving");
    await key(right, "pause", "F10");
    await dialog(right).waitFor();
    await key(left, "next", "F2");
    await shows(right, "#number", tickets[1].number);
    await right.keyboard.press("Enter");
    await shows(right, "#toast", /另一处已操作过/);
    assert.equal((await call("GET", "/api/v1/windows/6")).pause_pending, false);
    // What does not depend on who is there goes through.
    await key(right, "start", "F4");
    await state(left, "serving");
    await key(left, "finish", "F6");
    await state(right, "open");
    await byTab(right, "close");
    await state(left, "closed");
    await call("POST", `/api/v1/tickets/${tickets[2].id}/cancel`, { reason: "end of the test" });
    await leave(left);
    await leave(right);
});

test("a clerk hands over, with what is held", async () => {
    const out = await sitDown("zhao", 5);
    const held = await issue("household");
    await byTab(out, "open");
    await state(out, "open");
    await key(out, "next", "F2");
    await shows(out, "#number", held.number);
    await key(out, "hold", "F8");
    await dialog(out).waitFor();
    await out.keyboard.press("Enter");
    await shows(out, "#held .id", held.number);
    const come = await sitDown("qian", 5);
    await shows(come, "#banner", "本窗口现由 zhao 上岗");
    assert.match(await button(come, "next").getAttribute("title"), /请先接岗/);
    await accessible(come, "somebody else's window");
    await byTab(come, "take-over");
    await shows(come, ".ask p", new RegExp(held.number));
    await dialog(come).getByRole("button", { name: "确定" }).focus();
    await come.keyboard.press("Enter");
    await shows(come, "#state", /qian/);
    await shows(out, "#banner", "本窗口现由 qian 上岗");
    await come.locator("#held button").click();
    await shows(come, "#number", held.number);
    await key(come, "finish", "F6");
    await state(come, "open");
    await byTab(come, "close");
    await state(come, "closed");
    await leave(out);
    await leave(come);
});

test("the slip in the hand must be that of the number", async () => {
    const page = await sitDown("sun", 3, { allow: [/409/] });
    const [mine, other] = [await issue("card"), await issue("card")];
    await byTab(page, "open");
    await state(page, "open");
    await key(page, "next", "F2");
    await shows(page, "#number", mine.number);
    await key(page, "start", "F4");
    await state(page, "serving");
    await shows(page, "#slip-text", new RegExp(mine.number));
    assert.match(await button(page, "finish").getAttribute("title"), /扫描小票/);
    await accessible(page, "with a slip to be checked");
    // A scanner types into whatever has the focus and ends with Enter: `next` must not be pressed by it.
    await settled(page);
    await button(page, "next").focus();
    await page.keyboard.type(`http://hall.example${other.public_url}`);
    await page.keyboard.press("Enter");
    await shows(page, "#toast", "小票与当前号码不符");
    assert.equal((await ticket(mine.id)).state, "serving");
    await page.keyboard.type(`http://hall.example${mine.public_url}`);
    await page.keyboard.press("Enter");
    await shows(page, "#slip-text", "✓ 小票已核对");
    await accessible(page, "with a slip that was checked");
    await key(page, "next", "F2");
    await shows(page, "#number", other.number);
    // By hand, where the scanner fails.
    await page.locator("#scan").fill(other.number.toLowerCase());
    await page.keyboard.press("Enter");
    await shows(page, "#slip-text", "✓ 小票已核对");
    await key(page, "finish", "F6");
    await state(page, "open");
    await byTab(page, "close");
    await state(page, "closed");
    await leave(page);
});

test("the server is killed and comes back under the open console", async () => {
    const refused = [/ERR_CONNECTION_REFUSED|ERR_EMPTY_RESPONSE|ERR_INCOMPLETE|ERR_CONNECTION_RESET/];
    const page = await sitDown("zhang", 4, { allow: refused });
    const [first, second] = [await issue("pension"), await issue("pension")];
    await byTab(page, "open");
    await state(page, "open");
    await key(page, "next", "F2");
    await shows(page, "#number", first.number);
    await key(page, "start", "F4");
    await state(page, "serving");
    await settled(page);
    await page.evaluate(() => (globalThis.sameLife = true));
    await hall.daemon.kill();
    await page.locator('#link:not([data-link="live"])').waitFor();
    await page.keyboard.press("F2"); // into the dark: it is kept and sent again with the same key
    await hall.daemon.start();
    await shows(page, "#number", second.number);
    await page.locator('#link[data-link="live"]').waitFor({ timeout: 30000 });
    assert.equal((await ticket(first.id)).state, "done");
    assert.deepEqual(
        (await history(second.id)).filter((type) => type === "ticket.called"),
        ["ticket.called"],
        "called once",
    );
    await key(page, "start", "F4");
    await key(page, "finish", "F6");
    await state(page, "open");
    assert.equal(await page.evaluate(() => globalThis.sameLife), true, "the page was not loaded again");
    await byTab(page, "close");
    await state(page, "closed");
    await leave(page);
});

test("the network is cut and comes back", async () => {
    const page = await sitDown("li", 2, { allow: [/ERR_INTERNET_DISCONNECTED|ERR_FAILED/] });
    await byTab(page, "open");
    await state(page, "open");
    await settled(page);
    await page.evaluate(() => (globalThis.sameLife = true));
    await page.context().setOffline(true);
    const waiting = await issue("medical");
    await page.keyboard.press("F2");
    await shows(page, "#toast", /无法连接服务器/);
    await page.locator('#link[data-link="lost"]').waitFor();
    await accessible(page, "without a network");
    assert.equal((await ticket(waiting.id)).state, "waiting");
    await page.context().setOffline(false);
    await shows(page, "#next", waiting.number);
    await page.locator('#link[data-link="live"]').waitFor({ timeout: 30000 });
    await key(page, "next", "F2");
    await shows(page, "#number", waiting.number);
    await key(page, "finish", "F6");
    await state(page, "open");
    assert.equal(await page.evaluate(() => globalThis.sameLife), true);
    await byTab(page, "close");
    await state(page, "closed");
    await leave(page);
});

/* What sticks out of the page sideways, or is too small for a finger. */
const misplaced = (page) =>
    page.evaluate(() => {
        const found = [];
        if (document.documentElement.scrollWidth > innerWidth) {
            found.push(`the page scrolls sideways: ${document.documentElement.scrollWidth}`);
        }
        for (const element of document.querySelectorAll("main *, header *, dialog *")) {
            const box = element.getBoundingClientRect();
            if (box.width > 0 && (box.right > innerWidth + 1 || box.left < -1)) {
                found.push(`${element.tagName} ${element.id} ${element.className} sticks out`);
            }
            if (element.tagName === "BUTTON" && box.width > 0 && (box.height < 32 || box.width < 32)) {
                found.push(`${element.textContent} is ${box.width} x ${box.height}`);
            }
            const cut = element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0;
            if (cut && getComputedStyle(element).overflowX !== "visible" && !element.matches("input, select")) {
                found.push(`${element.tagName} ${element.id} is cut off`);
            }
        }
        return found;
    });

for (const [name, viewport] of [
    ["a strip of 320 px", { width: 320, height: 900 }],
    ["200 % on a small screen", { width: 640, height: 400 }],
]) {
    test(`nothing is lost on ${name}`, async () => {
        const page = await sitDown("qian", 4, { viewport });
        const long = "这位办事人带了两份材料，一份需要复印，另一份已经在上次来时交过";
        await issue("certificate", { class: "disabled", lang: "en", note: long });
        await issue("marriage");
        const check = async (what) => assert.deepEqual(await misplaced(page), [], what);
        await check("closed");
        await page.locator("#more summary").click();
        await byTab(page, "open");
        await state(page, "open");
        await check("open");
        await key(page, "next", "F2");
        await state(page, "calling");
        await page.locator("#why summary").click();
        await page.locator("#why p").first().waitFor();
        await check("calling, with the reason");
        await key(page, "start", "F4");
        await state(page, "serving");
        await key(page, "transfer", "F9");
        await dialog(page).waitFor();
        await check("the question of a transfer");
        await accessible(page, `a transfer on ${name}`);
        await page.keyboard.press("Escape");
        await gone(page);
        await key(page, "hold", "F8");
        await dialog(page).waitFor();
        await page.keyboard.press("Enter");
        await state(page, "open");
        await check("with somebody on hold");
        await accessible(page, name);
        await page.locator("#language").click();
        await shows(page, "#queue-title", /Coming up/);
        await check("in English");
        await page.locator("#held button").click();
        await state(page, "calling");
        await key(page, "finish", "F6");
        await state(page, "open");
        await key(page, "next", "F2");
        await state(page, "calling");
        await key(page, "finish", "F6");
        await state(page, "open");
        await byTab(page, "close");
        await state(page, "closed");
        await leave(page);
    });
}

test("the focus goes where the eye goes, and comes back from a question", async () => {
    const page = await sitDown("sun", 1);
    await byTab(page, "open");
    await state(page, "open");
    await page.evaluate(() => document.activeElement.blur());
    const order = [];
    for (let i = 0; i < 30; i++) {
        await page.keyboard.press("Tab");
        order.push(
            await page.evaluate(() => {
                const { dataset, tagName, id } = document.activeElement;
                return dataset.verb ?? (id || tagName.toLowerCase());
            }),
        );
    }
    const main = ["next", "recall", "start", "finish", "no-show", "hold", "transfer", "pause", "undo"];
    const at = order.indexOf("next");
    assert.deepEqual(order.slice(at, at + main.length), main);
    assert.ok(order.indexOf("summary", at) > at, "then the rarer ones");
    assert.ok(order.indexOf("keys") > order.indexOf("another"), "then what is set once");
    await button(page, "pause").focus();
    await page.keyboard.press("Enter");
    await dialog(page).waitFor();
    await page.keyboard.press("Escape");
    await gone(page);
    assert.equal(await page.evaluate(() => document.activeElement.dataset.verb), "pause");
    await byTab(page, "close");
    await state(page, "closed");
    await leave(page);
});
