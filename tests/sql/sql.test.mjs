// The SQL of the program as the sqlite3 shell sees it, and databases that are old, too new, foreign or tampered with.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { Hall } from "../crash/lib.mjs";
import { PROGRAM, ROOT } from "../lib/daemon.mjs";

const folder = mkdtempSync(path.join(tmpdir(), "hallcall-sql-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const file = (name) => path.join(folder, name);
const steps = readdirSync(path.join(ROOT, "sql/schema")).sort();
const schema = steps.map((name) => readFileSync(path.join(ROOT, "sql/schema", name), "utf8")).join("\n");

/* The shell's standard output; throws what it says when it fails. */
function shell(db, input) {
    const result = spawnSync("sqlite3", ["-bail", db], { input, encoding: "utf8" });
    if (result.status !== 0) {
        throw new Error(result.stderr || String(result.error));
    }
    return result.stdout.trim();
}

const hallcall = (...args) => spawnSync(PROGRAM, args, { encoding: "utf8" });

/* A database with a closed day and a little life in it, made once by the program; each test gets a copy. */
let original = null;
async function database(name) {
    if (!original) {
        const hall = new Hall({ windows: 1 });
        try {
            await hall.start();
            await hall.openWindows();
            for (let i = 0; i < 5; i++) {
                await hall.issue();
            }
            await hall.next(1);
            await hall.daemon.kill();
            shell(hall.db, "PRAGMA wal_checkpoint(TRUNCATE);");
            copyFileSync(hall.db, file("original.db"));
            original = file("original.db");
        } finally {
            await hall.close();
        }
    }
    copyFileSync(original, file(name));
    return file(name);
}

const verify = (db) => hallcall("verify", "--db", db);

test("schema steps are numbered without a gap and say which they are", () => {
    steps.forEach((name, i) => {
        assert.match(name, new RegExp(`^${String(i + 1).padStart(4, "0")}_\\w+\\.sql$`));
    });
    assert.equal(shell(":memory:", `${schema}\nPRAGMA user_version;`).split("\n").at(-1), String(steps.length));
});

test("every table and every column says what it is", () => {
    const tables = shell(":memory:", `${schema}\nSELECT name FROM sqlite_schema WHERE type = 'table';`).split("\n");
    assert.ok(tables.length > 3);
    for (const [, table, body] of schema.matchAll(/^CREATE TABLE (\w+) \(\n([^]*?)^\)/gm)) {
        const lines = body.split("\n").map((line) => line.trim()).filter(Boolean);
        assert.match(lines[0], /^-- \S/, table);
        lines.forEach((line, i) => {
            const column = /^[a-z]\w* (INTEGER|TEXT|BLOB|REAL)\b/.test(line);
            assert.ok(!column || /-- \S/.test(line) || /^-- /.test(lines[i + 1] ?? ""), `${table}: ${line}`);
        });
    }
});

test("every statement of queries.sql compiles", () => {
    const text = readFileSync(path.join(ROOT, "sql/queries.sql"), "utf8");
    const named = text.split(/^-- name: (\w+)$/m).slice(1);
    const names = named.filter((_, i) => i % 2 === 0);
    assert.ok(names.length > 20);
    assert.equal(new Set(names).size, names.length, "names are unique");
    for (let i = 0; i < named.length; i += 2) {
        const body = named[i + 1].split(/^-- script: /m)[0].replace(/^--.*$/gm, "").trim();
        try {
            shell(":memory:", `${schema}\nEXPLAIN ${body}`);
        } catch (error) {
            assert.fail(`${named[i]}: ${error.message}`);
        }
    }
});

test("a database of the first schema opens, and goes on", () => {
    const db = file("old.db");
    shell(db, readFileSync(path.join(ROOT, "tests/sql/schema_0001.sql"), "utf8"));
    const users = hallcall("user", "list", "--db", db);
    assert.equal(users.status, 0, users.stderr);
    const added = hallcall("token", "create", "--db", db, "--role", "kiosk", "--name", "k77");
    assert.equal(added.status, 0, added.stderr);
    assert.equal(shell(db, "PRAGMA user_version;"), String(steps.length));
});

test("a database of a newer program is refused and left alone", async () => {
    const db = await database("newer.db");
    shell(db, `PRAGMA user_version = ${steps.length + 1};`);
    const before = readFileSync(db);
    for (const args of [["verify", "--db", db], ["serve", "--db", db, "--listen", "127.0.0.1:0"]]) {
        const result = hallcall(...args);
        assert.equal(result.status, 1, result.stdout);
        assert.match(result.stderr, /newer/);
    }
    assert.deepEqual(readFileSync(db), before);
});

test("somebody else's database, or a file that is none, is refused and left alone", () => {
    const foreign = file("foreign.db");
    shell(foreign, "CREATE TABLE recipe (name TEXT); INSERT INTO recipe VALUES ('soup');");
    writeFileSync(file("prose.db"), "Dear diary, ".repeat(1000));
    for (const db of [foreign, file("prose.db")]) {
        const before = readFileSync(db);
        const result = hallcall("serve", "--db", db, "--listen", "127.0.0.1:0");
        assert.equal(result.status, 1, result.stdout);
        assert.match(result.stderr, new RegExp(path.basename(db)));
        assert.deepEqual(readFileSync(db), before);
    }
});

test("an untouched database passes the check", async () => {
    const result = verify(await database("good.db"));
    assert.equal(result.status, 0, result.stderr);
});

for (const [what, sql] of [
    ["changed text", "UPDATE event SET data = replace(data, 'A0002', 'A0009') WHERE kind = 'ticket.issued';"],
    ["another time", "UPDATE event SET at_ms = at_ms + 1 WHERE seq = 3;"],
    ["another actor", "UPDATE event SET actor = 'user:nobody' WHERE seq = 3;"],
    ["an event taken out", "DELETE FROM event WHERE seq = 3;"],
    ["the last event taken out", "DELETE FROM event WHERE seq = (SELECT max(seq) FROM event);"],
    ["two events exchanged", "UPDATE event SET seq = -1 WHERE seq = 3; UPDATE event SET seq = 3 WHERE seq = 4; UPDATE event SET seq = 4 WHERE seq = -1;"],
    ["another hash", "UPDATE event SET hash = zeroblob(32) WHERE seq = 3;"],
]) {
    test(`the check finds ${what} in the log`, async () => {
        const db = await database("bad.db");
        assert.notEqual(shell(db, `${sql} SELECT total_changes();`), "0");
        const result = verify(db);
        assert.equal(result.status, 1, result.stdout);
        assert.ok(result.stderr.trim(), "and says so");
    });
}

test("the check finds a changed ticket, and a rebuild from the log puts it right", async () => {
    const db = await database("derived.db");
    shell(db, "UPDATE visit SET number = 'A0099' WHERE number = 'A0002'; DELETE FROM leg WHERE rowid IN (SELECT rowid FROM leg LIMIT 1);");
    assert.equal(verify(db).status, 1);
    const rebuilt = hallcall("verify", "--db", db, "--rebuild");
    assert.equal(rebuilt.status, 0, rebuilt.stderr);
    assert.equal(verify(db).status, 0);
    assert.equal(shell(db, "SELECT count(*) FROM visit WHERE number = 'A0002';"), "1");
});
