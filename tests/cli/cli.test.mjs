// The command line as a person meets it: what it prints where, and how it ends.

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { PROGRAM, ROOT } from "../lib/daemon.mjs";

const folder = mkdtempSync(path.join(tmpdir(), "hallcall-cli-"));
after(() => rmSync(folder, { recursive: true }));
const at = (name) => path.join(folder, name);
const DEMO = path.join(ROOT, "src/demo/hall.json");

function hallcall(args, input = "") {
    const { status, stdout, stderr } = spawnSync(PROGRAM, args, { input, encoding: "utf8", timeout: 20000 });
    return { status, stdout, stderr };
}

/* Ends with that status and says one line on stderr that matches. */
function refused(args, status, pattern, input) {
    const result = hallcall(args, input);
    assert.equal(result.status, status, result.stderr);
    assert.match(result.stderr, pattern);
    assert.equal(result.stderr.trimEnd().split("\n").length, 1, result.stderr);
    assert.equal(result.stdout, "");
}

function done(args, input) {
    const result = hallcall(args, input);
    assert.equal(result.status, 0, result.stderr);
    return result.stdout;
}

function imported(name) {
    const db = at(name);
    done(["config", "import", "--db", db, DEMO]);
    return db;
}

/* The rows that a statement gives, one text each. */
function sqlite(db, statement) {
    const result = spawnSync("sqlite3", [db, statement], { encoding: "utf8" });
    assert.equal(result.status, 0, result.stderr);
    return result.stdout.split("\n").slice(0, -1);
}

const hex = (text) => text.replaceAll(" ", "").toLowerCase();

test("help and version", () => {
    assert.match(done(["--version"]), /^hallcall \d+\.\d+\.\d+\n$/);
    const help = done(["--help"]);
    const COMMANDS = ["serve", "config check", "config import", "config export", "user add", "token create", "verify"];
    for (const command of [...COMMANDS, "backup", "led encode", "ports", "simulate"]) {
        assert.ok(help.includes(`hallcall ${command}`), command);
        assert.match(done([...command.split(" "), "--help"]), /^usage: hallcall /);
    }
});

test("wrong usage ends with 2 and says what to do", () => {
    refused([], 2, /--help/);
    refused(["nonsense"], 2, /no command nonsense/);
    refused(["verify", "--dbs", "x"], 2, /--help/);
    refused(["config", "check"], 2, /--db/);
    refused(["token", "create", "--db", at("x.db"), "--role", "king", "--name", "k"], 2, /king/);
    refused(["serve", "--demo", "--listen", "0.0.0.0:0", "--db", at("open.db")], 2, /--demo/);
    refused(["serve", "--test-clock", "2026-11-23T08:00:00+08:00", "--listen", "0.0.0.0:0", "--db", at("open.db")], 2, /clock/);
    assert.ok(!existsSync(at("open.db")));
});

test("a document is checked with the path of every finding", () => {
    assert.match(done(["config", "check", DEMO]), /pension/);
    const hall = JSON.parse(readFileSync(DEMO));
    hall.services[2].prefx = "X";
    hall.windows[0].services[0] = "nothing";
    writeFileSync(at("bad.json"), JSON.stringify(hall));
    const result = hallcall(["config", "check", at("bad.json")]);
    assert.equal(result.status, 1);
    assert.match(result.stderr, /\/services\/2\/prefx/);
    assert.match(result.stderr, /\/windows\/0\/services\/0/);
    assert.equal(hallcall(["config", "import", "--db", at("bad.db"), at("bad.json")]).status, 1);
});

test("a document goes in and comes out again", () => {
    const db = imported("round.db");
    assert.deepEqual(JSON.parse(done(["config", "export", "--db", db])), JSON.parse(readFileSync(DEMO)));
});

/* The demo hall with something changed, as a file. */
function changed(name, change) {
    const hall = JSON.parse(readFileSync(DEMO));
    change(hall);
    writeFileSync(at(name), JSON.stringify(hall));
    return at(name);
}

