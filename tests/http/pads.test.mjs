// Keypads and a rating pad behind a serial-device server, against the real program: bytes in, tickets, bytes out.

import assert from "node:assert/strict";
import net from "node:net";
import { after, before, test } from "node:test";
import { Hall } from "./lib.mjs";

const CONFIG = "/api/v1/admin/config";
const PATIENCE_MS = 10000;
const frame = (address, func, ...data) => {
    const body = [address, func, ...data];
    const sum = body.reduce((a, b) => a + b, 0) & 0xff;
    return Buffer.from([0xff, 0x68, body.length, body.length, 0x68, ...body, sum, 0x16]);
};
const waiting = (count) => frame(1, 2, ...[...String(count).padStart(3, "0")].map(Number), 10, 10, 10);
const digits = (number) => frame(1, 2, 10, 10, 10, ...[...number.slice(-3)].map(Number));
const KEY = { next: [0x0c], recall: [0x0d], invite: [0x0b], start: [0x0e], pass: [6, 0x0f], park: [0, 0x0f], back: [3, 0x0f], transfer: [0x13] };
const BEEP = frame(1, 3);
const ASK = frame(1, 1, 0x0b);

/* The device server: keeps what it is sent. */
class Line {
    received = Buffer.alloc(0);

    static async open() {
        const line = new Line();
        line.server = net.createServer((socket) => {
            line.socket = socket;
            socket.on("data", (data) => (line.received = Buffer.concat([line.received, data])));
            socket.on("error", () => {});
        });
        await new Promise((resolve) => line.server.listen(0, "127.0.0.1", resolve));
        return line;
    }

    close() {
        this.socket?.destroy();
        this.server.close();
    }

    /* Says bytes as a pad does; what is waited for next must come after them. */
    say(bytes) {
        this.received = Buffer.alloc(0);
        this.socket.write(bytes);
    }

    async until(what, message) {
        const end = Date.now() + PATIENCE_MS;
        for (;;) {
            const found = what();
            if (found) {
                return found;
            }
            assert.ok(Date.now() < end, `${message}; received ${this.received.toString("hex")}`);
            await new Promise((resolve) => setTimeout(resolve, 5));
        }
    }

    sent(bytes, message) {
        return this.until(() => this.received.includes(bytes), `not sent: ${message ?? bytes.toString("hex")}`);
    }
}

let hall;
let line;
before(async () => {
    hall = await Hall.open();
    line = await Line.open();
    const { data, headers } = await hall.get(CONFIG, { as: "admin" });
    data.ports.push({ code: "pads", link: `tcp:127.0.0.1:${line.server.address().port}` });
    data.keypads = [
        { code: "key1", port: "pads", driver: "ff68", address: 1, window: 1, options: { key_0e: "start" } },
        { code: "rate1", port: "pads", driver: "ff68", address: 1, window: 1, kind: "rating", options: { rating_2: 3 } },
        { code: "box2", port: "pads", driver: "qsystem", address: 0x20, window: 2 },
    ];
    const answer = await hall.ask("PUT", CONFIG, { as: "admin", body: data, headers: { "If-Match": headers.get("etag") } });
    assert.equal(answer.status, 204, answer.text);
    await line.until(() => line.socket, "the program did not connect");
});
after(async () => {
    await hall.close();
    line.close();
});

/* Real time: the program's own guard against a second press. */
const guard = () => new Promise((resolve) => setTimeout(resolve, 1600));
const press = async (key) => {
    await guard();
    line.say(frame(1, 1, ...KEY[key]));
    await line.sent(frame(1, 1, ...KEY[key]), `the answer to ${key}`);
};
const ticket = async (id) => (await hall.get(`/api/v1/tickets/${id}`, { as: "lobby" })).data;
const becomes = async (id, state) => {
    const end = Date.now() + PATIENCE_MS;
    for (let now = await ticket(id); now.state !== state; now = await ticket(id)) {
        assert.ok(Date.now() < end, `${now.state}, not ${state}`);
    }
};

