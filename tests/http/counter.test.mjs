// At the counter: a second matter of the same person, the slip in the hand, and what the clerk is told of both.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Hall } from "./lib.mjs";

let hall;
before(async () => {
    hall = await Hall.open({
        change: (document) => {
            document.services.find(({ code }) => code === "card").slip_check = true;
            document.hall.another_max = 1;
        },
    });
});
after(() => hall.close());

const act = (id, verb, body = {}, as = "clerk3") => hall.post(`/api/v1/tickets/${id}/${verb}`, { as, body });
const next = () => hall.post("/api/v1/windows/3/next", { as: "clerk3" });
const view = async () => (await hall.get("/api/v1/views/clerk", { as: "clerk3" })).data;

function refused(answer, status, code) {
    assert.equal(answer.status, status, answer.text);
    assert.equal(answer.data.code, code);
}

test("nobody is done before the slip was read", async () => {
    const [a, b] = [await hall.issue("card"), await hall.issue("card")];
    await hall.post("/api/v1/windows/3/open", { as: "clerk3" });
    assert.equal((await next()).data.ticket.number, a.number);
    assert.deepEqual((await view()).slip, { wanted: true, checked: false });
    assert.ok((await view()).actions.includes("check"));
    refused(await act(a.id, "finish"), 409, "slip-unchecked");
    await act(a.id, "start");
    refused(await next(), 409, "slip-unchecked");
    refused(await act(a.id, "check", { scan: `https://elsewhere${b.public_url}` }), 409, "slip-mismatch");
    refused(await act(a.id, "check", { scan: b.number }), 409, "slip-mismatch");
    refused(await act(a.id, "check", {}), 422, "invalid-body");
    refused(await act(a.id, "finish"), 409, "slip-unchecked");
    assert.equal((await act(a.id, "check", { scan: `http://hall.example${a.public_url}` })).status, 200);
    assert.deepEqual((await view()).slip, { wanted: true, checked: true });
    assert.ok(!(await view()).actions.includes("check"));
    assert.equal((await next()).data.finished.number, a.number);
    const { data } = await hall.get(`/api/v1/tickets/${a.id}/history`, { as: "lobby" });
    const checked = data.items.find((event) => event.type === "ticket.checked");
    assert.ok(checked, JSON.stringify(data.items.map((event) => event.type)));
    // The number by hand, in small letters, is a check as well; and it stays known over a crash.
    assert.equal((await act(b.id, "check", { scan: b.number.toLowerCase() })).status, 200);
    await hall.daemon.kill();
    await hall.daemon.start();
    assert.deepEqual((await view()).slip, { wanted: true, checked: true });
    assert.equal((await act(b.id, "finish")).status, 200);
});

test("a second matter begins at the same window, once", async () => {
    const ticket = await hall.issue("certificate");
    assert.equal((await next()).data.ticket.id, ticket.id);
    refused(await act(ticket.id, "another", { service: "card" }), 409, "wrong-state");
    await act(ticket.id, "start");
    refused(await act(ticket.id, "another", { service: "tax" }), 422, "invalid-body");
    const { data } = await act(ticket.id, "another", { service: "card", note: "also a card" });
    assert.equal(data.number, ticket.number);
    assert.equal(data.state, "serving");
    assert.equal(data.service, "card");
    assert.equal(data.note, "also a card");
    assert.deepEqual(data.legs.map(({ state, service }) => [service, state]), [["certificate", "done"], ["card", "serving"]]);
    assert.equal(data.legs[1].entered_at, data.legs[1].started_at, "it did not wait");
    refused(await act(ticket.id, "another", { service: "certificate" }), 409, "too-late");
    await act(ticket.id, "check", { scan: ticket.public_url });
    await act(ticket.id, "finish");
    assert.deepEqual((await view()).window.state, "open");
    hall.daemon.run(["backup", "--db", hall.daemon.db, `${hall.daemon.folder}/copy.db`]);
    hall.daemon.run(["verify", "--db", `${hall.daemon.folder}/copy.db`]);
});

test("the view tells who comes, who was last and why somebody is held", async () => {
    const old = await hall.issue("certificate");
    const elderly = await hall.issue("certificate", { class: "elderly", lang: "en", note: "wheelchair" });
    const told = await view();
    assert.equal(told.next.number, elderly.number);
    assert.equal(told.next.class, "elderly");
    assert.equal(told.next.lang, "en");
    assert.equal(told.next.note, "wheelchair");
    assert.deepEqual(told.following.map(({ number }) => number), [elderly.number, old.number]);
    assert.equal((await next()).data.ticket.number, elderly.number);
    await act(elderly.id, "hold", { reason: "填表" });
    const held = (await view()).held[0];
    assert.equal(held.reason, "填表");
    assert.match(held.since, /^2026-11-23T/);
    await act(elderly.id, "resume");
    await act(elderly.id, "finish");
    const { last } = await view();
    assert.deepEqual(last, { id: elderly.id, number: elderly.number, service: "certificate", class: "elderly", invited: false, rated: false,
        time_inaccurate: false });
    assert.ok((await view()).actions.includes("invite"));
    assert.equal((await act(elderly.id, "invite")).status, 200);
    assert.equal((await view()).last.invited, true);
    assert.ok(!(await view()).actions.includes("invite"));
    assert.ok((await view()).windows.some(({ no, clerk }) => no === 3 && clerk === "desk3"));
});

test("what was touched since cannot be undone, and the view does not say so", async () => {
    const { data } = await next();
    await act(data.ticket.id, "start");
    assert.equal((await view()).undo.ticket, data.ticket.id);
    await hall.ask("PATCH", `/api/v1/tickets/${data.ticket.id}`, { as: "clerk3", body: { note: "x" } });
    assert.equal((await view()).undo, null);
    refused(await act(data.ticket.id, "undo"), 409, "too-late");
});
