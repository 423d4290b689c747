// The day's end and the next beginning, by date: on time, by hand, and late after a weekend without power.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { CLOCK, Hall } from "./lib.mjs";

const FRIDAY = "2026-11-27";
const MONDAY = "2026-11-30";
const HOUR = 3600;

const halls = [];
after(() => Promise.all(halls.map((hall) => hall.close())));

async function open(options) {
    const hall = new Hall({ windows: 3, ...options });
    halls.push(hall);
    await hall.start();
    return hall;
}

const advance = (hall, seconds) => hall.must("POST", "/api/v1/test/clock", { body: { advance_s: seconds } });
const set = (hall, time) => hall.must("POST", "/api/v1/test/clock", { body: { set: time } });

async function issued(hall) {
    const answer = await hall.issue();
    assert.equal(answer.status, 201, answer.text);
    return answer.data;
}

/* Six people in every state a day can end in: served, at the window, called, waiting, cancelled. */
async function busyDay(hall) {
    await hall.openWindows();
    const tickets = [];
    for (let i = 0; i < 6; i++) {
        tickets.push(await issued(hall));
    }
    const act = (window, what) => hall.must("POST", what, { as: hall.clerks[window - 1] });
    const first = (await hall.next(1)).data.ticket;
    await act(1, `/api/v1/tickets/${first.id}/start`);
    await act(1, `/api/v1/tickets/${first.id}/finish`);
    const second = (await hall.next(2)).data.ticket;
    await act(2, `/api/v1/tickets/${second.id}/start`);
    await hall.next(3);
    await hall.must("POST", `/api/v1/tickets/${tickets[5].id}/cancel`, { as: "lobby", body: { reason: "went home" } });
    return tickets;
}

const ENDS = { A0001: "done", A0002: "done", A0003: "expired", A0004: "expired", A0005: "expired", A0006: "cancelled" };

async function ends(hall, day) {
    const tickets = (await hall.tickets()).filter((ticket) => ticket.day === day);
    return Object.fromEntries(tickets.map((ticket) => [ticket.number, ticket.state]).sort());
}

const ofDays = (events) => events.filter((event) => event.type.startsWith("hall.day_"))
    .map((event) => `${event.type.slice(9)} ${event.data.day}`);

async function refusedAsClosed(hall) {
    const answer = await hall.issue();
    assert.equal(answer.status, 409, answer.text);
    assert.equal(answer.data.code, "service-closed");
}

test("a day closes at its hour and the next begins at midnight, with numbers from the start", async () => {
    const hall = await open({ clock: CLOCK });
    await busyDay(hall);
    await set(hall, "2026-11-23T23:29:30+08:00");
    assert.deepEqual(await ends(hall, "2026-11-23"), { ...ENDS, A0002: "serving", A0003: "called", A0004: "waiting", A0005: "waiting" });
    await advance(hall, 60);
    assert.deepEqual(await ends(hall, "2026-11-23"), ENDS);
    const windows = (await hall.must("GET", "/api/v1/windows")).items;
    assert.deepEqual(windows.map((window) => [window.state, window.ticket]), Array(3).fill(["closed", null]));
    await refusedAsClosed(hall);
    await set(hall, "2026-11-23T23:59:30+08:00");
    await refusedAsClosed(hall);
    await advance(hall, 60);
    const first = await issued(hall);
    assert.deepEqual([first.number, first.day], ["A0001", "2026-11-24"]);
    assert.deepEqual(ofDays(await hall.changes()), ["opened 2026-11-23", "closed 2026-11-23", "opened 2026-11-24"]);
    assert.deepEqual(await ends(hall, "2026-11-23"), ENDS, "the day before stays as it was");
});

test("what was being served at the close counts as done, marked, and nothing is deleted", async () => {
    const hall = halls[0];
    const events = await hall.changes();
    const finished = events.filter((event) => event.type === "ticket.finished" && event.data.day === "2026-11-23");
    assert.deepEqual(finished.map((event) => [event.data.number, event.data.outcome_code ?? event.data.outcome ?? null]),
        [["A0001", null], ["A0002", "unclosed"]]);
    assert.equal(events.filter((event) => event.type === "ticket.expired").length, 3);
});

