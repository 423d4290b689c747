// Idempotency-Key: the same request has one effect and one answer, however often it is sent.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Hall } from "./lib.mjs";

let hall;
before(async () => (hall = await Hall.open()));
after(() => hall.close());

const issue = (key, { as = "kiosk", body = { service: "pension" } } = {}) =>
    hall.post("/api/v1/tickets", { as, body, headers: key === null ? {} : { "Idempotency-Key": key } });
const waiting = async () => (await hall.get("/api/v1/tickets?service=pension&limit=200", { as: "lobby" })).data.items.length;

test("a kiosk must send a key, a person need not", async () => {
    const answer = await issue(null);
    assert.equal(answer.status, 428);
    assert.equal(answer.data.code, "key-required");
    assert.equal(await waiting(), 0);
    assert.equal((await issue(null, { as: "lobby" })).status, 201);
});

test("the same key and body give the stored answer", async () => {
    const before_ = await waiting();
    const first = await issue("k-1");
    assert.equal(first.headers.get("idempotency-replayed"), null);
    const again = await issue("k-1");
    assert.equal(again.status, 201);
    assert.equal(again.headers.get("idempotency-replayed"), "true");
    assert.equal(again.headers.get("location"), first.headers.get("location"));
    assert.equal(again.text, first.text);
    assert.equal(await waiting(), before_ + 1);
});

test("the same key with another body is refused", async () => {
    const answer = await issue("k-1", { body: { service: "tax" } });
    assert.equal(answer.status, 422);
    assert.equal(answer.data.code, "key-reused");
    const other = await hall.post("/api/v1/windows/1/open", { as: "clerk", body: {}, headers: { "Idempotency-Key": "w-1" } });
    assert.equal(other.status, 200);
    const path = await hall.post("/api/v1/windows/2/open", { as: "clerk", body: {}, headers: { "Idempotency-Key": "w-1" } });
    assert.equal(path.data.code, "key-reused", "the path is part of the request");
});

test("a key belongs to its caller", async () => {
    const mine = await issue("shared");
    const other = await issue("shared", { as: "lobby" });
    assert.notEqual(mine.data.id, other.data.id);
});

test("keys that cannot be", async () => {
    for (const key of ["a b", "x".repeat(129), "%C3%A9 "]) {
        const answer = await issue(key);
        assert.ok(key.trim() !== key || answer.status === 400, `${key.slice(0, 10)}: ${answer.status}`);
    }
    assert.equal((await issue("x".repeat(128))).status, 201);
});

test("many at once with one key make one ticket", async () => {
    const before_ = await waiting();
    const answers = await Promise.all(Array.from({ length: 50 }, () => issue("storm")));
    const ids = new Set(answers.filter((answer) => answer.status === 201).map((answer) => answer.data.id));
    assert.equal(ids.size, 1);
    assert.ok(answers.every((answer) => [201, 409].includes(answer.status)));
    assert.equal(await waiting(), before_ + 1);
});

test("a visitor's key", async () => {
    const { public_url } = await hall.issue("tax");
    const target = `/api/v1/public/tickets/${public_url.split("/").at(-1)}/cancel`;
    const headers = { "Idempotency-Key": "gone" };
    const first = await hall.post(target, { body: {}, headers });
    assert.equal(first.status, 200, first.text);
    const again = await hall.post(target, { body: {}, headers });
    assert.equal(again.headers.get("idempotency-replayed"), "true");
    assert.equal(again.text, first.text);
    assert.equal((await hall.post(target, { body: {} })).status, 409);
});

test("a refused command is not kept", async () => {
    const headers = { "Idempotency-Key": "later" };
    const early = await hall.post("/api/v1/windows/3/next", { as: "clerk3", headers });
    assert.equal(early.status, 409);
    await hall.post("/api/v1/windows/3/open", { as: "clerk3" });
    const now = await hall.post("/api/v1/windows/3/next", { as: "clerk3", headers });
    assert.equal(now.status, 204, now.text);
});

test("keys survive a kill", async () => {
    const first = await issue("durable");
    await hall.daemon.kill();
    await hall.daemon.start();
    const again = await issue("durable");
    assert.equal(again.headers.get("idempotency-replayed"), "true");
    assert.equal(again.text, first.text);
});
