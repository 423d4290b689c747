// One writer to a database, copies while it works, and an end that is quick and orderly.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { connect } from "node:net";
import path from "node:path";
import { after, before, test } from "node:test";
import { PROGRAM } from "../lib/daemon.mjs";
import { CLOCK, Hall, together } from "./lib.mjs";

const STOP_MS = 3000;

let hall;
before(async () => {
    hall = new Hall({ windows: 2 });
    await hall.start();
});
after(() => hall.close());

const refused = (result) => {
    assert.equal(result.status, 1, `${result.stdout}${result.stderr}`);
    assert.equal(result.stdout, "");
    const lines = result.stderr.trim().split("\n");
    assert.match(lines.at(-1), /hall\.db/, "says which database");
    assert.match(lines.at(-1), /another|serv|in use|locked/i, "says why");
};

test("a second daemon on the same database is refused", () => {
    refused(hall.command("serve", "--db", hall.db, "--listen", "127.0.0.1:0", "--test-clock", CLOCK));
});

test("commands that write are refused while the daemon serves", async () => {
    refused(hall.command("user", "add", "--db", hall.db, "--name", "zhang", "--role", "clerk", "--password-stdin"));
    refused(hall.command("token", "create", "--db", hall.db, "--role", "kiosk", "--name", "k9"));
    refused(hall.command("config", "import", "--db", hall.db, path.join(hall.daemon.folder, "hall.json")));
    assert.equal((await hall.issue()).status, 201, "and the daemon does not mind");
});

test("a copy made under load holds what was answered before it, and passes the check", async () => {
    const copy = path.join(hall.daemon.folder, "copy.db");
    const answered = [];
    let going = true;
    const load = together(8, async () => {
        while (going) {
            const answer = await hall.issue();
            assert.equal(answer.status, 201);
            answered.push(answer.data.id);
        }
    });
    while (answered.length < 200) {
        await new Promise((resolve) => setImmediate(resolve));
    }
    const before = [...answered];
    const backup = spawn(PROGRAM, ["backup", "--db", hall.db, copy], { stdio: "inherit" });
    const status = await new Promise((resolve) => backup.once("exit", resolve));
    going = false;
    await load;
    assert.equal(status, 0);
    assert.ok(existsSync(copy));
    hall.verify(copy);
    const other = new Hall({ windows: 2 });
    try {
        other.daemon.db = copy;
        other.token = hall.token;
        await other.start();
        const tickets = new Set((await other.tickets()).map((ticket) => ticket.id));
        assert.deepEqual(before.filter((id) => !tickets.has(id)), []);
    } finally {
        await other.close();
    }
});

test("a copy never replaces a file", () => {
    const result = hall.command("backup", "--db", hall.db, path.join(hall.daemon.folder, "hall.json"));
    assert.equal(result.status, 1, result.stderr);
    assert.match(result.stderr, /exists/);
});

/* A connection that says nothing, or half a request: nothing the end may wait for. */
function silent(bytes) {
    return new Promise((resolve) => {
        const { hostname, port } = new URL(hall.daemon.origin);
        const socket = connect(Number(port), hostname, () => {
            socket.write(bytes);
            resolve(socket);
        });
        socket.on("error", () => {});
    });
}

test(`SIGTERM ends it with status 0 within ${STOP_MS} ms, streams and all`, async () => {
    const headers = { Authorization: `Bearer ${hall.token.admin}` };
    const streams = await together(20, () => fetch(`${hall.daemon.origin}/api/v1/events`, { headers }));
    assert.deepEqual([...new Set(streams.map((stream) => stream.status))], [200]);
    const sockets = [await silent(""), await silent("POST /api/v1/tickets HTTP/1.1\r\nHost: x\r\nContent-Le")];
    const { seq } = (await hall.changes()).at(-1);
    const waiting = hall.get(`/api/v1/changes?after=${seq + 1e6}&wait_s=25`, { as: "integration" }).catch(() => null);
    const answered = [];
    const load = together(8, async () => {
        try {
            for (;;) {
                const answer = await hall.issue();
                if (answer.status !== 201) {
                    assert.equal(answer.status, 503, answer.text);
                    return;
                }
                answered.push(answer.data.id);
            }
        } catch (error) {
            assert.ok(!(error instanceof assert.AssertionError), error.message);
        }
    });
    while (answered.length < 50) {
        await new Promise((resolve) => setImmediate(resolve));
    }
    const started = performance.now();
    hall.daemon.process.kill("SIGTERM");
    const code = await hall.daemon.exited;
    const took = performance.now() - started;
    assert.equal(code, 0, hall.daemon.log);
    assert.ok(took < STOP_MS, `took ${Math.round(took)} ms`);
    await Promise.all([...streams.map((stream) => stream.text().catch(() => "")), waiting, load]);
    sockets.forEach((socket) => socket.destroy());
    await hall.start();
    const tickets = new Set((await hall.tickets()).map((ticket) => ticket.id));
    assert.deepEqual(answered.filter((id) => !tickets.has(id)), [], "what was answered is there");
    hall.verify();
});
