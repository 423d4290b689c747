// Pairing: a code for a device, one use of it, what the device then is, its beat, and its end.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { Hall } from "./lib.mjs";

let hall;
before(async () => (hall = await Hall.open()));
after(() => hall.close());

const ENROLL = "/api/v1/devices/enroll";
const DEVICES = "/api/v1/admin/devices";

/* The bucket of sign-in is small on purpose: what is refused by it is tried again, all else is the answer. */
async function enroll(body) {
    for (;;) {
        const answer = await hall.post(ENROLL, { body });
        if (answer.status !== 429) {
            return answer;
        }
    }
}

async function pair(name, role = "kiosk", more = {}) {
    const answer = await hall.post(DEVICES, { as: "admin", body: { role, name, ...more } });
    assert.equal(answer.status, 201, answer.text);
    return answer.data;
}

const listed = async (name) => (await hall.get(DEVICES, { as: "admin" })).data.items.find((one) => one.id === name);
const revoke = (name) => hall.ask("DELETE", `${DEVICES}/${name}`, { as: "admin" });
const beat = (name, token, body = {}) => hall.ask("PUT", `/api/v1/devices/${name}/status`, { as: token, body });

test("a code makes a device, by token and by cookie", async () => {
    const made = await pair("k1");
    assert.match(made.code, /^[2-9A-HJKMNP-Z]{8}$/, "nothing that is taken for another: 0 O 1 I L");
    assert.deepEqual([made.id, made.role, made.window], ["k1", "kiosk", null]);
    assert.equal(Date.parse(made.expires_at) > Date.parse("2026-11-23T09:14:00+08:00"), true);
    const waiting = await listed("k1");
    assert.deepEqual([waiting.state, waiting.role, waiting.expires_at], ["pairing", "kiosk", made.expires_at]);
    assert.ok(!JSON.stringify(waiting).includes(made.code), "a code is told once");

    // As people type it.
    const typed = `${made.code.slice(0, 4).toLowerCase()}-${made.code.slice(4)} `;
    const answer = await enroll({ code: typed, name: "whatever" });
    assert.equal(answer.status, 201, answer.text);
    assert.deepEqual([answer.data.device_id, answer.data.role, answer.data.window], ["k1", "kiosk", null]);
    assert.match(answer.data.token, /^[0-9a-f]{64}$/);
    const cookie = answer.headers.get("set-cookie");
    for (const flag of [`hallcall=${answer.data.token}`, "HttpOnly", "SameSite=Strict", "Path=/", `Max-Age=${400 * 86400}`]) {
        assert.ok(cookie.includes(flag), `${flag} in ${cookie}`);
    }
    const me = await hall.get("/api/v1/me", { as: answer.data.token });
    assert.deepEqual([me.data.device, me.data.roles, me.data.csrf], ["k1", ["kiosk"], null]);
    const headers = { Cookie: cookie.split(";")[0] };
    const page = await hall.get("/api/v1/me", { headers });
    assert.equal(page.data.device, "k1");
    assert.equal(page.headers.get("set-cookie"), cookie, "asking who it is renews the cookie");
    const ticket = { service: "pension" };
    assert.equal((await hall.post("/api/v1/tickets", { headers: { ...headers, "Idempotency-Key": "p1" }, body: ticket })).status,
        403, "a page's write needs its CSRF token");
    headers["X-CSRF-Token"] = page.data.csrf;
    headers["Idempotency-Key"] = "p2";
    assert.equal((await hall.post("/api/v1/tickets", { headers, body: ticket })).status, 201);
    assert.equal((await hall.get("/api/v1/admin/config", { headers })).status, 403, "a kiosk and nothing more");
    assert.equal((await hall.post("/api/v1/logout", { headers })).status, 403, "who holds the device cannot sign it out");
});

test("a code is good once", async () => {
    const { code } = await pair("once");
    assert.equal((await enroll({ code })).status, 201);
    const again = await enroll({ code });
    assert.equal(again.status, 403);
    assert.equal(again.data.code, "not-paired");
    assert.equal(again.headers.get("set-cookie"), null);
});

test("two who type a code at the same time: one gets in", async () => {
    const { code } = await pair("race");
    const answers = await Promise.all(Array.from({ length: 8 }, () => enroll({ code })));
    assert.deepEqual(answers.map((answer) => answer.status).sort(), [201, 403, 403, 403, 403, 403, 403, 403]);
});

test("a code is good for a quarter of an hour", async () => {
    const { code } = await pair("late");
    await hall.advance(15 * 60 - 1);
    const { code: fresh } = await pair("timely");
    await hall.advance(1);
    const answer = await enroll({ code });
    assert.equal(answer.data.code, "not-paired");
    assert.equal(await listed("late"), undefined, "nothing waits under that name");
    assert.equal((await enroll({ code: fresh })).status, 201);
});

