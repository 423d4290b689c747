// lib: a hall with many windows and no limits in the way, served by the real daemon, and clients that press it hard.

import { Agent, request } from "node:http";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { spawnSync } from "node:child_process";
import { Daemon, PROGRAM } from "../lib/daemon.mjs";

export const CLOCK = "2026-11-23T09:00:00+08:00"; // a Monday
export const CLOSED = 23.5 * 3600; // the day's end of this hall, seconds after midnight

const name = (text) => ({ "zh-CN": text, en: text });

/* Every window serves every service. A person called is taken as served by the next call, so that a clerk needs no
 * other request than "next". */
export function hallDocument({ services = 1, windows = 16 } = {}) {
    const codes = Array.from({ length: services }, (_, i) => `s${i + 1}`);
    return {
        hall: { code: "crash", name: name("crash"), timezone: "Asia/Shanghai", day_close: "23:30", next_on_called: "finish" },
        zones: [{ code: "main", name: name("main") }],
        classes: [{ code: "ordinary", name: name("ordinary"), basis: "self",
            head_s: 0, rate_pm: 1000, cap: 8, max_wait_s: 3600, rank: 0, group: 0 }],
        services: codes.map((code, i) => ({ code, group: "all", name: name(code),
            prefix: String.fromCharCode(65 + i), first: 1, last: 9999, target_wait_s: 900, expected_service_s: 300 })),
        windows: Array.from({ length: windows }, (_, i) => ({ no: i + 1, name: name(`window ${i + 1}`), zone: "main",
            kind: "general", services: codes })),
    };
}

/* A random number of its own, so that a failure can be played again: the seed is in the message of every check. */
export function randomFrom(seed) {
    let state = seed >>> 0;
    return () => {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        return state / 2 ** 32;
    };
}

export class Hall {
    /* Made, not started. `db` elsewhere than in a folder of its own: for small disks. */
    constructor({ db = null, clock = CLOCK, ...shape } = {}) {
        this.daemon = new Daemon({ args: [], clock });
        this.daemon.db = db ?? this.daemon.db;
        this.shape = { services: 1, windows: 16, ...shape };
        const file = path.join(this.daemon.folder, "hall.json");
        writeFileSync(file, JSON.stringify(hallDocument(this.shape)));
        this.daemon.run(["config", "import", "--db", this.db, file]);
        this.token = { lobby: this.makeToken("lobby"), admin: this.makeToken("admin"), integration: this.makeToken("integration") };
        this.clerks = Array.from({ length: this.shape.windows }, (_, i) => this.makeToken("clerk", i + 1));
        this.agent = new Agent({ keepAlive: true, maxSockets: Infinity });
    }

    get db() {
        return this.daemon.db;
    }

    makeToken(role, window = 0) {
        const args = ["token", "create", "--db", this.db, "--role", role, "--name", `${role}${window}`];
        return this.daemon.run(window ? [...args, "--window", String(window)] : args).trim();
    }

    /* Starts it, at another hall time when told. */
    async start(clock = null) {
        if (clock) {
            this.daemon.args = ["--test-clock", clock];
        }
        this.agent.destroy();
        this.agent = new Agent({ keepAlive: true, maxSockets: Infinity });
        await this.daemon.start();
    }

    /* A subcommand with this database: {status, stdout, stderr}. */
    command(...args) {
        return spawnSync(PROGRAM, [...args.slice(0, -1), ...args.slice(-1)], { encoding: "utf8" });
    }

    verify(db = this.db) {
        const result = this.command("verify", "--db", db);
        if (result.status !== 0) {
            throw new Error(`verify: ${result.status}\n${result.stdout}${result.stderr}`);
        }
    }

    /* One request. Rejects only when no whole answer came. */
    ask(method, target, { as = "admin", body, key } = {}) {
        const headers = { Authorization: `Bearer ${this.token[as] ?? as}` };
        const data = body === undefined ? "" : JSON.stringify(body);
        if (method !== "GET") {
            headers["Content-Length"] = Buffer.byteLength(data);
            headers["Content-Type"] = "application/json";
        }
        if (key) {
            headers["Idempotency-Key"] = key;
        }
        return new Promise((resolve, reject) => {
            const call = request(this.daemon.origin + target, { method, headers, agent: this.agent }, (response) => {
                let text = "";
                response.setEncoding("utf8");
                response.on("data", (part) => (text += part));
                response.on("error", reject);
                response.on("close", () => response.complete || reject(new Error("the answer broke off")));
                response.on("end", () => {
                    const json = (response.headers["content-type"] ?? "").includes("json") && text !== "";
                    resolve({ status: response.statusCode, headers: response.headers, text, data: json ? JSON.parse(text) : null });
                });
            });
            call.on("error", reject);
            call.end(data);
        });
    }

    get(target, options) {
        return this.ask("GET", target, options);
    }

    post(target, options) {
        return this.ask("POST", target, options);
    }

    /* The same, for requests that must succeed. */
    async must(method, target, options) {
        const answer = await this.ask(method, target, options);
        if (answer.status < 200 || answer.status > 299) {
            throw new Error(`${method} ${target}: ${answer.status} ${answer.text}`);
        }
        return answer.data;
    }

    issue({ service = "s1", key } = {}) {
        return this.post("/api/v1/tickets", { as: "lobby", body: { service }, key });
    }

    next(window, key) {
        return this.post(`/api/v1/windows/${window}/next`, { as: this.clerks[window - 1], key });
    }

    openWindow(window) {
        return this.must("POST", `/api/v1/windows/${window}/open`, { as: this.clerks[window - 1] });
    }

    async openWindows() {
        for (let window = 1; window <= this.shape.windows; window++) {
            await this.openWindow(window);
        }
    }

    /* All events after that one, in the order of the log. */
    async changes(after = 0) {
        const all = [];
        for (;;) {
            const page = await this.must("GET", `/api/v1/changes?after=${after}&limit=1000`, { as: "integration" });
            all.push(...page.items);
            if (page.items.length === 0) {
                return all;
            }
            after = page.next_after;
        }
    }

    /* All tickets of the list. */
    async tickets(filter = "") {
        const all = [];
        let cursor = null;
        do {
            const more = cursor ? `&cursor=${encodeURIComponent(cursor)}` : "";
            const page = await this.must("GET", `/api/v1/tickets?limit=200${filter}${more}`);
            all.push(...page.items);
            cursor = page.next_cursor;
        } while (cursor);
        return all;
    }

    async close() {
        this.agent.destroy();
        await this.daemon.stop();
    }
}

/* Runs so many of these at once and waits for all. */
export function together(count, work) {
    return Promise.all(Array.from({ length: count }, (_, i) => work(i)));
}
