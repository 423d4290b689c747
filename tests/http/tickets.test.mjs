// Tickets and windows through the API: a visit from issue to rating, versions, problems, bound windows.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Hall } from "./lib.mjs";

let hall;
before(async () => (hall = await Hall.open()));
after(() => hall.close());

const act = (id, verb, as, body) => hall.post(`/api/v1/tickets/${id}/${verb}`, { as, body });
const at = (no, verb, as, body) => hall.post(`/api/v1/windows/${no}/${verb}`, { as, body });

function problem(answer, status, code) {
    assert.equal(answer.status, status, answer.text);
    assert.equal(answer.headers.get("content-type"), "application/problem+json");
    assert.equal(answer.data.code, code);
    assert.equal(answer.data.type, `urn:problem:${code}`);
    assert.equal(answer.data.status, status);
    assert.equal(answer.data.request_id, answer.headers.get("x-request-id"));
    assert.ok(answer.data.title);
}

test("a visit from issue to rating", async () => {
    const issued = await hall.post("/api/v1/tickets", {
        as: "kiosk", body: { service: "card", lang: "zh-CN" }, headers: { "Idempotency-Key": "visit-1" },
    });
    assert.equal(issued.status, 201);
    const { id, number, public_url } = issued.data;
    assert.equal(issued.headers.get("location"), `/api/v1/tickets/${id}`);
    assert.match(number, /^C\d{3}$/);
    assert.equal(issued.data.state, "waiting");
    assert.equal(issued.data.channel, "kiosk");
    assert.match(issued.data.issued_at, /^2026-11-23T09:\d\d:\d\d\.\d{3}\+08:00$/);

    assert.equal((await at(3, "next", "clerk3")).data.code, "window-not-open");
    const open = await at(3, "open", "clerk3");
    assert.equal(open.status, 200, open.text);
    assert.equal(open.data.clerk, "desk3", "a token opens in its own name");
    const called = await at(3, "next", "clerk3");
    assert.equal(called.status, 200, called.text);
    assert.equal(called.data.ticket.id, id);
    assert.equal(called.data.ticket.window, 3);
    assert.equal(called.data.finished, null);
    assert.ok(called.data.why.text);
    assert.equal((await act(id, "start", "clerk3")).data.state, "serving");
    const done = await act(id, "finish", "clerk3", { outcome_code: "ok" });
    assert.equal(done.data.state, "done");
    assert.equal((await at(3, "next", "clerk3")).status, 204, "nobody waits: an answer, not an error");

    const token = public_url.split("/").at(-1);
    const seen = await hall.get(`/api/v1/public/tickets/${token}`);
    assert.equal(seen.data.number, number);
    assert.equal(seen.data.rating_open, true);
    assert.ok(!seen.text.includes(id), "a visitor is not told ids");
    const rated = await hall.post(`/api/v1/public/tickets/${token}/rating`, { body: { level: 5 } });
    assert.equal(rated.status, 201, rated.text);
    problem(await hall.post(`/api/v1/public/tickets/${token}/rating`, { body: { level: 4 } }), 409, "already-rated");

    const history = await hall.get(`/api/v1/tickets/${id}/history`, { as: "lobby" });
    const types = history.data.items.map((item) => item.type);
    for (const type of ["ticket.issued", "ticket.called", "ticket.started", "ticket.finished", "rating.submitted"]) {
        assert.ok(types.includes(type), type);
    }
    const why = await hall.get(`/api/v1/tickets/${id}/why`, { as: "lobby" });
    assert.equal(why.status, 200);
    assert.equal(why.data.number, number);
});

