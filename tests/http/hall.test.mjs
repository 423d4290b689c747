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

test("a sign that its driver does not take is refused at its member", async () => {
    for (const [edit, pointer] of [
        [(one) => (one.driver = "neon"), "/displays/0/driver"],
        [(one) => (one.address = 300), "/displays/0/address"],
        [(one) => (one.options = { digits: "many" }), "/displays/0/options"],
        [(one) => (one.shows = { welcome: true }), "/displays/0/shows"],
    ]) {
        const { data, headers } = await config();
        edit(data.displays[0]);
        for (const query of ["?dry_run=1", ""]) {
            const answer = await put(data, { "If-Match": headers.get("etag") }, query);
            assert.equal(answer.status, 422);
            assert.deepEqual(answer.data.errors.map((one) => one.pointer), [pointer]);
        }
    }
});

test("a trial that is asked for in other words is still a trial", async () => {
    const { data, headers } = await config();
    data.hall.undo_s = 29;
    for (const query of ["?dry_run=true", "?dry_run=yes%20please", "?dry_run"]) {
        const answer = await put(data, { "If-Match": headers.get("etag") }, query);
        assert.equal(answer.status, 200, query);
        assert.equal(answer.data.changes[0].path, "/hall/undo_s");
    }
    assert.equal((await config()).headers.get("etag"), headers.get("etag"), "nothing changed");
});

test("the waiting bounds are text", async () => {
    const answer = await hall.get("/api/v1/admin/bounds", { as: "admin" });
    assert.equal(answer.status, 200);
    assert.match(answer.headers.get("content-type"), /^text\/plain/);
    assert.match(answer.text, /pension/);
});

