// The configuration through the API, and the buttons that call.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Hall } from "./lib.mjs";

let hall;
before(async () => (hall = await Hall.open()));
after(() => hall.close());

const CONFIG = "/api/v1/admin/config";
const config = () => hall.get(CONFIG, { as: "admin" });
const put = (body, headers, query = "") => hall.ask("PUT", CONFIG + query, { as: "admin", body, headers });

test("the configuration is read, checked, compared and replaced", async () => {
    const first = await config();
    assert.equal(first.data.hall.code, "demo");
    const etag = first.headers.get("etag");
    assert.equal((await hall.get(CONFIG, { as: "admin", headers: { "If-None-Match": etag } })).status, 304);

    const changed = structuredClone(first.data);
    changed.services[0].quota_day = 77;
    assert.equal((await put(changed, {})).status, 428);
    assert.equal((await put(changed, {})).data.code, "match-required");
    assert.equal((await put(changed, { "If-Match": '"v999"' })).status, 412);
    const dry = await put(changed, { "If-Match": etag }, "?dry_run=1");
    assert.equal(dry.status, 200, dry.text);
    assert.deepEqual(dry.data.changes, [{ path: "/services/0/quota_day", from: 500, to: 77 }]);
    assert.equal((await config()).headers.get("etag"), etag, "a dry run changes nothing");

    const wrong = structuredClone(changed);
    wrong.services[0].prefx = "Q";
    const refused = await put(wrong, { "If-Match": etag });
    assert.equal(refused.status, 422);
    assert.equal(refused.data.errors[0].pointer, "/services/0/prefx");
    assert.equal((await put("{", { "If-Match": etag })).status, 400);
    assert.equal((await put("", { "If-Match": etag })).status, 400);

    const stream = await hall.stream("/api/v1/events");
    assert.equal((await put(changed, { "If-Match": etag })).status, 204);
    assert.ok(await stream.event("config.changed"));
    stream.close();
    const second = await config();
    assert.equal(second.data.services[0].quota_day, 77);
    assert.notEqual(second.headers.get("etag"), etag);
    assert.equal((await put(changed, { "If-Match": etag })).status, 412);
});

test("a configuration may be large, but not too large", async () => {
    const etag = (await config()).headers.get("etag");
    const large = JSON.stringify((await config()).data) + " ".repeat(3 * 1024 * 1024);
    assert.equal((await put(large, { "If-Match": etag }, "?dry_run=1")).status, 200);
    const head = `PUT ${CONFIG} HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer ${hall.token.admin}\r\nContent-Type: application/json\r\n`;
    const answer = await hall.raw(`${head}Content-Length: ${4 * 1024 * 1024 + 1}\r\n\r\n`);
    assert.equal(answer.status, 413);
});

test("the waiting bounds are text", async () => {
    const answer = await hall.get("/api/v1/admin/bounds", { as: "admin" });
    assert.equal(answer.status, 200);
    assert.match(answer.headers.get("content-type"), /^text\/plain/);
    assert.match(answer.text, /pension/);
});

test("a configuration keeps working streams by zone", async () => {
    const stream = await hall.stream("/api/v1/events?topics=display:upper", { as: "display" });
    const { data, headers } = await config();
    data.zones.reverse(); // frames name a zone by its place
    assert.equal((await put(data, { "If-Match": headers.get("etag") })).status, 204);
    // Until the daemon has read the zones anew it tells displays too much; a view asked later comes after that.
    await hall.get("/api/v1/views/display", { as: "display" });
    for (const [no, as] of [[3, "clerk3"], [6, "relief"]]) {
        await hall.issue(no === 3 ? "card" : "tax");
        await hall.post(`/api/v1/windows/${no}/open`, { as });
        assert.equal((await hall.post(`/api/v1/windows/${no}/next`, { as })).status, 200);
    }
    assert.equal((await stream.event("ticket.called")).data.data.window, 6);
    stream.close();
});

const press = (key, n, more = {}) =>
    hall.post(`/api/v1/buttons/${more.id ?? "key1"}/press`, { as: more.as ?? "button1", body: more.body ?? { key, press: "short", n } });

test("a button calls, and a repeated press does nothing more", async () => {
    const bounce = () => new Promise((resolve) => setTimeout(resolve, 1600)); // real time: the daemon's own bounce
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