test("a later document is a new version, and an event of the log", () => {
    const db = imported("versions.db");
    const renamed = changed("renamed.json", (hall) => (hall.hall.name.en = "New Hall"));
    assert.match(done(["config", "import", "--db", db, renamed]), /version 2/);
    done(["config", "export", "--db", db, at("exported.json")]);
    assert.equal(JSON.parse(readFileSync(at("exported.json"))).hall.name.en, "New Hall");
    assert.match(done(["config", "import", "--db", db], readFileSync(DEMO)), /version 3/);
    const kinds = sqlite(db, "SELECT data FROM event WHERE kind = 'config.changed' ORDER BY seq");
    assert.deepEqual(kinds.map((data) => JSON.parse(data).count), [2, 3]);
    assert.match(done(["config", "check", "--db", db]), /pension/);
    assert.match(done(["verify", "--db", db]), /unbroken/);
});

test("files that are not there or no JSON are named", () => {
    const db = imported("files.db");
    refused(["config", "check", at("missing.json")], 1, /missing\.json/);
    refused(["config", "export", "--db", at("missing.db")], 1, /missing\.db/);
    refused(["config", "export", "--db", db, at("no/folder.json")], 1, /folder\.json/);
    refused(["verify", "--db", at("missing.db")], 1, /missing\.db/);
    writeFileSync(at("text.json"), "not JSON");
    assert.equal(hallcall(["config", "import", "--db", db, at("text.json")]).status, 1);
    assert.ok(!existsSync(at("missing.db")), "a command that reads makes no database");
});

test("a keypad that cannot be driven is refused with its path", () => {
    const pad = (more) => changed("pads.json", (hall) => {
        const keypad = { code: "key1", port: hall.ports[0].code, driver: "ff68", address: 1, window: 1 };
        hall.keypads = [keypad, { ...keypad, code: "key2", address: 2, ...more }];
    });
    done(["config", "check", pad({ options: { transfer_to: "window:2", key_0e: "start" } })]);
    for (const [more, why] of [
        [{ driver: "neon" }, "unknown driver"],
        [{ address: 256 }, "address out of the driver's range"],
        [{ options: { speed: 1 } }, "option the driver does not have"],
        [{ options: { key_0c: "fly" } }, "option with an impossible value"],
        [{ options: { transfer_to: "service:none" } }, "option transfer_to names nothing there is"],
        [{ kind: "rating", driver: "qsystem", address: 32 }, "the driver has no rating pads"],
    ]) {
        refused(["config", "check", pad(more)], 1, new RegExp(`^/keypads/1: ${why}`));
    }
});

test("a sign or printer that cannot be driven is refused with its path", () => {
    for (const [edit, why] of [
        [(hall) => (hall.displays[2].driver = "neon"), "/displays/2: unknown driver"],
        [(hall) => (hall.displays[2].address = 300), "/displays/2: address out of the driver's range"],
        [(hall) => (hall.displays[2].options = { digits: "many" }), "/displays/2: option with an impossible value"],
        [(hall) => (hall.displays[2].shows.zone = "main"), "/displays/2/shows: "],
        [(hall) => (hall.printers = [{ code: "p", link: "sim:p", driver: "escpos", options: { cut: "twice" } }]),
            "/printers/0: an option has a value that it does not take"],
    ]) {
        refused(["config", "check", changed("signs.json", edit)], 1, new RegExp(`^${why}`));
    }
});

test("a time zone that this machine does not have is refused with its path", () => {
    for (const zone of ["Asia/Xanadu", "Asia", "../../etc/passwd", "/etc/localtime", "tzdata.zi"]) {
        const file = changed("zone.json", (hall) => (hall.hall.timezone = zone));
        refused(["config", "check", file], 1, /^\/hall\/timezone: /);
        refused(["config", "import", "--db", at("zone.db"), file], 1, /^\/hall\/timezone: /);
    }
    assert.ok(!existsSync(at("zone.db")));
    done(["config", "check", changed("zone.json", (hall) => (hall.hall.timezone = "Europe/Berlin"))]);
});

test("a hall whose time zone went away does not start, and can be mended", () => {
    const db = imported("lost.db");
    sqlite(db, "UPDATE config SET document = replace(document, 'Asia/Shanghai', 'Asia/Xanadu')");
    refused(["serve", "--db", db, "--listen", "127.0.0.1:0", "--log-level", "error"], 1, /^\/hall\/timezone: .*Asia\/Xanadu/);
    assert.equal(JSON.parse(done(["config", "export", "--db", db])).hall.timezone, "Asia/Xanadu");
    assert.match(done(["config", "import", "--db", db, DEMO]), /version 2/);
    done(["config", "check", "--db", db]);
});

