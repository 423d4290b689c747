// A recorded day: a real daemon lives through half an hour, and `hallcall simulate --db` asks its chooser again,
// measures it, and plays it under another policy and another roster. All expected values are worked out by hand
// below; times are minutes after nine.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { Hall } from "../http/lib.mjs";
import { PROGRAM } from "../lib/daemon.mjs";

const DAY = "2026-11-23";
// The test clock runs on between its settings: what a step takes is part of the times.
const SLACK_MS = 5000;

const folder = mkdtempSync(path.join(tmpdir(), "hallcall-day-"));
const number = {}; // of each person: N1..N6 ordinary, E1..E3 elderly
let hall;
let during;

/* Sets the clock to that many minutes after nine. */
async function at(minutes) {
    const seconds = minutes * 60;
    const text = [9, Math.floor(minutes), seconds % 60].map((part) => String(part).padStart(2, "0")).join(":");
    const answer = await hall.post("/api/v1/test/clock", { as: "admin", body: { set: `${DAY}T${text}+08:00` } });
    assert.ok(answer.status < 300, answer.text);
}

async function ask(target, as, body) {
    const answer = await hall.post(`/api/v1/${target}`, { as, body });
    assert.ok(answer.status < 300, `${target}: ${answer.status} ${answer.text}`);
    return answer.data;
}

const people = {};
async function comes(name) {
    const cls = name.startsWith("E") ? "elderly" : "ordinary";
    people[name] = await hall.issue("pension", { class: cls });
    number[name] = people[name].number;
}
const act = (name, verb, as = "clerk", body = {}) => ask(`tickets/${people[name].id}/${verb}`, as, body);

/* The window takes the next one, who is the one expected, and comes unless told otherwise. */
async function next(window, as, expected, present = true) {
    const { ticket } = await ask(`windows/${window}/next`, as, {});
    assert.equal(ticket.number, number[expected]);
    if (present) {
        await act(expected, "start", as);
    }
}

/* One window for pensions. The elderly E1 passes N2 and N3; N2 misses its call at 10, is passed at 11.5, restored at
 * 13 and so let three calls go by; N3 is sent on to window 3; N5 is called out of order. */
async function live() {
    await at(0);
    await ask("windows/1/open", "clerk", {});
    await ask("windows/3/open", "clerk3", {});
    await comes("N1");
    await next(1, "clerk", "N1");
    for (const [minutes, name] of [[1, "N2"], [2, "N3"], [3, "E1"], [4, "N4"]]) {
        await at(minutes);
        await comes(name);
    }
    await at(5);
    await next(1, "clerk", "E1");
    await at(10);
    await next(1, "clerk", "N2", false);
    await at(11);
    await act("N2", "recall");
    await at(11.5);
    await act("N2", "no-show");
    await at(12);
    await next(1, "clerk", "N3");
    await at(13);
    await act("N2", "restore", "lobby");
    await at(15);
    await act("N3", "transfer", "clerk", { service: "card" });
    await next(1, "clerk", "N4");
    await at(16);
    await next(3, "clerk3", "N3");
    await at(17);
    await comes("E2");
    await at(18);
    await act("N3", "finish", "clerk3");
    await comes("N5");
    await at(20);
    await act("N4", "finish");
    await ask("windows/1/call", "clerk", { number: number.N5, reason: "asked for by the manager" });
    await act("N5", "start");
    await at(25);
    await next(1, "clerk", "E2");
    await at(28);
    await next(1, "clerk", "N2");
    during = simulate([]);
    await at(30);
    await act("N2", "finish");
    await ask("windows/1/close", "clerk", {});
    await ask("windows/3/close", "clerk3", {});
    await at(31);
    await comes("N6");
    await at(33);
    await act("N6", "cancel", "lobby");
    await at(34);
    await comes("E3");
    await at(40);
    await ask("admin/day/close", "admin", {});
}

before(async () => {
    hall = await Hall.open({ clock: `${DAY}T08:30:00+08:00` });
    await live();
});
after(async () => {
    await hall.close();
    rmSync(folder, { recursive: true });
});

