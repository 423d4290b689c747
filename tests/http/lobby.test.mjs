// The lobby manager's part of the API: alerts with what can be done about them, whom to see to, interventions, and what
// a window serves.

import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { Hall } from "./lib.mjs";

let hall;
before(async () => {
    hall = await Hall.open({
        change: (document) => {
            document.policy.urgent = { burst: 2, refill_s: 1, per_day: 2, other_approver: true };
            document.profiles = [{ code: "relief", name: { "zh-CN": "分流", en: "Relief" },
                services: ["pension", { code: "medical", tier: "backup", after_s: 300 }] }];
            document.services.find((one) => one.code === "card").last = 10;
            document.policy.appointment = { ...document.policy.appointment, greet: true };
            document.reasons = { hold: [{ "zh-CN": "等家属" }] };
        },
    });
});
after(() => hall.close());

const view = async () => (await hall.get("/api/v1/views/lobby", { as: "lobby" })).data;
const window = async (no) => (await view()).windows.find((one) => one.no === no);
const alerts = async (code) => (await view()).alerts.filter((one) => one.code === code);
const lobby = (path, body) => hall.post(`/api/v1/${path}`, { as: "lobby", body });
/* The clerk whose token the tests have goes on duty there. */
const open = (no, more = {}) => lobby(`windows/${no}/open`, { clerk: "clerk", ...more });
const clerk = (path, body) => hall.post(`/api/v1/${path}`, { as: "clerk", body });
const patch = (id, body, as = "lobby") => hall.ask("PATCH", `/api/v1/tickets/${id}`, { as, body });
const ticket = async (id) => (await hall.get(`/api/v1/tickets/${id}`, { as: "lobby" })).data;
const ok = (answer, status = 200) => {
    assert.equal(answer.status, status, answer.text);
    return answer.data;
};
const refused = (answer, status, code, pointer) => {
    assert.equal(answer.status, status, answer.text);
    assert.equal(answer.data.code, code);
    assert.equal(answer.data.errors?.[0]?.pointer, pointer);
};
const served = (one) => one.services.map((service) => service.code).sort();

const powerCut = async () => {
    await hall.daemon.kill();
    await hall.daemon.start();
};

/* Every test begins in an empty hall that serves what it is configured to. */
beforeEach(async () => {
    for (const one of (await view()).windows.filter((w) => w.state !== "closed")) {
        ok(await lobby(`windows/${one.no}/close`, { current: "finish" }));
    }
    for (const one of (await view()).windows.filter((w) => w.changed)) {
        ok(await lobby(`windows/${one.no}/open`, { clerk: "relief", services: one.configured.map((each) => each.code) }));
        ok(await lobby(`windows/${one.no}/close`));
    }
    for (const state of ["waiting", "no_show"]) {
        const { items } = (await hall.get(`/api/v1/tickets?state=${state}&limit=200`, { as: "lobby" })).data;
        for (const one of items) {
            ok(await lobby(`tickets/${one.id}/cancel`, { reason: "test" }));
        }
    }
});

test("a queue without a window, then a late one, names the window that could help", async () => {
    const one = await hall.issue("invoice");
    const [none] = await alerts("no-open-window");
    assert.equal(none.service, "invoice");
    const opens = none.actions.find((action) => action.do === "open-window");
    const before = (await view()).windows.find((w) => w.no === opens.window);
    assert.equal(before.state, "closed");
    assert.ok(served(before).includes("invoice"));
    assert.ok(none.actions.some((action) => action.do === "suspend" && action.service === "invoice"));
    const { target_s } = (await view()).services.find((service) => service.code === "invoice");
    assert.deepEqual(await alerts("wait-over-target"), []);
    await hall.advance(target_s + 61);
    const [late] = await alerts("wait-over-target");
    assert.equal(late.service, "invoice");
    const [plain] = (await view()).suggestions.filter((advice) => advice.service === "invoice");
    assert.equal(plain.kind, "open-window");
    // Doing what is offered takes the alert away.
    ok(await open(opens.window, { reason: "relief" }));
    assert.deepEqual(await alerts("no-open-window"), []);
    const [idle] = await alerts("idle-window");
    assert.equal(idle.window, opens.window);
    assert.equal(idle.service, "invoice");
    ok(await clerk(`windows/${opens.window}/next`));
    assert.deepEqual(await alerts("wait-over-target"), []);
    assert.equal((await ticket(one.id)).state, "called");
});

test("a free window beside a red queue it does not serve is offered that service", async () => {
    await hall.issue("pension");
    ok(await open(1, { services: ["medical"] }));
    await hall.advance(3600);
    const idle = (await alerts("idle-window")).find((one) => one.window === 1);
    assert.deepEqual(idle.actions, [{ do: "add-service", window: 1, service: "pension" }]);
    ok(await lobby("windows/1/open", { services: ["medical", "pension"] }));
    assert.equal((await window(1)).waiting, 1);
});

