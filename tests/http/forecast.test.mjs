// What the daemon says of waits: a rule of thumb until it has foreseen, then ranges from the chooser itself; told with the
// number and kept; advice when a service's waiting will be late.
//
// One service at one window, an exact five minutes a visitor: the wait behind n others can be worked out by hand.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import path from "node:path";
import { after, test } from "node:test";
import { Daemon } from "../lib/daemon.mjs";

const SERVICE_S = 300;
const DOCUMENT = {
    hall: { code: "one", name: { "zh-CN": "一", en: "One" }, timezone: "Asia/Shanghai", day_close: "23:30",
        next_on_called: "finish" },
    zones: [{ code: "z", name: { "zh-CN": "区", en: "Zone" } }],
    services: [{ code: "a", group: "g", name: { "zh-CN": "甲", en: "A" }, prefix: "A", first: 1, last: 999,
        expected_service_s: 60, target_wait_s: 600 }],
    windows: [1, 2].map((no) => ({ no, name: { "zh-CN": `${no}号`, en: `${no}` }, zone: "z", kind: "general", services: ["a"] })),
    ports: [], displays: [],
};

class SmallHall {
    async open() {
        this.daemon = new Daemon({ args: [], clock: "2026-11-16T09:00:00+08:00" });
        const file = path.join(this.daemon.folder, "hall.json");
        writeFileSync(file, JSON.stringify(DOCUMENT));
        this.daemon.run(["config", "import", "--db", this.daemon.db, file]);
        this.token = this.daemon.run(["token", "create", "--db", this.daemon.db, "--role", "admin", "--role", "lobby",
            "--role", "clerk", "--role", "kiosk", "--role", "monitoring", "--name", "all"]).trim();
        await this.daemon.start();
        return this;
    }

    async ask(method, target, body, headers = {}) {
        const response = await fetch(this.daemon.origin + target, {
            method, body: body && JSON.stringify(body),
            headers: { Authorization: `Bearer ${this.token}`, "Content-Type": "application/json",
                "Idempotency-Key": crypto.randomUUID(), ...headers },
        });
        const text = await response.text();
        assert.ok(response.ok || response.status === 304, `${method} ${target}: ${response.status} ${text}`);
        return text && text[0] === "{" ? { ...JSON.parse(text), etag: response.headers.get("ETag") } : text;
    }

    set(time) {
        return this.ask("POST", "/api/v1/test/clock", { set: time });
    }

    advance(seconds) {
        return this.ask("POST", "/api/v1/test/clock", { advance_s: seconds });
    }

    issue(cls = "ordinary") {
        return this.ask("POST", "/api/v1/tickets", { service: "a", class: cls });
    }

    next(window) {
        return this.ask("POST", `/api/v1/windows/${window}/next`);
    }

    lobby() {
        return this.ask("GET", "/api/v1/views/lobby");
    }

    /* Forecasts are made beside the commands: asks until one has seen the hall as it is. */
    async foreseen(accept) {
        for (;;) {
            const view = await this.lobby();
            if (view.forecast && accept(view)) {
                return view;
            }
            await new Promise((resolve) => setTimeout(resolve, 50));
        }
    }
}

const hall = await new SmallHall().open();
after(() => hall.daemon.stop());

/* A day of so many visitors, each exactly five minutes at window 1; arrivals in the first minutes. */
async function day(date, visitors) {
    await hall.set(`${date}T09:00:00+08:00`);
    await hall.ask("POST", "/api/v1/windows/1/open", { clerk: "zhang" });
    for (let i = 0; i < visitors; i++) {
        await hall.issue();
    }
    for (let i = 0; i < visitors; i++) {
        await hall.next(1);
        await hall.advance(SERVICE_S);
    }
    await hall.ask("POST", "/api/v1/windows/1/close", { current: "finish" });
    await hall.ask("POST", "/api/v1/admin/day/close");
}

test("before there is a past, the setting is believed", async () => {
    await hall.ask("POST", "/api/v1/windows/1/open", { clerk: "zhang" });
    await hall.issue();
    await hall.next(1);
    const ticket = await hall.issue();
    const { services: [service] } = await hall.foreseen((view) => view.services[0].eta?.high_s > 0);
    // Minutes, not the hours of a past nobody had.
    assert.ok(service.eta.high_s <= 15 * 60, JSON.stringify(service.eta));
    assert.ok(ticket.eta.low_s <= ticket.eta.about_s && ticket.eta.about_s <= ticket.eta.high_s);
    await hall.next(1);
    await hall.ask("POST", "/api/v1/windows/1/close", { current: "finish" });
    await hall.ask("POST", "/api/v1/admin/day/close");
});

