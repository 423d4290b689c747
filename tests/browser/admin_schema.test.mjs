// The table that the administrator's editors are made from, against the server's own sources: it knows every section
// and member that the server reads, its drivers and words, and the demo hall; each has its texts. And what is computed
// without a browser: changes between documents, and edits carried over to a newer one.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { ROOT } from "../lib/daemon.mjs";

const read = (name) => readFileSync(path.join(ROOT, name), "utf8");
/* A module that imports nothing, as the browser gets it. */
const load = (name) => import(`data:text/javascript,${encodeURIComponent(read(name))}`);

const { SCHEMA, AREAS, DRIVERS, CLASSES, SLIP_DEFAULT, walk, renameRefs } = await load("web/admin/schema.js");
const { changes, rebase, pointerOf, same } = await load("web/admin/changes.js");
const { findingIn } = await load("web/admin/findings.js");
const { remarkIn, remarksOf } = await load("web/admin/remarks.js");
const { messages } = await load("web/shared/messages/schema.js");
const demo = () => JSON.parse(read("src/demo/hall.json"));
const wire = readdirSync(path.join(ROOT, "src/wire"))
    .filter((name) => /^wire_(config|slip_layout).*\.c$/.test(name))
    .map((name) => read(`src/wire/${name}`))
    .join("\n");
const words = (text) => [...text.matchAll(/"([^"]*)"/g)].map((found) => found[1]);

/* Every object and row of the table: its path by names, and its members. */
function holders(spec = { members: SCHEMA }, names = []) {
    const own = Object.entries(spec.members).flatMap(([name, one]) =>
        one.members ? holders(one, [...names, name]) : [],
    );
    return [{ names, members: Object.keys(spec.members) }, ...own];
}

test("the table has the members that the server reads, no fewer and no more", () => {
    // Each list of names that a reader allows ends with NULL; the two languages are no members of ours.
    const lists = [...wire.matchAll(/\bconst \w+\[\] = \{([^;]*?),\s*NULL\};/g)]
        .map(([, text]) => words(text))
        .filter((names) => !names.includes("en") && !names.some((name) => name.endsWith(":")));
    assert.ok(lists.length > 20, `${lists.length} lists found`);
    const known = holders();
    const key = (names) => [...names].sort().join(" ");
    for (const names of lists) {
        assert.ok(
            known.some((one) => key(one.members) === key(names)),
            `no editor has exactly ${names.join(" ")}`,
        );
    }
    const told = new Set(lists.map(key));
    for (const { names, members } of known) {
        assert.ok(told.has(key(members)), `the server reads no ${names.join(".")} of ${members.join(" ")}`);
    }
    assert.deepEqual(Object.values(AREAS).flat().sort(), Object.keys(SCHEMA).sort());
});

test("the table offers the server's words", () => {
    const lists = [...wire.matchAll(/\bconst \w+\[\] = \{([^;}]*)\};/g), ...read("src/wire/wire_event.c").matchAll(/\w+\[WIRE_POLICY_COUNT\] = \{([^;}]*)\};/g)]
        .map(([, text]) => words(text).sort().join(" "));
    const check = (spec, names) => {
        if (spec.type === "choice" && !names.includes("driver") && spec.options.every((one) => typeof one === "string")) {
            const own = [...spec.options].sort().join(" ");
            const inline = { "keypads.kind": "keys rating" }[names.join(".")];
            assert.ok(lists.includes(own) || inline === own, `${names.join(".")}: ${own}`);
        }
        Object.entries(spec.members ?? {}).forEach(([name, one]) => check(one, [...names, name]));
    };
    check({ members: SCHEMA }, []);
    const named = (kind) =>
        readdirSync(path.join(ROOT, "src/device"))
            .filter((name) => name.startsWith(kind))
            .flatMap((name) => {
                const source = read(`src/device/${name}`);
                const plain = [...source.matchAll(/\.name = "(\w+)",/g)].map((found) => found[1]);
                return plain.concat([...source.matchAll(/^IMM\w*\((\d+)/gm)].map((found) => `imm${found[1]}`));
            })
            .sort();
    const drivers = [...DRIVERS.displays].sort();
    assert.deepEqual(drivers.filter((one) => !one.startsWith("imm")), named("led_").filter((one) => !one.startsWith("imm")));
    assert.deepEqual([...DRIVERS.keypads].sort(), named("pad_"));
    const imm = [...read("README.md").matchAll(/`(imm\d+)`/g)].map((found) => found[1]);
    assert.deepEqual(drivers.filter((one) => one.startsWith("imm")), [...new Set(imm)].sort());
});