test("a new code for the same name ends the old one", async () => {
    const old = await pair("twice");
    const fresh = await pair("twice", "display");
    assert.equal((await enroll({ code: old.code })).status, 403);
    const answer = await enroll({ code: fresh.code });
    assert.equal(answer.data.role, "display");
    const taken = await hall.post(DEVICES, { as: "admin", body: { role: "kiosk", name: "twice" } });
    assert.equal(taken.status, 409);
    assert.equal(taken.data.code, "device-exists");
});

test("what is no code is refused like a wrong one, what is no body names its member", async () => {
    for (const code of ["ABCDEFGH", "abc", "ABCDEFGHJ", "0O1IL234", "☃☃☃☃☃☃☃☃", "' OR 1=1 --", "--------", "a".repeat(31)]) {
        const answer = await enroll({ code });
        assert.equal(answer.status, 403, code);
        assert.equal(answer.data.code, "not-paired");
    }
    for (const [body, pointer] of [[{}, "/code"], [{ code: 7 }, "/code"], [{ code: "" }, "/code"], [{ code: "        " }, "/code"], [{ code: "x".repeat(99) }, "/code"]]) {
        const answer = await enroll(body);
        assert.equal(answer.status, 422, JSON.stringify(body));
        assert.equal(answer.data.errors[0].pointer, pointer);
    }
    assert.equal((await enroll("[")).status, 400);
});

test("guessing is slowed down", async () => {
    // The bucket may be anywhere between full and empty now: 21 more than it holds at the fill of a second each.
    const answers = await Promise.all(Array.from({ length: 60 }, () => hall.post(ENROLL, { body: { code: "ABCDEFGH" } })));
    const limited = answers.filter((answer) => answer.status === 429);
    assert.ok(limited.length > 0);
    assert.ok(Number(limited[0].headers.get("retry-after")) >= 1);
    assert.equal(limited[0].data.code, "rate-limited");
});

test("what an administrator may ask for", async () => {
    const cases = [
        [{ role: "kiosk" }, "/name"], [{ name: "x1" }, "/role"], [{ role: "admin", name: "x1" }, "/role"],
        [{ role: "clerk", name: "x1" }, "/role"], [{ role: "kiosk", name: "X 1" }, "/name"],
        [{ role: "rating", name: "x1" }, "/window"], [{ role: "button", name: "x1" }, "/window"],
        [{ role: "rating", name: "x1", window: 77 }, "/window"], [{ role: "rating", name: "x1", window: "3" }, "/window"],
        [{ role: "kiosk", name: "x".repeat(40) }, "/name"],
    ];
    for (const [body, pointer] of cases) {
        const answer = await hall.post(DEVICES, { as: "admin", body });
        assert.equal(answer.status, 422, JSON.stringify(body));
        assert.equal(answer.data.errors[0].pointer, pointer, JSON.stringify(body));
    }
    // A sign's code, and a token of the command line: their events would be mixed up.
    const sign = (await hall.get("/api/v1/views/lobby", { as: "lobby" })).data.devices[0].code;
    for (const name of [sign, "kiosk"]) {
        const answer = await hall.post(DEVICES, { as: "admin", body: { role: "kiosk", name } });
        assert.equal(answer.data.code, "device-exists", name);
    }
});

test("a rating device is bound to its window", async () => {
    const { code } = await pair("r3", "rating", { window: 3 });
    const { data } = await enroll({ code });
    assert.equal(data.window, 3);
    assert.equal((await hall.get("/api/v1/views/rating", { as: data.token })).status, 200);
    assert.equal((await hall.get("/api/v1/views/rating?window=4", { as: data.token })).status, 403);
});

test("a beat is an event when something changed, silence is one too", async () => {
    const { code } = await pair("k2");
    const { token } = (await enroll({ code })).data;
    assert.equal((await listed("k2")).state, "unknown");
    const stream = await hall.stream("/api/v1/events?topics=hall", { as: "admin" });
    assert.equal((await beat("k2", token, { screen: "1080x1920", version: "0.1" })).status, 204);
    const online = await stream.event("device.online");
    assert.equal(online.data.subject, "devices/k2");
    assert.equal(online.data.data.role, "kiosk");
    await beat("k2", token, { paper: "low" }); // nothing new but the paper
    assert.equal((await stream.next()).event, "device.paper_low");
    await beat("k2", token, { paper: "ok" });
    assert.equal((await stream.next()).event, "device.paper_ok");
    await beat("k2", token, { errors: ["the cash drawer is open"] });
    const fault = await stream.next();
    assert.deepEqual([fault.event, fault.data.data.reason], ["device.error", "the cash drawer is open"]);
    assert.equal((await listed("k2")).state, "error");
    await beat("k2", token, { errors: ["the cash drawer is open"] });
    await beat("k2", token);
    assert.equal((await stream.next()).event, "device.online");
    const seen = (await hall.get("/api/v1/views/lobby", { as: "lobby" })).data.devices.find((one) => one.code === "k2");
    assert.deepEqual([seen.online, seen.role, seen.paper], [true, "kiosk", "ok"]);
    assert.match((await hall.get("/metrics", { as: "monitoring" })).text, /^hallcall_device_up\{device="k2",role="kiosk"\} 1$/m);

    await hall.advance(39);
    await beat("k2", token);
    await hall.advance(39);
    assert.equal((await listed("k2")).state, "online", "39 seconds of silence are none");
    await hall.advance(1);
    assert.equal((await stream.next()).event, "device.offline");
    assert.equal((await listed("k2")).state, "offline");
    assert.match((await hall.get("/metrics", { as: "monitoring" })).text, /^hallcall_device_up\{device="k2",role="kiosk"\} 0$/m);
    await beat("k2", token);
    assert.equal((await stream.next()).event, "device.online");
    stream.control.abort();
});

