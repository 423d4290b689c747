// Message files: both languages say everything, and every text that a page asks for exists.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { ROOT } from "../lib/daemon.mjs";

const WEB = path.join(ROOT, "web");
const FOLDER = path.join(WEB, "shared/messages");

async function load(name) {
    const source = readFileSync(path.join(FOLDER, name), "utf8");
    const module = await import(`data:text/javascript,${encodeURIComponent(source)}`);
    return module.messages ?? module.common;
}

const placeholders = (text) => [...text.matchAll(/\{(\w+)\}/g)].map((found) => found[1]).sort();

test("every message file is complete in both languages", async () => {
    for (const name of readdirSync(FOLDER)) {
        const { "zh-CN": chinese, en: english } = await load(name);
        assert.deepEqual(Object.keys(chinese).sort(), Object.keys(english).sort(), name);
        for (const [key, text] of Object.entries(chinese)) {
            assert.ok(text !== "" && english[key] !== "", `${name} ${key} is empty`);
            assert.deepEqual(placeholders(text), placeholders(english[key]), `${name} ${key}`);
            assert.doesNotMatch(english[key], /[一-鿿]/, `${name} ${key}`);
        }
    }
});

test("every text that a page names exists", async () => {
    const common = (await load("common.js")).en;
    const files = { window: "display" };
    for (const page of [
        "admin",
        "card",
        "clerk",
        "demo",
        "display",
        "kiosk",
        "leds",
        "lobby",
        "rating",
        "ticket",
        "welcome",
        "window",
    ]) {
        const texts = { ...common, ...(await load(`${files[page] ?? page}.js`)).en };
        for (const part of page === "admin" ? ["devices", "editor", "history", "users", "wizard"] : []) {
            Object.assign(texts, (await load(`${part}.js`)).en);
        }
        const names = readdirSync(path.join(WEB, page)).map((name) => path.join(page, name));
        for (const name of names
            .concat(page === "demo" ? "index.html" : [])
            .filter((one) => /\.(js|html)$/.test(one))) {
            const source = readFileSync(path.join(WEB, name), "utf8");
            const named = [...source.matchAll(/\bt\("([\w.-]+)"|data-t(?:-\w+)?="([\w.-]+)"/g)];
            for (const [, inScript, inPage] of named) {
                assert.ok((inScript ?? inPage) in texts, `${name} names ${inScript ?? inPage}`);
            }
        }
    }
});
