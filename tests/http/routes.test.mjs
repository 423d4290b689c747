// Every route with every role and every method: who may, who may not, and what does not exist. The table is the
// contract's (section 3), in its own letters, and is not derived from the program.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Hall, ROLES } from "./lib.mjs";

let hall;
before(async () => (hall = await Hall.open({ change: (data) => {
    data.buttons = [{ code: "button", get_from: "127.0.0.1" }];
    data.notices.push({ code: "queue", text: { en: "Please queue" } });
} })));
after(() => hall.close());

// L is the lobby manager and the supervisor, D the display and the rating device, U the auditor, S the supervisor alone.
const LETTERS = {
    K: ["kiosk"], C: ["clerk"], B: ["button"], D: ["display", "rating"], L: ["lobby", "supervisor"], A: ["admin"],
    I: ["integration"], M: ["monitoring", "admin"], U: ["auditor"], S: ["supervisor"], W: ["display"],
};
const TOKEN = "0123456789abcdef0123456789abcdef";
const ROUTES = `
GET    /metrics                              M
POST   /api/v1/logout                        K C B D L A I M U
GET    /api/v1/me                            K C B D L A I M U
GET    /api/v1/views/kiosk                   K
GET    /api/v1/views/cards                   K C L A
GET    /api/v1/views/display                 D
GET    /api/v1/views/clerk                   C
GET    /api/v1/views/lobby                   L A
GET    /api/v1/views/rating                  D
POST   /api/v1/tickets                       K L I
GET    /api/v1/tickets                       C L A I
GET    /api/v1/tickets/ID                    C L A I
PATCH  /api/v1/tickets/ID                    C L I
GET    /api/v1/tickets/ID/history            C L A I U
GET    /api/v1/tickets/ID/why                C L A U
GET    /api/v1/tickets/ID/slip               K C L
GET    /api/v1/tickets/ID/card               C L A U
POST   /api/v1/tickets/ID/print-result       K L
POST   /api/v1/tickets/ID/recall             C B L
POST   /api/v1/tickets/ID/start              C B I
POST   /api/v1/tickets/ID/finish             C B I
POST   /api/v1/tickets/ID/no-show            C B
POST   /api/v1/tickets/ID/restore            C L K
POST   /api/v1/tickets/ID/return             C
POST   /api/v1/tickets/ID/abandon            C L
POST   /api/v1/tickets/ID/void               L
POST   /api/v1/tickets/ID/hold               C
POST   /api/v1/tickets/ID/resume             C L
POST   /api/v1/tickets/ID/transfer           C L
POST   /api/v1/tickets/ID/cancel             C L I
POST   /api/v1/tickets/ID/undo               C
POST   /api/v1/tickets/ID/rating             D I
POST   /api/v1/tickets/ID/reprint            K L
POST   /api/v1/tickets/ID/invite             C
POST   /api/v1/tickets/ID/check              C B I
POST   /api/v1/tickets/ID/attended           L
POST   /api/v1/tickets/ID/defer              L
POST   /api/v1/tickets/ID/another            C I
GET    /api/v1/windows                       C L A I
GET    /api/v1/windows/3                     C L A I
POST   /api/v1/windows/3/open                C L
POST   /api/v1/windows/3/close               C L
POST   /api/v1/windows/3/pause               C L
POST   /api/v1/windows/3/resume              C L
POST   /api/v1/windows/3/next                C B I
POST   /api/v1/windows/3/call                C L
POST   /api/v1/windows/3/auto-next           C
POST   /api/v1/windows/3/walk-in             C
POST   /api/v1/windows/3/take-over           C L
POST   /api/v1/windows/3/assist              C L
POST   /api/v1/services/pension/suspend      S A
POST   /api/v1/services/pension/resume       S A
POST   /api/v1/appointments                  L I
POST   /api/v1/appointments/check-in         K L
POST   /api/v1/devices/kiosk/help            K L
POST   /api/v1/services/pension/divert       K L
GET    /api/v1/inquiry/A001                  K L
POST   /api/v1/buttons/button/press          B
GET    /api/v1/buttons/button/press/next     B
GET    /api/v1/announcements                 D L A
POST   /api/v1/announcements                 L A
POST   /api/v1/announcements/lease           D
POST   /api/v1/announcements/7/state         D
GET    /api/v1/announcements/7/audio         D L A
GET    /api/v1/admin/config                  A
PUT    /api/v1/admin/config                  A
GET    /api/v1/admin/config/versions         A U
GET    /api/v1/admin/config/versions/1       A U
POST   /api/v1/admin/config/versions/1/restore A
GET    /api/v1/admin/users                   A U
POST   /api/v1/admin/users                   A
GET    /api/v1/admin/users/ID                A U
PATCH  /api/v1/admin/users/ID                A
DELETE /api/v1/admin/users/ID                A
GET    /api/v1/admin/zones                   A
POST   /api/v1/admin/zones                   A
GET    /api/v1/admin/zones/main              A
PUT    /api/v1/admin/zones/main              A
DELETE /api/v1/admin/zones/main              A
GET    /api/v1/admin/notices                 A L
POST   /api/v1/admin/notices                 A L
GET    /api/v1/admin/notices/queue           A L
PUT    /api/v1/admin/notices/queue           A L
DELETE /api/v1/admin/notices/queue           A L
GET    /api/v1/admin/rating                  A
PUT    /api/v1/admin/rating                  A
DELETE /api/v1/admin/rating                  A
GET    /api/v1/admin/bounds                  A
POST   /api/v1/admin/bounds                  A
GET    /api/v1/admin/voice-pack              A
POST   /api/v1/admin/slip-preview            A
POST   /api/v1/admin/day/open                A L
POST   /api/v1/admin/day/close               A L
PUT    /api/v1/devices/ME/status             K D B
GET    /api/v1/admin/devices                 A
POST   /api/v1/admin/devices                 A
DELETE /api/v1/admin/devices/ID              A
GET    /api/v1/leds                          W L A
GET    /api/v1/changes                       I
POST   /api/v1/test/clock                    A
`.trim().split("\n").map((line) => {
    const [method, path, ...letters] = line.trim().split(/\s+/);
    return { method, path, roles: new Set(letters.flatMap((letter) => LETTERS[letter])) };
});
const PUBLIC = `
GET    /healthz
GET    /readyz
GET    /api/v1/openapi.json
POST   /api/v1/login
POST   /api/v1/devices/enroll
GET    /api/v1/public/tickets/${TOKEN}
GET    /api/v1/public/tickets/${TOKEN}/why
GET    /api/v1/public/tickets/${TOKEN}/card
POST   /api/v1/public/tickets/${TOKEN}/cancel
POST   /api/v1/public/tickets/${TOKEN}/defer
POST   /api/v1/public/tickets/${TOKEN}/rating
GET    /api/v1/public/events/${TOKEN}
`.trim().split("\n").map((line) => line.trim().split(/\s+/));
const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/* A body that no command takes: the roles are looked at before the body. */
const body = (method) => (["GET", "DELETE"].includes(method) ? undefined : "[]");

