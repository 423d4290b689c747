// People: sign in, the cookie, forged writes, sign out, and how often one may try.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Hall, PASSWORD } from "./lib.mjs";

let hall;
before(async () => (hall = await Hall.open()));
after(() => hall.close());

async function login(username, password = PASSWORD) {
    const answer = await hall.post("/api/v1/login", { body: { username, password } });
    const cookie = (answer.headers.get("set-cookie") ?? "").split(";")[0];
    return { answer, cookie, csrf: answer.data?.csrf, headers: { Cookie: cookie, "X-CSRF-Token": answer.data?.csrf } };
}

test("sign in, act, sign out", async () => {
    const { answer, cookie, csrf, headers } = await login("li");
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.data.user.name, "li");
    assert.deepEqual(answer.data.roles, ["clerk"]);
    assert.equal(answer.data.window, 4);
    const flags = answer.headers.get("set-cookie");
    assert.match(flags, /^hallcall=[0-9a-f]{64}; /);
    for (const flag of ["HttpOnly", "SameSite=Strict", "Path=/"]) {
        assert.ok(flags.includes(flag), flag);
    }
    assert.ok(!answer.text.includes(cookie.split("=")[1]), "the secret is in the cookie alone");
    const me = await hall.get("/api/v1/me", { headers: { Cookie: `a=b; ${cookie}` } });
    assert.equal(me.data.user.name, "li");
    assert.equal(me.data.csrf, csrf);
    const open = await hall.post("/api/v1/windows/4/open", { headers });
    assert.equal(open.status, 200, open.text);
    assert.equal(open.data.clerk, "li");
    const other = await hall.post("/api/v1/windows/5/open", { headers });
    assert.equal(other.status, 409);
    assert.equal(other.data.code, "not-your-window");
    assert.equal((await hall.post("/api/v1/logout", { headers })).status, 204);
    assert.equal((await hall.get("/api/v1/me", { headers })).status, 401);
});

test("wrong passwords and unknown people look alike", async () => {
    const wrong = (await login("zhang", "not the password")).answer;
    const unknown = (await login("nobody", "not the password")).answer;
    assert.equal(wrong.status, 401);
    assert.equal(unknown.status, 401);
    assert.equal(wrong.data.title, unknown.data.title);
    assert.equal(wrong.headers.get("set-cookie"), null);
    const empty = await hall.post("/api/v1/login", { body: {} });
    assert.equal(empty.status, 422);
});