test("past days teach the real durations", async () => {
    for (const date of ["2026-11-17", "2026-11-18", "2026-11-19"]) {
        await day(date, 15);
    }
    // At 20:00 nobody came on any day: those in line are all there will be.
    await hall.set("2026-11-20T20:00:00+08:00");
    await hall.ask("POST", "/api/v1/windows/1/open", { clerk: "zhang" });
    const tickets = [];
    for (let i = 0; i < 6; i++) {
        tickets.push(await hall.issue());
    }
    await hall.next(1);
    await hall.foreseen((view) => view.services[0].eta.about_s >= 25 * 60);
    // Number k waits for k visitors of five minutes: the day's unknown speed makes ranges around it, of some 5 %.
    for (let k = 1; k < 6; k++) {
        const { eta } = await hall.ask("GET", `/api/v1/tickets/${tickets[k].id}`);
        const off = Math.abs(eta.p50_s - k * SERVICE_S) / (k * SERVICE_S);
        assert.ok(off < 0.15, `number ${k}: ${JSON.stringify(eta)}`);
        assert.ok(eta.low_s <= k * SERVICE_S && eta.high_s >= k * SERVICE_S, JSON.stringify(eta));
        assert.ok(eta.low_s % (eta.low_s > 900 ? 300 : 60) === 0);
    }
    hall.tickets = tickets;
});

test("what is said counts down, and does not jump", async () => {
    const before = await hall.ask("GET", `/api/v1/tickets/${hall.tickets[5].id}`);
    await hall.advance(60);
    const later = await hall.ask("GET", `/api/v1/tickets/${hall.tickets[5].id}`);
    assert.ok(Math.abs(before.eta.p50_s - later.eta.p50_s - 60) <= 2, `${before.eta.p50_s} ${later.eta.p50_s}`);
});

test("the public answer is news when only the wait has changed", async () => {
    const path_ = `/api/v1/public${hall.tickets[5].public_url.replace("/t/", "/tickets/")}`;
    const first = await hall.ask("GET", path_);
    assert.equal(first.ahead, 4);
    await hall.next(1);
    const second = await hall.ask("GET", path_, undefined, { "If-None-Match": first.etag });
    assert.equal(second.ahead, 3);
});

test("what was told with the number is kept in the log and the leg", async () => {
    const fresh = await hall.issue();
    const rows = spawnSync("sqlite3", ["-json", hall.daemon.db,
        "SELECT told_low_s, told_s, told_high_s, told_pm FROM leg ORDER BY leg DESC LIMIT 1"], { encoding: "utf8" });
    const [told] = JSON.parse(rows.stdout);
    assert.ok(told.told_pm >= 400 && told.told_pm <= 980, rows.stdout);
    assert.ok(told.told_low_s <= told.told_s && told.told_s <= told.told_high_s);
    assert.ok(Math.abs(fresh.eta.p50_s - told.told_s) <= 1);
});

test("late waits bring advice, and the advice is right", async () => {
    for (let i = 0; i < 6; i++) {
        await hall.issue();
    }
    const view = await hall.foreseen((one) => one.suggestions.length > 0);
    const [advice] = view.suggestions;
    assert.equal(advice.kind, "open-window");
    assert.equal(advice.window, 2);
    assert.ok(advice.late_then_pct * 2 <= advice.late_now_pct, JSON.stringify(advice));
    // Two windows halve the wait.
    assert.ok(Math.abs(advice.eta_then.p50_s / advice.eta_now.p50_s - 0.5) < 0.15, JSON.stringify(advice));
    assert.ok(view.services[0].late_pct > 20);
    // Done: it is not said any more.
    await hall.ask("POST", "/api/v1/windows/2/open", { clerk: "li" });
    const after_ = await hall.lobby();
    assert.deepEqual(after_.suggestions, []);
});

test("the metrics tell the level of the ranges", async () => {
    assert.match(await hall.ask("GET", "/metrics"), /^hallcall_forecast_level 0\.\d+$/m);
});

test("the log with what was told replays to the same rows", async () => {
    await hall.daemon.kill();
    hall.daemon.run(["verify", "--db", hall.daemon.db]); // throws when it finds anything
    await hall.daemon.start();
});
