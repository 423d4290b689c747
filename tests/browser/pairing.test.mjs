// Pairing: an administrator makes a code, a kiosk that nobody signed in takes it, gives numbers, keeps its place over
// restarts, and loses it when it is taken back.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { ROOT } from "../lib/daemon.mjs";
import { accessible, Hall, leave, shows } from "./lib.mjs";

const PASSWORD = "a long enough password 7";
const QUIET = [/401|403|422|ERR_CONNECTION|ERR_SOCKET|ERR_INCOMPLETE|ERR_EMPTY/];

function prepare(daemon) {
    const document = readFileSync(path.join(ROOT, "src/demo/hall.json"), "utf8");
    daemon.run(["config", "import", "--db", daemon.db, "-"], document);
    daemon.run(
        ["user", "add", "--db", daemon.db, "--name", "root", "--role", "admin", "--password-stdin"],
        `${PASSWORD}\n`,
    );
}

let hall;
before(async () => (hall = await Hall.open({ prepare, args: [] })));
after(() => hall.close());

async function signedIn() {
    const page = await hall.page("/admin", { allow: QUIET });
    await page.getByLabel("用户名").fill("root");
    await page.getByLabel("密码").fill(PASSWORD);
    await page.getByRole("button", { name: "登录", exact: true }).click();
    await page.getByRole("heading", { name: "设备配对" }).waitFor();
    return page;
}

async function makeCode(admin, role, name, window) {
    await admin.getByLabel("设备类型").selectOption(role);
    await admin.getByLabel("设备名称").fill(name);
    await admin.getByLabel("窗口号").fill(window);
    await admin.getByRole("button", { name: "生成配对码" }).click();
    await admin.getByText(`“${name}”的配对码`).waitFor();
    return admin.locator(".pairing-code").textContent();
}

const stateOf = (admin, name) => admin.locator(`[data-device="${name}"] [data-state]`);

test("from /admin to the first number, over restarts, to the end", async () => {
    const admin = await signedIn();
    const code = await makeCode(admin, "kiosk", "k1", "");
    assert.match(code, /^[2-9A-HJKMNP-Z]{8}$/);
    assert.equal(await stateOf(admin, "k1").textContent(), "等待配对");
    await accessible(admin, "the administrator's devices");

    const kiosk = await hall.page("/kiosk", {
        allow: QUIET,
        viewport: { width: 1080, height: 1920 },
    });
    await kiosk.getByRole("heading", { name: "设备配对" }).waitFor();
    await accessible(kiosk, "the pairing form");
    for (const key of await kiosk.locator(".pair .keys button").all()) {
        const { width, height } = await key.boundingBox();
        assert.ok(width >= 60 && height >= 60, "keys are for a finger");
    }
    const keys = kiosk.locator(".pair .keys");
    for (const letter of "22222222") {
        await keys.getByRole("button", { name: letter, exact: true }).click();
    }
    await kiosk.getByRole("button", { name: "配对", exact: true }).click();
    await shows(kiosk, ".pair .problem", /./);
    assert.equal(await kiosk.getByLabel("配对码").inputValue(), "");
    await keys.getByRole("button", { name: "9", exact: true }).click();
    await keys.getByRole("button", { name: "删除" }).click();
    for (const letter of code) {
        await keys.getByRole("button", { name: letter, exact: true }).click();
    }
    await kiosk.getByRole("button", { name: "配对", exact: true }).click();
    await kiosk.getByRole("button", { name: /社会保障/ }).click();
    await admin.getByText("“k1”的配对码").waitFor({ state: "detached" });
    await admin.locator('[data-device="k1"] [data-state="online"]').waitFor();

    // The server restarts, the kiosk's machine as well: the cookie is kept in its profile.
    await hall.daemon.kill();
    await hall.daemon.start();
    await kiosk.reload();
    await kiosk.getByRole("button", { name: /社会保障/ }).click();
    await kiosk.getByRole("button", { name: /养老/ }).first().click();
    const plain = kiosk.getByRole("button", { name: /普通/ });
    await plain.first().click();
    await kiosk.getByText(/A001/).first().waitFor();
    const cookie = (await kiosk.context().cookies()).find((one) => one.name === "hallcall");
    assert.ok(cookie.httpOnly && cookie.sameSite === "Strict");
    assert.ok(cookie.expires > Date.now() / 1000 + 300 * 86400, "it outlives the browser");

    // It calls staff by the name that the hall gave it.
    await kiosk.reload();
    await kiosk.getByRole("button", { name: "呼叫工作人员" }).click();
    await shows(kiosk, "#help-text", /已通知工作人员/);

    // Taken back while it shows something: it asks for a code again by itself.
    await kiosk.reload();
    await kiosk.getByRole("button", { name: /社会保障/ }).waitFor();
    await admin.getByRole("button", { name: "收回 k1" }).click();
    await admin.getByRole("dialog").getByRole("button", { name: "确定" }).click();
    await admin.locator('[data-device="k1"]').waitFor({ state: "detached" });
    await kiosk.getByRole("heading", { name: "设备配对" }).waitFor();
    await leave(kiosk);
    await leave(admin);
});

test("a rating device by keyboard, in English, and a person instead of a code", async () => {
    const admin = await signedIn();
    await admin.getByLabel("设备类型").selectOption("rating");
    await admin.getByLabel("设备名称").fill("r3");
    await admin.getByLabel("窗口号").fill("77");
    await admin.getByRole("button", { name: "生成配对码" }).click();
    await shows(admin, "#devices .problem", /\/window/);
    const code = await makeCode(admin, "rating", "r3", "3");
    const rating = await hall.page("/rating?window=3&lang=en", { allow: QUIET });
    await rating.getByLabel("Pairing code").pressSequentially(code.toLowerCase());
    await rating.keyboard.press("Enter");
    await shows(rating, "#heading", "Welcome");
    await leave(rating);

    const display = await hall.page("/display", { allow: QUIET });
    await display.getByRole("button", { name: "改用用户名登录" }).click();
    await display.getByLabel("用户名").waitFor();
    await display.getByRole("button", { name: "改用配对码" }).click();
    await display.getByLabel("配对码").waitFor();
    await accessible(display, "the pairing form over a dark page");
    await leave(display);
    await leave(admin);
});
