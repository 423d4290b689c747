// Ratings through the API: who asks and who may answer, reasons, silence, exemptions, and what is left of it after a power cut.
// Windows of the demo hall: 1 general, 3 fast.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Hall } from "./lib.mjs";

const REASONS = { version: "2026-a", items: [{ code: "noise", name: { "zh-CN": "嘈杂", en: "Noise" } },
    { code: "other", name: { "zh-CN": "其他", en: "Other" } }] };
let hall;
const change = (document) => Object.assign(document.rating, { reasons: REASONS, clerk: "none", window_s: 7200 });
before(async () => {
    hall = await Hall.open({ change, tokens: [[["rating"], "rate1", 1], [["rating"], "rate3", 3], [["clerk"], "clerk1", 1]] });
    for (const no of [1, 3]) {
        await done(hall.post(`/api/v1/windows/${no}/open`, { as: `clerk${no}`, body: { clerk: `person${no}` } }));
    }
});
after(() => hall.close());

/* The data of an answer that must be a good one. */
async function done(asked) {
    const answer = await asked;
    assert.ok(answer.status < 300, `${answer.status} ${answer.text}`);
    return answer.data;
}

function refused(answer, status, code, pointer) {
    assert.equal(answer.status, status, answer.text);
    assert.equal(answer.data.code, code);
    if (pointer) {
        assert.equal(answer.data.errors[0].pointer, pointer);
    }
}

async function serve(window, body = {}) {
    const { id, public_url: url } = await hall.issue(window === 3 ? "card" : "pension");
    const { ticket } = await done(hall.post(`/api/v1/windows/${window}/next`, { as: `clerk${window}`, body: {} }));
    assert.equal(ticket.id, id);
    await done(hall.post(`/api/v1/tickets/${id}/start`, { as: `clerk${window}`, body: {} }));
    await done(hall.post(`/api/v1/tickets/${id}/finish`, { as: `clerk${window}`, body }));
    return { id, number: ticket.number, token: url.split("/")[2] };
}

const rate = (id, body, options = {}) => hall.post(`/api/v1/tickets/${id}/rating`, { as: "rate1", body, ...options });
const leg = async (id) => (await done(hall.get(`/api/v1/tickets/${id}`, { as: "lobby" }))).legs.at(-1);
const view = (as = "rate1") => done(hall.get("/api/v1/views/rating", { as }));
const beat = (name) => done(hall.ask("PUT", `/api/v1/devices/${name}/status`, { as: name, body: {} }));
const bad = async () => (await done(hall.get("/api/v1/views/lobby", { as: "lobby" }))).alerts.filter((one) => one.code === "bad-rating");

async function history(id) {
    const { items } = await done(hall.get(`/api/v1/tickets/${id}/history`, { as: "lobby" }));
    return items.filter(({ type }) => type.startsWith("rating."));
}

test("the device asks for 20 seconds, shows whom the hall allows, and rates once", async () => {
    assert.equal((await view()).state, "idle");
    const { id, number } = await serve(1);
    const asks = await view();
    assert.deepEqual([asks.state, asks.ticket.number, asks.clerk], ["invite", number, null]);
    assert.deepEqual([asks.scale_version, asks.reasons_up_to, asks.reasons], ["five/2026-a", 2, REASONS.items]);
    const ended = Date.parse((await leg(id)).ended_at);
    assert.equal(Date.parse(asks.until) - ended, 20000);
    for (const [body, pointer] of [[{}, "/level"], [{ level: 0 }, "/level"], [{ level: 6 }, "/level"], [{ level: "5" }, "/level"],
        [{ level: 1, reasons: "noise" }, "/reasons"], [{ level: 1, reasons: ["No ise"] }, "/reasons"],
        [{ level: 1, reasons: ["attitude"] }, "/reasons"], [{ level: 3, reasons: ["noise"] }, "/reasons"]]) {
        refused(await rate(id, body), 422, "invalid-body", pointer);
    }
    const headers = { "Idempotency-Key": "one-tap" };
    const first = await rate(id, { level: 4, scale_version: "five/2026-a" }, { headers });
    assert.equal(first.status, 201);
    const again = await rate(id, { level: 4, scale_version: "five/2026-a" }, { headers });
    assert.deepEqual([again.status, again.text], [201, first.text]);
    refused(await rate(id, { level: 5 }), 409, "already-rated");
    assert.equal((await view()).state, "idle");
    assert.deepEqual((await history(id)).map(({ type }) => type), ["rating.invited", "rating.submitted"]);
});

