// The administrator's editors: forms for all of the configuration, findings at their fields, changes in words, and two
// administrators at once.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { accessible, call, Hall, leave, paste, shows } from "./lib.mjs";

const SECTIONS = [
    "hall",
    "zones",
    "calendar",
    "notices",
    "services",
    "windows",
    "profiles",
    "reasons",
    "staff",
    "classes",
    "policy",
    "rating",
    "ports",
    "displays",
    "keypads",
    "buttons",
    "printers",
    "slip",
    "voice",
];
/* Those that have all kinds of controls between them. */
const CONTROLS = ["hall", "calendar", "notices", "services", "windows", "reasons", "staff", "displays", "voice"];
const ALLOW = [/422|412|400/];

let hall;
before(async () => (hall = await Hall.open()));
after(() => hall.close());

const config = (page) => call(page, "GET", "/api/v1/admin/config");

async function opened({ lang = "zh-CN", ...options } = {}) {
    const page = await hall.page(`/admin?lang=${lang}`, { allow: ALLOW, ...options });
    await page.waitForFunction(() => document.querySelector("#document")?.value.includes("pension"));
    return page;
}

const section = (page, name) => page.locator(`[data-section="${name}"]`).click();
const row = (page, name) => page.locator("#panel details.row", { hasText: name }).first();

async function openRow(page, name) {
    await page.locator("#panel summary", { hasText: name }).first().click();
    await row(page, name).locator(".toolbar").first().waitFor();
    return row(page, name);
}

async function apply(page) {
    await page.locator("#check").click();
    await page.locator("#apply:enabled").click();
    await shows(page, "#outcome", "新配置已生效。");
}

/* What somebody else does meanwhile. */
async function others(page, edit) {
    const document = await config(page);
    edit(document);
    await page.evaluate(async (body) => {
        const me = await (await fetch("/api/v1/me")).json();
        const headers = { "X-CSRF-Token": me.csrf, "If-Match": "*", "Content-Type": "application/json" };
        const answer = await fetch("/api/v1/admin/config", { method: "PUT", headers, body: JSON.stringify(body) });
        if (!answer.ok) {
            throw new Error(await answer.text());
        }
    }, document);
}

test("an edit is checked, told in words, and applied; the rest of the document stays as it was", async () => {
    const page = await opened();
    const before = await config(page);
    await section(page, "services");
    const pension = await openRow(page, "pension");
    await pension.getByLabel("每日限号").fill("321");
    await shows(page, "#edited", "有 1 处改动尚未应用。");
    assert.ok(await page.locator("#apply").isDisabled(), "nothing is applied unseen");
    await page.locator("#check").click();
    await shows(page, "#outcome .changed h3", "业务");
    await shows(page, "#outcome .changes li", /pension · 养老保险 › 每日限号：500 → 321/);
    await accessible(page, "the changes");
    assert.equal((await config(page)).services[0].quota_day, 500, "checking changes nothing");
    await pension.getByLabel("末尾号").fill("800");
    assert.ok(await page.locator("#apply").isDisabled(), "what was edited since is checked again");
    await apply(page);
    before.services[0].quota_day = 321;
    before.services[0].last = 800;
    assert.deepEqual(await config(page), before);
    await leave(page);
});

test("what the server finds stands at its field, whichever part it is in", async () => {
    const page = await opened();
    await section(page, "services");
    const tax = await openRow(page, "tax");
    await tax.getByLabel("号码前缀").fill("g7");
    await tax.getByLabel("预计办理时间").fill("soon");
    await section(page, "hall");
    await page.locator("#check").click();
    await shows(page, "#outcome .problem", "有 2 处问题，改正后再检查：");
    const prefix = page.getByLabel("号码前缀");
    await page.waitForFunction(() => document.activeElement.getAttribute("aria-invalid") === "true");
    assert.equal(await prefix.getAttribute("aria-invalid"), "true");
    const told = await prefix.evaluate((input) =>
        input
            .getAttribute("aria-describedby")
            .split(" ")
            .map((id) => document.getElementById(id).textContent)
            .join(" "),
    );
    assert.match(told, /最多 3 个大写字母/);
    await shows(page, '[data-section="services"] .badge', "2 处问题");
    assert.equal(await page.getByLabel("起始号").getAttribute("aria-invalid"), null);
    await accessible(page, "findings");
    await section(page, "zones");
    await page.locator("#outcome .findings button").nth(1).click();
    await page.waitForFunction(() => document.activeElement.value === "soon");
    await page.getByLabel("预计办理时间").fill("400");
    await prefix.fill("gx");
    await apply(page);
    const { services } = await config(page);
    assert.deepEqual([services[6].prefix, services[6].expected_service_s], ["GX", 400]);
    assert.equal(await page.locator("[aria-invalid]").count(), 0);
    await leave(page);
});

