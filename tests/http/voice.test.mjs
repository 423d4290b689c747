// What is said aloud, over the API: the queue of a zone, who speaks there, the sound, and what others have said.

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { ROOT } from "../lib/daemon.mjs";
import { Hall } from "./lib.mjs";

const RATE = 22050;
const pack = mkdtempSync(path.join(os.tmpdir(), "hallcall-pack-"));
let hall;

/* A pack whose clips have lengths of their own, so that the sound tells which they are. */
const LENGTH = new Map([["chime", 400], ["please", 300], ["A", 210], ["0", 100], ["1", 101], ["2", 102], ["3", 103], ["4", 104],
    ["number", 120], ["to", 130], ["window", 140], ["return", 150]]);

function wav(count) {
    const bytes = Buffer.alloc(44 + count * 2, 7);
    bytes.write("RIFF", 0);
    bytes.writeUInt32LE(36 + count * 2, 4);
    bytes.write("WAVEfmt ", 8);
    bytes.writeUInt32LE(16, 16);
    bytes.writeUInt16LE(1, 20);
    bytes.writeUInt16LE(1, 22);
    bytes.writeUInt32LE(RATE, 24);
    bytes.writeUInt32LE(RATE * 2, 28);
    bytes.writeUInt16LE(2, 32);
    bytes.writeUInt16LE(16, 34);
    bytes.write("data", 36);
    bytes.writeUInt32LE(count * 2, 40);
    return bytes;
}

before(async () => {
    mkdirSync(path.join(pack, "zh-CN"));
    for (const [name, count] of LENGTH) {
        writeFileSync(path.join(pack, name === "chime" ? "" : "zh-CN", `${name}.wav`), wav(count));
    }
    writeFileSync(path.join(pack, "zh-CN/停电演练.wav"), wav(999));
    hall = await Hall.open({
        args: ["--voice", pack],
        change: (document) => {
            document.hall.next_on_called = "finish";
            document.voice = { languages: ["zh-CN"], volume: [{ zone: "upper", percent: 35 }],
                quiet: [{ from: "22:00", to: "07:00" }] };
        },
    });
    await hall.post("/api/v1/windows/1/open", { as: "clerk", body: { clerk: "zhang" } });
    await hall.post("/api/v1/windows/2/open", { as: "relief", body: { clerk: "li" } });
});

after(async () => {
    await hall.close();
    rmSync(pack, { recursive: true });
});

const queue = async (zone = "main") => (await hall.get(`/api/v1/announcements?zone=${zone}`, { as: "display" })).data;
const report = (id, state, player = "p-1") =>
    hall.post(`/api/v1/announcements/${id}/state`, { as: "display", body: { state, player } });
const lease = (player, more = {}) =>
    hall.post("/api/v1/announcements/lease", { as: "display", body: { zone: "main", player, ...more } });
const announce = (body, as = "lobby") => hall.post("/api/v1/announcements", { as, body });

async function call(window) {
    const ticket = await hall.issue("medical");
    const answer = await hall.post(`/api/v1/windows/${window}/call`,
        { as: "lobby", body: { number: ticket.number, reason: "test" } });
    assert.equal(answer.status, 200, answer.text);
    return answer.data.ticket;
}

/* Says everything that waits. */
async function drain() {
    for (let items = (await queue()).items; items.length > 0; { items } = await queue()) {
        await report(items[0].id, "failed");
    }
}