test("windows that people and tokens are bound to", () => {
    const db = imported("bound.db");
    done(["user", "add", "--db", db, "--name", "li", "--role", "clerk", "--role", "lobby", "--window", "3", "--password-stdin"], "a long password\n");
    assert.equal(done(["user", "list", "--db", db]), "li\tclerk,lobby\t3\tactive\n");
    done(["token", "create", "--db", db, "--role", "button", "--window", "4", "--name", "b4"]);
    assert.deepEqual(sqlite(db, "SELECT window FROM identity WHERE name = 'b4'"), ["4"]);
    refused(["token", "create", "--db", db, "--role", "button", "--window", "99", "--name", "b9"], 1, /no window 99/);
    refused(["token", "create", "--db", db, "--role", "button", "--window", "four", "--name", "b9"], 2, /--window/);
    assert.deepEqual(sqlite(db, "SELECT name FROM identity"), ["b4"]);
});

test("people: a name twice, a name that is none, a new password", () => {
    const db = imported("again.db");
    const add = (name) => ["user", "add", "--db", db, "--name", name, "--role", "clerk", "--password-stdin"];
    const hash = () => sqlite(db, "SELECT password_hash FROM user WHERE name = 'zhang'")[0];
    done(add("zhang"), "a long password\n");
    refused(add("zhang"), 1, /exists already/, "a long password\n");
    refused(add("zhang san"), 2, /--name/, "a long password\n");
    refused(add("wang"), 1, /no password/, "");
    refused(["user", "add", "--db", db, "--name", "wang", "--role", "clerk"], 2, /--password-stdin/);
    const before = hash();
    assert.match(before, /^\$y\$/);
    done(["user", "password", "--db", db, "--name", "zhang", "--password-stdin"], "another password\n");
    assert.notEqual(hash(), before);
    refused(["user", "password", "--db", db, "--name", "nobody", "--password-stdin"], 1, /no user nobody/, "another password\n");
    refused(["user", "disable", "--db", db, "--name", "nobody"], 1, /no user nobody/);
    done(["user", "disable", "--db", db, "--name", "zhang"]);
    done(["user", "enable", "--db", db, "--name", "zhang"]);
    assert.match(done(["user", "list", "--db", db]), /zhang.*active/);
});

test("people: added with a password from stdin, listed, disabled", () => {
    const db = imported("people.db");
    const add = ["user", "add", "--db", db, "--name", "zhang", "--role", "clerk", "--password-stdin"];
    refused(add, 1, /8 characters/, "short\n");
    done(add, "a long password\n");
    assert.match(done(["user", "list", "--db", db]), /^zhang\tclerk/m);
    done(["user", "disable", "--db", db, "--name", "zhang"]);
    assert.match(done(["user", "list", "--db", db]), /zhang.*disabled/);
    const kept = readFileSync(db);
    assert.ok(!kept.includes("a long password"), "the password is not in the database");
});

test("a token is printed once, alone, and kept as its hash", () => {
    const db = imported("token.db");
    const token = done(["token", "create", "--db", db, "--role", "kiosk", "--name", "k1"]);
    assert.match(token, /^[\w-]{40,}\n$/);
    assert.ok(!readFileSync(db).includes(token.trim()));
    assert.notEqual(done(["token", "create", "--db", db, "--role", "kiosk", "--name", "k2"]), token);
});

test("frames of the modbus sign are those of its sheet", () => {
    // LED-485 family: text register 0x0070 and raw segments 0x0080; CRC checked with two routines.
    const content = '{"window":3,"number":"A012","state":"calling"}';
    const encode = (args, text = content) => done(["led", "encode", "--driver", "modbus", ...args], text).trim();
    assert.equal(encode(["--address", "1"]), hex("01 10 00 70 00 02 04 41 30 31 32 74 FD"));
    assert.equal(encode(["--address", "5", "--option", "digits=6"]), hex("05 10 00 70 00 03 06 20 20 41 30 31 32 EC FE"));
    assert.equal(encode(["--address", "3", "--option", "mode=segments"]), hex("03 10 00 80 00 02 04 77 3F 06 5B 99 94"));
    assert.equal(encode(["--address", "1"], '{"window":3,"state":"idle"}'), hex("01 10 00 70 00 02 04 20 20 20 20 E6 99"));
});

