// The first administrator's code from the log, and codes when the clock is set back.

import assert from "node:assert/strict";
import { once } from "node:events";
import { after, beforeEach, test } from "node:test";
import { Daemon } from "../lib/daemon.mjs";

const PASSWORD = "a long enough password 7";
const CODE = /code=([2-9A-HJKMNP-Z]{8})\b/g;
let daemon;
beforeEach(() => (daemon = new Daemon({ args: [], clock: "2026-11-23T09:00:00+08:00" })));
const ending = [];
after(() => Promise.all(ending.map((one) => one.stop())));

async function serve(clock) {
    if (clock) {
        daemon.args = ["--test-clock", clock];
    }
    daemon.log = "";
    ending.push(daemon);
    await daemon.start();
    // The log comes by another pipe than the line that says where it listens.
    while (!/serve ready/.test(daemon.log)) {
        await once(daemon.process.stderr, "data");
    }
    return [...daemon.log.matchAll(CODE)].map((found) => found[1]);
}

async function ask(method, path, { token, body } = {}) {
    const headers = { "Content-Type": "application/json", ...(token ? { Authorization: `Bearer ${token}` } : {}) };
    const answer = await fetch(daemon.origin + path, { method, headers, body: body && JSON.stringify(body) });
    const text = await answer.text();
    return { status: answer.status, data: text ? JSON.parse(text) : null };
}

const enroll = (code) => ask("POST", "/api/v1/devices/enroll", { body: { code } });
const users = (...args) => daemon.run(["user", ...args, "--db", daemon.db], `${PASSWORD}\n`);
const admin = (name) => users("add", "--name", name, "--role", "admin", "--password-stdin");

test("the code makes one administrator, and there is no other while somebody may administer", async () => {
    const [code] = await serve();
    const { status, data } = await enroll(code);
    assert.equal(status, 201);
    assert.equal(data.role, "admin");
    assert.equal((await enroll(code)).status, 403);
    const { token } = data;
    const more = await ask("POST", "/api/v1/admin/devices", { token, body: { role: "admin", name: "second" } });
    assert.equal(more.status, 422, "an administrator's device comes from the log alone");
    await daemon.kill();
    assert.deepEqual(await serve(), [], "the device may administer");
    const person = { name: "root", roles: ["admin"], password: PASSWORD };
    assert.equal((await ask("POST", "/api/v1/admin/users", { token, body: person })).status, 201);
    assert.equal((await ask("DELETE", "/api/v1/admin/devices/setup", { token })).status, 204);
    await daemon.kill();
    assert.deepEqual(await serve(), [], "the person may");
});

test("when the last who may administer is gone, the next start offers a code again", async () => {
    const [code] = await serve();
    const { token } = (await enroll(code)).data;
    assert.equal((await ask("DELETE", "/api/v1/admin/devices/setup", { token })).status, 204);
    await daemon.kill();
    const [again] = await serve();
    assert.notEqual(again, code);
    assert.equal((await enroll(again)).status, 201);
    await daemon.kill();
    admin("root");
    users("disable", "--name", "root");
    assert.deepEqual(await serve(), [], "the device still may");
});

test("a code of an earlier start ends when somebody became administrator elsewhere", async () => {
    const [code] = await serve();
    await daemon.kill();
    admin("root");
    assert.deepEqual(await serve(), []);
    assert.equal((await enroll(code)).status, 403);
});

test("a newer start ends the code of the one before", async () => {
    const [first] = await serve();
    await daemon.kill();
    const [second] = await serve();
    assert.equal((await enroll(first)).status, 403);
    assert.equal((await enroll(second)).status, 201);
});

test("a clock that is set back lengthens the life of no code", async () => {
    const token = daemon.run(["token", "create", "--db", daemon.db, "--role", "admin", "--name", "tool"]).trim();
    const pair = async (name) => (await ask("POST", "/api/v1/admin/devices", { token, body: { role: "kiosk", name } })).data;
    await serve();
    const early = await pair("k1");
    const late = await pair("k2");
    await daemon.kill();
    await serve("2026-11-23T08:59:00+08:00");
    assert.equal((await enroll(early.code)).status, 201, "a clock may be corrected");
    await daemon.kill();
    await serve("2026-11-22T09:00:00+08:00");
    assert.equal((await ask("POST", "/api/v1/test/clock", { token, body: { advance_s: 20 * 60 } })).status, 200);
    assert.equal((await enroll(late.code)).status, 403, "it was good for a day more");
});

test("a hall whose clock was ahead still lets its administrator in", async () => {
    const [code] = await serve();
    const { token } = (await enroll(code)).data;
    assert.equal((await ask("DELETE", "/api/v1/admin/devices/setup", { token })).status, 204);
    await daemon.kill();
    const [again] = await serve("2026-11-22T09:00:00+08:00"); // the last event is of tomorrow
    assert.equal((await enroll(again)).status, 201);
});
