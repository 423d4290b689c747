// The configuration section by section: read, added to, replaced and taken from, by the same check as the whole.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { ROOT } from "../lib/daemon.mjs";
import { Hall } from "./lib.mjs";

const ADMIN = "/api/v1/admin";

let hall;
// Without what this test says is not there.
before(async () => (hall = await Hall.open({ change: (data) => ["profiles", "slip"].forEach((name) => delete data[name]) })));
after(() => hall.close());

const admin = (method, path, options = {}) => hall.ask(method, `${ADMIN}/${path}`, { as: "admin", ...options });
const config = () => admin("GET", "config");
const etag = async () => (await config()).headers.get("etag");
/* A write with the version just read. */
const write = async (method, path, body, match) =>
    admin(method, path, { body, headers: { "If-Match": match ?? (await etag()) } });

const ZONE = { code: "annex", name: { "zh-CN": "附楼", en: "Annex" } };

test("every section of the document can be read alone", async () => {
    const { data, headers } = await config();
    for (const [name, value] of Object.entries(data)) {
        const answer = await admin("GET", name);
        assert.equal(answer.status, 200, name);
        assert.equal(answer.headers.get("etag"), headers.get("etag"), name);
        assert.deepEqual(answer.data, Array.isArray(value) ? { items: value, next_cursor: null } : value, name);
    }
    for (const [alias, name] of [["calendars", "calendar"], ["scales", "rating"], ["voices", "voice"]]) {
        assert.deepEqual((await admin("GET", alias)).data, data[name], alias);
    }
    const pension = await admin("GET", "services/pension");
    assert.deepEqual(pension.data, data.services.find((one) => one.code === "pension"));
    assert.deepEqual((await admin("GET", "windows/3")).data, data.windows.find((one) => one.no === 3));
    const match = { headers: { "If-None-Match": headers.get("etag") } };
    assert.equal((await admin("GET", "services", match)).status, 304);
    assert.equal((await admin("GET", "services/pension", match)).status, 304);
});

test("no section that a document may have is forgotten", async () => {
    const source = readFileSync(path.join(ROOT, "src/wire/wire_config.c"), "utf8");
    const names = /static void read_sections.*?names\[\] = \{(.*?)\}/s.exec(source)[1];
    const { messages } = await import(`data:text/javascript,${encodeURIComponent(readFileSync(path.join(ROOT, "web/shared/messages/history.js"), "utf8"))}`);
    const sections = [...names.matchAll(/"(\w+)"/g)].map((found) => found[1]);
    assert.ok(sections.length > 15);
    for (const name of sections) {
        assert.equal((await admin("PATCH", name)).status, 405, name);
        assert.ok(messages.en[`section.${name}`], `the page has a word for ${name}`);
    }
});

test("a list that the document does not have is empty, an object is not there", async () => {
    const { data } = await config();
    assert.ok(!("profiles" in data) && !("slip" in data));
    assert.deepEqual((await admin("GET", "profiles")).data, { items: [], next_cursor: null });
    assert.equal((await admin("GET", "slip-layouts")).status, 404);
    assert.equal((await write("DELETE", "slip")).status, 404);
});

test("what is no section does not exist", async () => {
    for (const path of ["templates", "nope", "service", "services/", "services/nope", "services/pension/card", "windows/99", "windows/03",
        "rating/five", "templates/x", "%73ervices"]) {
        assert.equal((await admin("GET", path)).status, 404, path);
    }
    for (const [method, path, allow] of [["PUT", "services", "GET, HEAD, POST"], ["DELETE", "services", "GET, HEAD, POST"],
        ["POST", "hall", "GET, HEAD, PUT, DELETE"], ["POST", "services/pension", "GET, HEAD, PUT, DELETE"], ["PATCH", "zones/main", "GET, HEAD, PUT, DELETE"]]) {
        const answer = await admin(method, path, { body: {} });
        assert.equal(answer.status, 405, `${method} ${path}`);
        assert.equal(answer.headers.get("allow"), allow);
    }
});