test("closed by hand, the same date stays closed until it is opened by hand; numbers go on", async () => {
    const hall = await open({ clock: CLOCK });
    await issued(hall);
    await hall.must("POST", "/api/v1/admin/day/close");
    await hall.must("POST", "/api/v1/admin/day/close");
    await advance(hall, 2 * HOUR);
    await refusedAsClosed(hall);
    await hall.must("POST", "/api/v1/admin/day/open");
    assert.equal((await issued(hall)).number, "A0002");
    await set(hall, "2026-11-24T09:00:00+08:00");
    assert.equal((await issued(hall)).number, "A0001");
    assert.deepEqual(ofDays(await hall.changes()), ["opened 2026-11-23", "closed 2026-11-23", "opened 2026-11-23",
        "closed 2026-11-23", "opened 2026-11-24"]);
});

/* A Friday as the log tells it, without the numbers and times that differ between two halls. */
async function fridayOf(hall) {
    const numbers = new Map((await hall.tickets()).map((ticket) => [`tickets/${ticket.id}`, ticket.number]));
    return (await hall.changes()).filter((event) => event.data.day === FRIDAY && !event.type.startsWith("config."))
        .map((event) => `${event.type} ${numbers.get(event.subject) ?? event.subject ?? ""} ${event.data.state ?? ""} ` +
            `${event.data.outcome ?? ""}`);
}

async function monday(hall) {
    const ticket = await issued(hall);
    await hall.openWindow(1);
    const call = await hall.next(1);
    return { number: ticket.number, day: ticket.day, called: call.data.ticket.number, friday: await ends(hall, FRIDAY) };
}

test("a weekend without power gives the same as one with it", async () => {
    const on = await open({ clock: `${FRIDAY}T10:00:00+08:00` });
    const off = await open({ clock: `${FRIDAY}T10:00:00+08:00` });
    await busyDay(on);
    await busyDay(off);
    await off.daemon.kill();
    for (let time = Date.parse(`${FRIDAY}T16:00:00+08:00`); time < Date.parse(`${MONDAY}T08:00:00+08:00`); time += 4 * HOUR * 1000) {
        await set(on, new Date(time).toISOString());
    }
    await set(on, `${MONDAY}T08:00:00+08:00`);
    await off.start(`${MONDAY}T08:00:00+08:00`);
    const [with_, without] = [await monday(on), await monday(off)];
    assert.deepEqual(without, with_);
    assert.deepEqual(without, { number: "A0001", day: MONDAY, called: "A0001", friday: ENDS });
    const friday = await fridayOf(on);
    assert.ok(friday.length > 20, `${friday.length} events`);
    assert.deepEqual(await fridayOf(off), friday);
    assert.deepEqual(ofDays(await off.changes()), [`opened ${FRIDAY}`, `closed ${FRIDAY}`, `opened ${MONDAY}`]);
    await off.daemon.kill();
    off.verify();
});

test("a stop and a start on the same day change nothing", async () => {
    const hall = await open({ clock: CLOCK });
    await busyDay(hall);
    const before = JSON.stringify([await hall.tickets(), (await hall.must("GET", "/api/v1/windows")).items]);
    const seq = (await hall.changes()).length;
    await hall.daemon.kill();
    await hall.start("2026-11-23T09:00:10+08:00"); // before the question how it was runs out
    assert.equal(JSON.stringify([await hall.tickets(), (await hall.must("GET", "/api/v1/windows")).items]), before);
    assert.equal((await hall.changes()).length, seq);
    assert.equal((await issued(hall)).number, "A0007");
});

test("an earlier clock after a restart reorders nothing", async () => {
    const hall = await open({ clock: CLOCK });
    await issued(hall);
    await advance(hall, 5 * HOUR);
    await issued(hall);
    await hall.daemon.kill();
    await hall.start("2026-11-23T08:00:00+08:00");
    assert.equal((await issued(hall)).number, "A0003");
    const times = (await hall.changes()).map((event) => Date.parse(event.time));
    assert.deepEqual(times, [...times].sort((a, b) => a - b));
});
