// The health of signs, where people and monitoring look for it.

import assert from "node:assert/strict";
import { createServer } from "node:net";
import { after, before, test } from "node:test";
import { Hall } from "./lib.mjs";

let hall;
before(async () => (hall = await Hall.open()));
after(() => hall.close());

const lobby = async () => (await hall.get("/api/v1/views/lobby", { as: "lobby" })).data;
const device = (view, code) => view.devices.find((one) => one.code === code);

/* Asks until it is so; the test runner bounds it. */
async function until(holds) {
    for (;;) {
        const view = await lobby();
        if (holds(view)) {
            return view;
        }
    }
}

/* Adds a port with one sign to the configuration. */
async function addSign(code, link) {
    const config = await hall.get("/api/v1/admin/config", { as: "admin" });
    const body = structuredClone(config.data);
    body.ports.push({ code, link });
    body.displays.push({ code, port: code, driver: "modbus", address: 1, shows: { window: 1 } });
    const headers = { "If-Match": config.headers.get("etag") };
    assert.equal((await hall.ask("PUT", "/api/v1/admin/config", { as: "admin", body, headers })).status, 204);
}

test("a sign that is well has its counters in the view and in the metrics", async () => {
    const view = await lobby();
    assert.deepEqual(view.alerts.filter((alert) => alert.device), []);
    const [sign] = view.devices.filter((one) => one.driver === "modbus");
    assert.equal(sign.state, "online");
    assert.ok(sign.frames >= 1);
    assert.ok(Date.parse(sign.last_ok_at) > 0);
    assert.equal(typeof sign.latency_ms, "number");
    assert.deepEqual(Object.keys(sign.errors), ["silent", "garbled", "refused", "port", "unshowable"]);
    const { text } = await hall.get("/metrics", { as: "monitoring" });
    assert.match(text, new RegExp(`^hallcall_device_up\\{device="${sign.code}"\\} 1$`, "m"));
    assert.match(text, new RegExp(`^hallcall_device_errors_total\\{device="${sign.code}",kind="silent"\\} \\d+$`, "m"));
    assert.match(text, new RegExp(`^hallcall_device_frames_total\\{device="${sign.code}"\\} [1-9]\\d*$`, "m"));
    assert.match(text, new RegExp(`^hallcall_device_latency_seconds_count\\{device="${sign.code}"\\} [1-9]\\d*$`, "m"));
    assert.match(text, new RegExp(`^hallcall_device_last_ok_timestamp_seconds\\{device="${sign.code}"\\} \\d+\\.\\d+$`, "m"));
});

test("a sign that was never reached is an alert, and one that answers nothing", async () => {
    const mute = createServer(() => {}); // takes the frames and says nothing
    await new Promise((resolve) => mute.listen(0, "127.0.0.1", resolve));
    await addSign("mute", `tcp:127.0.0.1:${mute.address().port}`);
    await addSign("absent", "serial:/dev/serial/by-id/nothing?baud=9600");
    const told = (view, code) => view.alerts.some((alert) => alert.code === "device-offline" && alert.device === code);
    const etag = (await hall.get("/api/v1/views/lobby", { as: "lobby" })).headers.get("etag");
    const view = await until((one) => told(one, "mute") && told(one, "absent"));
    assert.equal(device(view, "mute").detail, "no answer");
    assert.equal(device(view, "mute").last_ok_at, null);
    assert.ok(device(view, "mute").errors.silent >= 1);
    assert.equal(device(view, "absent").detail, "the port cannot be opened");
    assert.equal(device(view, "absent").errors.port, 1);
    const again = await hall.get("/api/v1/views/lobby", { as: "lobby", headers: { "If-None-Match": etag } });
    assert.equal(again.status, 200, "another state is another version");
    const { text } = await hall.get("/metrics", { as: "monitoring" });
    assert.match(text, /^hallcall_device_up\{device="mute"\} 0$/m);
    mute.close();
});