test("an element is added, replaced and taken out, each a version of its own", async () => {
    const before = await config();
    const version = Number(/\d+/.exec(before.headers.get("etag"))[0]);
    const stream = await hall.stream("/api/v1/events");
    const added = await admin("POST", "zones", { body: ZONE });
    assert.equal(added.status, 201, added.text);
    assert.deepEqual(added.data, ZONE);
    assert.equal(added.headers.get("location"), `${ADMIN}/zones/annex`);
    assert.equal(added.headers.get("etag"), `"v${version + 1}"`);
    assert.equal((await stream.event("config.changed")).data.data.count, version + 1);
    stream.close();
    assert.deepEqual((await config()).data.zones, [...before.data.zones, ZONE]);

    const renamed = { ...ZONE, name: { "zh-CN": "西附楼", en: "West annex" } };
    const put = await write("PUT", "zones/annex", renamed);
    assert.equal(put.status, 200, put.text);
    assert.deepEqual(put.data, renamed);
    assert.equal(put.headers.get("etag"), `"v${version + 2}"`);
    const names = (await hall.get("/api/v1/views/display?zone=annex", { as: "display" })).status;
    assert.equal(names, 200, "it is in force");

    const gone = await write("DELETE", "zones/annex");
    assert.deepEqual([gone.status, gone.text], [204, ""]);
    assert.equal(gone.headers.get("etag"), `"v${version + 3}"`);
    assert.deepEqual((await config()).data, before.data, "nothing else has changed, not even its order");
    const { data } = await admin("GET", "config/versions?limit=3");
    assert.deepEqual(data.items.map((one) => [one.changes, one.sections]), [[1, ["zones"]], [2, ["zones"]], [1, ["zones"]]]);
});

test("a window goes by its number", async () => {
    const made = await admin("POST", "windows", { body: { no: 88, services: ["tax"] } });
    assert.equal(made.status, 201, made.text);
    assert.equal(made.headers.get("location"), `${ADMIN}/windows/88`);
    assert.equal((await hall.get("/api/v1/windows/88", { as: "lobby" })).status, 200);
    const other = await write("PUT", "windows/88", { no: 89, services: ["tax"] });
    assert.deepEqual([other.status, other.data.errors[0].pointer], [422, "/no"]);
    assert.equal((await write("DELETE", "windows/88")).status, 204);
    assert.equal((await hall.get("/api/v1/windows/88", { as: "lobby" })).status, 404);
});

test("an object is replaced, taken out and put back", async () => {
    const rating = (await admin("GET", "rating")).data;
    const put = await write("PUT", "scales", { ...rating, prompt_s: 25 });
    assert.deepEqual([put.status, put.data.prompt_s], [200, 25]);
    assert.equal((await write("DELETE", "rating")).status, 204);
    assert.equal((await admin("GET", "rating")).status, 404);
    assert.equal((await write("PUT", "rating", rating)).status, 200);
    assert.deepEqual((await admin("GET", "rating")).data, rating);
});

test("findings name the member of what was sent", async () => {
    const pension = (await admin("GET", "services/pension")).data;
    for (const [method, path, body, pointer] of [
        ["PUT", "services/pension", { ...pension, quota_day: "many" }, "/quota_day"],
        ["PUT", "services/pension", { ...pension, colour: "red" }, "/colour"],
        ["PUT", "services/pension", { ...pension, card: { ...pension.card, fee: 7 } }, "/card/fee"],
        ["PUT", "services/pension", { ...pension, name: undefined }, "/name"],
        ["PUT", "services/pension", { ...pension, code: "other" }, "/code"],
        ["PUT", "services/pension", {}, "/code"],
        ["POST", "services", {}, "/code"],
        ["POST", "services", { ...pension, prefix: "Q" }, "/code"],
        ["POST", "zones", { code: "Upper Case", name: { en: "x" } }, "/code"],
        ["POST", "zones", { code: "..", name: { en: "x" } }, "/code"],
        ["POST", "windows", { no: 77, services: ["tax", "nope"] }, "/services/1"],
        ["POST", "windows", { no: 0 }, "/no"],
        ["POST", "displays", { code: "led99", port: "nowhere", driver: "modbus" }, "/port"],
        ["PUT", "rating", { scale: "seven" }, "/scale"],
        ["PUT", "hall", { code: "demo", timezone: "Mars/Olympus" }, "/timezone"],
        ["PUT", "calendar", [], ""],
    ]) {
        const answer = await write(method, path, body);
        assert.equal(answer.status, 422, `${method} ${path} ${JSON.stringify(body)}: ${answer.text}`);
        assert.ok(answer.data.errors.some((one) => one.pointer === pointer), `${path}: ${pointer} in ${answer.text}`);
    }
    assert.equal((await write("PUT", "rating", "{")).status, 400);
    assert.equal((await admin("POST", "zones", { body: "" })).status, 400);
});

test("what a change would break elsewhere is told with its place", async () => {
    const answer = await write("DELETE", "services/pension");
    assert.equal(answer.status, 422, answer.text);
    const { data } = await config();
    const window = data.windows.findIndex((one) => one.services.includes("pension"));
    assert.equal(answer.data.errors[0].pointer, "");
    assert.ok(answer.data.errors[0].detail.startsWith(`/windows/${window}/services/`), answer.data.errors[0].detail);
    assert.deepEqual(data, (await admin("GET", "config/versions/1")).data, "and nothing has changed by all that was refused");
});