function run(args, db = hall.daemon.db) {
    return spawnSync(PROGRAM, ["simulate", "--db", db, "--json", ...args], { encoding: "utf8", timeout: 20000 });
}

function simulate(args, db) {
    const result = run(["--day", DAY, ...args], db);
    assert.equal(result.status, 0, result.stderr);
    return { ...JSON.parse(result.stdout), stderr: result.stderr };
}

function file(name, content) {
    const target = path.join(folder, name);
    writeFileSync(target, typeof content === "string" ? content : JSON.stringify(content));
    return target;
}

/* So many minutes, but for the time that so many steps took. */
function minutes(actual, expected, steps = 1) {
    const off = Math.abs(actual - expected * 60000);
    assert.ok(off <= steps * SLACK_MS, `${actual} ms, not about ${expected} min`);
}

const sorted = (values) => [...values].sort((a, b) => a - b);
const sum = (values) => values.reduce((a, b) => a + b, 0);

/* A row of measures against the waits of its people; quantiles by nearest rank. */
function waits(row, list) {
    const inOrder = sorted(list);
    const rank = (p) => inOrder[Math.ceil(p * list.length) - 1];
    assert.equal(row.n, list.length);
    minutes(row.sum_ms, sum(list), list.length);
    minutes(row.mean_ms, sum(list) / list.length);
    minutes(row.p50_ms, rank(0.5));
    minutes(row.p90_ms, rank(0.9));
    minutes(row.p95_ms, rank(0.95));
    minutes(row.max_ms, inOrder.at(-1));
}

test("the chooser asked again chooses the same", () => {
    const day = simulate([]);
    assert.equal(day.day, DAY);
    assert.equal(day.in_progress, false);
    assert.equal(day.stderr, "");
    assert.equal(day.calls, 9);
    assert.equal(day.automatic_calls, 8, "all but the one of N5");
    assert.equal(day.same_choices, 8);
    assert.deepEqual(day.differences, []);
});

test("the measures of the day as it was", () => {
    const { measures } = simulate([]);
    const ordinary = [0, 9, 10, 11, 1, 2]; // N1, N2 (first call), N3, N4, N3 at window 3, N5
    const elderly = [2, 8]; // E1, E2
    waits(measures.overall, [...ordinary, ...elderly]);
    waits(measures.by_class.ordinary, ordinary);
    waits(measures.by_class.elderly, elderly);
    waits(measures.by_service.card, [1]);
    assert.deepEqual(Object.keys(measures.by_class), ["ordinary", "elderly"]);
    assert.equal(measures.overall.legs, 10);
    assert.equal(measures.overall.abandoned, 1, "N6");
    assert.equal(measures.overall.not_called, 1, "E3");
    assert.equal(measures.overall.no_show, 0, "N2 came back");
    assert.equal(measures.overall.within_target, 1);
    assert.ok(Math.abs(measures.by_class.elderly.ratio_to_ordinary - 5 / 5.5) < 0.05);
    const list = sorted([...ordinary, ...elderly]);
    const gini = sum(list.map((wait, i) => (2 * (i + 1) - list.length - 1) * wait)) / (list.length * sum(list));
    assert.ok(Math.abs(measures.gini - gini) < 0.01);
    assert.deepEqual(measures.overtakes, {
        total: 2, mean: 0.2, max: 1, tickets_overtaken: 2, share_overtaken: 0.2, calls_that_overtook: 1,
    });
    assert.equal(measures.chosen_calls, 1);
    assert.deepEqual(measures.by_clerk, [{ name: "clerk", urgent: 0, chosen: 1 }]);
    assert.deepEqual(measures.urgent_by_approver, []);
});

/* First come, first served, at once: N1 0-5, N2 missed 5-6.5, N3 6.5-9.5 and on to window 3, E1 9.5-14.5, N4
 * 14.5-19.5, E2 19.5-22.5, N2 22.5-24.5 (three calls after its return), N5 24.5-29.5. */
