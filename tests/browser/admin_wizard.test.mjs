// From an empty database to a hall that issues and calls a number: the first-run wizard, then the kiosk and the clerk,
// all by pages.

import assert from "node:assert/strict";
import { once } from "node:events";
import { after, before, test } from "node:test";
import { Daemon } from "../lib/daemon.mjs";
import { accessible, call, Hall, leave, shows } from "./lib.mjs";

const PASSWORD = "a long enough password 7";
// Nobody is signed in at first; a first password asks for another; what is wrong is refused.
const ALLOW = [/401|403|404|412|422/];

function prepare(daemon) {
    const add = ["user", "add", "--db", daemon.db, "--name", "root", "--role", "admin"];
    daemon.run([...add, "--password-stdin"], `${PASSWORD}\n`);
}

let hall;
before(async () => (hall = await Hall.open({ prepare, args: [] })));
after(() => hall.close());

async function signedIn(path, options = {}) {
    const page = await hall.page(path, { allow: ALLOW, ...options });
    const english = /lang=en/.test(path);
    await page.getByLabel(english ? "User name" : "用户名").fill("root");
    await page.getByLabel(english ? "Password" : "密码").fill(PASSWORD);
    await page.keyboard.press("Enter");
    return page;
}

/* The log comes by another pipe than the line that says where the server listens. */
async function logged(daemon, pattern) {
    while (!pattern.test(daemon.log)) {
        await once(daemon.process.stderr, "data");
    }
}

const next = (page) => page.getByRole("button", { name: "下一步" }).click();
const config = (page) => call(page, "GET", "/api/v1/admin/config");

test("an empty database serves, and offers the wizard, which tells what is wrong and where", async () => {
    const page = await signedIn("/admin?lang=en", { viewport: { width: 320, height: 700 } });
    await page.getByRole("heading", { name: "Step 1 of 8: Hall" }).waitFor();
    assert.ok(await page.locator("#editor").isHidden());
    assert.deepEqual(await config(page), {});
    for (let step = 1; step < 8; step++) {
        await page.getByRole("heading", { name: `Step ${step} of 8` }).waitFor();
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(wide <= 0, `step ${step} is ${wide} px too wide`);
        await accessible(page, `step ${step}`);
        if (step === 2) {
            await page.getByRole("button", { name: "Add: Services" }).click();
        }
        await page.getByRole("button", { name: "Next", exact: true }).click();
    }
    // The hall has no name, and neither has its service.
    await shows(page, ".wizard-outcome .problem", "Findings: 2");
    await accessible(page, "findings of the wizard");
    assert.ok(await page.locator("#wizard-apply").isDisabled());
    await page.locator(".wizard-outcome li button", { hasText: "Step 2" }).click();
    await page.getByRole("heading", { name: "Step 2 of 8" }).waitFor();
    assert.equal(await page.locator(".wizard-step [aria-invalid]").count(), 2, "both languages of the name");
    await page.getByRole("button", { name: "Edit the configuration without the wizard" }).click();
    await page.locator("#panel h3").waitFor();
    await shows(page, "#edited", /^Changes not applied yet: /);
    assert.deepEqual(await config(page), {}, "nothing was applied");
    await leave(page);
});

