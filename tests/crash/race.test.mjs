// Many at once: a ticket is called by one window and once, a number is given to one person and none is left out.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Hall, together } from "./lib.mjs";

const TICKETS = 1000;
const CLIENTS = 64;
const WINDOWS = 16;
const WATCHERS = 8;
const SINCE = 3; // some of what opened the windows

let hall;
let watchers;
before(async () => {
    hall = new Hall({ windows: WINDOWS });
    await hall.start();
    await hall.openWindows();
    watchers = await together(WATCHERS, watch);
});
after(async () => {
    watchers.forEach((watcher) => watcher.control.abort());
    await hall.close();
});

/* A stream of all events after SINCE; `ids` are those that came, `end` is what ended it. */
async function watch() {
    const control = new AbortController();
    const headers = { Authorization: `Bearer ${hall.token.admin}` };
    const response = await fetch(`${hall.daemon.origin}/api/v1/events?since=${SINCE}`, { headers, signal: control.signal });
    assert.equal(response.status, 200);
    const watcher = { control, ids: [], kinds: new Set() };
    watcher.end = (async () => {
        let text = "";
        for await (const part of response.body) {
            text += Buffer.from(part).toString("latin1");
            const lines = text.split("\n");
            text = lines.pop();
            for (const line of lines) {
                const [, name, value] = /^(id|event): ?(.*)$/.exec(line) ?? [];
                name === "id" && watcher.ids.push(Number(value));
                name === "event" && watcher.kinds.add(value);
            }
        }
    })().catch((error) => error);
    return watcher;
}

test(`${TICKETS} issues at once: no number twice, none left out`, async () => {
    const answers = await together(TICKETS, () => hall.issue());
    assert.deepEqual([...new Set(answers.map((answer) => answer.status))], [201]);
    const numbers = answers.map((answer) => answer.data.number).sort();
    const expected = Array.from({ length: TICKETS }, (_, i) => `A${String(i + 1).padStart(4, "0")}`);
    assert.deepEqual(numbers, expected);
    assert.equal(new Set(answers.map((answer) => answer.data.id)).size, TICKETS, "ids");
    assert.equal(new Set(answers.map((answer) => answer.data.public_url)).size, TICKETS, "links");
});

test(`${CLIENTS} clients at ${WINDOWS} windows call every ticket once, then find nobody`, async () => {
    const calls = [];
    await together(CLIENTS, async (client) => {
        const window = (client % WINDOWS) + 1;
        for (;;) {
            const answer = await hall.next(window);
            if (answer.status === 204) {
                return;
            }
            assert.equal(answer.status, 200, answer.text);
            if (answer.data.ticket) {
                assert.equal(answer.data.ticket.window, window);
                calls.push(answer.data.ticket.id);
            }
        }
    });
    assert.equal(calls.length, TICKETS);
    assert.equal(new Set(calls).size, TICKETS);
    const called = (await hall.changes()).filter((event) => event.type === "ticket.called");
    assert.deepEqual(called.map((event) => event.subject).sort(), calls.map((id) => `tickets/${id}`).sort());
});

test("the log has no gap, and every ticket is done", async () => {
    const events = await hall.changes();
    assert.deepEqual(events.map((event) => event.seq), events.map((_, i) => i + 1));
    const tickets = await hall.tickets();
    assert.equal(tickets.length, TICKETS);
    assert.deepEqual([...new Set(tickets.map((ticket) => ticket.state))], ["done"]);
});

test(`${WATCHERS} streams showed all of it, in order and without a gap`, async () => {
    const { seq } = (await hall.changes()).at(-1);
    const all = Array.from({ length: seq - SINCE }, (_, i) => SINCE + i + 1);
    for (const watcher of watchers) {
        while (watcher.ids.at(-1) !== seq) {
            // Ends with the stream, or when the last event has come.
            const ended = await Promise.race([watcher.end, new Promise((resolve) => setImmediate(resolve, "going on"))]);
            assert.equal(ended, "going on");
        }
        assert.deepEqual(watcher.ids, all);
        assert.ok(!watcher.kinds.has("reset"));
    }
});