test("versions: ETag, If-None-Match, If-Match", async () => {
    const { id } = await hall.issue();
    const first = await hall.get(`/api/v1/tickets/${id}`, { as: "lobby" });
    const etag = first.headers.get("etag");
    assert.match(etag, /^"v\d+"$/);
    for (const none of [etag, `W/${etag}`]) {
        const same = await hall.get(`/api/v1/tickets/${id}`, { as: "lobby", headers: { "If-None-Match": none } });
        assert.equal(same.status, 304);
        assert.equal(same.text, "");
        assert.equal(same.headers.get("etag"), etag);
    }
    const headers = { "If-Match": etag };
    const note = await hall.ask("PATCH", `/api/v1/tickets/${id}`, { as: "lobby", body: { note: "x" }, headers });
    assert.equal(note.status, 200, note.text);
    assert.notEqual(note.headers.get("etag"), etag);
    const late = await hall.ask("PATCH", `/api/v1/tickets/${id}`, { as: "lobby", body: { note: "y" }, headers });
    problem(late, 412, "stale-version");
    const foreign = await hall.ask("PATCH", `/api/v1/tickets/${id}`, { as: "lobby", body: { note: "y" }, headers: { "If-Match": '"abc"' } });
    problem(foreign, 412, "stale-version");
    const any = await hall.ask("PATCH", `/api/v1/tickets/${id}`, { as: "lobby", body: { note: "z" }, headers: { "If-Match": "*" } });
    assert.equal(any.status, 200);
    const after = await hall.get(`/api/v1/tickets/${id}`, { as: "lobby", headers: { "If-None-Match": etag } });
    assert.equal(after.status, 200);
    assert.equal(after.data.note, "z");
});

test("views and windows have versions that follow what happens", async () => {
    for (const [path, as] of [["/api/v1/views/kiosk", "kiosk"], ["/api/v1/views/lobby", "lobby"], ["/api/v1/views/display", "display"],
        ["/api/v1/views/clerk?window=3", "clerk"], ["/api/v1/views/rating?window=3", "rating"]]) {
        let view = await hall.get(path, { as });
        assert.equal(view.status, 200, view.text);
        let headers = { "If-None-Match": view.headers.get("etag") };
        let again = await hall.get(path, { as, headers });
        // A forecast may come in between and make a new version, but not every time.
        for (let tries = 0; again.status === 200 && tries < 3; tries++) {
            assert.notEqual(again.headers.get("etag"), headers["If-None-Match"], path);
            view = again;
            headers = { "If-None-Match": view.headers.get("etag") };
            again = await hall.get(path, { as, headers });
        }
        assert.equal(again.status, 304, path);
        await hall.issue("tax");
        const next = await hall.get(path, { as, headers });
        assert.equal(next.status, 200, path);
        assert.ok(next.data.seq > view.data.seq);
    }
});

test("the display's zone", async () => {
    const upper = await hall.get("/api/v1/views/display?zone=upper", { as: "display" });
    assert.deepEqual(upper.data.windows.map((window) => window.no), [5, 6]);
    problem(await hall.get("/api/v1/views/display?zone=nowhere", { as: "display" }), 404, "not-found");
});

test("bodies that cannot be", async () => {
    for (const [body, status] of [["{", 400], ["[]", 422], ['{"service":"pension","service":"tax"}', 400], ["", 422], ["{}", 422],
        ['{"service":7}', 422], ['{"service":"nope"}', 422], [`${"[".repeat(100)}`, 400]]) {
        const answer = await hall.post("/api/v1/tickets", { as: "lobby", body });
        assert.equal(answer.status, status, `${body.slice(0, 40)}: ${answer.text}`);
        assert.equal(answer.data.code, "invalid-body");
    }
    const wrong = await hall.post("/api/v1/tickets", { as: "lobby", body: { service: 7 } });
    assert.equal(wrong.data.errors[0].pointer, "/service");
});

test("problems speak the reader's language", async () => {
    const title = async (language) =>
        (await hall.get("/api/v1/nope", { headers: language ? { "Accept-Language": language } : {} })).data.title;
    const chinese = /[\u4e00-\u9fff]/;
    for (const language of ["zh-CN", "zh", "zh-CN,zh;q=0.9,en;q=0.8", "fr, zh;q=0.5", "en;q=0.2, zh;q=0.3"]) {
        assert.match(await title(language), chinese, language);
    }
    for (const language of ["en", "en-GB,zh;q=0.9", "fr", "*", "zh;q=0"]) {
        assert.doesNotMatch(await title(language), chinese, language);
    }
});

test("a problem says where, without secrets", async () => {
    const token = "f".repeat(32);
    const answer = await hall.get(`/api/v1/public/tickets/${token}`);
    problem(answer, 404, "not-found");
    assert.ok(!answer.text.includes(token));
    const other = await hall.get("/api/v1/tickets/x?secret=1", { as: "lobby" });
    assert.equal(other.data.instance, "/api/v1/tickets/x");
});