test("a service that takes too long is told with its number", async () => {
    const one = await hall.issue("pension");
    ok(await open(1));
    ok(await clerk("windows/1/next"));
    ok(await clerk(`tickets/${one.id}/start`));
    await hall.advance(840); // twice what a pension is expected to take is 840 s
    assert.deepEqual(await alerts("service-long"), []);
    await hall.advance(61);
    const [long] = await alerts("service-long");
    assert.equal(long.window, 1);
    assert.equal(long.number, one.number);
    assert.deepEqual(long.actions, [{ do: "ticket", window: null, service: null }]);
});

test("a call for help can be cleared, and a series that runs out is told", async () => {
    ok(await open(1));
    ok(await clerk("windows/1/assist", { on: true }));
    assert.deepEqual((await alerts("assist"))[0].actions, [{ do: "clear-help", window: 1, service: null }]);
    ok(await lobby("windows/1/assist", { on: false }));
    assert.deepEqual(await alerts("assist"), []);
    for (let i = 0; i < 8; i++) {
        await hall.issue("card");
    }
    assert.deepEqual(await alerts("numbers-low"), []);
    await hall.issue("card");
    const [low] = await alerts("numbers-low");
    assert.equal(low.service, "card");
    assert.match(low.text.en, /1 left/);
    await hall.issue("card");
    assert.equal((await alerts("numbers-exhausted")).length, 1);
});

test("who waits too long or was missed twice is to be seen to, and the note survives a restart", async () => {
    const late = await hall.issue("pension");
    await hall.advance(901); // its target is 900 s
    const missed = await hall.issue("medical");
    ok(await open(2, { services: ["medical"] }));
    for (let round = 0; round < 2; round++) {
        ok(await hall.post("/api/v1/windows/2/call", { as: "clerk", body: { number: missed.number, reason: "test" } }));
        await hall.advance(6);
        ok(await clerk(`tickets/${missed.id}/recall`));
        ok(await clerk(`tickets/${missed.id}/no-show`));
    }
    let list = (await view()).attend;
    assert.deepEqual(list.map((one) => [one.number, one.why]), [[late.number, ["late"]], [missed.number, ["absent"]]]);
    assert.equal(list[0].attended_at, null);
    refused(await clerk(`tickets/${late.id}/attended`, {}), 403, "forbidden");
    ok(await lobby(`tickets/${late.id}/attended`, { note: "offered a seat" }));
    list = (await view()).attend;
    assert.deepEqual(list.map((one) => one.number), [missed.number, late.number], "who was seen to comes last");
    assert.equal(list[1].attended_by, "lobby");
    const before = list[1].attended_at;
    await powerCut();
    list = (await view()).attend;
    assert.equal(list.find((one) => one.number === late.number).attended_at, before);
    const { data } = await hall.get(`/api/v1/tickets/${late.id}/history`, { as: "lobby" });
    const note = data.items.find((event) => event.type === "ticket.attended");
    assert.deepEqual(note.actor, { kind: "device", id: "lobby" });
    ok(await lobby(`tickets/${late.id}/cancel`, { reason: "left" }));
    assert.equal((await view()).attend.length, 1, "who has left is not in it");
});

test("the only one of a priority class, and who is passed again and again", async () => {
    const alone = await hall.issue("marriage", { class: "pregnant" });
    const { target_s } = (await view()).services.find((one) => one.code === "marriage");
    await hall.advance(Math.ceil(target_s / 2));
    assert.deepEqual((await view()).attend.map((one) => [one.number, one.class, one.why]), [[alone.number, "pregnant", ["alone"]]]);
    await hall.issue("marriage", { class: "pregnant" });
    assert.deepEqual((await view()).attend, [], "two of a kind are not alone");
    const passed = await hall.issue("pension");
    ok(await open(1, { services: ["pension"] }));
    for (let i = 0; i < 4; i++) {
        const elder = await hall.issue("pension", { class: "elderly" });
        const { ticket: called } = ok(await clerk("windows/1/next"));
        assert.equal(called.number, elder.number);
        ok(await clerk(`tickets/${elder.id}/start`));
    }
    const found = (await view()).attend.find((one) => one.number === passed.number);
    assert.deepEqual(found.why, ["passed"]);
});

test("who is to be met is told on arrival, until somebody went", async () => {
    const elder = await hall.issue("pension", { class: "elderly" });
    const vip = ok(await lobby("tickets", { service: "pension", class: "vip", reason: "test" }), 201);
    const booked = ok(await lobby("appointments", { service: "medical", start: (await view()).now }), 201);
    const key = { "Idempotency-Key": "greet" };
    ok(await hall.post("/api/v1/appointments/check-in", { as: "kiosk", body: { code: booked.number }, headers: key }), 201);
    const list = (await view()).attend;
    assert.deepEqual(list.map((one) => one.why), [["greet"], ["greet"]]);
    assert.equal(list[0].number, vip.number);
    assert.ok(!list.some((one) => one.number === elder.number));
});

