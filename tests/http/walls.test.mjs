// What signs say beside numbers: pauses, notices, who waits. Read from the bytes that were written to them.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Hall } from "./lib.mjs";

const NOW = "2026-11-23T09:00:00+08:00";
const sign = (code, address, shows) => ({ code, port: "trial", driver: "dump", address, shows });

let hall;
before(async () => {
    hall = await Hall.open({
        clock: NOW,
        change(document) {
            document.ports.push({ code: "trial", link: "sim:trial" });
            document.displays.push(
                sign("over3", 1, { window: 3 }),
                sign("row", 2, { zone: "main", rows: 2, notices: true }),
                sign("enter", 3, { welcome: true, zone: "upper", rows: 6 }),
            );
            document.notices = [
                { text: { "zh-CN": "昨日通知" }, end: "2026-11-22" },
                { text: { "zh-CN": "今日停电检修" }, start: "2026-11-23", end: "2026-11-23" },
                { text: { "zh-CN": "明日通知" }, start: "2026-11-24" },
            ];
        },
    });
});
after(() => hall.close());

/* The lines last written to the sign. */
async function lines(code) {
    const { data } = await hall.get("/api/v1/leds", { as: "lobby" });
    const { hex } = data.signs.find((one) => one.code === code);
    return Buffer.from(hex.replaceAll(" ", ""), "hex").toString("utf8").trim().split("\n");
}

/* Asks until it is so; the test runner bounds it. */
async function until(code, holds) {
    for (;;) {
        const shown = await lines(code);
        if (holds(shown)) {
            return shown;
        }
    }
}

let keys = 0;
const post = (path, as, body = {}) =>
    hall.post(path, { as, body, headers: { "Idempotency-Key": `wall-${keys++}` } });

test("the sign of a paused window tells why and until when", async () => {
    assert.equal((await post("/api/v1/windows/3/open", "clerk3")).status, 200);
    const back = "2026-11-23T13:30:00+08:00";
    const paused = await post("/api/v1/windows/3/pause", "clerk3", { reason: "午餐", until: back });
    assert.equal(paused.status, 200);
    await until("over3", ([line]) => line === "address=1 window=3 state=paused line=暂停服务 午餐 至13:30");
    assert.equal((await post("/api/v1/windows/3/resume", "clerk3")).status, 200);
    await until("over3", ([line]) => line === "address=1 window=3 state=idle line=空闲");
    assert.equal((await post("/api/v1/windows/3/close", "clerk3")).status, 200);
    await until("over3", ([line]) => line === "address=1 window=3 state=closed line=暂停服务");
    assert.equal((await post("/api/v1/windows/3/open", "clerk3")).status, 200);
});

test("a wall shows the notice that is in force, and a call beside it", async () => {
    await until("row", (shown) => shown.includes("address=2 row=1 line=今日停电检修"));
    const issued = await post("/api/v1/tickets", "kiosk", { service: "card" });
    assert.equal(issued.status, 201);
    assert.equal((await post("/api/v1/windows/3/next", "clerk3")).status, 200);
    const { number } = issued.data;
    await until("row", (shown) => shown[0] === `address=2 row=1 window=3 number=${number}`);
    assert.deepEqual(await lines("row"), [
        `address=2 row=1 window=3 number=${number}`,
        "address=2 row=2 line=今日停电检修",
    ]);
});

test("a notice ends at midnight of its last day, and the next one begins", async () => {
    assert.equal((await post("/api/v1/test/clock", "admin", { set: "2026-11-24T00:00:01+08:00" })).status, 200);
    await until("row", (shown) => shown.some((line) => line.endsWith("line=明日通知")));
});

test("a welcome sign tells the services of its zone that are open, and who waits", async () => {
    assert.equal((await post("/api/v1/test/clock", "admin", { set: "2026-11-24T09:00:00+08:00" })).status, 200);
    await until("enter", (shown) => shown.some((line) => / line=税务\S* 等候0$/.test(line)));
    assert.equal((await post("/api/v1/tickets", "kiosk", { service: "tax" })).status, 201);
    const shown = await until("enter", (all) => all.some((line) => / line=税务\S* 等候1$/.test(line)));
    assert.ok(!shown.some((line) => line.includes("养老")), "not of that zone");
    assert.equal((await post("/api/v1/services/tax/suspend", "admin", { reason: "系统故障" })).status, 204);
    await until("enter", (all) => all.length > 0 && !all.some((line) => line.includes("税务")));
});

test("signs go dark with the hall", async () => {
    assert.equal((await post("/api/v1/windows/3/open", "clerk3")).status, 200);
    await until("over3", ([line]) => line === "address=1 window=3 state=idle line=空闲");
    assert.equal((await post("/api/v1/admin/day/close", "admin")).status, 200);
    await until("over3", ([line]) => line === "address=1 window=3 state=closed line=");
});