test("what a sign cannot show is refused", () => {
    const encode = ["led", "encode", "--driver", "modbus", "--address", "1"];
    refused(["led", "encode", "--driver", "nothing"], 2, /no driver nothing/, "{}");
    refused([...encode, "--option", "colour=red"], 2, /digits mode/, '{"window":1}');
    refused([...encode, "--option", "mode=segments"], 1, /cannot show/, '{"window":1,"number":"A~12","state":"calling"}');
    assert.equal(hallcall(encode, '{"window":1,"number":"A12345","state":"calling"}').status, 1);
    assert.equal(hallcall(encode, "nonsense").status, 1);
});

test("a copy is verified, and never written over another", () => {
    const db = imported("original.db");
    done(["backup", "--db", db, at("copy.db")]);
    assert.match(done(["verify", "--db", at("copy.db")]), /unbroken/);
    refused(["backup", "--db", db, at("copy.db")], 1, /copy\.db/);
    refused(["backup", "--db", at("missing.db"), at("copy2.db")], 1, /missing\.db/);
});

/* A day of one ticket, written by the daemon. */
async function served(db) {
    const token = done(["token", "create", "--db", db, "--role", "kiosk", "--name", "k1"]).trim();
    const child = spawn(PROGRAM, ["serve", "--db", db, "--listen", "127.0.0.1:0", "--test-clock", "2026-11-23T09:00:00+08:00"]);
    const exited = new Promise((resolve) => child.once("exit", resolve));
    const origin = await new Promise((resolve, reject) => {
        child.stdout.on("data", (data) => resolve(/http:\S+/.exec(data)?.[0]));
        exited.then(() => reject(new Error("the daemon ended")));
    });
    const answer = await fetch(`${origin}/api/v1/tickets`, {
        method: "POST",
        headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json", "Idempotency-Key": "a" },
        body: '{"service":"pension"}',
    });
    assert.equal(answer.status, 201);
    const second = hallcall(["serve", "--db", db, "--listen", "127.0.0.1:0"]);
    assert.equal(second.status, 1);
    assert.match(second.stderr, /in use/);
    refused(["user", "add", "--db", db, "--name", "li", "--role", "clerk", "--password-stdin"], 1, /in use/, "a long password\n");
    assert.match(done(["verify", "--db", db]), /0 differing/);
    child.kill("SIGTERM");
    assert.equal(await exited, 0);
}

test("verify finds what was changed behind the daemon's back, and rebuild mends the derived rows", async () => {
    const db = imported("day.db");
    await served(db);
    assert.match(done(["verify", "--db", db]), /1 tickets compared, 0 differing/);
    sqlite(db, "UPDATE leg SET calls = 7");
    const changed = hallcall(["verify", "--db", db]);
    assert.equal(changed.status, 1);
    assert.match(changed.stdout + changed.stderr, /differs from the log/);
    done(["verify", "--db", db, "--rebuild"]);
    assert.match(done(["verify", "--db", db]), /0 differing/);
    sqlite(db, "UPDATE event SET data = replace(data, 'pension', 'medical') WHERE kind = 'ticket.issued'");
    const forged = hallcall(["verify", "--db", db]);
    assert.equal(forged.status, 1);
    assert.match(forged.stdout + forged.stderr, /chain is broken/);
});

test("a database of a newer program is left alone", () => {
    const db = imported("newer.db");
    sqlite(db, "PRAGMA user_version = 999");
    refused(["serve", "--db", db, "--listen", "127.0.0.1:0"], 1, /newer/);
});

test("ports are listed one a line, and none is no failure", () => {
    const ports = JSON.parse(done(["ports", "--json"]));
    const lines = done(["ports"]).trimEnd().split("\n");
    if (ports.length === 0) {
        assert.deepEqual(lines, ["no serial ports"]);
    } else {
        assert.deepEqual(lines.map((line) => line.split(" ")[0]), ports.map((port) => port.name));
        assert.ok(ports.every((port) => ["native", "usb", "bluetooth"].includes(port.transport)));
    }
    refused(["ports", "x"], 2, /ports/);
});

test("a frame of a window is that of a window, whatever the driver", () => {
    const sign = JSON.stringify({ window: 7, number: "A012", state: "calling" });
    const text = Buffer.from(done(["led", "encode", "--driver", "dump", "--address", "3"], sign).trim(), "hex").toString();
    assert.equal(text, "address=3 window=7 state=calling line=A012\n");
});
