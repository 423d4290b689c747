// Every rule of tidy must be able to fail: a small tree with one sin for each, and one without any.

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { tidy } from "./tidy.mjs";

const folders = [];
after(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/* Names of the rules that a tree with these files breaks; the built library is missing from every such tree. */
function broken(files) {
    const root = mkdtempSync(path.join(tmpdir(), "hallcall-tidy-"));
    folders.push(root);
    for (const [name, text] of Object.entries(files)) {
        mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
        writeFileSync(path.join(root, name), text);
    }
    return [...tidy(root)].filter(([name, found]) => found.length > 0 && name !== "names of the core").map(([name]) => name);
}

const lines = (count, text = "    x();") => `${text}\n`.repeat(count);

for (const [rule, files] of [
    ["function length", { "src/core/a.c": `void f(void)\n{\n${lines(69)}}\n` }],
    ["function length", { "web/a.js": `function f() {\n${lines(69)}}\n` }],
    ["function length", { "tests/a.mjs": `class A {\n    async m(x) {\n${lines(69)}    }\n}\n` }],
    ["file length", { "web/a.css": lines(601, "a{}") }],
    ["columns", { "src/core/a.c": `/* ${"x".repeat(118)} */\n` }],
    ["floors", { "src/core/a.c": '#include "store.h"\n' }],
    ["floors", { "src/wire/a.c": '#include "store.h"\n' }],
    ["floors", { "src/device/a.c": '#include "http.h"\n' }],
    ["floors", { "src/engine/a.c": '#include "core_internal.h"\n' }],
    ["floors", { "src/http/a.c": '#include "unheard.h"\n' }],
    ["floors", { "src/sim/a.c": '#include "wire.h"\n' }],
    ["pure core", { "src/core/a.c": "#include <time.h>\n" }],
    ["third-party headers", { "src/core.c": "#include <sqlite3.h>\n" }],
    ["third-party headers", { "src/http/a.c": "#include <jansson.h>\n" }],
    ["third-party headers", { "src/device/link_tcp.c": "#include <libserialport.h>\n" }],
    ["third-party headers", { "src/store/a.c": "#include <qrencode.h>\n" }],
    ["public headers", { "include/a.h": '#include "wire_internal.h"\n' }],
    ["locks", { "src/http/a.c": "static pthread_mutex_t lock;\n" }],
    ["banned calls", { "src/base/a.c": "void f(void)\n{\n    strcpy(a, b);\n}\n" }],
    ["leftovers", { "web/a.html": `<!-- ${"TO"}DO -->\n` }],
    ["machine paths", { "tests/a.sh": `cd ${"/ho"}me/me\n` }],
    ["top level", { "notes.md": "x\n" }],
]) {
    test(`${rule}: ${Object.keys(files)[0]} ${Object.values(files)[0].slice(0, 30).trim()}`, () =>
        assert.deepEqual(broken(files), [rule]));
}

test("a clean tree breaks nothing", () => {
    assert.deepEqual(broken({
        "src/core/core_a.c": '/* strcpy(a, b) and pthread_mutex_lock() in prose. */\n#include <string.h>\n\n#include "core_internal.h"\n' +
            `\nvoid f(void)\n{\n${lines(68)}}\n\nstatic const char *name = "system(1)";\n`,
        "src/http/http_a.c": '#include <microhttpd.h>\n#include <netinet/tcp.h>\n\n#include "engine.h"\n#include "store.h"\n',
        "src/store/store_a.c": '#include <sqlite3.h>\n#include "store_internal.h"\n#include "core.h"\n',
        "tests/unit/test_a.c": "#include <cmocka.h>\n#include <sqlite3.h>\n",
        "Makefile": "all:\n",
    }), []);
});
