// hall: the daemon with a hall made for measuring, the programs beside it, and how a figure is
// printed.

import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { ROOT } from "../lib/daemon.mjs";

const PROGRAMS = path.join(ROOT, "build/bench");
const HALLCALL = path.join(ROOT, "build/hallcall");
export const WINDOWS = 16;
const SERVICES = 20;
export const folder = mkdtempSync(path.join(process.env.BENCH_DIR ?? tmpdir(), "hallcall-bench-"));
let files = 0;
let keys = 0;

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const round = (value) =>
    Math.abs(value) < 100 ? Math.round(value * 1000) / 1000 : Math.round(value);

/* values and ceilings: one for each repetition. The ratio is that of the medians. */
export function report({
    figure,
    method,
    values,
    unit,
    ceilings = null,
    goal = null,
    noise = null,
}) {
    const value = median(values);
    const line = {
        figure,
        method,
        value: round(value),
        min: round(Math.min(...values)),
        max: round(Math.max(...values)),
        unit,
        ceiling: null,
        ratio: null,
        goal,
        ...noise,
    };
    if (ceilings) {
        line.ceiling = round(median(ceilings));
        line.ceiling_min = round(Math.min(...ceilings));
        line.ceiling_max = round(Math.max(...ceilings));
        line.ratio = round(value / median(ceilings));
    }
    console.log(JSON.stringify(line));
}

export const program = (name) => path.join(PROGRAMS, name);
export const newFile = (name) => path.join(folder, `${++files}-${name}`);

/* A program that runs to its end; its standard output as JSON (nothing when it prints none). */
export function runJson(name, args) {
    return new Promise((resolve, reject) => {
        const child = spawn(name, args, { stdio: ["ignore", "pipe", "inherit"] });
        let out = "";
        child.stdout.on("data", (data) => (out += data));
        child.on("error", reject);
        child.on("close", (code) =>
            code === 0
                ? resolve(out === "" ? null : JSON.parse(out))
                : reject(new Error(`${path.basename(name)} ended with ${code}: ${out}`)),
        );
    });
}

const running = new Set();

/* After a failure: nothing of ours is left behind. */
export function stopAll() {
    running.forEach((server) => server.child.kill("SIGKILL"));
}

/* A program that serves until it is stopped. `until`: what it prints when it is ready. */
export class Server {
    constructor(name, args, until = /listening on http:\/\/127\.0\.0\.1:(\d+)/) {
        this.log = "";
        this.child = spawn(name, args, { stdio: ["pipe", "pipe", "pipe"] });
        this.child.stderr.on("data", (data) => (this.log += data));
        this.ended = new Promise((resolve) => this.child.once("close", resolve));
        running.add(this);
        this.ended.then(() => running.delete(this));
        this.lines = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();
        this.until = until;
    }

    async ready() {
        for (;;) {
            const { value, done } = await this.lines.next();
            if (done) {
                throw new Error(`${this.child.spawnargs[0]} did not start: ${this.log}`);
            }
            const found = this.until.exec(value);
            if (found) {
                this.port = found[1];
                return this;
            }
        }
    }

    async stop(signal = "SIGTERM") {
        this.child.kill(signal);
        await this.ended;
    }

    /* Resident memory in MiB. */
    memory() {
        const status = readFileSync(`/proc/${this.child.pid}/status`, "utf8");
        return Number(/VmRSS:\s+(\d+)/.exec(status)[1]) / 1024;
    }
}

/* Where it is before noon now: a day that does not end while we measure. */
function timezone() {
    const west = new Date().getUTCHours() - 11;
    return west === 0 ? "Etc/GMT" : `Etc/GMT${west > 0 ? "+" : ""}${west}`;
}

/* 16 windows that all serve all of 20 services, each with 9999 numbers of its own. */
export function hallDocument({ rule = "score", link = null, printer = false } = {}) {
    const services = Array.from({ length: SERVICES }, (_, i) => ({
        code: `s${i + 1}`,
        name: { "zh-CN": `业务${i + 1}`, en: `Service ${i + 1}` },
        prefix: String.fromCharCode(65 + i),
        first: 1,
        last: 9999,
        target_wait_s: 900,
        expected_service_s: 300,
    }));
    const document = {
        hall: {
            code: "bench",
            name: { "zh-CN": "测试大厅", en: "Bench hall" },
            timezone: timezone(),
            day_close: "00:00",
            next_on_called: "finish",
        },
        zones: [{ code: "main", name: { "zh-CN": "大厅", en: "Hall" } }],
        policy: { rule },
        services,
        windows: Array.from({ length: WINDOWS }, (_, i) => ({
            no: i + 1,
            name: { "zh-CN": `${i + 1}号`, en: `Window ${i + 1}` },
            zone: "main",
            services: services.map((service) => service.code),
        })),
    };
    if (link) {
        document.ports = [{ code: "p1", link }];
        document.displays = [
            { code: "d1", port: "p1", driver: "dump", address: 1, shows: { window: 1 } },
        ];
    }
    if (printer) {
        document.printers = [{ code: "slips", link: "sim:slips", driver: "escpos" }];
    }
    return document;
}

