// The administrator's page: the history of the configuration, comparing and taking back, and the people who may sign in.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { ROOT } from "../lib/daemon.mjs";
import { accessible, Hall, leave, shows } from "./lib.mjs";

const PASSWORD = "a long enough password 7";
const QUIET = [/401|403|409|412|422|429|ERR_CONNECTION|ERR_INCOMPLETE|ERR_EMPTY/];
const CONFIG = "/api/v1/admin/config";

function prepare(daemon) {
    const document = JSON.parse(readFileSync(path.join(ROOT, "src/demo/hall.json"), "utf8"));
    const put = () => daemon.run(["config", "import", "--db", daemon.db, "-"], JSON.stringify(document));
    put();
    for (let version = 2; version <= 24; version++) {
        document.hall.undo_s = 30 + version;
        put();
    }
    for (const [name, role] of [["root", "admin"], ["zhang", "clerk"]]) {
        daemon.run(["user", "add", "--db", daemon.db, "--name", name, "--role", role, "--password-stdin"], `${PASSWORD}\n`);
    }
}

let hall;
before(async () => (hall = await Hall.open({ prepare, args: [] })));
after(() => hall.close());

async function signedIn(query = "", name = "root", where = "/admin") {
    const page = await hall.page(where + query, { allow: QUIET, viewport: { width: 1280, height: 900 } });
    const english = query.includes("en");
    await page.getByLabel(english ? "User name" : "用户名").fill(name);
    await page.getByLabel(english ? "Password" : "密码", { exact: true }).fill(PASSWORD);
    await page.getByRole("button", { name: english ? "Sign in" : "登录", exact: true }).click();
    return page;
}

/* Changes the configuration beside the page, as another administrator would. */
async function change(page, undo) {
    return page.evaluate(async ([address, seconds]) => {
        const me = await (await fetch("/api/v1/me")).json();
        const answer = await fetch(address);
        const document = await answer.json();
        document.hall.undo_s = seconds;
        const put = await fetch(address, {
            method: "PUT",
            headers: { "X-CSRF-Token": me.csrf, "If-Match": answer.headers.get("etag"), "Content-Type": "application/json" },
            body: JSON.stringify(document),
        });
        return put.status;
    }, [CONFIG, undo]);
}

const row = (page, version) => page.locator(`#history [data-version="${version}"]`);

test("versions are listed, compared and taken back", async () => {
    const page = await signedIn();
    await row(page, 24).waitFor();
    const first = await row(page, 24).textContent();
    assert.match(first, /现行/);
    assert.match(first, /命令行.*1 处：大厅/);
    assert.match(first, /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/);
    assert.equal(await row(page, 24).getByRole("button", { name: "恢复版本 24" }).count(), 0, "what is in force need not be taken back");
    assert.equal(await page.locator("#history tbody tr").count(), 20);
    await accessible(page, "the history");

    await page.getByRole("button", { name: "更早的版本" }).click();
    await row(page, 1).waitFor();
    assert.match(await row(page, 1).textContent(), /最初的配置/);
    assert.equal(await page.getByRole("button", { name: "更早的版本" }).isVisible(), false);

    await row(page, 20).getByRole("button", { name: "版本 20 的改动" }).click();
    await shows(page, "#history .outcome", /从版本 19 到版本 20：1 处不同.*大厅 › .*49 → 50 \/hall\/undo_s/);
    await page.locator("#history select[name=from]").selectOption("3");
    await page.locator("#history select[name=to]").selectOption("1");
    await page.getByRole("button", { name: "比较", exact: true }).click();
    await shows(page, "#history .outcome", /从版本 3 到版本 1：1 处不同.*33 → 30/);

    await accessible(page, "what differs");

    await row(page, 2).getByRole("button", { name: "恢复版本 2" }).click();
    await page.getByRole("dialog").getByText("将改变 1 处").waitFor();
    await accessible(page, "the question before taking back");
    await page.getByRole("dialog").getByRole("button", { name: "取消" }).click();
    assert.equal(await row(page, 25).count(), 0);
    await row(page, 2).getByRole("button", { name: "恢复版本 2" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "确定" }).click();
    await shows(page, "#history .outcome", "版本 2 已恢复，现行配置是版本 25。");
    assert.match(await row(page, 25).textContent(), /现行.*root.*恢复自版本 2 · 1 处：大厅/s);
    assert.equal(await page.evaluate(async (address) => (await (await fetch(address)).json()).hall.undo_s, CONFIG), 32);
    assert.doesNotMatch(await row(page, 24).textContent(), /现行/);

    await row(page, 2).getByRole("button", { name: "恢复版本 2" }).click();
    await shows(page, "#history .outcome", /版本 2 与现行配置相同/);
    await leave(page);
});