test("from nothing to the first call, by the browser alone", async () => {
    const page = await signedIn("/admin");
    await page.getByRole("heading", { name: /第 1 步/ }).waitFor();
    const wizard = page.locator("#wizard");
    await wizard.getByLabel("中文").fill("东城服务大厅");
    await wizard.getByLabel("英文").fill("Dongcheng Service Hall");
    await next(page);
    await page.getByRole("button", { name: "政务大厅的常见业务" }).click();
    await page.locator(".wizard-step .row").nth(3).waitFor();
    await page.locator(".wizard-step .row").nth(3).getByRole("button", { name: /^删除/ }).click();
    await page.locator(".wizard-step .row").nth(3).waitFor({ state: "detached" });
    await next(page);
    await wizard.getByLabel("窗口数").fill("2");
    await page.getByRole("button", { name: "设为这么多" }).click();
    await page.locator(".wizard-step .row").nth(2).waitFor({ state: "detached" });
    await page.locator(".wizard-step .row").nth(1).getByLabel(/tax/).uncheck();
    await next(page);
    assert.equal(await wizard.getByLabel("老人：取号机上可自选").isChecked(), true);
    await wizard.getByLabel("贵宾：取号机上可自选").check();
    await wizard.getByLabel(/被超过的上限/).fill("6");
    await next(page);
    await wizard.getByLabel("语音叫号").check();
    await wizard.getByLabel("每个窗口上方有一块 LED 屏").check();
    await next(page);
    await page.getByRole("button", { name: "添加人员" }).click();
    await wizard.getByLabel("用户名").fill("zhang");
    await wizard.getByLabel("初始密码").fill(PASSWORD);
    await next(page);
    await page.getByRole("button", { name: "删除第 2 台" }).click();
    await next(page);
    await shows(page, ".wizard-outcome", "检查通过，可以应用。");
    await accessible(page, "the last step");
    await page.locator("#wizard-apply").click();
    await page.getByRole("heading", { name: "大厅已经可以使用" }).waitFor();
    await accessible(page, "the end of the wizard");
    await page.getByText("人员 zhang 已添加。").waitFor();

    const document = await config(page);
    assert.equal(document.hall.name["zh-CN"], "东城服务大厅");
    assert.deepEqual(document.services.map((one) => [one.code, one.prefix]), [["social", "A"], ["household", "B"], ["tax", "C"]]);
    assert.deepEqual(document.windows.map((one) => one.services), [["social", "household", "tax"], ["social", "household"]]);
    assert.deepEqual(document.classes.map((one) => [one.code, one.basis, one.cap]), [
        ["ordinary", "self", 6],
        ["elderly", "self", 6],
        ["child", "self", 6],
        ["disabled", "self", 6],
        ["pregnant", "self", 6],
        ["vip", "self", 6],
    ]);
    assert.deepEqual(document.displays.map((one) => [one.address, one.shows.window]), [[1, 1], [2, 2]]);
    assert.deepEqual(document.voice, { languages: ["zh-CN"] });

    // The kiosk takes its code and gives a number.
    const kiosk = await hall.page("/kiosk", { allow: ALLOW, viewport: { width: 1080, height: 1920 } });
    await kiosk.getByLabel("配对码").pressSequentially(await page.locator(".wizard-code").textContent());
    await kiosk.keyboard.press("Enter");
    await kiosk.getByRole("button", { name: /社会保险/ }).click();
    await kiosk.getByRole("button", { name: /普通/ }).first().click();
    await kiosk.getByText(/A001/).first().waitFor();

    // The clerk calls it.
    const clerk = await hall.page("/clerk?window=1", { allow: ALLOW });
    await clerk.getByLabel("用户名").fill("zhang");
    await clerk.getByLabel("密码").fill(PASSWORD);
    await clerk.keyboard.press("Enter");
    await clerk.getByLabel(/自己的新密码/).fill(`${PASSWORD} of my own`); // the first one is good once
    await clerk.keyboard.press("Enter");
    await clerk.locator('[data-now="open"]').click();
    await clerk.locator('#state[data-state="open"]').waitFor();
    await clerk.locator('[data-now="next"]').click();
    await shows(clerk, "#number", "A001");

    await page.getByRole("button", { name: "进入配置页面" }).click();
    await page.locator("#panel h3").waitFor();
    assert.ok(await page.locator("#wizard").isHidden());
    await page.reload();
    await page.locator("#panel h3").waitFor();
    assert.ok(await page.locator("#wizard").isHidden(), "a hall with services is not offered the wizard");
    await leave(clerk);
    await leave(kiosk);
    await leave(page);
});

test("the first administrator gets in by the code of the first start, and signs in by name afterwards", async () => {
    const fresh = new Hall();
    fresh.daemon = new Daemon({ args: [] });
    fresh.browser = hall.browser;
    try {
        await fresh.daemon.start();
        await logged(fresh.daemon, /ready db=/);
        const code = /code=([2-9A-HJKMNP-Z]{8})\b/.exec(fresh.daemon.log)?.[1];
        assert.ok(code, "the log tells the code");
        const page = await fresh.page("/admin?lang=en", { allow: [...ALLOW, /403/] });
        await page.getByRole("button", { name: "First set-up: enter the code" }).click();
        await accessible(page, "the form of the first code");
        await page.getByLabel("Code", { exact: true }).fill(code === "22222222" ? "33333333" : "22222222");
        await page.getByRole("button", { name: "Begin" }).click();
        await shows(page, ".pair .problem", /./);
        await page.getByLabel("Code", { exact: true }).fill(code.toLowerCase());
        await page.getByRole("button", { name: "Begin" }).click();
        await page.getByRole("heading", { name: "Step 1 of 8: Hall" }).waitFor();
        await page.locator("#wizard").getByLabel("English").fill("Small Hall");
        const step = (name) => page.locator("#wizard .steps button", { hasText: name }).click();
        await step("Services");
        await page.getByRole("button", { name: "What pharmacies begin with" }).click();
        await step("Windows");
        await step("Devices");
        await page.getByRole("button", { name: "Remove device 2" }).click();
        await page.getByRole("button", { name: "Remove device 1" }).click();
        await step("Check and apply");
        await shows(page, ".wizard-outcome li", /everybody needs a user name and a password/);
        await page.locator(".wizard-outcome li button").click();
        await page.locator("#wizard").getByLabel("First password").fill(PASSWORD);
        await step("Check and apply");
        await page.locator("#wizard-apply:enabled").click();
        await page.getByText("admin was added.").waitFor();
        await page.getByRole("button", { name: "Sign in as the administrator" }).click();
        await page.getByLabel("User name").fill("admin");
        await page.getByLabel("Password").fill(PASSWORD);
        await page.keyboard.press("Enter");
        await page.locator("#panel h3").waitFor();
        await shows(page, "#who", "admin");
        const { items } = await call(page, "GET", "/api/v1/admin/devices");
        assert.deepEqual(items, [], "the device of the code is gone");
        await leave(page);
        // The code was good once, and there is no other while somebody may administer.
        await fresh.daemon.kill();
        fresh.daemon.log = "";
        await fresh.daemon.start();
        await logged(fresh.daemon, /ready db=/);
        assert.doesNotMatch(fresh.daemon.log, /code=/);
    } finally {
        await fresh.daemon.stop();
    }
});
