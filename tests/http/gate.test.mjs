// The request gate: whatever two programs could read in two ways is refused, and the connection closed after it.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Hall } from "./lib.mjs";

let hall;
before(async () => (hall = await Hall.open()));
after(() => hall.close());

const HOST = "Host: hall\r\n";
const request = (line, headers = HOST) => `${line} HTTP/1.1\r\n${headers}\r\n`;

async function refused(bytes, status = 400) {
    // A second, innocent request follows on the same connection: it must not be answered.
    const answer = await hall.raw(bytes + request("GET /healthz?second"));
    assert.equal(answer.status, status, answer.text);
    assert.ok(answer.closed, "the connection is closed after a refusal");
    assert.ok(!answer.text.includes('"status":"ok"'), "what follows is not answered");
}

test("an ordinary request passes", async () => {
    const answer = await hall.raw(request("GET /healthz"), { until: "ok" });
    assert.equal(answer.status, 200);
    assert.ok(!answer.closed);
});

for (const [what, target] of [
    ["an escaped zero", "/healthz%00"],
    ["an escaped slash", "/api%2fv1/me"],
    ["an escaped slash in capitals", "/api%2Fv1/me"],
    ["an escaped backslash", "/api%5cv1"],
    ["an escaped dot", "/api/%2e%2E/x"],
    ["an escaped zero in the query", "/healthz?x=%00"],
    ["an unfinished escape", "/healthz?x=%4"],
    ["an escape that is none", "/healthz?x=%zz"],
    ["two slashes", "/api//v1/me"],
    ["two slashes at the beginning", "//healthz"],
    ["a dot segment", "/api/./v1"],
    ["two dots", "/shared/../healthz"],
    ["two dots at the end", "/shared/.."],
    ["a backslash", "/api\\v1"],
    ["a byte above ASCII", "/healthz\xff"],
    ["a byte below a space", "/healthz\x01"],
    ["a zero byte", "/healthz\x00"],
    ["the absolute form", "http://hall/healthz"],
    ["the asterisk form", "*"],
    ["no slash", "healthz"],
]) {
    test(`target: ${what}`, () => refused(request(`GET ${target}`)));
}

for (const [what, headers] of [
    ["no Host", "Accept: */*\r\n"],
    ["two Hosts", HOST + "Host: other\r\n"],
    ["two Cookies", HOST + "Cookie: a=b\r\nCookie: c=d\r\n"],
    ["two Content-Lengths", HOST + "Content-Length: 0\r\nContent-Length: 0\r\n"],
    ["two Authorizations", HOST + "Authorization: Bearer a\r\nAuthorization: Bearer b\r\n"],
]) {
    test(`header: ${what}`, () => refused(request("GET /healthz", headers)));
}

for (const [what, headers] of [
    ["length and chunks", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"],
    ["an unknown encoding", "Transfer-Encoding: gzip\r\n"],
    ["chunks inside gzip", "Transfer-Encoding: gzip, chunked\r\n"],
    ["two encodings", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"],
    ["a negative length", "Content-Length: -1\r\n"],
    ["a length with a sign", "Content-Length: +5\r\n"],
    ["a list of lengths", "Content-Length: 5, 5\r\n"],
    ["a length beyond all", "Content-Length: 99999999999999999999999\r\n"],
]) {
    test(`body: ${what}`, async () => {
        const json = "Content-Type: application/json\r\n";
        const bytes = request("POST /api/v1/login", HOST + json + headers) + "0\r\n\r\n" + request("GET /healthz");
        const answer = await hall.raw(bytes);
        assert.ok(answer.status === 0 || (answer.status >= 400 && answer.status < 500), answer.text);
        assert.ok(answer.closed);
        assert.ok(!answer.text.includes('"status":"ok"'));
    });
}

for (const method of ["get", "Get", "BREW", "CONNECT", "PROPFIND", "G"]) {
    test(`method ${method} is not known`, () => refused(request(`${method} /healthz`)));
}

for (const method of ["TRACE", "OPTIONS"]) {
    test(`${method} is refused`, async () => {
        const answer = await hall.raw(request(`${method} /api/v1/me`, HOST + "X-Secret: 1\r\n"), { until: "}" });
        assert.equal(answer.status, 405);
        assert.match(answer.text, /\r\nAllow: GET, HEAD\r\n/);
        assert.ok(!answer.text.includes("X-Secret"));
    });
}

test("a header of more than 16 KiB is refused, and one just below is not", async () => {
    const long = (size) => request("GET /healthz", HOST + `X-Long: ${"a".repeat(size)}\r\n`);
    assert.equal((await hall.raw(long(15 * 1024), { until: "ok" })).status, 200);
    for (const size of [16 * 1024, 20 * 1024, 40 * 1024]) {
        const answer = await hall.raw(long(size)).catch(() => ({ status: 0, closed: true }));
        assert.ok(answer.status === 431 || answer.status === 0, `${size}: ${answer.status}`);
        assert.ok(answer.closed);
    }
});

test("a target of more than 2 KiB is refused", async () => {
    const answer = await hall.raw(request(`GET /healthz?${"a".repeat(3000)}`));
    assert.equal(answer.status, 431);
    assert.ok(answer.closed);
});

test("many headers do not kill the daemon", async () => {
    const answer = await hall.raw(request("GET /healthz", HOST + "a:b\r\n".repeat(3000))).catch(() => ({ status: 0 }));
    assert.ok([0, 200, 431].includes(answer.status), String(answer.status));
    assert.equal((await hall.get("/healthz")).status, 200);
});

test("requests one behind the other are answered in order", async () => {
    const bytes = request("GET /healthz") + request("GET /api/v1/nope") + request("GET /healthz", HOST + "Connection: close\r\n");
    const answer = await hall.raw(bytes);
    assert.deepEqual([...answer.text.matchAll(/HTTP\/1\.1 (\d+)/g)].map((m) => m[1]), ["200", "404", "200"]);
});

test("a body that is too large is refused before it is sent", async () => {
    const head = "POST /api/v1/tickets HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n" +
        `Authorization: Bearer ${hall.token.lobby}\r\n`;
    const declared = await hall.raw(`${head}Content-Length: 65537\r\n\r\n`);
    assert.equal(declared.status, 413);
    assert.ok(declared.closed);
    const chunk = `10000\r\n${" ".repeat(0x10000)}\r\n`;
    const chunked = await hall.raw(`${head}Transfer-Encoding: chunked\r\n\r\n${chunk}${chunk}0\r\n\r\n`)
        .catch(() => ({ status: 0, closed: true }));
    assert.equal(chunked.status, 0, "no answer may be queued between two pieces: the connection ends");
    assert.ok(chunked.closed);
});

test("a body must be JSON by its type", async () => {
    for (const type of ["text/plain", "application/x-www-form-urlencoded", "application/jsonx", ""]) {
        const answer = await hall.post("/api/v1/tickets", { as: "lobby", body: '{"service":"pension"}', headers: { "Content-Type": type } });
        assert.equal(answer.status, 415, type);
        assert.equal(answer.data.code, "unsupported-media-type");
    }
    const good = await hall.post("/api/v1/tickets", {
        as: "lobby", body: '{"service":"pension"}', headers: { "Content-Type": "application/json; charset=utf-8" },
    });
    assert.equal(good.status, 201);
});