test("rows are added, copied, moved and taken out; a renamed code takes its references along", async () => {
    const page = await opened();
    await section(page, "zones");
    await page.getByRole("button", { name: "添加等候区" }).click();
    await page.waitForFunction(() => document.activeElement.matches("#panel details input"));
    await page.keyboard.type("roof");
    const roof = page.locator("#panel details.row").nth(2);
    await roof.getByLabel("中文").fill("屋顶");
    await roof.getByRole("button", { name: /^上移/ }).click();
    await section(page, "windows");
    const six = await openRow(page, "6号税务窗口");
    await six.getByLabel("等候区").selectOption({ label: "roof · 屋顶" });
    await six.getByRole("button", { name: /^复制 6/ }).click();
    await page.locator("#panel details.row").nth(6).locator(".toolbar").first().waitFor();
    await section(page, "services");
    const card = await openRow(page, "社保卡领取");
    await card.getByLabel("编码").fill("ssc");
    await card.getByLabel("编码").blur();
    await apply(page);
    let document = await config(page);
    assert.deepEqual(document.zones.map((one) => one.code), ["main", "roof", "upper"]);
    assert.deepEqual([document.windows[5].zone, document.windows[6].no, document.windows[6].zone], ["roof", 7, "roof"]);
    assert.deepEqual(document.windows[2].services, ["ssc", "certificate"]);
    assert.equal(document.windows[1].services[1].tier, "backup");
    await section(page, "windows");
    const seven = await openRow(page, "7");
    await seven.getByRole("button", { name: /^删除 7/ }).click();
    await page.getByRole("dialog").getByRole("button", { name: "确定" }).click();
    await page.locator("#panel details.row").nth(6).waitFor({ state: "detached" });
    await apply(page);
    document = await config(page);
    assert.equal(document.windows.length, 6);
    await leave(page);
});

test("who was slower sees both sides and goes on without losing an edit", async () => {
    const page = await opened();
    await section(page, "services");
    const medical = await openRow(page, "医疗保险");
    await medical.getByLabel("每日限号").fill("77");
    await medical.getByLabel("等候目标").fill("60");
    await others(page, (document) => {
        document.services[1].target_wait_s = 120;
        document.hall.name.en = "Another Hall";
    });
    await shows(page, "#edited", /别人刚刚应用了新配置/);
    await page.locator("#check").click();
    await shows(page, "#outcome h3", "别人刚刚改了配置");
    await shows(page, "#theirs", /Another Hall/);
    await shows(page, "#mine", /每日限号：500 → 77/);
    await shows(page, "#clash", /等候目标：别人改为 120，您改为 60/);
    await accessible(page, "two administrators at once");
    await page.getByRole("button", { name: "在新配置上继续" }).click();
    await apply(page);
    const { hall: told, services } = await config(page);
    assert.deepEqual([told.name.en, services[1].quota_day, services[1].target_wait_s], ["Another Hall", 77, 60]);
    await leave(page);
});

test("what others apply is there at once while nothing is edited", async () => {
    const page = await opened();
    await section(page, "hall");
    await others(page, (document) => (document.hall.hold_max = 9));
    await page.waitForFunction(() => [...document.querySelectorAll("#panel input")].some((one) => one.value === "9"));
    assert.equal(await page.getByLabel("最多挂起数").inputValue(), "9");
    await shows(page, "#edited", "没有未应用的改动。");
    await leave(page);
});

test("edits that were not applied are not left by mistake", async () => {
    const page = await opened({ lang: "en" });
    const asked = [];
    page.on("dialog", (dialog) => {
        asked.push(dialog.type());
        dialog.dismiss();
    });
    await section(page, "hall");
    await page.getByLabel("Recalls at most").fill("4");
    await shows(page, "#edited", "Changes not applied yet: 1.");
    await page.evaluate(() => location.reload());
    await shows(page, "#edited", "Changes not applied yet: 1.");
    assert.deepEqual(asked, ["beforeunload"]);
    await page.locator("#reload").click();
    await page.getByRole("dialog").getByRole("button", { name: "OK" }).click();
    await shows(page, "#edited", "Nothing is waiting to be applied.");
    assert.equal(await page.getByLabel("Recalls at most").inputValue(), "3");
    await leave(page);
});