test("the waiting bounds of a document that is not in force", async () => {
    const ask = (body, as = "admin") => hall.post("/api/v1/admin/bounds", { as, body });
    const { data, headers } = await config();
    data.classes.find((one) => one.code === "ordinary").cap = 4;
    data.classes.find((one) => one.code === "vip").cap = -1;
    const answer = await ask(data);
    assert.equal(answer.status, 200);
    const row = (service, cls) => answer.data.rows.find((one) => one.service === service && one.class === cls);
    // Tax takes 480 s at windows 4 and 6: 4 * 8 / 2 = 16 minutes; 2.781 times that on a bad day.
    assert.deepEqual(row("tax", "ordinary"), {
        service: "tax", class: "ordinary", windows: 2, calls: 4, typical_min: 16, bad_day_min: 44.5,
    });
    assert.deepEqual(row("tax", "vip"), {
        service: "tax", class: "vip", windows: 2, calls: null, typical_min: null, bad_day_min: null,
    });
    assert.match(answer.data.text, /warning: class vip: cap -1/);
    assert.equal((await config()).headers.get("etag"), headers.get("etag"), "nothing changed");
    data.windows = [];
    data.displays = [];
    assert.equal((await ask(data)).data.rows[0].typical_min, null);
    data.services[2].prefix = "c";
    const bad = await ask(data);
    assert.equal(bad.status, 422);
    assert.equal(bad.data.errors[0].pointer, "/services/2/prefix");
    assert.equal((await ask(data, "clerk3")).status, 403);
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

test("a kiosk asks what became of a number of today", async () => {
    const ticket = await hall.issue("invoice");
    const answer = await hall.get(`/api/v1/inquiry/${ticket.number}`, { as: "kiosk" });
    assert.equal(answer.status, 200);
    assert.equal(answer.data.id, ticket.id);
    assert.equal(answer.data.state, "waiting");
    assert.equal(answer.data.service_name["zh-CN"], "发票代开");
    for (const secret of ["token", "public_url", "note", "clerk", "external_ref"]) {
        assert.ok(!(secret in answer.data), secret);
    }
    assert.ok(!answer.text.includes(ticket.public_url.split("/").at(-1)));
    let { status, headers } = answer;
    for (let tries = 0; tries < 4 && status !== 304; tries++) { // a forecast may come between, and is news
        ({ status, headers } = await hall.get(`/api/v1/inquiry/${ticket.number}`, { as: "kiosk", headers: { "If-None-Match": headers.get("etag") } }));
    }
    assert.equal(status, 304);
    for (const number of ["Z999", "a001", "A0001", "x".repeat(40), "%F0%9F%98%80"]) {
        assert.equal((await hall.get(`/api/v1/inquiry/${number}`, { as: "kiosk" })).status, 404, number);
    }
});

test("service cards come as configured, and change with the configuration only", async () => {
    const { data, headers } = await hall.get("/api/v1/views/cards", { as: "kiosk" });
    assert.deepEqual(data.services.map((service) => service.code), ["pension", "medical"]);
    assert.equal(data.services[0].card.fee["zh-CN"], "不收费");
    await hall.issue("tax");
    const same = await hall.get("/api/v1/views/cards", { as: "kiosk", headers: { "If-None-Match": headers.get("etag") } });
    assert.equal(same.status, 304);
});

test("a number keeps the card that its visitor was told, whatever the card says later", async () => {
    const told = (ticket) => hall.get(`/api/v1/tickets/${ticket.id}/card`, { as: "clerk" });
    const shown = (ticket) => hall.get(`/api/v1/public/tickets/${ticket.public_url.split("/").at(-1)}/card`);
    const ticket = await hall.issue("medical");
    const first = await told(ticket);
    assert.equal(first.status, 200, first.text);
    assert.equal(first.data.card.time_limit["zh-CN"], "受理后15个工作日");
    assert.deepEqual((await shown(ticket)).data, first.data, "the visitor sees the same");
    const { data, headers } = await config();
    data.services.find((one) => one.code === "medical").card.time_limit = { "zh-CN": "受理后5个工作日" };
    await hall.advance(1);
    assert.equal((await put(data, { "If-Match": headers.get("etag") })).status, 204);
    await hall.advance(1);
    const later = await hall.issue("medical");
    assert.equal((await told(later)).data.card.time_limit["zh-CN"], "受理后5个工作日");
    assert.equal((await told(later)).data.version, first.data.version + 1);
    assert.deepEqual((await told(ticket)).data, first.data);
    const without = await hall.issue("card");
    assert.deepEqual([(await told(without)).data.card, (await told(without)).data.service_name.en], [null, "Social security card collection"]);
    assert.equal((await hall.get(`/api/v1/public/tickets/${"0".repeat(32)}/card`)).status, 404);
    const view = (await hall.get(`/api/v1/public/tickets/${ticket.public_url.split("/").at(-1)}`)).data;
    assert.equal(view.card, true);
});

test("who turns to online or self-service is counted once, and the count outlives a kill", async () => {
    const divert = (as, code, body, key) => hall.post(`/api/v1/services/${code}/divert`, { as, body, headers: key ? { "Idempotency-Key": key } : {} });
    const counts = async () => (await hall.get("/api/v1/views/lobby", { as: "lobby" })).data.services.find((one) => one.code === "pension").diverted;
    assert.equal((await divert("clerk", "pension", { to: "online" })).status, 403);
    assert.equal((await divert("kiosk", "nothing", { to: "online" }, "d-0")).status, 404);
    const wrong = await divert("kiosk", "pension", { to: "home" }, "d-1");
    assert.deepEqual([wrong.status, wrong.data.errors[0].pointer], [422, "/to"]);
    assert.equal((await divert("kiosk", "pension", {}, "d-2")).status, 422);
    assert.deepEqual(await counts(), { online: 0, self_service: 0 });
    for (const key of ["d-3", "d-3", "d-4"]) {
        assert.equal((await divert("kiosk", "pension", { to: "online" }, key)).status, 204);
    }
    assert.equal((await divert("kiosk", "pension", { to: "self_service" }, "d-5")).status, 204);
    assert.deepEqual(await counts(), { online: 2, self_service: 1 });
    await hall.daemon.kill();
    await hall.daemon.start();
    assert.deepEqual(await counts(), { online: 2, self_service: 1 });
});

test("staff are called from a kiosk, and the call stands until somebody has come, restarts included", async () => {
    const help = (as, code, on) => hall.post(`/api/v1/devices/${code}/help`, { as, body: { on } });
    const calls = async () => (await hall.get("/api/v1/views/lobby", { as: "lobby" })).data.alerts.filter((alert) => alert.code === "help");
    assert.equal((await help("kiosk", "other", true)).status, 403, "for itself only");
    assert.equal((await help("kiosk", "kiosk", "yes")).status, 422);
    for (const on of [true, false]) {
        assert.equal((await help("lobby", "nowhere", on)).status, 404, "there is no such device");
    }
    assert.deepEqual(await calls(), []);
    assert.equal((await help("kiosk", "kiosk", true)).status, 204);
    assert.deepEqual((await calls()).map((alert) => alert.device), ["kiosk"]);
    await hall.daemon.kill();
    await hall.daemon.start();
    assert.equal((await calls()).length, 1);
    assert.equal((await help("lobby", "kiosk", false)).status, 204);
    assert.deepEqual(await calls(), []);
});

test("a booking waits for nobody until it is checked in, by its number or by the card it was made with", async () => {
    const book = (body) => hall.post("/api/v1/appointments", { as: "integration", body });
    const checkIn = (body, key) => hall.post("/api/v1/appointments/check-in", { as: "kiosk", body, headers: key ? { "Idempotency-Key": key } : {} });
    const start = "2026-11-23T10:00:00+08:00";
    for (const body of [{ service: "tax" }, { service: "tax", start: "soon" }, { service: "nope", start }]) {
        assert.equal((await book(body)).status, 422, JSON.stringify(body));
    }
    const first = await book({ service: "tax", start });
    assert.equal(first.status, 201, first.text);
    assert.equal(first.data.state, "booked");
    const card = await book({ service: "tax", start, id_token: "11010519491231002X" });
    assert.ok(!card.text.includes("1949"));
    const waiting = async () => (await hall.get("/api/v1/tickets?service=tax&state=waiting", { as: "lobby" })).data.items.map((one) => one.number);
    const before_ = await waiting();
    assert.equal((await checkIn({ code: first.data.number })).status, 428, "a kiosk repeats, so it sends a key");
    const here = await checkIn({ code: first.data.number }, "in-1");
    assert.equal(here.status, 201, here.text);
    assert.equal(here.data.state, "waiting");
    assert.ok(here.data.slip);
    assert.equal((await checkIn({ code: first.data.number }, "in-1")).headers.get("idempotency-replayed"), "true");
    assert.equal((await checkIn({ code: first.data.number }, "in-2")).status, 409);
    const other = await checkIn({ id_token: "110105194912310038" }, "in-3");
    assert.equal(other.status, 404);
    assert.equal((await checkIn({}, "in-4")).status, 422);
    const mine = await checkIn({ id_token: "11010519491231002X" }, "in-5");
    assert.equal(mine.data.id, card.data.id);
    assert.deepEqual((await waiting()).filter((number) => !before_.includes(number)).sort(), [first.data.number, card.data.number].sort());
});