test("a key calls, and the pad shows how many wait and whom it called", async () => {
    await press("next");
    await line.sent(BEEP, "the window is closed");
    assert.equal((await hall.post("/api/v1/windows/1/open", { as: "clerk" })).status, 200);
    await line.sent(waiting(0));
    await press("next");
    await line.sent(BEEP, "nobody waits");
    const a = await hall.issue("pension");
    const b = await hall.issue("pension");
    await line.sent(waiting(2));
    await press("next");
    await line.sent(waiting(1));
    await line.sent(digits(a.number));
    assert.ok(line.received.indexOf(waiting(1)) < line.received.indexOf(digits(a.number)));
    const called = await ticket(a.id);
    assert.deepEqual([called.state, called.window], ["called", 1]);
    const history = (await hall.get(`/api/v1/tickets/${a.id}/history`, { as: "lobby" })).text;
    assert.match(history, /key1/, "the device acted");
    await press("next");
    await line.sent(BEEP, "called, but not started");
    await press("start");
    await becomes(a.id, "serving");
    await press("park");
    await becomes(a.id, "held");
    await line.sent(waiting(1));
    await press("back");
    await becomes(a.id, "called");
    await press("start");
    await press("transfer");
    await line.sent(BEEP, "no target is set");
    await press("next");
    await becomes(a.id, "done");
    await line.sent(digits(b.number));
    await press("pass");
    await line.sent(BEEP, "too early to pass");
});

test("the pad follows what is done elsewhere", async () => {
    const view = await hall.get("/api/v1/windows/1", { as: "lobby" });
    const id = view.data.ticket?.id ?? view.data.current?.id;
    line.received = Buffer.alloc(0);
    assert.equal((await hall.post(`/api/v1/tickets/${id}/return`, { as: "clerk" })).status, 200);
    await line.sent(waiting(1));
});

test("a rating pad asks, is answered, and rates once", async () => {
    await press("next");
    await press("start");
    await press("invite");
    await line.sent(ASK);
    const value = frame(1, 0x11, 2);
    line.say(value);
    await line.sent(frame(1, 1, 2), "the answer to the value");
    const all = async () => (await hall.get("/api/v1/changes?limit=200", { as: "integration" })).text;
    const end = Date.now() + PATIENCE_MS;
    while (!(await all()).includes("rating.submitted")) {
        assert.ok(Date.now() < end, "no rating");
    }
    const once = (await all()).split('"rating.submitted"').length;
    await guard();
    line.say(value);
    await line.sent(BEEP, "nothing left to rate");
    assert.equal((await all()).split('"rating.submitted"').length, once);
});

test("a box of QSystem calls, recalls, starts and ends with its three keys", async () => {
    const box = async (key) => {
        await guard();
        line.say(Buffer.from([1, 0x20, key, 7]));
    };
    const light = (code) => line.sent(Buffer.from([1, 0x20, code, 7]));
    const m = await hall.issue("medical");
    assert.equal((await hall.post("/api/v1/windows/2/open", { as: "relief" })).status, 200);
    await light(0x35);
    await box(0x31);
    await light(0x36);
    await becomes(m.id, "called");
    await hall.advance(30);
    await box(0x31);
    await light(0x36);
    assert.equal((await ticket(m.id)).calls, 2);
    await box(0x32);
    await light(0x32);
    await becomes(m.id, "serving");
    await box(0x34);
    await becomes(m.id, "done");
});

test("pads are among the devices", async () => {
    const { data } = await hall.get("/api/v1/views/lobby", { as: "lobby" });
    for (const code of ["key1", "rate1", "box2"]) {
        const device = data.devices.find((found) => found.code === code);
        assert.equal(device?.online, true, code);
    }
});

test("a service whose rating pad was away when it ended is exempt", async () => {
    const { id } = await hall.issue("pension");
    line.close();
    const end = Date.now() + PATIENCE_MS;
    const gone = async () => {
        const { devices } = (await hall.get("/api/v1/views/lobby", { as: "lobby" })).data;
        return devices.find((one) => one.code === "rate1").online === false;
    };
    while (!(await gone())) {
        assert.ok(Date.now() < end, "it is still called online");
    }
    const body = { number: (await ticket(id)).number, reason: "the pad is away" };
    await hall.post("/api/v1/windows/1/close", { as: "lobby", body: { current: "finish" } });
    assert.equal((await hall.post("/api/v1/windows/1/open", { as: "clerk" })).status, 200);
    assert.equal((await hall.post("/api/v1/windows/1/call", { as: "lobby", body })).status, 200);
    assert.equal((await hall.post(`/api/v1/tickets/${id}/finish`, { as: "clerk", body: {} })).status, 200);
    assert.equal((await ticket(id)).legs.at(-1).rating_exempt, "device");
});
