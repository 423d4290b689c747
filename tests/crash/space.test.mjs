// A full disk: the hall refuses what it cannot keep, shows what it has, and goes on by itself when there is room.
// Needs a small disk of its own, hence the right to mount one.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { closeSync, fsyncSync, mkdtempSync, openSync, rmSync, statfsSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Hall } from "./lib.mjs";

const SIZE = 16 << 20;
const ROOM = 1 << 20; // what the filler leaves
const ISSUES_MAX = 20000;
const RECOVER_MS = 10000;

const disk = mkdtempSync(path.join(tmpdir(), "hallcall-disk-"));
const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", `size=${SIZE}`, "hallcall", disk]).status === 0;
const skip = mounted ? false : "no right to mount a small disk here";
const filler = path.join(disk, "filler");
const answered = new Map();
let hall;

before(async () => {
    if (mounted) {
        hall = new Hall({ db: path.join(disk, "hall.db"), windows: 2 });
        await hall.start();
        await hall.openWindows();
    }
});
after(async () => {
    try {
        await hall?.close();
    } finally {
        if (mounted) {
            spawnSync("umount", [disk]);
        }
        rmSync(disk, { recursive: true, force: true });
    }
});

function fill(leave) {
    const { bavail, bsize } = statfsSync(disk);
    const file = openSync(filler, "a");
    const chunk = Buffer.alloc(4096, 1);
    for (let left = bavail * bsize - leave; left > 0; left -= chunk.length) {
        writeSync(file, chunk);
    }
    fsyncSync(file);
    closeSync(file);
}

async function issue() {
    const answer = await hall.issue();
    if (answer.status === 201) {
        answered.set(answer.data.id, answer.data.number);
    }
    return answer;
}

/* As a client does that was told to come back later. */
async function issueAgain() {
    const until = Date.now() + RECOVER_MS;
    let answer = await issue();
    while (answer.status === 503 && Date.now() < until) {
        await sleep(100);
        answer = await issue();
    }
    assert.equal(answer.status, 201, answer.text);
    return answer;
}

async function readyStatus() {
    return (await hall.get("/readyz")).status;
}

test("issues are taken until the disk is full, then refused as read-only", { skip }, async () => {
    assert.equal(await readyStatus(), 200);
    fill(ROOM);
    let answer;
    let count = 0;
    do {
        answer = await issue();
    } while (answer.status === 201 && ++count < ISSUES_MAX);
    assert.ok(count > 10, `${count} issues before the disk was full`);
    assert.equal(answer.status, 503, answer.text);
    assert.equal(answer.data.code, "read-only");
    assert.ok(Number(answer.headers["retry-after"]) > 0);
});

test("meanwhile it reads, calls nobody, and says that it is not ready", { skip }, async () => {
    assert.equal(await readyStatus(), 503);
    assert.equal((await hall.get("/healthz")).status, 200);
    const answer = await hall.next(1);
    assert.equal(answer.status, 503, answer.text);
    const tickets = new Map((await hall.tickets()).map((ticket) => [ticket.id, ticket.number]));
    assert.deepEqual(tickets, answered, "exactly what was answered");
    const window = await hall.must("GET", "/api/v1/windows/1");
    assert.deepEqual([window.state, window.ticket], ["open", null]);
});

test("with room again it writes again, by itself", { skip }, async () => {
    const last = [...answered.values()].sort().at(-1);
    rmSync(filler);
    const answer = await issueAgain();
    assert.equal(Number(answer.data.number.slice(1)), Number(last.slice(1)) + 1, "the next number, none lost on the way");
    assert.equal(await readyStatus(), 200);
    const call = await hall.next(1);
    assert.equal(call.data.ticket.number, "A0001");
});

test("killed on a full disk, it starts again on the full disk, with everything that was answered", { skip }, async () => {
    fill(0);
    await issue();
    await hall.daemon.kill();
    await hall.start();
    assert.equal((await issue()).status, 503);
    assert.equal(await readyStatus(), 503);
    const tickets = new Map((await hall.tickets()).map((ticket) => [ticket.id, ticket.number]));
    assert.deepEqual(tickets, answered);
    rmSync(filler);
    await issueAgain();
    const events = await hall.changes();
    assert.deepEqual(events.map((event) => event.seq), events.map((_, i) => i + 1));
    await hall.daemon.kill();
    hall.verify();
});