test("a write by cookie needs the token and an origin of our own", async () => {
    const { cookie, csrf } = await login("zhang");
    const write = (headers) => hall.post("/api/v1/windows/1/open", { headers: { Cookie: cookie, ...headers } });
    const host = new URL(hall.origin).host;
    for (const headers of [
        {}, { "X-CSRF-Token": "" }, { "X-CSRF-Token": "0".repeat(64) }, { "X-CSRF-Token": csrf.slice(1) },
        { "X-CSRF-Token": csrf, Origin: "http://evil.example" }, { "X-CSRF-Token": csrf, Origin: "null" },
        { "X-CSRF-Token": csrf, Origin: `http://${host}.evil.example` }, { "X-CSRF-Token": csrf, Origin: `http://${host}1` },
    ]) {
        const answer = await write(headers);
        assert.equal(answer.status, 403, JSON.stringify(headers));
    }
    const state = await hall.get("/api/v1/windows/1", { headers: { Cookie: cookie } });
    assert.equal(state.data.state, "closed", "none of these had an effect; reading needs no token");
    const raw = await hall.raw(`POST /api/v1/windows/1/open HTTP/1.1\r\nHost: ${host}\r\nCookie: ${cookie}\r\nX-CSRF-Token: ${csrf}\r\n` +
        "Sec-Fetch-Site: cross-site\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    assert.equal(raw.status, 403);
    assert.equal((await write({ "X-CSRF-Token": csrf, Origin: `http://${host}` })).status, 200);
});

test("another session's token is not ours", async () => {
    const one = await login("wang");
    const two = await login("wang");
    assert.notEqual(one.cookie, two.cookie);
    const answer = await hall.post("/api/v1/tickets", { body: { service: "tax" }, headers: { Cookie: one.cookie, "X-CSRF-Token": two.csrf } });
    assert.equal(answer.status, 403);
});

test("a bearer token needs no CSRF token, and is not signed out", async () => {
    assert.equal((await hall.post("/api/v1/windows/2/open", { as: "clerk" })).status, 200);
    assert.equal((await hall.post("/api/v1/logout", { as: "clerk" })).status, 403);
    assert.equal((await hall.get("/api/v1/me", { as: "clerk" })).status, 200);
});

test("cookies that are not ours", async () => {
    for (const cookie of ["hallcall=", "hallcall=x", `hallcall=${"0".repeat(64)}`, "xhallcall=1", `hallcall=${"a".repeat(5000)}`]) {
        assert.equal((await hall.get("/api/v1/me", { headers: { Cookie: cookie } })).status, 401, cookie.slice(0, 20));
    }
});

test("a session outlives a restart, and its end does too", async () => {
    const kept = await login("root");
    const ended = await login("root");
    assert.equal((await hall.post("/api/v1/logout", { headers: ended.headers })).status, 204);
    await hall.daemon.kill();
    await hall.daemon.start();
    assert.equal((await hall.get("/api/v1/me", { headers: kept.headers })).status, 200);
    assert.equal((await hall.get("/api/v1/me", { headers: ended.headers })).status, 401);
    assert.equal((await hall.get("/api/v1/admin/config", { headers: kept.headers })).status, 200);
});

test("secrets are not in the log", async () => {
    const { cookie } = await login("zhang");
    await hall.get("/api/v1/nope", { as: "admin" });
    for (const secret of [cookie.split("=")[1], PASSWORD, hall.token.admin]) {
        assert.ok(!hall.daemon.log.includes(secret));
    }
});

test("a signed-out session's stream ends within two seconds", async () => {
    const { headers } = await login("wang");
    const stream = await hall.stream("/api/v1/events", { as: null, headers });
    assert.equal((await stream.next()).retry, "2000");
    const begin = Date.now();
    assert.equal((await hall.post("/api/v1/logout", { headers })).status, 204);
    // user.logged_out may still come through; then the end.
    for (let block = await stream.next(); block !== null; block = await stream.next()) {
        assert.notEqual(block.event, "ticket.called");
    }
    assert.ok(Date.now() - begin < 2000);
});

test("whoever tries too often has to wait", async () => {
    const other = await Hall.open();
    try {
        const answers = [];
        for (let i = 0; i < 30; i++) {
            answers.push(other.post("/api/v1/login", { body: {} }));
        }
        const statuses = (await Promise.all(answers)).map((answer) => answer.status);
        const refused = statuses.filter((status) => status === 429).length;
        assert.ok(refused >= 1 && refused <= 10, `burst 20 and five a second: ${refused} of 30 refused`);
        assert.equal(statuses.filter((status) => status === 422).length, 30 - refused);
        const answer = await other.post("/api/v1/login", { body: {} });
        if (answer.status === 429) {
            assert.equal(answer.data.code, "rate-limited");
            assert.ok(Number(answer.headers.get("retry-after")) >= 1);
        }
        const token = "0".repeat(32);
        const visits = await Promise.all(Array.from({ length: 60 }, () => other.get(`/api/v1/public/tickets/${token}`)));
        const late = visits.filter((visit) => visit.status === 429).length;
        assert.ok(late >= 10 && late <= 30, `burst 30 and ten a second: ${late} of 60 refused`);
        assert.equal((await other.get("/healthz")).status, 200);
    } finally {
        await other.close();
    }
});