test("a call is queued, spoken and gone, and every step is an event", async () => {
    const stream = await hall.stream("/api/v1/events?topics=display:main", { as: "display" });
    const ticket = await call(1);
    let view = await queue();
    assert.equal(view.on, true);
    assert.equal(view.zones.length, 1);
    assert.equal(view.zones[0].backlog, 1);
    assert.equal(view.zones[0].volume, 100);
    const [item] = view.items;
    assert.equal(item.number, ticket.number);
    assert.equal(item.template, "call");
    assert.equal(item.window, 1);
    assert.equal(item.state, "queued");
    assert.equal(item.readings, 2);
    assert.equal(item.chime, true);
    assert.equal(item.spoken["zh-CN"], "请B零零一号到一号窗口");
    assert.equal((await report(item.id, "ended")).status, 409); // not before it began
    assert.equal((await report(item.id, "started")).status, 204);
    view = await queue();
    assert.equal(view.items[0].state, "speaking");
    assert.equal(view.zones[0].player, "p-1");
    assert.equal((await report(item.id, "ended")).status, 204);
    assert.equal((await queue()).items.length, 0);
    assert.equal((await report(item.id, "ended")).status, 404);
    const seen = [];
    while (seen.at(-1)?.event !== "announcement.ended") {
        const block = await stream.next();
        if (block.event?.startsWith("announcement.")) {
            seen.push(block);
        }
    }
    assert.deepEqual(seen.map((one) => one.event),
        ["announcement.queued", "announcement.started", "announcement.ended"]);
    const { data } = seen[0];
    assert.equal(data.subject, `announcements/${item.id}`);
    assert.deepEqual([data.data.number, data.data.window, data.data.zone, data.data.template],
        [ticket.number, 1, "main", "call"]);
    assert.ok(!("clerk" in data.data) && !("actor" in data.data));
    stream.control.abort();
});

test("one display speaks in a zone; another takes over when it is gone", async () => {
    await hall.advance(20);
    const first = await lease("p-1");
    assert.equal(first.status, 200);
    assert.equal(first.data.owner, true);
    assert.equal(first.data.renew_s, 3);
    assert.equal((await lease("p-2")).data.owner, false);
    await call(2);
    const [item] = (await queue()).items;
    const refused = await report(item.id, "started", "p-2");
    assert.equal(refused.status, 409);
    assert.equal(refused.data.code, "not-audio-owner");
    assert.equal((await report(item.id, "started", "p-1")).status, 204);
    await hall.advance(9);
    assert.equal((await lease("p-2")).data.owner, false);
    await hall.advance(2);
    assert.equal((await lease("p-2")).data.owner, true);
    assert.equal((await lease("p-1")).data.owner, false);
    // What the other one left in the middle is said again from its beginning.
    assert.equal((await queue()).items[0].id, item.id);
    assert.equal((await report(item.id, "started", "p-2")).status, 204);
    assert.equal((await report(item.id, "ended", "p-1")).status, 409);
    assert.equal((await report(item.id, "ended", "p-2")).status, 204);
    // Given back: free at once.
    assert.equal((await lease("p-2", { release: true })).data.owner, false);
    assert.equal((await lease("p-1")).data.owner, true);
    // Another zone has its own.
    const upper = await hall.post("/api/v1/announcements/lease", { as: "display", body: { zone: "upper", player: "p-2" } });
    assert.equal(upper.data.owner, true);
});

test("the administrator sees what the pack has, and how many calls fit through it, by the clips themselves", async () => {
    const look = async () => (await hall.get("/api/v1/admin/voice-pack", { as: "admin" })).data;
    const told = await look();
    assert.equal(told.on, true);
    assert.deepEqual(told.findings, []);
    const [zh] = told.languages;
    assert.equal(zh.language, "zh-CN");
    assert.equal(zh.good, zh.needed, "the default pack lies below");
    // A012 at window 4, the last of the ground floor: chime, two readings, a gap after each.
    const count = (names) => names.reduce((sum, name) => sum + LENGTH.get(name), 0);
    const reading = count(["please", "A", "0", "1", "2", "number", "to", "4", "window"]);
    const seconds = (samples) => samples / RATE;
    const main = told.zones.find((one) => one.zone === "main");
    const near = (value, wanted) => assert.ok(Math.abs(value - wanted) < 1e-6 * wanted, `${value} is not ${wanted}`);
    near(main.call_s, seconds(LENGTH.get("chime") + 2 * (reading + RATE / 2)));
    near(main.calls_per_min, 60 / main.call_s);
    near(main.short_per_min, 60 / seconds(reading + RATE / 2));
    // Windows 1 to 4 of the demo hall, by what their own services are expected to take.
    const document = (await hall.get("/api/v1/admin/config", { as: "admin" })).data;
    const expected = (code) => document.services.find((one) => one.code === code).expected_service_s;
    const windows = document.windows.filter((one) => one.zone === "main");
    assert.equal(main.windows, windows.length);
    const wanted = windows.map(({ services }) => {
        const own = services.filter((one) => (one.tier ?? "primary") === "primary").map((one) => expected(one.code ?? one));
        return (60 * own.length) / own.reduce((sum, one) => sum + one, 0);
    });
    near(main.wanted_per_min, wanted.reduce((sum, one) => sum + one, 0));

    const file = path.join(pack, "zh-CN", "4.wav");
    writeFileSync(file, "no sound at all");
    const bad = await look();
    assert.equal(bad.languages[0].good, zh.good, "the default clip stands in");
    assert.equal(bad.findings.length, 1);
    assert.match(bad.findings[0], /^zh-CN\/4\.wav: /, "and nothing of where it lies");
    writeFileSync(file, wav(LENGTH.get("4") + 1000));
    const fresh = (await look()).zones.find((one) => one.zone === "main");
    near(fresh.call_s, main.call_s + seconds(2 * 1000));
    writeFileSync(file, wav(LENGTH.get("4")));
    assert.deepEqual((await look()).zones, told.zones);
});