test("what the order cost against first come, first served", () => {
    const { displacement_vs_fifo_ordinary: price } = simulate([]).measures;
    const later = [0, 10 - 5, 12 - 6.5, 15 - 14.5, 16 - 9.5, 20 - 24.5];
    assert.equal(price.n, 6);
    minutes(price.mean_ms, sum(later) / 6);
    minutes(price.p95_ms, 6.5);
    minutes(price.max_ms, 6.5);
});

/* Under its own rules but without pauses: N1 0-5, E1 5-10, N2 missed 10-11.5, N3 11.5-14.5, N4 14.5-19.5, E2
 * 19.5-22.5, N5 22.5-27.5, and N2, having let N4, E2 and N5 go, 27.5-29.5. */
test("under another policy, beside the day under its own", () => {
    const day = simulate(["--policy", file("fifo.json", { policy: { rule: "fifo" } })]);
    assert.deepEqual(day.recorded, simulate([]).measures);
    waits(day.replayed.by_class.ordinary, [0, 9, 9.5, 10.5, 0, 4.5]);
    waits(day.replayed.by_class.elderly, [2, 2.5]);
    assert.equal(day.replayed.overtakes.total, 2);
    minutes(day.replayed.displacement_vs_fifo_ordinary.mean_ms, (0 + 5 + 5 + 0 + 5 - 2) / 6);
    waits(day.changed.by_class.ordinary, [0, 4, 4.5, 10.5, 0, 6.5]);
    waits(day.changed.by_class.elderly, [6.5, 2.5]);
    assert.equal(day.changed.overtakes.total, 0);
    assert.equal(day.changed.displacement_vs_fifo_ordinary.max_ms, 0);
    assert.equal(day.changed.overall.abandoned, 1, "N6: the windows are closed as they were");
    assert.equal(day.changed.overall.not_called, 1);
});

test("the same run gives the same bytes, and its own policy changes nothing", () => {
    const policy = file("own.json", { policy: { rule: "score" }, classes: [{ code: "elderly", head_s: 600 }] });
    const args = ["--day", DAY, "--policy", policy, "--seed", "7"];
    assert.equal(run(args).stdout, run(args).stdout);
    const day = JSON.parse(run(args).stdout);
    assert.deepEqual(day.changed, day.replayed);
});

/* Two windows for pensions, and one for cards, until noon: N2 misses its call at 1, N3 is called at 2.5, E1 at 5, N4
 * at 5.5; everybody else finds a free window. */
test("with another roster", () => {
    const open = [["09:00", "12:00"]];
    const windows = [{ no: 1, services: ["pension"], open }, { no: 7, services: ["pension"], open },
        { no: 3, services: ["card"], open }];
    const { changed } = simulate(["--roster", file("roster.json", { windows })]);
    waits(changed.by_class.ordinary, [0, 0, 0.5, 1.5, 0, 0, 0]);
    waits(changed.by_class.elderly, [2, 0, 0]);
    assert.equal(changed.overall.abandoned, 0, "N6 is called at once");
    const pause = [{ no: 1, services: ["pension", "card"], open: [["09:00", "09:03"], ["09:20", "12:00"]] }];
    const { changed: paused } = simulate(["--roster", file("pause.json", { windows: pause })]);
    minutes(paused.by_class.elderly.max_ms, 17); // E1, first when the window opens again at 20
});

test("a day in progress says so", () => {
    assert.equal(during.in_progress, true);
    assert.match(during.stderr, /still going on/);
    assert.equal(during.automatic_calls, 8);
    assert.equal(during.same_choices, 8);
    assert.equal(during.measures.overall.legs, 8);
});

/* A copy of the database in which a statement has changed something. */
function tampered(name, statement) {
    const db = path.join(folder, name);
    hall.daemon.run(["backup", "--db", hall.daemon.db, db]);
    const result = spawnSync("sqlite3", [db, statement], { encoding: "utf8" });
    assert.equal(result.status, 0, result.stderr);
    return db;
}