for (const { method, path, roles } of ROUTES) {
    test(`${method} ${path}`, async () => {
        const ticket = await hall.issue();
        const target = path.replace("ID", ticket.id);
        const nobody = await hall.ask(method, target, { body: body(method) });
        assert.equal(nobody.status, 401, "nobody signed in");
        assert.equal(nobody.data.code, "unauthorized");
        assert.match(nobody.headers.get("www-authenticate"), /Bearer/);
        for (const role of ROLES) {
            // A device speaks of itself alone, by its token's name.
            const own = target.replace("/ME/", `/${role}/`);
            const answer = await hall.ask(method, own, { as: role, body: body(method) });
            if (roles.has(role) && path !== "/api/v1/logout") {
                // Whether the command then succeeds is not asked here.
                const refused = [401, 405].includes(answer.status) || answer.data?.code === "forbidden";
                assert.ok(!refused, `${role} may: ${answer.status} ${answer.text}`);
                assert.ok(answer.status !== 404 || /\/(why|audio|(devices|users)\/ID)$/.test(path), `${role}: ${answer.text}`);
            } else {
                assert.equal(answer.status, 403, `${role} may not: ${answer.text}`);
                assert.equal(answer.data.code, "forbidden");
            }
        }
    });
}

test("an unknown token is nobody", async () => {
    for (const authorization of ["Bearer x", "Bearer ", "Basic YTpi", "bearer"]) {
        const answer = await hall.get("/api/v1/me", { headers: { Authorization: authorization } });
        assert.equal(answer.status, 401, authorization);
    }
});

test("methods that a path does not have", async () => {
    const paths = new Map();
    for (const [method, path] of [...ROUTES.map((route) => [route.method, route.path]), ...PUBLIC]) {
        paths.set(path, [...(paths.get(path) ?? []), method]);
    }
    for (const [path, methods] of paths) {
        for (const method of METHODS.filter((m) => !methods.includes(m))) {
            const answer = await hall.ask(method, path.replace("ID", "x"), { as: "admin" });
            assert.equal(answer.status, 405, `${method} ${path}`);
            const allowed = methods.flatMap((m) => (m === "GET" ? ["GET", "HEAD"] : [m]));
            assert.deepEqual(answer.headers.get("allow").split(", ").sort(), allowed.sort(), path);
        }
    }
});

