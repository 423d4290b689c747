// Call buttons over HTTP: a key a press, a press that names no key, and the shim for buttons that can only GET.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Hall } from "./lib.mjs";

let hall;
before(async () => {
    hall = await Hall.open({
        change: (data) => {
            data.buttons = [
                { code: "key1", long: "no_show", double: "recall" },
                { code: "key2", get_from: "127.0.0.1", long: "pause" },
                { code: "key4", get_from: "192.0.2.7" },
            ];
        },
        tokens: [[["button"], "key2", 2], [["button"], "key4", 4], [["button", "clerk"], "key5", 5]],
    });
});
after(() => hall.close());

// Real time: the daemon's own guard against bouncing fingers.
const bounce = () => new Promise((resolve) => setTimeout(resolve, 1600));
const press = (key, n, more = {}) =>
    hall.post(`/api/v1/buttons/${more.id ?? "key1"}/press`, { as: more.as ?? "button1", body: more.body ?? { key, press: "short", n } });

test("a button calls, and a repeated press does nothing more", async () => {
    assert.deepEqual((await press("next", 1)).data, { text: "window-not-open", led: "red" });
    await bounce();
    await hall.post("/api/v1/windows/1/open", { as: "integration" }).catch(() => {});
    const token = hall.token.clerk;
    assert.equal((await hall.post("/api/v1/windows/1/open", { as: token })).status, 200);
    assert.deepEqual((await press("next", 2)).data, { text: "", led: "off" }, "nobody waits");
    const a = await hall.issue("pension");
    const b = await hall.issue("pension");
    assert.deepEqual((await press("next", 2)).data, { text: "", led: "off" }, "the same counter, the same answer");
    assert.deepEqual((await press("next", 3)).data, { text: "", led: "off" }, "a bounce");
    await bounce();
    assert.deepEqual((await press("next", 3)).data, { text: a.number, led: "green" });
    assert.deepEqual((await press("next", 3)).data, { text: a.number, led: "green" });
    await bounce();
    assert.deepEqual((await press("start", 4)).data, { text: a.number, led: "green" });
    await bounce();
    assert.deepEqual((await press("next", 5)).data, { text: b.number, led: "green" });
    assert.equal((await hall.get(`/api/v1/tickets/${a.id}`, { as: "lobby" })).data.state, "done");
    await bounce();
    assert.equal((await press("pause", 6)).status, 200);
});

test("a button is its own, and its body must make sense", async () => {
    assert.equal((await press("next", 9, { id: "other" })).status, 403);
    assert.equal((await press("next", 9, { as: "button" })).status, 403);
    for (const body of ["", "{", "[]", '{"key":}', '{"key":"next","n":1}x', '{"key":{"a":1},"n":1}', '{"key":"next" "n":1}']) {
        assert.equal((await press("", 0, { body })).status, 400, body);
    }
    for (const body of [{}, { key: "next" }, { key: "nope", n: 1 }, { n: 1 }]) {
        assert.equal((await press("", 0, { body })).status, 422, JSON.stringify(body));
    }
});

test("a press without a key is what the configuration says of such a press", async () => {
    await bounce();
    await press("pause", 20); // back to work, if the press before made a pause
    const { data } = await hall.get("/api/v1/windows/1", { as: "lobby" });
    assert.ok(["open", "serving", "calling"].includes(data.state), data.state);
    await bounce();
    await press("start", 201); // who was called before
    const c = await hall.issue("pension");
    const push = (how, n) => press("", n, { body: { press: how, n } });
    await bounce();
    assert.deepEqual((await push("short", 21)).data, { text: c.number, led: "green" });
    await bounce();
    assert.deepEqual((await push("double", 22)).data, { text: "too-early", led: "red" }, "a recall so soon");
    await hall.advance(61);
    await bounce();
    assert.deepEqual((await push("double", 23)).data, { text: c.number, led: "green" });
    assert.equal((await hall.get(`/api/v1/tickets/${c.id}`, { as: "lobby" })).data.calls, 2);
    await bounce();
    assert.equal((await push("long", 24)).data.led, "green");
    assert.equal((await hall.get(`/api/v1/tickets/${c.id}`, { as: "lobby" })).data.state, "no_show");
    for (const body of [{ press: "twice", n: 25 }, { n: 25 }, { press: "long" }]) {
        assert.equal((await press("", 0, { body })).status, 422, JSON.stringify(body));
    }
});

const basic = (name, token) => ({ Authorization: `Basic ${Buffer.from(`${name}:${token}`).toString("base64")}` });
const get = (id, what, headers, method = "GET") => hall.ask(method, `/api/v1/buttons/${id}/press/${what}`, { headers });

test("a button that can only GET presses, from its address and with its token", async () => {
    const own = basic("key2", hall.token.key2);
    assert.equal((await hall.post("/api/v1/windows/2/open", { as: "relief" })).status, 200);
    const { data: window } = await hall.get("/api/v1/windows/2", { as: "lobby" });
    const ticket = await hall.issue(window.services[0].code ?? window.services[0]);
    assert.equal((await get("key2", "next", { Authorization: `Bearer ${hall.token.key2}` }, "HEAD")).status, 405);
    assert.equal((await hall.get(`/api/v1/tickets/${ticket.id}`, { as: "lobby" })).data.state, "waiting");
    assert.deepEqual((await get("key2", "short", own)).data, { text: ticket.number, led: "green" });
    assert.deepEqual((await get("key2", "start", own)).data, { text: ticket.number, led: "green" }, "a bounce");
    assert.equal((await hall.get(`/api/v1/tickets/${ticket.id}`, { as: "lobby" })).data.state, "called");
    await bounce();
    assert.deepEqual((await get("key2", "start", { Authorization: `Bearer ${hall.token.key2}` })).data, { text: ticket.number, led: "green" });
    assert.equal((await hall.get(`/api/v1/tickets/${ticket.id}`, { as: "lobby" })).data.state, "serving");
    await bounce();
    assert.equal((await get("key2", "double", own)).status, 422, "means nothing here");
    assert.equal((await get("key2", "jump", own)).status, 404);
});

test("GET does nothing for any other button, token or address", async () => {
    await bounce();
    assert.equal((await get("key1", "next", basic("key1", hall.token.button1))).status, 403, "off by default");
    assert.equal((await get("key4", "next", basic("key4", hall.token.key4))).status, 403, "another address");
    assert.equal((await get("key2", "next", basic("key2", hall.token.button1))).status, 403, "another button's token");
    assert.equal((await get("key2", "next", basic("key2", "x".repeat(64)))).status, 401);
    assert.equal((await get("key2", "next", { Authorization: "Basic !!!" })).status, 401);
    assert.equal((await get("key2", "next", {})).status, 401);
});

test("a password in the address is for buttons that GET, and for nothing else", async () => {
    for (const [name, token] of [["clerk", hall.token.clerk], ["key5", hall.token.key5], ["admin", hall.token.admin]]) {
        assert.equal((await hall.get("/api/v1/me", { headers: basic(name, token) })).status, 401, name);
    }
    const { status } = await hall.post("/api/v1/buttons/key2/press", { headers: basic("key2", hall.token.key2), body: { key: "next", n: 99 } });
    assert.equal(status, 401);
});