test("every member and section has its texts in both languages", () => {
    for (const lang of ["zh-CN", "en"]) {
        const has = (names, suffix = "") => names.some((_, i) => names.slice(i).join(".") + suffix in messages[lang]);
        const visit = (spec, names) => {
            for (const [name, one] of Object.entries(spec.members ?? {})) {
                const own = [...names, name];
                assert.ok(names.length === 0 || has(own), `${lang}: no text for ${own.join(".")}`);
                (one.type === "choice" && name !== "driver" ? one.options : []).forEach((value) =>
                    assert.ok(typeof value === "number" || has(own, `=${value}`), `${lang}: no text for ${own.join(".")}=${value}`),
                );
                visit(one, own);
            }
        };
        visit({ members: SCHEMA }, []);
        Object.keys(SCHEMA).forEach((name) => assert.ok(messages[lang][`section.${name}`]?.includes("|"), name));
        Object.keys(AREAS).forEach((name) => assert.ok(`area.${name}` in messages[lang], name));
    }
});

test("the demo hall is known to the table, member by member", () => {
    const document = demo();
    const seen = new Set();
    walk(document, (spec, value, pointer) => seen.add(pointer));
    const leaves = (value, pointer, spec) => {
        assert.ok(seen.has(pointer) || pointer === "", `${pointer} is not known`);
        const inside = pointer === "" || spec?.type === "object" || spec?.type === "list";
        if (inside && value !== null && typeof value === "object") {
            for (const [name, one] of Object.entries(value)) {
                const row = spec?.type === "list" && Array.isArray(value);
                const own = row ? { ...spec, type: "object" } : (spec?.members ?? SCHEMA)[name];
                leaves(one, `${pointer}/${name}`, own);
            }
        }
    };
    leaves(document, "", { type: "object", members: SCHEMA });
    assert.ok(seen.size > 300, `${seen.size} members`);
});

test("every finding of the server has a Chinese sentence", () => {
    const source = `${wire}\n${["wire_json.c", "wire_read.c"].map((name) => read(`src/wire/${name}`)).join("\n")}`;
    const calls = [...source.matchAll(/wire_object_add\((.*?)\);/gs)].map((found) => found[1]);
    const formats = calls.flatMap((call) =>
        [...call.replaceAll('\\"', "”").matchAll(/"([^"]*)"/g)].map((found) => found[1]).filter((text) => / /.test(text) && !text.startsWith("serial:")),
    );
    assert.ok(formats.length > 50, `${formats.length} formats`);
    const filled = (format) =>
        format
            .replaceAll("”", '"')
            .replace(/%02d:%02d/g, "24:00")
            .replace(/%(lld|zu|d|g)/g, "7")
            .replace(/%s/g, "abc");
    for (const format of formats) {
        assert.match(findingIn(filled(format), "zh-CN"), /[一-鿿]/, format);
        assert.equal(findingIn(filled(format), "en"), filled(format));
    }
    const drivers = ["device_sign.c", "pad_list.c", "print_escpos.c"].map((name) => read(`src/device/${name}`)).join("\n");
    const reasons = [...drivers.matchAll(/(?:return|ret_reason =) "([^"]+)";/g)].map((found) => found[1]);
    assert.ok(reasons.length > 12, `${reasons.length} reasons`);
    for (const reason of [...reasons, "option transfer_to names nothing there is"]) {
        assert.match(findingIn(reason, "zh-CN"), /[一-鿿]/, reason);
    }
    assert.equal(findingIn('there is no zone "x"', "zh-CN"), "没有等候区“x”");
    assert.equal(findingIn("something new", "zh-CN"), "something new");
});

test("every remark below the bounds has a Chinese sentence", () => {
    const source = ["wire_bounds.c", "wire_bounds_check.c"].map((name) => read(`src/wire/${name}`)).join("\n");
    // Literals side by side are one; a call says one line.
    const literals = [...source.replace(/"\s*\n\s*"/g, "").matchAll(/"((?:[^"\\\n]|\\.)*)"/g)].map((found) => found[1]);
    const lines = literals.filter((text) => /^(\\n)?(ok|warning|note|urgent|max wait): |^%d warnings/.test(text));
    assert.ok(lines.length > 22, `${lines.length} lines`);
    const words = {
        "/policy/rule %s": literals.filter((text) => /^(strict|fifo|longest|ratio): /.test(text)),
        "no window %s": literals.filter((text) => text.startsWith("takes it")),
    };
    assert.deepEqual(Object.values(words).map((list) => list.length), [4, 2]);
    for (const line of lines) {
        const whole = line.replace(/\\n\s*/g, " ").trim();
        const part = Object.keys(words).find((one) => whole.includes(one));
        const all = part ? words[part].map((word) => whole.replace(part, part.replace("%s", word))) : [whole];
        for (const one of all) {
            const filled = one
                .replace(/%02d:%02d%s/g, "01:30")
                .replace(/%(lld|d)/g, "7")
                .replace(/%%/g, "%")
                .replace(/%s/g, "abc");
            assert.match(remarkIn(filled, "zh-CN"), /[一-鿿]/, filled);
        }
    }
    const text = "service  class\n\nurgent: never granted\n\nok: no warnings\nwarning: /policy/w_share 100: when\n         into\n";
    assert.deepEqual(remarksOf(text, "en").map((one) => one.text), ["/policy/w_share 100: when into", "urgent: never granted", "no warnings"]);
});

