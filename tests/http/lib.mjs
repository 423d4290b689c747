// lib: the real daemon with the demo hall's configuration and a token for every role, and the ways tests talk to it.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import path from "node:path";
import { Daemon, ROOT } from "../lib/daemon.mjs";

export const ROLES = ["kiosk", "clerk", "button", "display", "rating", "lobby", "supervisor", "admin", "auditor",
    "integration", "monitoring"];
export const PASSWORD = "a long enough password 7";

export const CONFIG = path.join(ROOT, "src/demo/hall.json");
// Longer than any silence that a stream may keep.
const PATIENCE_MS = 20000;

export class Hall {
    /* `clock` null: the real one, and no test route. `change` is given the demo hall's document before its import; `tokens`:
       more of them, each [roles, name, window]. */
    static async open({ clock = "2026-11-23T09:00:00+08:00", args = [], change = () => {}, tokens = [] } = {}) {
        const hall = new Hall();
        const daemon = new Daemon({ args, clock });
        hall.daemon = daemon;
        const document = JSON.parse(readFileSync(CONFIG, "utf8"));
        change(document);
        daemon.run(["config", "import", "--db", daemon.db, "-"], JSON.stringify(document));
        hall.token = {};
        for (const role of ROLES) {
            // A button works at a window, so its token is bound to one.
            hall.token[role] = hall.makeToken([role], role, role === "button" ? 3 : 0);
        }
        hall.token.relief = hall.makeToken(["clerk"], "relief");
        hall.token.clerk3 = hall.makeToken(["clerk"], "desk3", 3);
        hall.token.button1 = hall.makeToken(["button"], "key1", 1);
        for (const [roles, name, window] of tokens) {
            hall.token[name] = hall.makeToken(roles, name, window);
        }
        hall.makeUser("zhang", "clerk");
        hall.makeUser("li", "clerk", 4);
        hall.makeUser("wang", "lobby");
        hall.makeUser("root", "admin");
        await daemon.start();
        await hall.quiet();
        return hall;
    }

    /* Waits until the signs have come up: each writes an event, which would stand between those of a test. */
    async quiet() {
        const signs = JSON.parse(readFileSync(CONFIG, "utf8")).displays.length;
        for (;;) {
            const { data } = await this.get("/api/v1/views/lobby", { as: "lobby" });
            if (data.devices.filter((device) => device.online).length >= signs) {
                return;
            }
        }
    }

    makeToken(roles, name, window = 0) {
        const args = ["token", "create", "--db", this.daemon.db, ...roles.flatMap((role) => ["--role", role]), "--name", name];
        return this.daemon.run(window ? [...args, "--window", String(window)] : args).trim();
    }

    makeUser(name, role, window = 0) {
        const args = ["user", "add", "--db", this.daemon.db, "--name", name, "--role", role, "--password-stdin"];
        this.daemon.run(window ? [...args, "--window", String(window)] : args, `${PASSWORD}\n`);
    }

    get origin() {
        return this.daemon.origin;
    }

    get port() {
        return Number(new URL(this.origin).port);
    }

    /* Ends the daemon, which must find nothing wrong with that (a sanitizer would). */
    async close() {
        await this.daemon.stop();
        assert.equal(await this.daemon.exited, 0, this.daemon.log);
    }

    /* One request. `as`: a role with a token, or null. `body`: an object, sent as JSON, or a string as it is. */
    async ask(method, target, { as = null, body, headers = {} } = {}) {
        const all = { ...headers };
        if (as) {
            all.Authorization = `Bearer ${this.token[as] ?? as}`;
        }
        if (body !== undefined && !("Content-Type" in all)) {
            all["Content-Type"] = "application/json";
        }
        const response = await fetch(this.origin + target, {
            method,
            headers: all,
            body: body === undefined || typeof body === "string" ? body : JSON.stringify(body),
            redirect: "manual",
        });
        const bytes = Buffer.from(await response.arrayBuffer());
        const text = bytes.toString();
        const json = (response.headers.get("content-type") ?? "").includes("json") && text !== "";
        return { status: response.status, headers: response.headers, bytes, text, data: json ? JSON.parse(text) : null };
    }

    get(target, options) {
        return this.ask("GET", target, options);
    }

    post(target, options) {
        return this.ask("POST", target, options);
    }

    /* A ticket for that service. */
    async issue(service = "pension", more = {}) {
        const answer = await this.post("/api/v1/tickets", { as: "lobby", body: { service, ...more } });
        if (answer.status !== 201) {
            throw new Error(`issue: ${answer.status} ${answer.text}`);
        }
        return answer.data;
    }

    advance(seconds) {
        return this.post("/api/v1/test/clock", { as: "admin", body: { advance_s: seconds } });
    }

    /* Sends bytes as they are and returns everything until the other side closes, or until `until` was seen. */
    raw(bytes, { until = null, patience_ms = 5000 } = {}) {
        return new Promise((resolve, reject) => {
            let text = "";
            const socket = connect(this.port, "127.0.0.1", () => socket.write(bytes, "latin1"));
            const done = (closed) => {
                clearTimeout(late);
                socket.destroy();
                resolve({ text, closed, status: Number(/^HTTP\/1\.[01] (\d{3})/.exec(text)?.[1] ?? 0) });
            };
            const late = setTimeout(() => done(false), patience_ms);
            socket.setEncoding("latin1");
            socket.on("data", (data) => {
                text += data;
                if (until && text.includes(until)) {
                    done(false);
                }
            });
            socket.on("end", () => done(true));
            socket.on("error", (error) => (text ? done(true) : (clearTimeout(late), reject(error))));
        });
    }

    /* Opens a stream of events. */
    async stream(target, { as = "admin", headers = {} } = {}) {
        const stream = new Stream();
        const all = as ? { Authorization: `Bearer ${this.token[as] ?? as}`, ...headers } : headers;
        stream.control = new AbortController();
        stream.response = await fetch(this.origin + target, { headers: all, signal: stream.control.signal });
        stream.reader = stream.response.body.getReader();
        return stream;
    }
}

/* The blocks of a stream of events, in order. */
export class Stream {
    text = "";

    /* The next block; comments are blocks with `comment` set. null at the end of the stream. */
    async next() {
        for (;;) {
            const at = this.text.indexOf("\n\n");
            if (at >= 0) {
                const block = this.text.slice(0, at);
                this.text = this.text.slice(at + 2);
                return Stream.parse(block);
            }
            const late = setTimeout(() => this.control.abort(), PATIENCE_MS);
            const { value, done } = await this.reader.read().finally(() => clearTimeout(late));
            if (done) {
                return null;
            }
            this.text += Buffer.from(value).toString("utf8");
        }
    }

    /* The next event of that kind; others are passed over. */
    async event(kind) {
        const end = Date.now() + PATIENCE_MS;
        while (Date.now() < end) {
            const block = await this.next();
            if (block === null || block.event === kind) {
                return block;
            }
        }
        throw new Error(`no ${kind} within ${PATIENCE_MS} ms`);
    }

    static parse(block) {
        const result = {};
        for (const line of block.split("\n")) {
            const colon = line.indexOf(":");
            if (colon === 0) {
                result.comment = line.slice(1);
            } else {
                result[line.slice(0, colon)] = line.slice(colon + 1).trimStart();
            }
        }
        if (result.data) {
            result.data = JSON.parse(result.data);
        }
        return result;
    }

    close() {
        this.control.abort();
    }
}