test("the sound is the clips, to the sample, and may be kept", async () => {
    await drain();
    const ticket = await hall.issue("pension");
    assert.equal(ticket.number, "A001");
    await hall.post("/api/v1/windows/2/call", { as: "lobby", body: { number: "A001", reason: "test" } });
    const [item] = (await queue()).items;
    assert.equal(item.spoken["zh-CN"], "请A零零一号到二号窗口");
    const heard = await hall.get(item.audio, { as: "display" });
    assert.equal(heard.status, 200, heard.text);
    assert.equal(heard.headers.get("content-type"), "audio/wav");
    assert.equal(heard.headers.get("cache-control"), "no-cache");
    const count = (names) => names.reduce((sum, name) => sum + LENGTH.get(name), 0);
    const reading = count(["please", "A", "0", "0", "1", "number", "to", "2", "window"]);
    const samples = LENGTH.get("chime") + 2 * reading + RATE / 2;
    assert.equal(heard.bytes.length, 44 + 2 * samples);
    assert.equal(heard.bytes.readUInt32LE(40), 2 * samples);
    const again = await hall.get(item.audio, { as: "display", headers: { "If-None-Match": heard.headers.get("etag") } });
    assert.equal(again.status, 304);
    assert.equal(again.bytes.length, 0);
    assert.equal((await hall.get("/api/v1/announcements/1/audio", { as: "display" })).status, 404);
    assert.equal((await hall.get("/api/v1/announcements/x/audio", { as: "display" })).status, 404);
    assert.equal((await hall.get(item.audio, { as: "kiosk" })).status, 403);
    await drain();
});

test("the lobby has things said: lost property, back to the window, and what was recorded", async () => {
    const lost = await announce({ template: "lost_property", window: 3, zones: ["main"] });
    assert.equal(lost.status, 201, lost.text);
    assert.equal(lost.data.items.length, 1);
    assert.equal(lost.data.items[0].spoken["zh-CN"], "拾到失物，请失主到三号窗口认领");
    const back = await announce({ template: "return_to_window", number: "A001", langs: ["zh-CN", "en"] });
    assert.equal(back.status, 201, back.text);
    assert.deepEqual(back.data.items.map((one) => one.zone).sort(), ["main", "upper"]);
    assert.equal(back.data.items[0].spoken.en, "Ticket A zero zero one, please return to window two");
    const text = await announce({ text: "停电演练" });
    assert.equal(text.data.items[0].text, "停电演练");
    const heard = await hall.get(text.data.items[0].audio, { as: "lobby" });
    assert.equal(heard.bytes.length, 44 + 2 * (400 + 2 * 999 + RATE / 2)); // nothing waits behind it
    const other = await announce({ text: "没有录音的话" });
    assert.equal((await hall.get(other.data.items[0].audio, { as: "lobby" })).status, 404); // is only shown
    await drain();
});

