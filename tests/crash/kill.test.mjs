// kill -9 under load, again and again on one database: what was acknowledged is there, once, and in order.
//
// CRASH_ROUNDS and CRASH_SEED in the environment ask for more rounds or for the same ones again. The moment of
// death itself depends on the machine, so a seed repeats the delays, not the crash.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Hall, randomFrom, together } from "./lib.mjs";

const ROUNDS = Number(process.env.CRASH_ROUNDS ?? 50);
const SEED = Number(process.env.CRASH_SEED ?? Date.now() % 1e6);
const SERVICES = 8;
const WINDOWS = 16; // one calling client each
const ISSUERS = 16;
const REPEATS_MAX = 100; // of the answered requests; of the unanswered ones, all
const VERIFY_EVERY = 10;

const random = randomFrom(SEED);
const hall = new Hall({ services: SERVICES, windows: WINDOWS });
after(() => hall.close());

/* What clients know: answered requests by key, and those without an answer. */
const known = { issued: new Map(), called: new Map(), open: [] };
/* What the log says: tickets by id, calls by ticket, the last sequence number looked at, and
 * how much of it was somebody's doing: questions how it was run out meanwhile, by the clock alone. */
const log = { issued: new Map(), numbers: new Set(), called: new Map(), seq: 0, done: 0 };

function noteIssue(key, service, answer) {
    assert.equal(answer.status, 201, answer.text);
    known.issued.set(key, { service, id: answer.data.id, number: answer.data.number, day: answer.data.day });
}

function noteCall(key, window, answer) {
    assert.ok([200, 204].includes(answer.status), answer.text);
    if (answer.data?.ticket) {
        known.called.set(key, { window, id: answer.data.ticket.id });
    }
}

/* A client until the program dies under it. Requests that were under way then may have happened or not. */
async function client(round, no, dying) {
    for (let i = 0; !dying.now; i++) {
        const key = `r${round}-c${no}-${i}`;
        const window = no < WINDOWS ? no + 1 : 0;
        const service = `s${1 + Math.floor(random() * SERVICES)}`;
        let answer;
        try {
            answer = window ? await hall.next(window, key) : await hall.issue({ service, key });
        } catch {
            known.open.push({ key, window, service });
            return;
        }
        window ? noteCall(key, window, answer) : noteIssue(key, service, answer);
        await sleep(answer.status === 204 ? 5 : random() * 4);
    }
}

async function loadThenKill(round) {
    const dying = { now: false };
    const clients = together(WINDOWS + ISSUERS, (no) => client(round, no, dying));
    await sleep(30 + random() * 200);
    const dead = hall.daemon.kill();
    await dead;
    dying.now = true;
    await clients;
}

/* Reads what the log has got since the last time, and holds it to the laws. */
async function readLog() {
    for (const event of await hall.changes(log.seq)) {
        assert.equal(event.seq, log.seq + 1, "no gap in the log");
        log.seq = event.seq;
        log.done += event.type === "rating.lapsed" ? 0 : 1;
        const id = event.subject?.replace("tickets/", "");
        if (event.type === "ticket.issued") {
            const number = `${event.data.day} ${event.data.number}`;
            assert.ok(!log.numbers.has(number), `${number} twice`);
            log.numbers.add(number);
            log.issued.set(id, event.data.number);
        } else if (event.type === "ticket.called") {
            assert.ok(!log.called.has(id), `${id} called twice`);
            log.called.set(id, event.data.window);
        }
    }
}

function compare() {
    for (const [key, { id, number }] of known.issued) {
        assert.equal(log.issued.get(id), number, `the ticket answered for ${key}`);
    }
    for (const [key, { id, window }] of known.called) {
        assert.equal(log.called.get(id), window, `the call answered for ${key}`);
    }
}

/* What was answered is answered alike again and does nothing; what was not answered happens now, if it has not. */
async function repeat() {
    const before = log.done;
    const answered = [...known.issued].slice(-REPEATS_MAX);
    await Promise.all(answered.map(async ([key, { service, id, number }]) => {
        const answer = await hall.issue({ service, key });
        assert.equal(answer.status, 201, answer.text);
        assert.equal(answer.headers["idempotency-replayed"], "true");
        assert.deepEqual([answer.data.id, answer.data.number], [id, number], key);
    }));
    await Promise.all([...known.called].slice(-REPEATS_MAX).map(async ([key, { window, id }]) => {
        const answer = await hall.next(window, key);
        assert.equal(answer.status, 200, answer.text);
        assert.equal(answer.headers["idempotency-replayed"], "true");
        assert.equal(answer.data.ticket.id, id, key);
    }));
    await readLog();
    assert.equal(log.done, before, "a repeated request writes nothing");
    let replayed = 0;
    const open = known.open.splice(0);
    for (const { key, window, service } of open) {
        const answer = window ? await hall.next(window, key) : await hall.issue({ service, key });
        replayed += answer.headers["idempotency-replayed"] === "true" ? 1 : 0;
        window ? noteCall(key, window, answer) : noteIssue(key, service, answer);
    }
    await readLog();
    return { open: open.length, replayed };
}

/* The list of tickets, which comes from rows beside the log, says the same. */
async function compareTickets() {
    const tickets = new Map((await hall.tickets()).map((ticket) => [ticket.id, ticket.number]));
    assert.deepEqual(tickets, new Map([...log.issued].map(([id, number]) => [id, number])));
}

test(`${ROUNDS} times killed under ${WINDOWS + ISSUERS} clients (seed ${SEED})`, async (t) => {
    await hall.start();
    await hall.openWindows();
    const found = { open: 0, replayed: 0 };
    for (let round = 1; round <= ROUNDS; round++) {
        await loadThenKill(round);
        const last = round === ROUNDS;
        if (round % VERIFY_EVERY === 0 || last) {
            hall.verify();
        }
        // The hall goes on a minute later each time.
        await hall.start(new Date(Date.parse("2026-11-23T01:00:00Z") + round * 60000).toISOString());
        await readLog();
        compare();
        const { open, replayed } = await repeat();
        found.open += open;
        found.replayed += replayed;
        compare();
        if (round % VERIFY_EVERY === 0 || last) {
            await compareTickets();
        }
    }
    assert.ok(known.issued.size > ROUNDS && known.called.size > ROUNDS, "the load was a load");
    t.diagnostic(`${known.issued.size} issues and ${known.called.size} calls answered, ${found.open} requests cut off, ` +
        `${found.replayed} of them had happened; ${log.seq} events`);
    await hall.daemon.kill();
    hall.verify();
});
