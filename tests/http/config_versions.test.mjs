// Versions of the configuration: what each changed and by whom, the document of each, what differs between two, and
// taking one back.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Hall, PASSWORD } from "./lib.mjs";

const CONFIG = "/api/v1/admin/config";
const VERSIONS = `${CONFIG}/versions`;

let hall;
before(async () => (hall = await Hall.open()));
after(() => hall.close());

const admin = (method, target, options = {}) => hall.ask(method, target, { as: "admin", ...options });

/* Changes the configuration in force; answers its new version. */
async function change(edit, options = {}) {
    const { data, headers } = await admin("GET", CONFIG);
    edit(data);
    const answer = await admin("PUT", CONFIG, { body: data, headers: { "If-Match": headers.get("etag") }, ...options });
    assert.equal(answer.status, 204, answer.text);
    return Number(/^"v(\d+)"$/.exec(answer.headers.get("etag"))[1]);
}

const quota = (value) => (data) => (data.services.find((one) => one.code === "pension").quota_day = value);
const restore = (version, match, query = "") =>
    admin("POST", `${VERSIONS}/${version}/restore${query}`, { headers: match ? { "If-Match": match } : {} });
const latest = async () => (await admin("GET", `${VERSIONS}?limit=1`)).data.items[0];

test("the first version stands alone", async () => {
    const { status, data } = await admin("GET", VERSIONS);
    assert.equal(status, 200);
    assert.equal(data.next_before, null);
    assert.equal(data.items.length, 1);
    const [first] = data.items;
    assert.deepEqual([first.version, first.by, first.in_force, first.restored_from, first.changes, first.sections],
        [1, "system", true, null, null, []]);
    assert.ok(Number.isFinite(Date.parse(first.at)));
});

test("each version says when, by whom and what", async () => {
    const login = await hall.post("/api/v1/login", { body: { username: "root", password: PASSWORD } });
    const headers = { Cookie: login.headers.get("set-cookie").split(";")[0], "X-CSRF-Token": login.data.csrf };
    const { data: document } = await admin("GET", CONFIG);
    quota(7)(document);
    document.hall.undo_s = 31;
    delete document.voice;
    const put = await hall.ask("PUT", CONFIG, { body: document, headers: { ...headers, "If-Match": '"v1"' } });
    assert.equal(put.status, 204, put.text);
    const { data } = await admin("GET", VERSIONS);
    assert.deepEqual(data.items.map((one) => one.version), [2, 1]);
    const [second, first] = data.items;
    assert.deepEqual([second.by, second.in_force, second.restored_from, second.changes], ["root", true, null, 3]);
    assert.deepEqual(second.sections, ["hall", "services", "voice"]);
    assert.equal(second.at.startsWith("2026-11-23T09:"), true, "by the hall's clock");
    assert.equal(first.in_force, false);
});

test("a list comes in pages", async () => {
    for (const value of [11, 12, 13]) {
        await change(quota(value));
    }
    const seen = [];
    let before = "";
    for (let pages = 0; pages < 10; pages++) {
        const { data } = await admin("GET", `${VERSIONS}?limit=2${before}`);
        assert.ok(data.items.length <= 2);
        seen.push(...data.items);
        if (data.next_before === null) {
            break;
        }
        before = `&before=${data.next_before}`;
    }
    assert.deepEqual(seen.map((one) => one.version), [5, 4, 3, 2, 1]);
    assert.deepEqual(seen.map((one) => one.changes), [1, 1, 1, 3, null], "also where a page ends");
    assert.deepEqual(seen.filter((one) => one.in_force).map((one) => one.version), [5]);
    assert.deepEqual((await admin("GET", `${VERSIONS}?before=1`)).data, { items: [], next_before: null });
});

test("a version is read as it was put", async () => {
    const { data, headers, status } = await admin("GET", `${VERSIONS}/3`);
    assert.equal(status, 200);
    assert.equal(headers.get("etag"), '"v3"');
    assert.equal(data.services.find((one) => one.code === "pension").quota_day, 11);
    const same = await admin("GET", `${VERSIONS}/3`, { headers: { "If-None-Match": '"v3"' } });
    assert.deepEqual([same.status, same.text, same.headers.get("etag")], [304, "", '"v3"']);
    assert.equal((await admin("GET", `${VERSIONS}/3`, { headers: { "If-None-Match": '"v2"' } })).status, 200);
});

test("two versions are compared, in either order", async () => {
    const pointer = /^\/services\/\d+\/quota_day$/;
    const there = (await admin("GET", `${VERSIONS}/5?against=3`)).data.changes;
    assert.equal(there.length, 1);
    assert.match(there[0].path, pointer);
    assert.deepEqual([there[0].from, there[0].to], [11, 13]);
    const back = (await admin("GET", `${VERSIONS}/3?against=5`)).data.changes;
    assert.deepEqual([back[0].from, back[0].to], [13, 11]);
    assert.deepEqual((await admin("GET", `${VERSIONS}/4?against=4`)).data, { changes: [] });
    const first = (await admin("GET", `${VERSIONS}/2?against=1`)).data.changes;
    assert.deepEqual(first.map((one) => one.path).filter((path) => !pointer.test(path)), ["/hall/undo_s", "/voice"]);
    assert.deepEqual(first.find((one) => one.path === "/voice").to, null);
});