test("a token bound to a window works nowhere else", async () => {
    problem(await at(4, "next", "clerk3"), 403, "forbidden");
    problem(await at(1, "open", "clerk3"), 403, "forbidden");
    problem(await hall.get("/api/v1/views/clerk?window=4", { as: "clerk3" }), 403, "forbidden");
    assert.equal((await hall.get("/api/v1/views/clerk", { as: "clerk3" })).data.window.no, 3);
    problem(await hall.get("/api/v1/views/clerk", { as: "clerk" }), 400, "malformed-request");
});

test("a clerk cannot tell a foreign ticket from none", async () => {
    problem(await hall.get("/api/v1/tickets/nope", { as: "clerk3" }), 403, "not-your-ticket");
    problem(await hall.get(`/api/v1/tickets/${"x".repeat(60)}`, { as: "clerk3" }), 403, "not-your-ticket");
    problem(await act("nope", "start", "clerk3"), 403, "not-your-ticket");
    problem(await hall.get("/api/v1/tickets/nope", { as: "lobby" }), 404, "not-found");
    problem(await act("nope", "recall", "lobby"), 404, "not-found");
    assert.equal((await at(6, "open", "clerk")).status, 200);
    const foreign = (await at(6, "next", "clerk")).data.ticket;
    problem(await act(foreign.id, "start", "clerk3"), 403, "not-your-ticket");
});

test("rules of the hall are conflicts that say what is possible", async () => {
    const { id } = await hall.issue("invoice");
    const answer = await act(id, "recall", "lobby");
    problem(answer, 409, "wrong-state");
    assert.equal(answer.data.state, "waiting");
    assert.ok(Array.isArray(answer.data.allowed));
    problem(await at(6, "open", "relief"), 409, "window-occupied");
    const amend = { service: "nope", reason: "wrong queue" };
    problem(await hall.ask("PATCH", `/api/v1/tickets/${id}`, { as: "lobby", body: amend }), 422, "invalid-body");
    problem(await hall.post("/api/v1/services/card/suspend", { as: "admin", body: {} }), 422, "invalid-body");
    assert.equal((await hall.post("/api/v1/services/card/suspend", { as: "admin", body: { reason: "machine" } })).status, 204);
    problem(await hall.post("/api/v1/tickets", { as: "lobby", body: { service: "card" } }), 409, "service-closed");
    assert.equal((await hall.post("/api/v1/services/card/resume", { as: "admin" })).status, 204);
    assert.equal((await hall.post("/api/v1/tickets", { as: "lobby", body: { service: "card" } })).status, 201);
});

test("the slip: text at two widths, a page, and what is not made", async () => {
    const { id, number, public_url: url } = await hall.issue("pension");
    const slip = (query) => hall.get(`/api/v1/tickets/${id}/slip${query}`, { as: "lobby" });
    const wide = (await slip("")).text;
    assert.ok(wide.split("\n").includes(number));
    assert.ok(wide.includes("养老保险 / Pension insurance"));
    assert.ok(wide.includes(url));
    const columns = (line) => [...line].reduce((sum, c) => sum + (c > "\u07ff" ? 2 : 1), 0);
    const narrow = (await slip("?width=58")).text;
    assert.ok(narrow.split("\n").every((line) => columns(line) <= 32), narrow);
    // The same words; a line that is broken at a space loses that.
    assert.equal(narrow.replaceAll(/[\n ]/g, ""), wide.replaceAll(/[\n ]/g, ""));
    const page = await slip("?format=html&width=58");
    assert.match(page.headers.get("content-type"), /^text\/html/);
    assert.ok(page.text.includes(`<h1>${number}</h1>`));
    for (const width of [58, 80]) {
        const paper = await slip(`?format=escpos&width=${width}`);
        assert.equal(paper.headers.get("content-type"), "application/octet-stream");
        // Initialise, Chinese mode, ..., the number at 4 x 4, ..., the code, ..., feed and cut.
        assert.equal(paper.bytes.subarray(0, 4).toString("hex"), "1b401c26");
        assert.ok(paper.bytes.includes(`\x1d\x21\x33${number}\n`));
        assert.ok(paper.bytes.includes(url));
        assert.equal(paper.bytes.subarray(-4).toString("hex"), "1d564200");
    }
    for (const query of ["?width=60", "?format=escpos&width=60", "?format=pdf"]) {
        problem(await slip(query), 400, "malformed-request");
    }
    problem(await hall.get("/api/v1/tickets/nope/slip", { as: "lobby" }), 404, "not-found");
});