test("a service that somebody waits for stays", async () => {
    const parking = { code: "parking", prefix: "Z", name: { en: "Parking" } };
    assert.equal((await admin("POST", "services", { body: parking })).status, 201);
    const made = await admin("POST", "windows", { body: { no: 66, services: ["parking"] } });
    assert.equal(made.status, 201, made.text);
    const ticket = await hall.issue("parking");
    assert.equal((await write("DELETE", "windows/66")).status, 204);
    const refused = await write("DELETE", "services/parking");
    assert.equal(refused.status, 422, refused.text);
    assert.match(refused.data.detail, /parking/);
    assert.equal((await hall.get(`/api/v1/tickets/${ticket.id}`, { as: "lobby" })).data.state, "waiting");
});

test("whoever replaces must have seen what is there", async () => {
    const main = (await admin("GET", "zones/main")).data;
    for (const [method, path, body] of [["PUT", "zones/main", main], ["DELETE", "zones/main"], ["PUT", "rating", {}], ["DELETE", "rating"]]) {
        const blind = await admin(method, path, { body });
        assert.deepEqual([blind.status, blind.data.code], [428, "match-required"], `${method} ${path}`);
        const stale = await write(method, path, body, '"v1"');
        assert.deepEqual([stale.status, stale.data.code], [412, "stale-version"], `${method} ${path}`);
    }
    assert.equal((await write("POST", "zones", ZONE, '"v1"')).status, 412, "an addition says so when it asks");
    assert.equal((await write("PUT", "zones/nope", { ...main, code: "nope" })).status, 404);
    assert.equal((await write("DELETE", "zones/nope")).status, 404);
    const seen = await etag();
    const race = await Promise.all([25, 26, 27].map((prompt) => write("PUT", "rating", { prompt_s: prompt, scale: "five" }, seen)));
    assert.deepEqual(race.map((one) => one.status).sort(), [200, 412, 412]);
});

test("a trial changes nothing and says what it would", async () => {
    const seen = await etag();
    const trial = await admin("POST", "zones?dry_run=1", { body: ZONE });
    assert.equal(trial.status, 200);
    assert.deepEqual(trial.data.changes, [{ path: "/zones/2", from: null, to: ZONE }]);
    const removal = await write("DELETE", "rating?dry_run=1");
    assert.deepEqual(removal.data.changes.map((one) => [one.path, one.to]), [["/rating", null]]);
    assert.equal((await admin("POST", "zones?dry_run=1", { body: { code: "x y" } })).status, 422);
    assert.equal(await etag(), seen);
});

test("many who add at once are all in", async () => {
    const codes = Array.from({ length: 8 }, (_, i) => `n${i}`);
    const answers = await Promise.all(codes.map((code) =>
        admin("POST", "notices", { body: { code, category: "guide", text: { "zh-CN": code } } })));
    assert.deepEqual(answers.map((answer) => answer.status), codes.map(() => 201), answers[0].text);
    const { data } = await admin("GET", "notices");
    assert.deepEqual(data.items.map((one) => one.code).filter((code) => codes.includes(code)).sort(), codes);
});

test("sections outlive a restart", async () => {
    const before = await config();
    await hall.daemon.kill();
    await hall.daemon.start();
    const now = await config();
    assert.deepEqual(now.data, before.data);
    assert.equal(now.headers.get("etag"), before.headers.get("etag"));
});

test("who adds something at the same time as others overwrites nobody", async () => {
    const before = (await admin("GET", "zones")).data.items.map((one) => one.code);
    const added = Array.from({ length: 10 }, (_, i) => `crowd${i}`);
    const seen = await etag();
    const answers = await Promise.all(added.map((code) => admin("POST", "zones", { body: { ...ZONE, code } })));
    assert.deepEqual(answers.map((answer) => answer.status), added.map(() => 201));
    const items = (await admin("GET", "zones")).data.items.map((one) => one.code);
    assert.deepEqual(items.sort(), [...before, ...added].sort());
    // Who names the version that was seen changes that one or nothing.
    const stale = added.map((code) => admin("DELETE", `zones/${code}`, { headers: { "If-Match": etag } }));
    assert.deepEqual((await Promise.all(stale)).map((answer) => answer.status), added.map(() => 412));
    const now = await etag();
    const race = added.map((code) => admin("DELETE", `zones/${code}`, { headers: { "If-Match": now } }));
    const statuses = (await Promise.all(race)).map((answer) => answer.status).sort();
    assert.deepEqual(statuses, [204, ...added.slice(1).map(() => 412)]);
    const any = added.map((code) => admin("DELETE", `zones/${code}`, { headers: { "If-Match": "*" } }));
    assert.deepEqual((await Promise.all(any)).map((answer) => answer.status).sort(), [...added.slice(1).map(() => 204), 404]);
});
