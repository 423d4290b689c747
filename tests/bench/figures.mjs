// figures: what is measured, and how. A group of figures is one function; the list is at the end.

import { spawnSync } from "node:child_process";
import { readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { ROOT } from "../lib/daemon.mjs";
import {
    Hall,
    ISSUE,
    NEXT,
    Server,
    WINDOWS,
    ceiling,
    folder,
    hallDocument,
    issueMany,
    load,
    newFile,
    program,
    report,
    runJson,
    saveBody,
    times,
} from "./hall.mjs";
import { pressesToPictures } from "./picture.mjs";

const REPEATS = 3;
const PRESSES = 12;
const LEVELS = [1, 16, 64, 127, 128, 256];
const EVENTS = "/api/v1/events";
const BODY = { service: "s1", lang: "zh-CN" };
const pick = (runs, name) => runs.map((run) => run[name]);

/* One run; a lone connection gets fewer requests, since each of them waits for the disk. */
const run = (server, header, connections, args, total = 10000) =>
    load(server.port, header, {
        connections,
        total: connections === 1 ? Math.min(total, 1500) : total,
        args,
    });

async function durableIssue() {
    const ours = {},
        theirs = {},
        single = [];
    for (let i = 0; i < REPEATS; i++) {
        const hall = await new Hall().start();
        const body = await saveBody(hall, "POST", "/api/v1/tickets", BODY);
        const group = await ceiling("group", body, 201);
        for (const level of LEVELS) {
            (ours[level] ??= []).push(await run(hall, hall.header, level, ISSUE));
            (theirs[level] ??= []).push(await run(group, hall.header, level, ISSUE));
        }
        await group.stop();
        const lone = await ceiling("group", body, 201, 1);
        single.push(await run(lone, hall.header, 64, ISSUE, 4000));
        await lone.stop();
        await hall.stop();
    }
    const goals = { 1: ">= 0.8", 64: ">= 0.5" };
    const rate = (runs) => pick(runs, "per_second");
    for (const level of LEVELS) {
        report({
            figure: `durable_issue_${level}`,
            method: `POST /tickets, ${level} connections; ceiling: one row, group commit`,
            values: rate(ours[level]),
            unit: "1/s",
            ceilings: rate(theirs[level]),
            goal: goals[level],
            noise: { p99_us: pick(ours[level], "p99_us").sort((a, b) => a - b)[1] },
        });
    }
    report({
        figure: "durable_issue_64_p99",
        method: "p99 of the same; ceiling: its p99",
        values: pick(ours[64], "p99_us"),
        unit: "us",
        ceilings: pick(theirs[64], "p99_us"),
        goal: "<= 2",
    });
    for (const level of [128, 256]) {
        report({
            figure: `durable_issue_${level}_against_127`,
            method: `${level} connections; ceiling: 127 of the daemon`,
            values: rate(ours[level]),
            unit: "1/s",
            ceilings: rate(ours[127]),
            goal: ">= 0.8",
        });
    }
    report({
        figure: "durable_issue_64_against_single",
        unit: "1/s",
        goal: null,
        method: "64 connections; ceiling: a commit for each request, in C (no Node server)",
        values: rate(ours[64]),
        ceilings: rate(single),
    });
}

async function callNext() {
    const ours = [],
        theirs = [];
    for (let i = 0; i < REPEATS; i++) {
        const hall = await new Hall().start();
        await hall.openWindows();
        await issueMany(hall, 12000);
        const group = await ceiling(
            "group",
            await saveBody(hall, "POST", "/api/v1/windows/1/next"),
        );
        ours.push(await run(hall, hall.header, 64, NEXT));
        theirs.push(await run(group, hall.header, 64, NEXT));
        await group.stop();
        await hall.stop();
    }
    report({
        figure: "call_next_64",
        method: "POST next, 64 connections, 16 windows; each also finishes; ceiling: as for issue",
        values: pick(ours, "per_second"),
        unit: "1/s",
        ceilings: pick(theirs, "per_second"),
        goal: ">= 0.4",
    });
    report({
        figure: "call_next_64_p99",
        method: "p99 of the same",
        values: pick(ours, "p99_us"),
        unit: "us",
        ceilings: pick(theirs, "p99_us"),
    });
}

/* A program that prints its figures itself. */
function runPrinting(name) {
    const result = spawnSync(program(name), [], { stdio: ["ignore", "inherit", "inherit"] });
    if (result.status !== 0) {
        throw new Error(`${name} ended with ${result.status}`);
    }
}

/* The core alone. */
async function core() {
    runPrinting("bench_core");
}

async function setRule(hall, rule) {
    const etag = (await hall.request("GET", "/api/v1/admin/config")).headers.get("etag");
    await hall.request("PUT", "/api/v1/admin/config", hallDocument({ rule }), { "if-match": etag });
}

/* A whole command, from the request to the durable answer. A block issues 300 and calls 300, so
   few are 100 to 400. */
async function waiting() {
    const few = await new Hall().start();
    const many = await new Hall().start();
    const one = ISSUE.map((arg) =>
        arg.replace("s%d", "s20"),
    ); /* not always the first service: its numbers would end */
    const block = async (hall) => ({
        issue: await run(hall, hall.header, 1, one, 300),
        next: await run(hall, hall.header, 1, NEXT, 300),
    });
    await few.openWindows();
    await many.openWindows();
    await issueMany(few, 100);
    await issueMany(many, 100000);
    for (const rule of ["score", "fifo", "strict", "ratio", "longest"]) {
        const blocks = [];
        await setRule(few, rule);
        await setRule(many, rule);
        for (let i = 0; i < REPEATS; i++) {
            blocks.push({ few: await block(few), many: await block(many) });
        }
        for (const command of ["issue", "next"]) {
            report({
                figure: `waiting_${command}_${rule}`,
                method: "p50 of POST, one connection, 100,000 waiting; ceiling: 100 to 400",
                values: blocks.map((b) => b.many[command].p50_us),
                unit: "us",
                ceilings: blocks.map((b) => b.few[command].p50_us),
                goal: "<= 1.2",
            });
        }
    }
    await few.stop();
    await many.stop();
}

async function views() {
    const hall = await new Hall().start();
    await hall.openWindows();
    await issueMany(hall, 2000);
    await load(hall.port, hall.header, { connections: 16, total: 320, args: NEXT });
    for (const view of ["display", "lobby"]) {
        const target = `/api/v1/views/${view}`;
        const body = await saveBody(hall, "GET", target);
        const direct = await ceiling("direct", body);
        const suspended = await ceiling("suspend", body);
        const runs = await times(REPEATS, async () => ({
            ours: await run(hall, hall.header, 16, ["--path", target]),
            suspend: await run(suspended, hall.header, 16, ["--path", target]),
            direct: await run(direct, hall.header, 16, ["--path", target]),
        }));
        const rates = (who) => runs.map((r) => r[who].per_second);
        report({
            figure: `view_${view}_16`,
            method: "GET, 16 connections, no changes; ceiling: suspend and resume, same bytes",
            values: rates("ours"),
            unit: "1/s",
            ceilings: rates("suspend"),
            goal: ">= 0.5",
        });
        report({
            figure: `view_${view}_16_against_direct`,
            method: "the same; ceiling: direct answer",
            values: rates("ours"),
            unit: "1/s",
            ceilings: rates("direct"),
            goal: ">= 0.5 where a snapshot serves",
        });
        await direct.stop();
        await suspended.stop();
    }
    await hall.stop();
}

/* The bytes of one ticket.issued as a stream of the daemon gets them. */
async function saveEvent(hall) {
    const file = newFile("event.txt");
    const answer = await hall.request("GET", EVENTS);
    const reader = answer.body.getReader();
    await hall.request("POST", "/api/v1/tickets", BODY);
    let text = "";
    while (!/event: ticket\.issued\n.*\n\n/.test(text)) {
        text += new TextDecoder().decode((await reader.read()).value);
    }
    await reader.cancel();
    writeFileSync(file, /id: \d+\nevent: ticket\.issued\n.*\n\n/.exec(text)[0]);
    return file;
}

const streamArgs = (server, header, count, query = "") => [
    "--port",
    server.port,
    "--streams",
    String(count),
    "--path",
    EVENTS + query,
    "--header",
    header,
];

/* A new daemon for each repetition: that a client has gone it learns only when it next writes. */
async function streams() {
    for (const [count, triggers] of [
        [1000, 30],
        [5000, 10],
    ]) {
        const runs = [];
        for (let i = 0; i < REPEATS; i++) {
            const probe = await new Hall().start();
            const event = await saveEvent(probe);
            await probe.stop();
            const hall = await new Hall().start();
            const raw = await new Server(program("ceiling_sse"), [event]).ready();
            const measure = (server) =>
                runJson(program("sse"), [
                    ...streamArgs(server, hall.header, count),
                    "--triggers",
                    String(triggers),
                    "--gap",
                    "50",
                    "--post",
                    "/api/v1/tickets",
                    "--body",
                    JSON.stringify(BODY),
                ]);
            runs.push({ ours: await measure(hall), theirs: await measure(raw) });
            await raw.stop();
            await hall.stop();
        }
        report({
            figure: `event_to_${count}_streams`,
            method: "POST sent (and commit) to last byte; ceiling: raw epoll writer, same bytes",
            values: runs.map((r) => r.ours.p50_us / 1000),
            unit: "ms",
            ceilings: runs.map((r) => r.theirs.p50_us / 1000),
            goal: "<= 1.5",
        });
    }
}

/* p99 of issue and of call at 30 a second each, more than the largest hall on its worst day. */
async function latencyWith(count, query) {
    const hall = await new Hall().start();
    await hall.openWindows();
    await issueMany(hall, 500);
    const held = count
        ? await new Server(
              program("sse"),
              streamArgs(hall, hall.header, count, query),
              /ready/,
          ).ready()
        : null;
    const paced = async (args) =>
        (
            await load(hall.port, hall.header, {
                connections: 16,
                total: 120,
                args: [...args, "--rate", "30"],
            })
        ).p99_us;
    const [issue, call] = await Promise.all([paced(ISSUE), paced(NEXT)]);
    const result = { issue, call };
    await held?.stop();
    await hall.stop();
    return result;
}

async function streamsLatency() {
    const cases = {
        0: [0, ""],
        "1000_other": [1000, "?topics=ticket:none"],
        "5000_other": [5000, "?topics=ticket:none"],
        "1000_all": [1000, ""],
    };
    const what = {
        "1000_other": "1,000 streams of other tickets",
        "5000_other": "5,000 streams of other tickets",
        "1000_all": "1,000 streams that get every event",
    };
    const p99 = {};
    for (let i = 0; i < REPEATS; i++) {
        for (const [name, [count, query]] of Object.entries(cases)) {
            (p99[name] ??= []).push(await latencyWith(count, query));
        }
    }
    for (const command of ["issue", "call"]) {
        for (const name of Object.keys(what)) {
            report({
                figure: `${command}_p99_streams_${name}`,
                method: `p99 at 30 issues and 30 calls/s, ${what[name]}; ceiling: no streams`,
                values: pick(p99[name], command),
                unit: "us",
                ceilings: pick(p99[0], command),
                goal: "<= 1.5",
            });
        }
    }
}

/* Forecasts are made beside the commands as long as they can be copied (1,024 waiting): the same paced load just below
 * that and just above it, where nothing is foreseen. */
async function forecast() {
    const values = [],
        ceilings = [];
    runPrinting("bench_forecast");
    for (let i = 0; i < REPEATS; i++) {
        for (const [waiting, into] of [[800, values], [1200, ceilings]]) {
            const hall = await new Hall().start();
            await hall.openWindows();
            await issueMany(hall, waiting);
            const paced = { connections: 4, total: 150, args: [...ISSUE, "--rate", "30"] };
            into.push((await load(hall.port, hall.header, paced)).p99_us);
            await hall.stop();
        }
    }
    report({
        figure: "issue_p99_beside_forecasts",
        method: "p99 at 30 issues/s with 800 to 950 waiting, all foreseen; ceiling: 1,200 waiting, none foreseen",
        values,
        unit: "us",
        ceilings,
        goal: "about 1",
    });
}

/* Every ticket has a slip, which a virtual printer makes at its own pace, far below that of the issues. */
async function printing() {
    const values = [],
        ceilings = [];
    for (let i = 0; i < REPEATS; i++) {
        for (const [printer, into] of [[true, values], [false, ceilings]]) {
            const hall = await new Hall({ printer }).start();
            const paced = { connections: 4, total: 300, args: [...ISSUE, "--rate", "60"] };
            into.push((await load(hall.port, hall.header, paced)).p99_us);
            await hall.stop();
        }
    }
    report({
        figure: "issue_p99_with_printer",
        method: "p99 at 60 issues/s, each with a slip; ceiling: a hall without a printer",
        values,
        unit: "us",
        ceilings,
        goal: "about 1",
    });
}

/* A day of issues and calls; a call also starts, finishes and invites to rate the ticket before,
   so a pair makes five events. Started three times at half and at the whole. */
async function start() {
    const hall = await new Hall().start();
    const found = { 50000: [], 100000: [] };
    await hall.openWindows();
    for (const events of [50000, 100000]) {
        const each = 50000 / 5;
        await issueMany(hall, each);
        await load(hall.port, hall.header, { connections: 64, total: each, args: NEXT });
        for (let i = 0; i < REPEATS; i++) {
            await hall.stop();
            await hall.start();
            const [, logged, ms] = /events=(\d+) .*replay_ms=(\d+)/.exec(hall.server.log);
            found[events].push({ events: Number(logged), ms: Number(ms) });
        }
    }
    await hall.stop();
    const perEvent = (runs) => runs.map((r) => (r.ms * 1000) / r.events);
    report({
        figure: "start_100000_events",
        method: `replay_ms on a day of ${found[100000][0].events} events; ceiling: the goal`,
        values: pick(found[100000], "ms"),
        unit: "ms",
        ceilings: [1000],
        goal: "<= 1",
    });
    report({
        figure: "start_linear",
        method: `replay for each event; ceiling: on a day of ${found[50000][0].events} events`,
        values: perEvent(found[100000]),
        unit: "us",
        ceilings: perEvent(found[50000]),
        goal: "about 1",
    });
}

async function memory() {
    const idle = [],
        full = [];
    for (let i = 0; i < REPEATS; i++) {
        const hall = await new Hall().start();
        await new Promise((resolve) => setTimeout(resolve, 300));
        idle.push(hall.server.memory());
        await issueMany(hall, 10000);
        const held = await new Server(
            program("sse"),
            streamArgs(hall, hall.header, 1000),
            /ready/,
        ).ready();
        full.push(hall.server.memory());
        await held.stop();
        await hall.stop();
    }
    report({
        figure: "memory_idle",
        method: "VmRSS after the start; ceiling: the goal",
        values: idle,
        unit: "MiB",
        ceilings: [16],
        goal: "<= 1",
    });
    report({
        figure: "memory_full",
        method: "VmRSS with 1,000 streams and 10,000 tickets; ceiling: the goal",
        values: full,
        unit: "MiB",
        ceilings: [40],
        goal: "<= 1",
    });
}

/* The sign of window 1 hangs on a tcp: link that ends in our program, which also calls. */
async function port() {
    const runs = [];
    for (let i = 0; i < REPEATS; i++) {
        const token = newFile("token");
        const sink = await new Server(
            program("port"),
            ["150", "/api/v1/windows/1/next", token],
            /port (\d+)/,
        ).ready();
        const hall = await new Hall({ link: `tcp:127.0.0.1:${sink.port}` }).start();
        writeFileSync(token, hall.header);
        await hall.openWindows();
        await issueMany(hall, 200);
        sink.child.stdin.write(`${hall.port}\n`);
        runs.push(JSON.parse((await sink.lines.next()).value));
        await sink.ended;
        await hall.stop();
    }
    const common = { unit: "ms", ceilings: [10], goal: "<= 1" };
    report({
        figure: "port_answer_to_byte_p99",
        method: "p99 of 150 calls, answer to first byte (0: byte was first); ceiling: the goal",
        values: runs.map((run) => run.p99_us / 1000),
        ...common,
    });
    report({
        figure: "port_request_to_byte_p99",
        method: "the same from the request, commit included",
        ...common,
        values: runs.map((run) => run.sent_p99_us / 1000),
        noise: { p50: runs.map((run) => run.sent_p50_us / 1000) },
    });
}

/* A called number on a bus of 30 signs while all of them are written anew. One frame with its answer
   takes 38 ms of line time, so a call waits for the one under way and takes 14 ms itself. */
async function bus() {
    const runs = await times(REPEATS, () => runJson(program("bus30"), ["25"]));
    report({
        figure: "bus_call_to_last_byte_p99",
        method: "p99 of 100 calls, 30 Modbus signs, 9600 baud line, full refresh; ceiling: the goal",
        values: runs.map((run) => run.p99_us / 1000),
        unit: "ms",
        ceilings: [100],
        goal: "<= 1",
        noise: {
            p50: runs.map((run) => run.p50_us / 1000),
            worst: Math.max(...runs.map((run) => run.max_us)) / 1000,
        },
    });
}

/* The hall display in Chromium beside the daemon. The list of calls is empty at first, so one goes before. */
async function picture() {
    const hall = await new Hall({ args: ["--demo"] }).start();
    await hall.openWindows();
    await issueMany(hall, 200);
    let no = 0;
    const press = () => hall.request("POST", `/api/v1/windows/${(no++ % WINDOWS) + 1}/next`);
    for (let i = 0; i < 6; i++) {
        await press();
    }
    const origin = `http://127.0.0.1:${hall.port}`;
    const runs = await times(REPEATS, () => pressesToPictures(origin, press, PRESSES));
    await hall.stop();
    const sorted = runs.map((run) => [...run].sort((a, b) => a - b));
    report({
        figure: "press_to_picture_p95",
        method: `p95 of ${PRESSES} calls, POST sent to the frame that shows it in Chromium; ceiling: the goal`,
        values: sorted.map((run) => run[Math.ceil(run.length * 0.95) - 1]),
        unit: "ms",
        ceilings: [100],
        goal: "<= 1",
        noise: { p50: sorted.map((run) => Math.round(run[Math.floor(run.length / 2)])) },
    });
}

/* SQLite alone, for the rows of an issue and for one plain row, in groups of 64. */
async function sqlite() {
    const schema = path.join(
        ROOT,
        "sql/schema",
        readdirSync(path.join(ROOT, "sql/schema")).sort()[0],
    );
    const runs = await times(REPEATS, () =>
        runJson(program("ceiling_sqlite"), [folder, schema, "64", "20000"]),
    );
    report({
        figure: "sqlite_issue_rows_64",
        method: "raw SQLite, event + visit + leg + answer, groups of 64; ceiling: a plain row",
        values: pick(runs, "issue_per_second"),
        unit: "1/s",
        ceilings: pick(runs, "plain_per_second"),
    });
}

export const figures = {
    durable_issue: durableIssue,
    call_next: callNext,
    core,
    waiting,
    views,
    streams,
    streams_latency: streamsLatency,
    forecast,
    printing,
    start,
    memory,
    port,
    bus,
    picture,
    sqlite,
};