function hallcall(args) {
    const result = spawnSync(HALLCALL, args, { encoding: "utf8" });
    if (result.status !== 0) {
        throw new Error(`hallcall ${args.join(" ")}: ${result.stderr}`);
    }
    return result.stdout.trim();
}

/* A daemon with a new database, and one token that may do everything: roles are not measured. */
export class Hall {
    constructor({ args = [], ...options } = {}) {
        this.args = args;
        this.db = newFile("hall.db");
        const file = newFile("hall.json");
        writeFileSync(file, JSON.stringify(hallDocument(options)));
        hallcall(["config", "import", "--db", this.db, file]);
        const roles = [
            "kiosk",
            "clerk",
            "lobby",
            "supervisor",
            "admin",
            "integration",
            "display",
            "monitoring",
        ];
        this.token = hallcall([
            "token",
            "create",
            "--db",
            this.db,
            ...roles.flatMap((role) => ["--role", role]),
            "--name",
            "bench",
        ]);
        this.header = `Authorization: Bearer ${this.token}`;
    }

    async start() {
        this.server = await new Server(HALLCALL, [
            "serve",
            "--db",
            this.db,
            "--listen",
            "127.0.0.1:0",
            ...this.args,
        ]).ready();
        this.port = this.server.port;
        return this;
    }

    stop() {
        return this.server.stop();
    }

    async request(method, target, body, headers = {}) {
        const answer = await fetch(`http://127.0.0.1:${this.port}${target}`, {
            method,
            body: body && JSON.stringify(body),
            headers: {
                authorization: `Bearer ${this.token}`,
                ...(body ? { "content-type": "application/json" } : {}),
                ...(method === "POST" ? { "idempotency-key": `fetch-${++keys}` } : {}),
                ...headers,
            },
        });
        if (!answer.ok) {
            throw new Error(`${method} ${target}: ${answer.status} ${await answer.text()}`);
        }
        return answer;
    }

    async openWindows() {
        for (let no = 1; no <= WINDOWS; no++) {
            await this.request("POST", `/api/v1/windows/${no}/open`, { clerk: `clerk${no}` });
        }
    }
}

/* One run of the load generator; its times and its requests a second. */
export function load(port, header, { connections, total, args }) {
    keys += total + connections;
    return runJson(program("load"), [
        "--port",
        port,
        "--connections",
        String(connections),
        "--total",
        String(total),
        "--header",
        header,
        ...args.map((arg) => (arg === "KEY" ? String(keys - total - connections) : arg)),
    ]);
}

/* Connections take turns with services and windows, which have the numbers from 1. */
export const ISSUE = [
    "--method",
    "POST",
    "--path",
    "/api/v1/tickets",
    "--body",
    '{"service":"s%d","lang":"zh-CN"}',
    "--numbers",
    String(SERVICES),
    "--key",
    "KEY",
    "--expect",
    "201",
];
export const NEXT = [
    "--method",
    "POST",
    "--path",
    "/api/v1/windows/%d/next",
    "--numbers",
    String(WINDOWS),
    "--key",
    "KEY",
];

export async function issueMany(hall, count) {
    await load(hall.port, hall.header, { connections: 64, total: count, args: ISSUE });
}

/* The body of an answer of the daemon, for a ceiling that sends the same bytes. */
export async function saveBody(hall, method, target, body) {
    const file = newFile("body.json");
    writeFileSync(
        file,
        Buffer.from(await (await hall.request(method, target, body)).arrayBuffer()),
    );
    return file;
}

export function ceiling(mode, body, status = 200, batch = 512) {
    return new Server(program("ceiling_mhd"), [
        mode,
        body,
        String(status),
        newFile("ceiling.db"),
        String(batch),
    ]).ready();
}

export const times = async (count, work) => {
    const results = [];
    for (let i = 0; i < count; i++) {
        results.push(await work(i));
    }
    return results;
};
