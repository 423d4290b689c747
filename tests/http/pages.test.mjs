// Pages and their files, and the demo's sign-in.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { Daemon, ROOT } from "../lib/daemon.mjs";
import { Hall } from "./lib.mjs";

const PAGES = { "/": "index.html", "/kiosk": "kiosk/index.html", "/clerk": "clerk/index.html", "/display": "display/index.html",
    "/window/3": "window/index.html", "/lobby": "lobby/index.html", "/rating": "rating/index.html", "/admin": "admin/index.html",
    "/leds": "leds/index.html", "/welcome": "welcome/index.html", [`/t/${"a".repeat(32)}`]: "ticket/index.html", [`/t/${"a".repeat(32)}/card`]: "card/index.html" };
const TYPES = { ".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml", ".json": "application/json", ".webmanifest": "application/manifest+json", ".wav": "audio/wav" };
const file = (name) => readFileSync(path.join(ROOT, "web", name));

let hall;
before(async () => (hall = await Hall.open()));
after(() => hall.close());

for (const [page, name] of Object.entries(PAGES)) {
    test(`${page} is ${name}`, async () => {
        const answer = await hall.get(page);
        assert.equal(answer.status, 200);
        assert.equal(answer.headers.get("content-type"), TYPES[".html"]);
        assert.equal(answer.text, file(name).toString("utf8"));
        assert.equal(answer.headers.get("set-cookie"), null, "only the demo signs in by itself");
        const withQuery = await hall.get(`${page}?zone=main`);
        assert.equal(withQuery.status, 200);
    });
}

test("every file of the pages is served as it is, with its type and its digest", async () => {
    const names = readdirSync(path.join(ROOT, "web"), { recursive: true }).filter((name) => path.extname(name) in TYPES);
    assert.ok(names.length > 10);
    for (const name of names) {
        const answer = await hall.get(`/${name}`);
        assert.equal(answer.status, 200, name);
        assert.equal(answer.headers.get("content-type"), TYPES[path.extname(name)], name);
        assert.equal(answer.headers.get("etag"), `"${createHash("sha256").update(file(name)).digest("hex")}"`, name);
        const again = await hall.get(`/${name}`, { headers: { "If-None-Match": answer.headers.get("etag") } });
        assert.equal(again.status, 304, name);
        assert.equal(again.text, "");
    }
});

test("nothing else is served", async () => {
    for (const target of ["/embed.awk", "/src/demo/hall.json", "/web/index.html", "/kiosk/", "/kiosk/nope.js", "/.gitignore",
        "/shared/.x.js", "/index", "/KIOSK", "/window/0", "/window/1000", "/window/x", "/t/short", `/t/${"z".repeat(32)}`, "/etc/passwd"]) {
        assert.equal((await hall.get(target)).status, 404, target);
    }
    for (const method of ["POST", "PUT", "DELETE"]) {
        const answer = await hall.ask(method, "/kiosk");
        assert.equal(answer.status, 405);
        assert.equal(answer.headers.get("allow"), "GET, HEAD");
    }
});

test("a page's policy lets in nothing from elsewhere", async () => {
    const { headers } = await hall.get("/kiosk");
    const policy = headers.get("content-security-policy");
    for (const part of ["default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "connect-src 'self'",
        "base-uri 'none'", "form-action 'self'", "frame-ancestors 'self'"]) {
        assert.ok(policy.split("; ").includes(part), part);
    }
});

test("files from a folder instead of the program", async () => {
    const other = await Hall.open({ args: ["--web", path.join(ROOT, "web")] });
    try {
        const answer = await other.get("/kiosk");
        assert.equal(answer.text, file("kiosk/index.html").toString("utf8"));
        const etag = answer.headers.get("etag");
        assert.equal((await other.get("/kiosk", { headers: { "If-None-Match": etag } })).status, 304);
        for (const target of ["/embed.awk", "/shared", "/shared/", "/kiosk/nope.js", "/src/demo/hall.json"]) {
            assert.equal((await other.get(target)).status, 404, target);
        }
    } finally {
        await other.close();
    }
});

test("the demo signs a browser in with every role", async () => {
    const daemon = new Daemon();
    await daemon.start();
    try {
        const get = (target, headers = {}) => fetch(daemon.origin + target, { headers });
        const page = await get("/kiosk");
        const cookie = page.headers.get("set-cookie").split(";")[0];
        assert.match(cookie, /^hallcall=[0-9a-f]{64}$/);
        const script = await get("/shared/api.js");
        assert.equal(script.headers.get("set-cookie"), null);
        const again = await get("/kiosk", { Cookie: cookie });
        assert.equal(again.headers.get("set-cookie"), null);
        const stale = await get("/kiosk", { Cookie: `hallcall=${"0".repeat(64)}`, "If-None-Match": page.headers.get("etag") });
        assert.equal(stale.status, 200, "with a new cookie comes the page");
        assert.ok(stale.headers.get("set-cookie"));
        const me = await (await get("/api/v1/me", { Cookie: cookie })).json();
        assert.equal(me.user.name, "demo");
        assert.equal(me.roles.length, 11);
        const issue = (headers) => fetch(`${daemon.origin}/api/v1/tickets`, {
            method: "POST", body: '{"service":"tax"}', headers: { Cookie: cookie, "Content-Type": "application/json", ...headers },
        });
        assert.equal((await issue({})).status, 403, "its writes need the CSRF token too");
        assert.equal((await issue({ "X-CSRF-Token": me.csrf })).status, 201);
        assert.equal((await get("/api/v1/me")).status, 401, "without the cookie there is nobody");
    } finally {
        await daemon.stop();
    }
});