test("a device speaks of itself alone, and sensibly", async () => {
    const { code } = await pair("k3");
    const { token } = (await enroll({ code })).data;
    assert.equal((await beat("k2", token)).status, 403);
    assert.equal((await beat("nobody", token)).status, 403);
    for (const [body, pointer] of [[{ paper: "wet" }, "/paper"], [{ errors: "x" }, "/errors"], [{ errors: [1] }, "/errors"],
        [{ errors: ["a\u001b[2J"] }, "/errors"], [{ version: 1 }, "/version"], [{ screen: "x".repeat(50) }, "/screen"]]) {
        const answer = await beat("k3", token, body);
        assert.equal(answer.status, 422, JSON.stringify(body));
        assert.equal(answer.data.errors[0].pointer, pointer);
    }
    assert.equal((await hall.ask("PUT", "/api/v1/devices/another/status", { as: "admin", body: {} })).status, 403);
});

test("revoking is at once: token, cookie and open streams", async () => {
    const { code } = await pair("d1", "display");
    const { token } = (await enroll({ code })).data;
    const byToken = await hall.stream("/api/v1/events?topics=display", { as: token });
    const byCookie = await hall.stream("/api/v1/events?topics=display", { as: null, headers: { Cookie: `hallcall=${token}` } });
    assert.equal((await revoke("d1")).status, 204);
    for (const stream of [byToken, byCookie]) {
        let block = await stream.next();
        while (block !== null) {
            block = await stream.next();
        }
    }
    assert.equal((await hall.get("/api/v1/me", { as: token })).status, 401);
    assert.equal((await beat("d1", token)).status, 401);
    assert.equal(await listed("d1"), undefined);
    assert.equal((await revoke("d1")).status, 404);
    assert.equal((await revoke("nobody")).status, 404);
    const waiting = await pair("d1", "display"); // the name is free again
    assert.equal((await revoke("d1")).status, 204);
    assert.equal((await enroll({ code: waiting.code })).status, 403, "a waiting code is taken back as well");
});

test("a token of the command line is listed and can be taken back", async () => {
    assert.equal((await listed("auditor")).role, "auditor");
    assert.equal((await revoke("auditor")).status, 204);
    assert.equal((await hall.get("/api/v1/me", { as: "auditor" })).status, 401);
});

test("a power cut: codes that wait and devices that are paired stay, a used code stays used", async () => {
    const used = await pair("k4");
    const { token } = (await enroll({ code: used.code })).data;
    await beat("k4", token);
    const waiting = await pair("k5");
    const gone = await pair("k6");
    const dead = (await enroll({ code: gone.code })).data.token;
    await revoke("k6");
    await hall.daemon.kill();
    for (const name of readdirSync(hall.daemon.folder)) {
        const bytes = readFileSync(path.join(hall.daemon.folder, name)).toString("latin1");
        for (const secret of [used.code, waiting.code, token]) {
            assert.ok(!bytes.includes(secret), `a secret stands in ${name}`);
        }
    }
    assert.ok(![used.code, waiting.code, token].some((secret) => hall.daemon.log.includes(secret)), "and none in the log");
    await hall.daemon.start();
    await hall.quiet();
    assert.equal((await hall.get("/api/v1/me", { as: token })).data.device, "k4");
    assert.equal((await hall.get("/api/v1/me", { as: dead })).status, 401);
    assert.equal((await listed("k4")).state, "online", "it has its time to beat again");
    assert.equal((await enroll({ code: used.code })).status, 403);
    assert.equal((await enroll({ code: waiting.code })).status, 201);
    const stream = await hall.stream("/api/v1/events?topics=hall", { as: "admin" });
    await hall.advance(40);
    let offline = await stream.event("device.offline");
    while (offline.data.subject !== "devices/k4") {
        offline = await stream.event("device.offline"); // k2 lived as well
    }
    stream.control.abort();
    assert.equal((await listed("k4")).state, "offline");
});