test("no clerk, kiosk or lobby rates for a visitor", async () => {
    const { id } = await serve(1);
    for (const as of ["clerk1", "kiosk", "lobby", "supervisor", "admin", "button1", null]) {
        const answer = await rate(id, { level: 5 }, { as });
        assert.ok([401, 403].includes(answer.status), `${as}: ${answer.status}`);
    }
    assert.equal((await leg(id)).rating, null);
    assert.equal((await rate(id, { level: 3 })).status, 201);
});

test("a device rates for who was served at its window, and for nobody else", async () => {
    const { id, token } = await serve(1);
    refused(await rate(id, { level: 1 }, { as: "rate3" }), 403, "forbidden");
    assert.equal((await leg(id)).rating, null);
    const other = await serve(3);
    refused(await rate(other.id, { level: 1 }), 403, "forbidden");
    assert.equal((await rate(id, { level: 4 })).status, 201);
    refused(await hall.post(`/api/v1/public/tickets/${token}/rating`, { body: { level: 5 } }), 409, "already-rated");
});

test("a bad rating keeps its reasons and their version, and is the lobby's for an hour", async () => {
    const { id, number, token } = await serve(1);
    const before = await done(hall.get(`/api/v1/public/tickets/${token}`));
    assert.deepEqual([before.rating_open, before.rating.scale_version, before.rating.reasons], [true, "five/2026-a", REASONS.items]);
    const body = { level: 1, reasons: ["noise", "other"], comment: "太吵" };
    await done(hall.post(`/api/v1/public/tickets/${token}/rating`, { body }));
    const after = await done(hall.get(`/api/v1/public/tickets/${token}`));
    assert.deepEqual([after.rating_open, after.rating], [false, null]);
    const [, said] = await history(id);
    assert.deepEqual([said.level, said.reason, said.scale, said.note], [1, "noise,other", "five/2026-a", "太吵"]);
    const [alert] = await bad();
    assert.deepEqual([alert.ticket, alert.number, alert.window], [id, number, 1]);
    assert.match(alert.text["zh-CN"], new RegExp(`^${number} 号差评`));
    assert.match(alert.text.en, new RegExp(`^${number} gave a bad rating`));
    assert.deepEqual(alert.actions.map((one) => one.do), ["ticket"]);
    await hall.advance(3599);
    assert.equal((await bad()).length, 1);
    await hall.advance(2);
    assert.deepEqual(await bad(), []);
});

test("silence is told from opinion, and the clerk's words ask anew", async () => {
    const { id } = await serve(1);
    const version = async () => (await done(hall.get("/api/v1/windows/1", { as: "clerk1" }))).version;
    const seen = await version();
    await hall.advance(20);
    assert.equal((await view()).state, "idle");
    assert.equal(await version(), seen, "a press that was under way still counts");
    const silent = await leg(id);
    assert.deepEqual([silent.rating, silent.rating_lapsed, silent.asked_by_machine, silent.asked_by_clerk], [null, true, true, false]);
    await done(hall.post(`/api/v1/tickets/${id}/invite`, { as: "clerk1", body: {} }));
    assert.equal((await view()).state, "invite");
    await hall.advance(20);
    assert.deepEqual((await history(id)).map(({ type }) => type),
        ["rating.invited", "rating.lapsed", "rating.invited", "rating.lapsed"]);
    assert.equal((await leg(id)).asked_by_clerk, true);
    await hall.advance(7000); // from the phone, still in time
    assert.equal((await rate(id, { level: 5 })).status, 201);
    const late = await serve(1);
    await hall.advance(7201);
    refused(await rate(late.id, { level: 5 }), 410, "rating-closed");
    assert.equal((await done(hall.get(`/api/v1/public/tickets/${late.token}`))).rating_open, false);
});