test("a hall's own reasons stand in the place of the built-in ones", async () => {
    const { data } = await hall.get("/api/v1/views/clerk?window=1", { as: "clerk" });
    assert.deepEqual(data.reasons.hold, [{ "zh-CN": "等家属", en: "等家属" }]);
    assert.deepEqual(data.reasons.pause[0], { "zh-CN": "午餐", en: "Lunch" });
});

test("the list is bounded, however many wait", async () => {
    for (let i = 0; i < 25; i++) {
        await hall.issue("pension");
    }
    await hall.advance(1000);
    assert.equal((await view()).attend.length, 20);
});

test("urgent needs another person's word, and the day's cap says no", async () => {
    const ids = [];
    for (let i = 0; i < 3; i++) {
        ids.push((await hall.issue("pension")).id);
    }
    refused(await patch(ids[0], { urgent: { reason: "flight", approver: "lobby" } }), 422, "invalid-body", "/urgent/approver");
    refused(await patch(ids[0], { urgent: { reason: "flight" } }), 422, "invalid-body", "/urgent/approver");
    ok(await patch(ids[0], { urgent: { reason: "flight", approver: "director Zhou" } }));
    await hall.advance(5);
    ok(await patch(ids[1], { urgent: { reason: "surgery", approver: "director Zhou" } }));
    assert.deepEqual((await view()).urgent, { today: 2, per_day: 2, other_approver: true });
    await hall.advance(5);
    refused(await patch(ids[2], { urgent: { reason: "late", approver: "director Zhou" } }), 409, "no-urgent-left");
    const { data } = await hall.get(`/api/v1/tickets/${ids[0]}/history`, { as: "lobby" });
    const event = data.items.find((one) => one.type === "ticket.amended");
    assert.equal(event.approver, "director Zhou");
    assert.equal(event.reason, "flight");
});

test("who waits is moved to another service or to one window, with a reason and in its place", async () => {
    const first = await hall.issue("pension");
    await hall.advance(60);
    const other = await hall.issue("medical");
    refused(await patch(first.id, { service: "medical" }), 422, "invalid-body", "/reason");
    ok(await patch(first.id, { service: "medical", reason: "wrong window" }));
    assert.equal((await ticket(first.id)).ahead, 0, "as old as before");
    assert.equal((await ticket(other.id)).ahead, 1);
    refused(await patch(other.id, { window: 2, reason: "same desk" }), 422, "invalid-body", "/window");
    ok(await open(2, { services: ["medical"] }));
    ok(await lobby("windows/1/open", { clerk: "li", services: ["medical"] }));
    refused(await patch(other.id, { window: 99, reason: "same desk" }), 422, "invalid-body", "/window");
    ok(await patch(other.id, { window: 2, reason: "same desk" }));
    assert.equal((await window(1)).waiting, 1);
    assert.equal((await window(2)).waiting, 2);
    // A window that goes takes nobody with it.
    ok(await lobby("windows/2/close"));
    assert.equal((await window(1)).waiting, 2);
    refused(await patch(other.id, { window: 2, reason: "x" }, "clerk"), 403, "not-your-ticket");
});

test("what a window serves changes while people wait, and survives a restart and a new configuration", async () => {
    const waiting = [await hall.issue("pension"), await hall.issue("household")];
    const configured = served(await window(1));
    ok(await open(1));
    refused(await lobby("windows/1/open", { profile: "nothing" }), 422, "invalid-body", "/profile");
    refused(await lobby("windows/1/open", { services: ["nothing"] }), 422, "invalid-body", "/services");
    refused(await lobby("windows/1/open", { services: [] }), 422, "invalid-body", "/services");
    refused(await lobby("windows/1/open", { profile: "relief", services: ["pension"] }), 422, "invalid-body", "/services");
    ok(await lobby("windows/1/open", { services: ["household"], reason: "peak" }));
    let one = await window(1);
    assert.deepEqual(served(one), ["household"]);
    assert.deepEqual(one.configured.map((each) => each.code).sort(), configured);
    assert.equal(one.changed, true);
    assert.equal(one.clerk, "clerk", "whoever sits there stays");
    for (const id of waiting.map((each) => each.id)) {
        assert.equal((await ticket(id)).state, "waiting");
    }
    const { ticket: called } = ok(await clerk("windows/1/next"));
    assert.equal(called.number, waiting[1].number);
    ok(await lobby("windows/1/open", { profile: "relief" }));
    one = await window(1);
    assert.deepEqual(one.services, [{ code: "pension", backup: false }, { code: "medical", backup: true }]);
    await powerCut();
    assert.deepEqual((await window(1)).services, one.services);
    const document = JSON.parse((await hall.get("/api/v1/admin/config", { as: "admin" })).text);
    document.hall.recall_max = 4;
    const etag = (await hall.get("/api/v1/admin/config", { as: "admin" })).headers.get("etag");
    const put = await hall.ask("PUT", "/api/v1/admin/config", { as: "admin", body: document, headers: { "If-Match": etag } });
    assert.ok(put.status < 300, put.text);
    assert.deepEqual((await window(1)).services, one.services, "another setting does not undo it");
    await powerCut();
    assert.deepEqual((await window(1)).services, one.services);
    ok(await lobby("windows/1/open", { services: configured }));
    assert.deepEqual(served(await window(1)), configured);
    ok(await lobby(`tickets/${called.id}/abandon`));
    assert.match(hall.daemon.run(["verify", "--db", hall.daemon.db]), /./);
});