test("another's change shows by itself, and is not run over", async () => {
    const page = await signedIn();
    await row(page, 25).waitFor();
    await row(page, 24).getByRole("button", { name: "恢复版本 24" }).click();
    await page.getByRole("dialog").waitFor();
    assert.equal(await change(page, 99), 204);
    await row(page, 26).waitFor({ state: "attached" });
    await page.getByRole("dialog").getByRole("button", { name: "确定" }).click();
    await shows(page, "#history .outcome", /刚被别人改过/);
    assert.equal(await row(page, 27).count(), 0);
    await leave(page);
});

test("the history in English", async () => {
    const page = await signedIn("?lang=en");
    await row(page, 26).waitFor();
    assert.match(await row(page, 25).textContent(), /restored from version 2 · 1: hall/);
    await row(page, 26).getByRole("button", { name: "Changes of version 26" }).click();
    await shows(page, "#history .outcome", /From version 25 to version 26: 1 differences/);
    await page.locator("#language").click();
    await shows(page, "#history .outcome", /从版本 25 到版本 26/);
    await leave(page);
});

test("a person is added, changed, kept out and deleted", async () => {
    const page = await signedIn();
    const people = page.locator("#users");
    const person = (name) => people.locator(`[data-user="${name}"]`);
    const answer = (word) => page.getByRole("dialog").getByRole("button", { name: word }).click();
    await person("root").getByText("root (本人)").waitFor();
    await accessible(page, "the people");

    await people.getByLabel("姓名").fill("王芳");
    await people.getByLabel("一次性密码（至少 8 个字符）").fill("1234567");
    await people.getByLabel("大堂经理").check();
    await people.getByLabel("固定窗口（可不填）").fill("77");
    await people.getByRole("button", { name: "添加人员" }).click();
    assert.equal(await person("王芳").count(), 0, "the browser asks for a longer password");
    await people.getByLabel("一次性密码（至少 8 个字符）").fill(PASSWORD);
    await people.getByRole("button", { name: "添加人员" }).click();
    await shows(page, "#users [role=status]", /\/window/);
    await people.getByLabel("固定窗口（可不填）").fill("3");
    await people.getByRole("button", { name: "添加人员" }).click();
    await person("王芳").waitFor();
    assert.match(await person("王芳").textContent(), /窗口人员、大堂经理3可登录从未/);
    assert.equal(await people.getByLabel("姓名").inputValue(), "", "the form is empty again");

    const clerk = await signedIn("", "王芳", "/lobby");
    await shows(clerk, ".signin .problem", "请先换成自己的新密码");
    await accessible(clerk, "the question for a password of one's own");
    const own = clerk.getByLabel("自己的新密码（至少 8 个字符）");
    await own.fill(PASSWORD);
    await clerk.getByRole("button", { name: "登录", exact: true }).click();
    await shows(clerk, ".signin .problem", /不能与旧密码相同/);
    await own.fill("known to Wang Fang alone");
    await clerk.getByRole("button", { name: "登录", exact: true }).click();
    await clerk.locator(".signin").waitFor({ state: "detached" });
    await person("王芳").getByText(/\d\d:\d\d/).waitFor();

    await person("王芳").getByRole("button", { name: "修改 王芳" }).click();
    await accessible(page, "the question for roles");
    await page.getByRole("dialog").getByLabel("大堂经理").uncheck();
    await page.getByRole("dialog").getByLabel("窗口人员").uncheck();
    await answer("确定");
    await page.getByRole("dialog").waitFor(); // nobody is nothing
    await page.getByRole("dialog").getByLabel("值班领导").check();
    await page.getByRole("dialog").getByLabel("固定窗口（可不填）").fill("");
    await answer("确定");
    await shows(page, '#users [data-user="王芳"]', /值班领导—可登录/);
    await shows(page, "#users [role=status]", "已保存：王芳");
    await clerk.getByLabel("用户名").waitFor(); // signed out by itself
    await leave(clerk);

    await person("王芳").getByRole("button", { name: "重设密码 王芳" }).click();
    await page.getByRole("dialog").getByLabel("一次性新密码（至少 8 个字符）").fill("short");
    await answer("确定");
    await shows(page, "#users [role=status]", /\/password/);
    await person("王芳").getByRole("button", { name: "停用 王芳" }).click();
    await answer("确定");
    await person("王芳").getByText("已停用").waitFor();
    await person("王芳").getByRole("button", { name: "启用 王芳" }).click();
    await answer("确定");
    await person("王芳").getByText("可登录").waitFor();
    await person("王芳").getByRole("button", { name: "删除 王芳" }).click();
    await answer("取消");
    assert.equal(await person("王芳").count(), 1);
    await person("王芳").getByRole("button", { name: "删除 王芳" }).click();
    await answer("确定");
    await person("王芳").waitFor({ state: "detached" });
    await shows(page, "#users [role=status]", "已删除：王芳");

    await person("root").getByRole("button", { name: "删除 root" }).click();
    await answer("确定");
    await shows(page, "#users [role=status]", /至少要有一名管理员/);
    await leave(page);
});