test("what does not exist, and what is no version", async () => {
    for (const version of ["0", "99", "x", "-1", "1x", "1.0", "9".repeat(30), "%20"]) {
        assert.equal((await admin("GET", `${VERSIONS}/${version}`)).status, 404, version);
        assert.equal((await restore(version, '"v5"')).status, 404, version);
    }
    assert.equal((await admin("GET", `${VERSIONS}/5?against=99`)).status, 404);
    for (const [query, name] of [["?limit=0", "limit"], ["?limit=51", "limit"], ["?limit=x", "limit"], ["?before=0", "before"],
        ["?before=-1", "before"]]) {
        const answer = await admin("GET", VERSIONS + query);
        assert.equal(answer.status, 400, query);
        assert.equal(answer.data.errors[0].pointer, name);
    }
    assert.equal((await admin("GET", `${VERSIONS}/5?against=x`)).data.errors[0].pointer, "against");
});

test("a version is taken back as a new one, by the same road as any", async () => {
    const old = (await admin("GET", `${VERSIONS}/1`)).data;
    const missing = await restore(1, null);
    assert.equal(missing.status, 428);
    assert.equal(missing.data.code, "match-required");
    const stale = await restore(1, '"v4"');
    assert.equal(stale.status, 412);
    assert.equal(stale.data.code, "stale-version");
    const trial = await restore(1, '"v5"', "?dry_run=1");
    assert.equal(trial.status, 200);
    assert.deepEqual(trial.data.changes.map((one) => one.path).sort(),
        (await admin("GET", `${VERSIONS}/1?against=5`)).data.changes.map((one) => one.path).sort());
    assert.equal((await latest()).version, 5, "a trial changes nothing");

    const stream = await hall.stream("/api/v1/events");
    const answer = await restore(1, '"v5"');
    assert.equal(answer.status, 204, answer.text);
    assert.equal(answer.headers.get("etag"), '"v6"');
    assert.deepEqual((await admin("GET", CONFIG)).data, old);
    const event = await stream.event("config.changed");
    assert.deepEqual([event.data.data.count, event.data.data.reason], [6, "restored from version 1"]);
    stream.close();
    const made = await latest();
    assert.deepEqual([made.version, made.in_force, made.restored_from], [6, true, 1]);
    assert.deepEqual(made.sections.sort(), ["hall", "services", "voice"]);
});

test("a version that the hall can no longer take is refused with its reasons", async () => {
    // Numbers of today were taken for a service that an older version does not have.
    const without = await change((data) => {
        data.services = data.services.filter((one) => one.code !== "parking");
        data.windows.forEach((one) => (one.services = one.services.filter((code) => code !== "parking")));
    });
    const { data } = await admin("GET", CONFIG);
    data.services.push({ ...data.services[0], code: "parking", prefix: "Z", name: { en: "Parking" } });
    data.windows[0].services.push("parking");
    const put = await admin("PUT", CONFIG, { body: data, headers: { "If-Match": `"v${without}"` } });
    assert.equal(put.status, 204, put.text);
    await hall.issue("parking");
    const before = await latest();
    const answer = await restore(without, `"v${before.version}"`);
    assert.equal(answer.status, 422, answer.text);
    assert.match(answer.data.detail, /parking/);
    assert.deepEqual(await latest(), before, "and nothing has changed");
});

test("two who take back at the same time: one does", async () => {
    const olds = [await change(quota(21)), await change(quota(22)), await change(quota(23))];
    const { version } = await latest();
    const answers = await Promise.all(olds.map((old) => restore(old, `"v${version}"`)));
    assert.deepEqual(answers.map((answer) => answer.status).sort(), [204, 412, 412]);
});

test("an auditor reads and does not write", async () => {
    const as = "auditor";
    assert.equal((await hall.get(VERSIONS, { as })).status, 200);
    assert.equal((await hall.get(`${VERSIONS}/1`, { as })).status, 200);
    assert.equal((await hall.post(`${VERSIONS}/1/restore`, { as, headers: { "If-Match": '"v1"' } })).status, 403);
});

test("versions outlive a restart", async () => {
    const { data } = await admin("GET", VERSIONS);
    const { data: document } = await admin("GET", CONFIG);
    await hall.daemon.kill();
    await hall.daemon.start();
    assert.deepEqual((await admin("GET", VERSIONS)).data, data);
    assert.deepEqual((await admin("GET", CONFIG)).data, document);
});