test("a code that is renamed takes along what refers to it", () => {
    const document = demo();
    assert.equal(renameRefs(document, "services", "pension", "annuity"), 3);
    assert.deepEqual(document.windows[0].services, ["annuity", "medical"]);
    assert.equal(document.windows[1].services[1].code, "annuity");
    assert.equal(renameRefs(document, "ports", "bus1", "line"), 6);
    assert.equal(document.displays[0].port, "line");
});

test("changes are told by the names of rows", () => {
    const from = { services: [{ code: "a", n: 1 }, { code: "b" }, { code: "c" }], hall: { x: 1 } };
    const to = { services: [{ code: "c" }, { code: "a", n: 2 }, { code: "d" }], hall: { x: 1, y: true } };
    assert.deepEqual(changes(from, to), [
        { kind: "removed", path: ["services", "b"], from: { code: "b" } },
        { kind: "changed", path: ["services", "a", "n"], from: 1, to: 2 },
        { kind: "added", path: ["services", "d"], to: { code: "d" } },
        { kind: "moved", path: ["services"], from: ["a", "c"], to: ["c", "a"] },
        { kind: "added", path: ["hall", "y"], from: undefined, to: true },
    ]);
    assert.equal(pointerOf(to, ["services", "a", "n"]), "/services/1/n");
    assert.deepEqual(changes(demo(), demo()), []);
    // Rows without names of their own are compared as a whole.
    assert.deepEqual(changes({ h: [{ x: 1 }, { x: 2 }] }, { h: [{ x: 2 }] }), [
        { kind: "changed", path: ["h"], from: [{ x: 1 }, { x: 2 }], to: [{ x: 2 }] },
    ]);
});

test("edits go on upon a newer document", () => {
    const base = demo();
    const mine = demo();
    mine.services[0].quota_day = 1;
    mine.services[1].target_wait_s = 60;
    mine.services.splice(2, 1); // without card
    mine.windows[5].zone = "main";
    const theirs = demo();
    theirs.services.unshift({ code: "new", name: { en: "New" }, prefix: "Z" });
    theirs.services[2].target_wait_s = 70; // medical, as mine
    theirs.hall.name.en = "Other";
    const { document, conflicts } = rebase(base, mine, theirs);
    assert.deepEqual(
        document.services.map((one) => one.code),
        ["new", "pension", "medical", "household", "marriage", "certificate", "tax", "invoice"],
    );
    assert.equal(document.services[1].quota_day, 1);
    assert.equal(document.services[2].target_wait_s, 60);
    assert.equal(document.windows[5].zone, "main");
    assert.equal(document.hall.name.en, "Other");
    assert.deepEqual(conflicts, [{ path: ["services", "medical", "target_wait_s"], base: 900, mine: 60, theirs: 70 }]);
    assert.ok(same(rebase(base, base, theirs).document, theirs));
    assert.ok(same(rebase(base, mine, base).document, mine));
});

test("what the editors begin with is what the server does by itself", () => {
    const header = /default_classes\[\] = \{(.*?)\n\};/s.exec(read("src/core/hall.c"))[1];
    const rows = [...header.replace(/\s+/g, " ").matchAll(/\{"(\w+)", \{"([^"]+)", "([^"]+)"\}, \w+, (.*?)\}/g)];
    assert.equal(rows.length, CLASSES.length);
    for (const [i, [, code, zh, en, rest]] of rows.entries()) {
        const one = CLASSES[i];
        const [rank, group, cap, rate, head, wait] = rest.split(", ").map(Number);
        assert.equal(String(one.greet ?? false), rest.split(", ")[6]);
        assert.deepEqual(
            [one.code, one.name["zh-CN"], one.name.en, one.rank, one.group, one.cap, one.rate_pm, one.head_s * 1000, one.max_wait_s * 1000],
            [code, zh, en, rank, group, cap, rate, head, wait],
        );
    }
    const layout = /wire_slip_set_default.*?\{(.*?)\n    \};/s.exec(read("src/wire/wire_slip_layout.c"))[1];
    const kinds = [...layout.matchAll(/WIRE_SLIP_(\w+)[,}]/g)].map((found) => found[1].toLowerCase());
    const word = { notice: "notices" };
    assert.deepEqual(kinds.map((one) => word[one] ?? one), SLIP_DEFAULT.blocks.map((one) => one.show));
});