test("a log made under another policy is seen", () => {
    const db = tampered("policy.db", "UPDATE config SET document = json_set(document, '$.policy.rule', 'fifo');");
    const day = simulate([], db);
    assert.equal(day.automatic_calls, 8);
    assert.equal(day.same_choices, 7);
    assert.equal(day.different_choices, 1);
    const [{ at: when, seq, ...difference }] = day.differences;
    assert.match(when, /^2026-11-23T09:05:0/);
    assert.ok(seq > 0);
    assert.deepEqual(difference, {
        window: 1, number: number.E1, rule: "POLICY", choice: number.N2, choice_rule: "POLICY",
    });
});

test("a call whose rule was changed is seen", () => {
    const db = tampered("rule.db", `UPDATE event SET data = replace(data, '"POLICY"', '"GUARD_K"') WHERE seq =
        (SELECT max(seq) FROM event WHERE kind = 'ticket.called' AND data LIKE '%"POLICY"%');`);
    const day = simulate([], db);
    assert.equal(day.same_choices, 7);
    assert.equal(day.differences[0].number, number.E2);
    assert.equal(day.differences[0].rule, "GUARD_K");
    assert.equal(day.differences[0].choice, number.E2);
    assert.equal(day.differences[0].choice_rule, "POLICY");
});

/* Ends with that status and one line that matches. */
function refused(args, status, pattern) {
    const result = run(args);
    assert.equal(result.status, status, result.stderr);
    assert.match(result.stderr, pattern);
    assert.equal(result.stderr.trimEnd().split("\n").length, 1, result.stderr);
    assert.equal(result.stdout, "");
}

test("what cannot be", () => {
    const policy = (content) => ["--day", DAY, "--policy", file("bad.json", content)];
    const roster = (content) => ["--day", DAY, "--roster", file("bad.json", content)];
    const windows = (...open) => roster({ windows: [{ no: 1, services: ["pension"], open }] });
    refused(["--day", "2026-11-22"], 1, /no events of 2026-11-22/);
    refused(["--day", "22.11.2026"], 2, /--day must be a date/);
    refused([], 2, /--day/);
    refused(["--day", DAY, "--seed", "x"], 2, /--seed/);
    refused(["--day", DAY, "--model", "x.json"], 2, /--model/);
    refused(policy("{"), 1, /bad\.json: /);
    refused(policy({}), 1, /\/policy: is required/);
    refused(policy({ policy: null }), 1, /\/policy: is required/);
    refused(policy({ policy: { rule: "best" } }), 1, /\/policy\/rule: /);
    refused(policy({ policy: {}, windows: [] }), 1, /\/windows: unknown member/);
    refused(policy({ classes: [{ code: "elderly", rate_pm: -1 }] }), 1, /\/classes\/0\/rate_pm: /);
    refused(["--day", DAY, "--policy", path.join(folder, "none.json")], 1, /cannot be opened/);
    refused(roster({}), 1, /\/windows: must have at least one/);
    refused(roster({ windows: [{ no: 1, services: ["nope"], open: [] }] }), 1, /\/windows\/0\/services\/0: /);
    refused(roster({ windows: [{ no: 1, services: ["pension"] }] }), 1, /\/windows\/0\/open: is required/);
    refused(roster({ windows: [{ no: 1, services: ["pension"], open: null }] }), 1, /\/windows\/0\/open: is required/);
    refused(roster({ windows: [{ no: 1, services: ["pension"], open: 9 }] }), 1, /\/windows\/0\/open: /);
    refused(roster({ windows: [{ no: 1, services: ["pension"], open: [], opens: [] }] }), 1, /opens: unknown member/);
    refused(windows(["09:00"]), 1, /\/windows\/0\/open\/0: must be two times/);
    refused(windows(["09:00", "9:30"]), 1, /\/windows\/0\/open\/0\/1: must be a time/);
    refused(windows(["09:00", "08:00"]), 1, /\/windows\/0\/open\/0: must end after it begins/);
    refused(windows(["09:00", "10:00"], ["09:30", "11:00"]), 1, /\/windows\/0\/open\/1: /);
    const alone = spawnSync(PROGRAM, ["simulate", "--day", DAY], { encoding: "utf8" });
    assert.equal(alone.status, 2);
});