test("bad input gets an error that names the member", async () => {
    const cases = [
        [{}, "/template"], [{ template: "lost_property", text: "x" }, "/template"], [{ template: "shout" }, "/template"],
        [{ template: "return_to_window" }, "/number"], [{ template: "return_to_window", number: "Z999" }, "/number"],
        [{ template: "lost_property", window: 99 }, "/window"], [{ template: "lost_property", zones: ["attic"] }, "/zones"],
        [{ text: "x", langs: ["de"] }, "/langs"], [{ text: "x".repeat(300) }, "/text"],
    ];
    for (const [body, pointer] of cases) {
        const answer = await announce(body);
        assert.equal(answer.status, 422, `${JSON.stringify(body)}: ${answer.text}`);
        assert.equal(answer.data.errors[0].pointer, pointer, JSON.stringify(body));
    }
    assert.equal((await announce({ template: "lost_property" }, "display")).status, 403);
    assert.equal((await announce({ template: "lost_property" }, "clerk")).status, 403);
    assert.equal((await lease("Bad Name")).status, 422);
    const zone = await hall.post("/api/v1/announcements/lease", { as: "display", body: { zone: "attic", player: "p-1" } });
    assert.equal(zone.data.errors[0].pointer, "/zone");
    assert.equal((await hall.get("/api/v1/announcements?zone=attic", { as: "display" })).status, 404);
    assert.equal((await report(1, "sung")).data.errors[0].pointer, "/state");
    assert.equal((await hall.get("/api/v1/announcements", { as: "display" })).data.zones.length, 2);
    assert.equal((await queue("upper")).zones[0].volume, 35);
});

test("a call that nobody speaks is an alert in the lobby, and later not spoken any more", async () => {
    await drain();
    await call(1);
    assert.equal((await queue()).items.length, 1);
    await hall.advance(61);
    const alerts = async () => (await hall.get("/api/v1/views/lobby", { as: "lobby" })).data.alerts
        .filter((alert) => alert.code === "voice-late");
    assert.equal((await alerts()).length, 1);
    assert.equal((await alerts())[0].window, 1);
    const metrics = (await hall.get("/metrics", { as: "monitoring" })).text;
    assert.match(metrics, /hallcall_announcement_backlog\{zone="main"\} 1\n/);
    await hall.advance(60);
    assert.equal((await queue()).items.length, 0);
    assert.equal((await alerts()).length, 0);
});

test("a restart forgets nothing that waits and repeats nothing that was said", async () => {
    const said = await call(2);
    const [item] = (await queue()).items;
    await report(item.id, "started");
    await report(item.id, "ended");
    assert.ok(said);
    await announce({ template: "lost_property", zones: ["main"] });
    await announce({ text: "之后", zones: ["main"] });
    const [speaking] = (await queue()).items;
    await lease("p-1", { release: true });
    assert.equal((await report(speaking.id, "started", "p-7")).status, 204);
    const before = (await queue()).items;
    await hall.daemon.kill();
    await hall.daemon.start();
    const { items } = await queue();
    assert.deepEqual(items.map((one) => [one.id, one.state]), before.map((one) => [one.id, one.state]));
    assert.deepEqual(items.map((one) => one.state), ["speaking", "queued"]);
    // Who was speaking goes on speaking: another display may not begin over its voice.
    assert.equal((await lease("p-8")).data.owner, false);
    assert.equal((await lease("p-7")).data.owner, true);
    assert.equal((await report(speaking.id, "ended", "p-7")).status, 204);
    // Away for five minutes: what waited is not said any more.
    await hall.advance(300);
    assert.equal((await queue()).items.length, 0);
    assert.match(hall.daemon.run(["verify", "--db", hall.daemon.db]), /./);
});

test("nothing is said in quiet hours, and what is missing is told at the start", async () => {
    await hall.post("/api/v1/test/clock", { as: "admin", body: { set: "2026-11-23T22:30:00+08:00" } });
    const answer = await announce({ template: "lost_property" });
    assert.equal(answer.status, 409);
    assert.match(answer.data.detail, /quiet hours/);
    assert.equal((await queue()).zones[0].quiet, true);
    assert.equal((await queue()).zones[0].volume, 0);
    const clips = readdirSync(path.join(ROOT, "build/voice/zh-CN")).length;
    assert.ok(clips > 50);
    assert.match(hall.daemon.log, new RegExp(`voice=zh-CN clips=${clips}`));
    assert.ok(readFileSync(path.join(pack, "chime.wav")).length > 0);
});
