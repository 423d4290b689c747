// Administration, the demo page, and signing in.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { ROOT } from "../lib/daemon.mjs";
import { accessible, call, Hall, issue, leave, paste, shows } from "./lib.mjs";

let hall;
before(async () => (hall = await Hall.open()));
after(() => hall.close());

const confirm = (page) => page.getByRole("dialog").getByRole("button", { name: "确定" }).click();

test("the configuration is checked before it is applied", async () => {
    const page = await hall.page("/admin", { allow: [/422|400/] });
    await page.waitForFunction(() =>
        document.querySelector("#document")?.value.includes('"quota_day": 500'),
    );
    await page
        .locator("#bounds")
        .getByText(/pension/)
        .first()
        .waitFor();
    await accessible(page, "administration");
    await page.getByText("配置文档（专家）").click();
    const text = page.getByLabel("配置文档");
    const good = await text.inputValue();
    await paste(text, good.replace('"quota_day": 500', '"quota_dai": 500'));
    await page.getByRole("button", { name: "检查" }).click();
    await page.locator("#outcome").getByText("/services/0/quota_dai").waitFor();
    await paste(text, good.replace('"quota_day": 500', '"quota_day": 321'));
    await page.getByRole("button", { name: "检查" }).click();
    await page.locator("#outcome").getByText("/services/0/quota_day").waitFor();
    await accessible(page, "the changes");
    await page.getByRole("button", { name: "应用" }).click();
    await shows(page, "#outcome", "新配置已生效。");
    const { services } = await call(page, "GET", "/api/v1/admin/config");
    assert.equal(services[0].quota_day, 321);
    await leave(page);
});

test("where the day is closed, or a window is not there, the pages say so", async () => {
    const admin = await hall.page("/admin");
    const clerk = await hall.page("/clerk?window=99&clerk=zhang");
    await clerk.getByRole("dialog").getByText("没有 99 号窗口").waitFor();
    await clerk.getByRole("dialog").locator("select").selectOption("2");
    await clerk.getByRole("dialog").getByRole("button", { name: "确定" }).click();
    await shows(clerk, "#window", "2 号窗口");
    assert.ok(await clerk.locator("#banner").isHidden());
    for (let i = 0; i < 2; i++) {
        await issue(admin);
    }
    await admin.getByRole("button", { name: "日结" }).click();
    await confirm(admin);
    await shows(admin, "#day-outcome", /^已日结 · 失效 \d+$/);
    await shows(clerk, "#banner", "已日结，今天不再取号");
    await accessible(clerk, "the console after the day");
    const lobby = await hall.page("/lobby");
    await lobby.getByRole("button", { name: "现场取号" }).click();
    await shows(lobby, "#toast", "现在没有可取号的业务");
    await admin.getByRole("button", { name: "开日" }).click();
    await confirm(admin);
    await shows(admin, "#day-outcome", /^已开日，可以取号/);
    await clerk.locator("#banner").waitFor({ state: "hidden" });
    for (const page of [lobby, clerk, admin]) {
        await leave(page);
    }
});

test("the demo page shows one press travelling through the whole hall", async () => {
    const page = await hall.page("/", { viewport: { width: 1600, height: 1200 } });
    const frame = (name) => page.frameLocator(`[data-frame="${name}"] iframe`);
    await accessible(page, "the demo page");
    await frame("welcome").locator("#services li").first().waitFor();
    const kiosk = frame("kiosk");
    await kiosk.getByRole("button", { name: /社会保障/ }).click();
    await kiosk.getByRole("button", { name: /养老保险/ }).click();
    await kiosk.getByRole("button", { name: /普通/ }).click();
    const number = await kiosk.locator("#number").textContent();
    await shows(page, "#journey", new RegExp(`^${number} 已取号`));
    const phone = frame("phone");
    await phone.locator("#number").getByText(number).waitFor();
    const clerk = frame("clerk1");
    await clerk.locator('[data-now="open"]').click();
    await clerk.locator('#state[data-state="open"]').waitFor();
    await clerk.locator('[data-now="next"]').click();
    await clerk.locator("#number").getByText(number).waitFor();
    await frame("display").locator("#current-number").getByText(number).waitFor();
    await frame("window1").locator("#number").getByText(number).waitFor();
    await frame("window1").locator("#card", { hasText: "017" }).waitFor();
    await frame("leds").locator(`[data-window="1"] svg[aria-label="${number}"]`).waitFor();
    await phone.locator("#headline", { hasText: "请到1 号窗口" }).waitFor();
    await frame("lobby").getByText(number).first().waitFor();
    await shows(page, "#journey", `${number} 请到 1 号窗口 → 综合屏、窗口屏、LED、语音、手机、大堂经理`);
    await clerk.locator('[data-now="start"]').click();
    await clerk.locator('#state[data-state="serving"]').waitFor();
    await clerk.locator('[data-now="finish"]').click();
    await frame("rating").locator("#heading", { hasText: "请您对本次服务进行评价" }).waitFor();
    await accessible(page, "the demo page, at work");
    await page.getByRole("button", { name: "English" }).click();
    await shows(page, "h1 small", /one press/);
    await frame("clerk1").getByRole("button", { name: /Next/ }).waitFor();
    await leave(page);
});

test("without a session the page asks for user and password", async () => {
    const closed = new Hall();
    const { Daemon } = await import("../lib/daemon.mjs");
    closed.daemon = new Daemon({ args: [] });
    closed.browser = hall.browser;
    try {
        const file = path.join(closed.daemon.folder, "hall.json");
        writeFileSync(file, readFileSync(path.join(ROOT, "src/demo/hall.json")));
        closed.daemon.run(["config", "import", "--db", closed.daemon.db, file]);
        closed.daemon.run(
            [
                "user",
                "add",
                "--db",
                closed.daemon.db,
                "--name",
                "boss",
                "--role",
                "admin",
                "--password-stdin",
            ],
            "correct horse battery\n",
        );
        await closed.daemon.start();
        const page = await closed.page("/admin", { allow: [/401/] });
        await page.getByLabel("用户名").fill("boss");
        await page.getByLabel("密码").fill("wrong");
        await accessible(page, "the sign-in form");
        await page.getByRole("button", { name: "登录", exact: true }).click();
        await page.locator(".signin .problem:not(:empty)").waitFor();
        await page.getByLabel("密码").fill("correct horse battery");
        await page.getByRole("button", { name: "登录", exact: true }).click();
        await page.waitForFunction(() =>
            document.querySelector("#document")?.value.includes("pension"),
        );
        await shows(page, "#who", "boss");
        await page.getByRole("button", { name: "退出登录" }).click();
        await page.getByLabel("用户名").waitFor();
        await leave(page);
    } finally {
        await closed.daemon.stop();
    }
});