test("the card of who serves is what the hall tells of its staff", async () => {
    const { data, headers } = await hall.get("/api/v1/admin/config", { as: "admin" });
    data.rating.clerk = "name";
    data.staff = { show: ["initial", "number"],
        people: [{ clerk: "person1", number: "017", name: { "zh-CN": "张静", en: "Zhang" }, title: { "zh-CN": "岗" } }] };
    const put = (body, etag) => hall.ask("PUT", "/api/v1/admin/config", { as: "admin", body, headers: { "If-Match": etag } });
    await done(put(data, headers.get("etag")));
    const { id } = await serve(1);
    const { clerk, staff } = await view();
    assert.deepEqual([clerk, staff], [null, { number: "017", name: { "zh-CN": "张*", en: "Z*" } }]);
    await done(rate(id, { level: 5 }));
    data.rating.clerk = "none";
    await done(put(data, (await hall.get("/api/v1/admin/config", { as: "admin" })).headers.get("etag")));
    await serve(1);
    const hidden = await view();
    assert.deepEqual([hidden.state, hidden.clerk, hidden.staff], ["invite", null, null]);
    await hall.advance(20);
});

test("without an invitation nobody is asked, and may answer all the same", async () => {
    const { id } = await serve(1, { request_rating: false });
    assert.equal((await view()).state, "idle");
    assert.deepEqual(await history(id), []);
    assert.equal((await rate(id, { level: 5 })).status, 201);
});

test("a fast window and a device that is away are no clerk's fault", async () => {
    const fast = await serve(3);
    assert.equal((await leg(fast.id)).rating_exempt, "fast");
    assert.equal((await view("rate3")).state, "idle");

    await beat("rate1");
    const fine = await serve(1);
    assert.equal((await leg(fine.id)).rating_exempt, null);
    await hall.advance(41); // no beat: it is away
    const unasked = await serve(1);
    assert.deepEqual([(await leg(unasked.id)).rating_exempt, (await view()).state], ["device", "idle"]);
    assert.equal((await rate(unasked.id, { level: 2 })).status, 201); // by phone: kept, and exempt
    await beat("rate1");
    await hall.advance(30);
    const asked = await serve(1); // and falls silent while it asks
    await hall.advance(21);
    const gone = await leg(asked.id);
    assert.deepEqual([gone.rating_exempt, gone.rating_lapsed], ["device", true]);
    await beat("rate1");
});

test("after a power cut a question stands, what was said is kept, and the log adds up", async () => {
    await beat("rate1");
    const said = await serve(1);
    await done(rate(said.id, { level: 2, reasons: ["other"] }));
    const asked = await serve(1);
    await hall.daemon.kill();
    await hall.daemon.start();
    await hall.quiet();
    const asks = await view();
    assert.deepEqual([asks.state, asks.ticket.id], ["invite", asked.id]);
    assert.equal((await leg(said.id)).rating, 2);
    assert.ok((await bad()).some((one) => one.ticket === said.id));
    refused(await rate(said.id, { level: 5 }), 409, "already-rated");
    await hall.advance(20);
    assert.equal((await leg(asked.id)).rating_lapsed, true);
    await hall.daemon.process.kill("SIGTERM");
    await hall.daemon.exited;
    assert.match(hall.daemon.run(["verify", "--db", hall.daemon.db]), /./); // throws when it finds anything
    await hall.daemon.start();
});

test("the next day knows how the devices are, and nothing of yesterday's silence", async () => {
    await beat("rate1");
    await hall.advance(41);
    const { id } = await serve(1);
    assert.equal((await leg(id)).rating_exempt, "device");
    await hall.advance(24 * 3600);
    await done(hall.post("/api/v1/windows/1/open", { as: "clerk1", body: { clerk: "person1" } }));
    const next = await serve(1);
    assert.equal((await leg(next.id)).rating_exempt, "device", "it has not come back over night");
    await beat("rate1");
    const last = await serve(1);
    assert.equal((await leg(last.id)).rating_exempt, null);
});