test("the same person does not wait twice for the same", async () => {
    const body = { service: "household", id_token: "card 4711" };
    assert.equal((await hall.post("/api/v1/tickets", { as: "lobby", body })).status, 201);
    const again = await hall.post("/api/v1/tickets", { as: "lobby", body });
    problem(again, 409, "already-waiting");
    assert.ok(!again.text.includes("4711"));
});

test("lists: filters, pages, and values that cannot be", async () => {
    for (let i = 0; i < 5; i++) {
        await hall.issue("marriage");
    }
    const list = (query) => hall.get(`/api/v1/tickets?${query}`, { as: "lobby" });
    const seen = [];
    let cursor = "";
    for (let page = 0; page < 10; page++) {
        const { data } = await list(`service=marriage&limit=2${cursor}`);
        seen.push(...data.items.map((ticket) => ticket.number));
        if (data.next_cursor === null) {
            break;
        }
        assert.equal(data.items.length, 2);
        cursor = `&cursor=${encodeURIComponent(data.next_cursor)}`;
    }
    assert.deepEqual(seen, ["E001", "E002", "E003", "E004", "E005"]);
    assert.deepEqual((await list("number=E003")).data.items.map((t) => t.number), ["E003"]);
    assert.ok((await list("state=waiting,called&service=marriage")).data.items.every((t) => t.state === "waiting"));
    assert.equal((await list("state=done&service=marriage")).data.items.length, 0);
    assert.equal((await list("from=2026-11-24")).data.items.length, 0);
    assert.ok((await list("from=2026-11-23&to=2026-11-23")).data.items.length > 4);
    for (const query of ["state=nope", "limit=0", "limit=201", "limit=x", "window=0", "from=today", `number=${"9".repeat(40)}`]) {
        problem(await list(query), 400, "malformed-request");
    }
});

test("rights: the front of the queue, voiding, and who may not", async () => {
    const { id } = await hall.issue("invoice");
    assert.equal((await act(id, "void", "lobby", { reason: "mistake" })).data.state, "void");
    problem(await act(id, "cancel", "lobby"), 409, "wrong-state");
    const { id: other } = await hall.issue("invoice");
    assert.equal((await act(other, "cancel", "integration", { reason: "left" })).data.state, "cancelled");
});

test("machine pages", async () => {
    assert.deepEqual((await hall.get("/healthz")).data, { status: "ok" });
    const ready = await hall.get("/readyz");
    assert.equal(ready.status, 200);
    assert.equal(ready.data.checks.db, "ok");
    const metrics = await hall.get("/metrics", { as: "monitoring" });
    assert.match(metrics.headers.get("content-type"), /^text\/plain; version=0\.0\.4/);
    for (const name of ["hallcall_build_info", "hallcall_tickets_waiting", "hallcall_sse_clients", "hallcall_http_request_seconds_count"]) {
        assert.match(metrics.text, new RegExp(`^${name}[{ ]`, "m"), name);
    }
    for (const line of metrics.text.trimEnd().split("\n")) {
        assert.match(line, /^(# (HELP|TYPE) \S+ .+|[a-z_]+(\{[^}]*(\{[a-z]+\}[^}]*)*\})? [-+0-9.eEinfNa]+)$/, line);
    }
    const leds = await hall.get("/api/v1/leds", { as: "display" });
    assert.equal(leds.status, 200);
    assert.ok(Array.isArray(leds.data.signs));
});

test("the day closes and opens again", async () => {
    const closed = await hall.post("/api/v1/admin/day/close", { as: "admin" });
    assert.equal(closed.status, 200, closed.text);
    assert.equal(closed.data.open, false);
    problem(await hall.post("/api/v1/tickets", { as: "lobby", body: { service: "card" } }), 409, "service-closed");
    assert.equal((await hall.post("/api/v1/admin/day/open", { as: "lobby" })).data.open, true);
    assert.equal((await hall.post("/api/v1/tickets", { as: "lobby", body: { service: "card" } })).status, 201);
});