test("a clerk signs on with a profile, at the own window only", async () => {
    const before = await hall.get("/api/v1/windows/3", { as: "clerk3" });
    const opened = ok(await hall.post("/api/v1/windows/3/open", { as: "clerk3", body: { profile: "relief" } }));
    assert.deepEqual(served(await window(3)), ["medical", "pension"]);
    // Everybody is told what the window serves now, not what it was configured to.
    const after = await hall.get("/api/v1/windows/3", { as: "clerk3", headers: { "If-None-Match": before.headers.get("etag") } });
    const all = await hall.get("/api/v1/windows", { as: "lobby" });
    const view = await hall.get("/api/v1/views/clerk", { as: "clerk3" });
    for (const told of [opened, after.data, all.data.items.find((one) => one.no === 3), view.data.window]) {
        assert.deepEqual([...told.services].sort(), ["medical", "pension"]);
    }
    refused(await hall.post("/api/v1/windows/1/open", { as: "clerk3", body: { profile: "relief" } }), 403, "forbidden");
});

test("a number and its paper from the lobby, and letting people pass", async () => {
    const one = ok(await lobby("tickets", { service: "pension" }), 201);
    assert.equal(one.channel, "desk");
    ok(await lobby(`tickets/${one.id}/reprint`, {}));
    ok(await lobby(`tickets/${one.id}/defer`, { places: 3 }));
    refused(await lobby(`tickets/${one.id}/defer`, { places: 0 }), 422, "invalid-body", "/places");
    ok(await lobby(`tickets/${one.id}/void`, { reason: "issued in error" }));
    assert.equal((await ticket(one.id)).state, "void");
});

test("the lobby puts up notices, changes them and takes them down, and touches nothing else of the configuration", async () => {
    const notices = () => hall.get("/api/v1/admin/notices", { as: "lobby" });
    const ask = (method, path, body, etag) =>
        hall.ask(method, `/api/v1/admin/${path}`, { as: "lobby", body, headers: etag ? { "If-Match": etag } : {} });
    const screen = async () => (await hall.get("/api/v1/views/display?zone=main", { as: "display" })).data.notices;
    const { headers, data } = await notices();
    const text = { "zh-CN": "下午系统维护", en: "Maintenance this afternoon" };
    const put = await ask("POST", "notices", { code: "lobby-1", order: -1, text }, headers.get("etag"));
    assert.equal(put.status, 201, put.text);
    assert.deepEqual((await screen())[0].text, text);
    assert.equal((await ask("PUT", "notices/lobby-1", { code: "lobby-1", text }, headers.get("etag"))).status, 412);
    const etag = (await notices()).headers.get("etag");
    const empty = await ask("PUT", "notices/lobby-1", { code: "lobby-1", text: {} }, etag);
    assert.deepEqual([empty.status, empty.data.errors[0].pointer], [422, "/text"]);
    const over = new Date(Date.parse((await view()).now) - 1000).toISOString();
    ok(await ask("PUT", "notices/lobby-1", { code: "lobby-1", order: -1, text, end: over }, etag));
    assert.notDeepEqual((await screen())[0]?.text, text);
    assert.equal((await ask("DELETE", "notices/lobby-1", undefined, (await notices()).headers.get("etag"))).status, 204);
    assert.deepEqual((await notices()).data.items, data.items);
    const versions = (await hall.get("/api/v1/admin/config/versions", { as: "admin" })).data.items;
    assert.deepEqual(versions.slice(0, 3).map((one) => [one.by, one.sections]), Array(3).fill(["lobby", ["notices"]]));
    for (const [method, path] of [["GET", "services"], ["PUT", "services/pension"], ["DELETE", "windows/1"], ["POST", "zones"], ["GET", "hall"]]) {
        refused(await ask(method, path, ["GET", "DELETE"].includes(method) ? undefined : {}, "*"), 403, "forbidden");
    }
});