test("paths that do not exist", async () => {
    for (const path of ["/api", "/api/v1", "/api/v1/", "/api/v1/nope", "/api/v1/tickets/", "/api/v1/windows/0",
        "/api/v1/windows/01", "/api/v1/windows/1000", "/api/v1/windows/x", "/api/v1/windows/3/", "/api/v1/windows/3/nope",
        "/api/v1/public/tickets/short", "/api/v1/devices/k1", "/nope", "/kiosk/", "/src/demo/hall.json", "/embed.awk"]) {
        const answer = await hall.get(path, { as: "admin" });
        assert.equal(answer.status, 404, path);
        assert.equal(answer.headers.get("content-type"), "application/problem+json");
        assert.equal(answer.data.type, "urn:problem:not-found");
    }
});

test("HEAD is GET without a body", async () => {
    for (const path of ["/healthz", "/api/v1/windows", "/kiosk", "/api/v1/views/lobby"]) {
        const get = await hall.get(path, { as: "admin" });
        const head = await hall.ask("HEAD", path, { as: "admin" });
        assert.equal(head.status, get.status, path);
        assert.equal(head.text, "");
        assert.equal(head.headers.get("content-length"), get.headers.get("content-length"));
        assert.equal(head.headers.get("content-type"), get.headers.get("content-type"));
    }
});

test("the headers of every answer", async () => {
    for (const [path, as, status] of [["/healthz", null, 200], ["/api/v1/me", "admin", 200], ["/api/v1/me", null, 401],
        ["/api/v1/nope", null, 404], ["/kiosk", null, 200]]) {
        const answer = await hall.get(path, { as, headers: { "X-Request-Id": "walk-7" } });
        assert.equal(answer.status, status);
        assert.equal(answer.headers.get("x-content-type-options"), "nosniff");
        assert.equal(answer.headers.get("referrer-policy"), "no-referrer");
        assert.equal(answer.headers.get("x-request-id"), "walk-7");
        const policy = answer.headers.get("content-security-policy");
        assert.match(policy, /^default-src 'none'/);
        assert.match(policy, path === "/kiosk" ? /frame-ancestors 'self'/ : /frame-ancestors 'none'/);
        assert.equal(answer.headers.get("cache-control"), path === "/kiosk" ? "no-cache" : "no-store");
    }
});

test("a request id that could break a log line is replaced", async () => {
    for (const id of ["a b", "x".repeat(64), "é", "<script>"]) {
        const answer = await hall.get("/healthz", { headers: { "X-Request-Id": encodeURIComponent(id) === id ? id : encodeURIComponent(id) } });
        assert.match(answer.headers.get("x-request-id"), /^[0-9a-f]{8}-[0-9a-f]{8}$/);
    }
});

test("the contract is served and names every route", async () => {
    const { data, status } = await hall.get("/api/v1/openapi.json");
    assert.equal(status, 200);
    assert.match(data.openapi, /^3\.1/);
    const told = new Set(Object.entries(data.paths).flatMap(([path, item]) =>
        Object.keys(item).filter((key) => METHODS.includes(key.toUpperCase())).map((m) => `${m.toUpperCase()} ${path}`)));
    const shape = (path) => path.replace(/ID|ME/, "{id}").replace("windows/3", "windows/{no}").replace("services/pension", "services/{code}")
        .replace("buttons/button", "buttons/{id}").replace("press/next", "press/{code}").replace("devices/kiosk", "devices/{code}").replace("A001", "{code}").replace("versions/1", "versions/{id}")
        .replace(/admin\/(zones\/main|notices\/queue)/, "admin/{section}/{code}").replace(/admin\/(zones|notices|rating)/, "admin/{section}").replace("announcements/7", "announcements/{id}").replace(TOKEN, "{token}");
    const served = [...ROUTES.map((route) => [route.method, route.path]), ...PUBLIC, ["GET", "/api/v1/events"]];
    for (const [method, path] of served) {
        assert.ok(told.has(`${method} ${shape(path)}`), `${method} ${shape(path)} is not in openapi.json`);
    }
    const walked = new Set(served.map(([method, path]) => `${method} ${shape(path)}`));
    assert.deepEqual([...told].filter((one) => !walked.has(one)), [], "openapi.json names routes that this test does not walk");
});

test("events are for staff, screens and integrations", async () => {
    for (const role of ROLES) {
        const may = !["button", "monitoring"].includes(role);
        const answer = await hall.ask("HEAD", "/api/v1/events", { as: role });
        assert.equal(answer.status, may ? 200 : 403, role);
    }
    assert.equal((await hall.get("/api/v1/events")).status, 401);
});

test("without --test-clock the clock route does not exist", async () => {
    const other = await Hall.open({ clock: null });
    try {
        const answer = await other.post("/api/v1/test/clock", { as: "admin", body: { advance_s: 1 } });
        assert.equal(answer.status, 404);
    } finally {
        await other.close();
    }
});