test("the document itself can be edited, and is kept while it cannot be read", async () => {
    const page = await opened({ lang: "en" });
    await page.getByText("The document (for experts)").click();
    const text = page.getByLabel("Configuration document");
    const good = await text.inputValue();
    await paste(text, `${good},`);
    await shows(page, "#document-finding", /cannot be read/);
    await accessible(page, "an unreadable document");
    await page.locator("#check").click();
    await shows(page, "#outcome", "Please make the document readable first.");
    assert.equal(await text.inputValue(), `${good},`);
    await paste(text, good.replace('"recall_max": 3', '"recall_max": 5, "recall_mix": 1'));
    await shows(page, "#panel .unknown", "recall_mix: 1");
    await page.locator("#check").click();
    await shows(page, "#outcome .findings li", /unknown member/);
    await paste(text, good.replace('"recall_max": 3', '"recall_max": 5'));
    assert.equal(await page.getByLabel("Recalls at most").inputValue(), "5");
    await leave(page);
});

for (const lang of ["zh-CN", "en"]) {
    test(`every part on a narrow phone, ${lang}: nothing is cut off, nothing is in the way`, async () => {
        const page = await opened({ lang, viewport: { width: 320, height: 640 } });
        for (const name of SECTIONS) {
            await section(page, name);
            const heads = page.locator("#panel > .group > .rows > details > summary");
            if (name === "notices" && lang === "en") {
                assert.match(await heads.first().textContent(), /Take a number.{10,}…/, "a cut text says so");
            }
            if ((await heads.count()) > 0) {
                await heads.first().click();
                await page.locator("#panel .toolbar").first().waitFor();
            }
            for (const group of await page.locator("#panel details.group > summary").all()) {
                await group.click();
            }
            const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
            assert.ok(wide <= 0, `${name} is ${wide} px too wide`);
            if (lang === "en" && CONTROLS.includes(name)) {
                await accessible(page, `${name} at 320 px`);
            }
        }
        assert.equal(await page.locator("nav button").count(), SECTIONS.length);
        await leave(page);
    });
}

test("the keyboard alone changes a window", async () => {
    const page = await opened({ lang: "en" });
    const press = async (key, times = 1) => {
        for (let i = 0; i < times; i++) {
            await page.keyboard.press(key);
        }
    };
    const focused = () => page.evaluate(() => document.activeElement.textContent.trim());
    await page.locator("nav button").first().focus();
    await press("Tab", 5);
    assert.match(await focused(), /^Windows/);
    await press("Enter");
    await page.waitForFunction(() => document.activeElement.matches("#panel h3"));
    await press("Tab");
    assert.match(await focused(), /^1 · /);
    await press("Enter");
    await page.locator("#panel .toolbar").first().waitFor();
    await press("Tab", 1); // "up" of the first row cannot be pressed
    assert.equal(await focused(), "Down");
    await press("Enter");
    await page.waitForFunction(() => document.activeElement.textContent === "Up" || document.activeElement.textContent === "Down");
    await page.locator("#check").focus();
    await press("Enter");
    await page.locator("#apply:enabled").focus();
    await press("Enter");
    await shows(page, "#outcome", "The new configuration is in force.");
    assert.deepEqual((await config(page)).windows.map((one) => one.no).slice(0, 3), [2, 1, 3]);
    await leave(page);
});

test("the waiting bounds follow while classes are edited", async () => {
    const page = await opened({ lang: "en" });
    await section(page, "classes");
    await shows(page, "#live-bounds tbody tr", /^pension · Pension insurance/);
    await shows(page, "#live-bounds [role=status]", "As edited now; 0 rows differ from what is in force.");
    const ordinary = await openRow(page, "Ordinary");
    await ordinary.getByLabel("Passed at most").fill("4");
    await shows(page, "#live-bounds [role=status]", /; 8 rows differ/);
    // Certificates take 180 s, first at windows 3 and 4: 8 or 4 calls add 12.0 or 6.0 minutes.
    const row = page.locator("#live-bounds tbody tr", { hasText: "certificate" }).first();
    assert.equal(await row.locator("td").nth(3).textContent(), "6.0 (now 12.0)");
    await accessible(page, "live bounds");
    await ordinary.getByLabel("Passed at most").fill("-1");
    await shows(page, "#live-bounds tbody td.differs", "no bound (now 8)");
    await shows(page, "#live-bounds .remarks .problem", /class ordinary: cap -1/);
    await page.getByRole("button", { name: "中文" }).click();
    await shows(page, "#live-bounds .remarks .problem", "类别 ordinary：不限被超过的次数，它的号没有任何保证");
    await page.getByRole("button", { name: "English" }).click();
    await openRow(page, "Ordinary");
    await ordinary.getByLabel("Passed at most").fill("many");
    await shows(page, "#live-bounds [role=status]", /^Mend the findings first: .*must be a whole number/);
    assert.equal((await config(page)).classes[0].cap, 8);
    await leave(page);
});
