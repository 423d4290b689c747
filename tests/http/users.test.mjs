// People who sign in: added, changed and taken out by an administrator, at once and for good.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Hall, PASSWORD } from "./lib.mjs";

const USERS = "/api/v1/admin/users";

let hall;
before(async () => (hall = await Hall.open()));
after(() => hall.close());

const admin = (method, target, options = {}) => hall.ask(method, target, { as: "admin", ...options });
const listed = async (name) => (await admin("GET", USERS)).data.items.find((one) => one.name === name);
const create = (body) => admin("POST", USERS, { body: { password: PASSWORD, roles: ["clerk"], ...body } });
const change = (name, body, options = {}) => admin("PATCH", `${USERS}/${encodeURIComponent(name)}`, { body, ...options });
const remove = (name) => admin("DELETE", `${USERS}/${encodeURIComponent(name)}`);

/* The bucket of sign-in is small on purpose: what is refused by it is tried again, all else is the answer. */
async function login(username, password = PASSWORD, more = {}) {
    for (;;) {
        const answer = await hall.post("/api/v1/login", { body: { username, password, ...more } });
        if (answer.status !== 429) {
            const cookie = (answer.headers.get("set-cookie") ?? "").split(";")[0];
            return { status: answer.status, data: answer.data, headers: { Cookie: cookie, "X-CSRF-Token": answer.data?.csrf } };
        }
    }
}

const me = async (session) => (await hall.get("/api/v1/me", { headers: session.headers })).status;

/* Fails unless the stream ends. */
async function ends(stream) {
    for (let block = await stream.next(); block !== null; block = await stream.next()) {
        assert.ok(block.event !== "ticket.called");
    }
}

test("a list without secrets", async () => {
    const { status, data, text } = await admin("GET", USERS);
    assert.equal(status, 200);
    assert.deepEqual(data.items.map((one) => one.name), ["li", "root", "wang", "zhang"]);
    assert.equal(data.next_cursor, null);
    const li = data.items[0];
    assert.deepEqual(Object.keys(li), ["name", "roles", "window", "disabled", "must_change", "created_at", "last_sign_in_at"]);
    assert.deepEqual([li.roles, li.window, li.disabled, li.last_sign_in_at], [["clerk"], 4, false, null]);
    assert.ok(Number.isFinite(Date.parse(li.created_at)));
    assert.deepEqual((await admin("GET", `${USERS}/li`)).data, li);
    for (const name of ["nobody", "LI", "x".repeat(200)]) {
        assert.equal((await admin("GET", `${USERS}/${name}`)).status, 404, name);
    }
    assert.ok(!text.includes("$y$"));
});

test("a person is added, signs in, and that is seen", async () => {
    const stream = await hall.stream("/api/v1/events");
    const answer = await create({ name: "陈静", roles: ["clerk", "lobby"], window: 3 });
    assert.equal(answer.status, 201, answer.text);
    assert.deepEqual([answer.data.name, answer.data.roles, answer.data.window, answer.data.disabled], ["陈静", ["clerk", "lobby"], 3, false]);
    assert.ok(!answer.text.includes(PASSWORD) && !answer.text.includes("$y$"));
    const event = await stream.event("user.created");
    assert.equal(event.data.subject, "users/陈静");
    assert.deepEqual([event.data.data.subject, event.data.data.reason], ["陈静", "roles clerk lobby, window 3, password"]);
    assert.deepEqual(event.data.data.actor, { kind: "device", id: "admin" });
    stream.close();
    const session = await login("陈静");
    assert.equal(session.status, 200);
    assert.deepEqual([session.data.user.name, session.data.roles, session.data.window], ["陈静", ["clerk", "lobby"], 3]);
    assert.ok(Date.parse((await listed("陈静")).last_sign_in_at) >= Date.parse("2026-11-23T09:00:00+08:00"));
    const again = await create({ name: "陈静" });
    assert.deepEqual([again.status, again.data.code], [409, "user-exists"]);
});

test("a password is held to the same rule as on the command line", async () => {
    for (const password of ["", "seven77", "七个字符的密码", "a".repeat(129), "tab\tin the middle", 12345678]) {
        const answer = await create({ name: "weak", password });
        assert.equal(answer.status, 422, String(password));
        assert.equal(answer.data.errors[0].pointer, "/password");
    }
    assert.equal((await create({ name: "strong", password: "八个字符就够了吧" })).status, 201);
    assert.equal((await login("strong", "八个字符就够了吧")).status, 200);
});

test("what cannot be taken names its member", async () => {
    for (const [body, pointer] of [
        [{}, "/name"], [{ name: "" }, "/name"], [{ name: "a b" }, "/name"], [{ name: "a/b" }, "/name"], [{ name: "a\nb" }, "/name"],
        [{ name: "x".repeat(32) }, "/name"], [{ name: 7 }, "/name"], [{ name: "." }, "/name"], [{ name: ".." }, "/name"],
        [{ name: "x", roles: undefined }, "/roles"], [{ name: "x", roles: [] }, "/roles"], [{ name: "x", roles: ["boss"] }, "/roles"],
        [{ name: "x", roles: "clerk" }, "/roles"], [{ name: "x", roles: [7] }, "/roles"],
        [{ name: "x", roles: ["admin", "auditor"] }, "/roles"],
        [{ name: "x", window: 99 }, "/window"], [{ name: "x", window: 0 }, "/window"], [{ name: "x", window: "3" }, "/window"],
        [{ name: "x", disabled: "no" }, "/disabled"], [{ name: "x", password: undefined }, "/password"],
    ]) {
        const answer = await create(body);
        assert.equal(answer.status, 422, JSON.stringify(body));
        assert.equal(answer.data.errors[0].pointer, pointer, answer.text);
    }
    assert.equal(await listed("x"), undefined);
    assert.equal((await admin("POST", USERS, { body: "[" })).status, 400);
    const empty = await change("li", {});
    assert.deepEqual([empty.status, empty.data.errors[0].pointer], [422, ""]);
    assert.equal((await change("li", { window: 99 })).data.errors[0].pointer, "/window");
    assert.equal((await change("li", { roles: ["auditor", "admin"] })).data.errors[0].pointer, "/roles");
    for (const name of ["nobody", "x".repeat(200), "' OR 1=1 --"]) {
        assert.equal((await change(name, { disabled: true })).status, 404, name);
        assert.equal((await remove(name)).status, 404, name);
    }
});

for (const [what, body] of [["roles", { roles: ["lobby", "clerk"] }], ["a password", { password: "another long password" }],
    ["a window", { window: 5 }], ["being disabled", { disabled: true }]]) {
    test(`${what}: sessions and streams are over at once`, async () => {
        const name = `p${Object.keys(body)[0]}`;
        assert.equal((await create({ name })).status, 201);
        const sessions = [await login(name), await login(name)];
        const other = await login("zhang");
        const stream = await hall.stream("/api/v1/events", { as: null, headers: sessions[0].headers });
        assert.equal((await stream.next()).retry, "2000");
        const answer = await change(name, body);
        assert.equal(answer.status, 200, answer.text);
        for (const session of sessions) {
            assert.equal(await me(session), 401);
        }
        assert.equal(await me(other), 200, "nobody else's");
        await ends(stream);
        assert.equal((await login(name)).status, body.password || body.disabled ? 401 : 200);
        if (body.password) {
            assert.equal((await login(name, body.password)).status, 200);
        }
        if (body.disabled) {
            assert.equal((await change(name, { disabled: false })).status, 200);
            assert.equal((await login(name)).status, 200);
        }
    });
}

test("a password that is good once", async () => {
    const first = "given by the office";
    const own = "known to nobody else";
    const stream = await hall.stream("/api/v1/events");
    const made = await create({ name: "newcomer", password: first, must_change: true });
    assert.equal(made.data.must_change, true, made.text);
    assert.equal((await stream.event("user.created")).data.data.reason, "roles clerk, password, to be changed");
    const due = await login("newcomer", first);
    assert.deepEqual([due.status, due.data.code], [403, "password-change"]);
    assert.equal((await login("newcomer", "not the password")).status, 401, "others learn nothing");
    for (const fresh of ["short", first, "x".repeat(129), 7]) {
        const answer = await login("newcomer", first, { new_password: fresh });
        assert.deepEqual([answer.status, answer.data.errors[0].pointer], [422, "/new_password"], String(fresh));
    }
    assert.equal((await login("newcomer", "not the password", { new_password: own })).status, 401);
    const session = await login("newcomer", first, { new_password: own });
    assert.equal(session.status, 200);
    assert.equal(await me(session), 200);
    const event = (await stream.event("user.updated")).data.data;
    assert.deepEqual([event.reason, event.actor], ["password", { kind: "user", id: "newcomer" }]);
    stream.close();
    assert.equal((await login("newcomer", first)).status, 401);
    assert.equal((await login("newcomer", own)).status, 200);
    assert.equal((await listed("newcomer")).must_change, false);

    // The same for whoever wants another one; all other sessions are over.
    const fresh = await login("newcomer", own, { new_password: first });
    assert.deepEqual([fresh.status, await me(fresh), await me(session)], [200, 200, 401]);
    // And for a password that was forgotten.
    assert.equal((await change("newcomer", { password: own, must_change: true })).status, 200);
    assert.equal(await me(fresh), 401);
    assert.equal((await login("newcomer", own)).data.code, "password-change");
    assert.equal((await change("newcomer", { must_change: false })).status, 200);
    assert.equal((await login("newcomer", own)).status, 200);
    const race = await Promise.all(["one of two passwords", "the other of two passwords"].map((one) => login("newcomer", own, { new_password: one })));
    assert.deepEqual(race.map((one) => one.status).sort(), [200, 401], "of two who choose at once one does");
});

test("what changes nothing ends nothing", async () => {
    const session = await login("li");
    assert.equal((await change("li", { roles: ["clerk"], window: 4, disabled: false })).status, 200);
    assert.equal(await me(session), 200);
    const free = await change("li", { window: null });
    assert.deepEqual([free.status, free.data.window], [200, null]);
    assert.equal(await me(session), 401);
});

test("who is taken out is out", async () => {
    assert.equal((await create({ name: "gone" })).status, 201);
    const session = await login("gone");
    const stream = await hall.stream("/api/v1/events", { as: null, headers: session.headers });
    assert.equal((await stream.next()).retry, "2000");
    assert.equal((await remove("gone")).status, 204);
    assert.equal(await me(session), 401);
    await ends(stream);
    assert.equal((await login("gone")).status, 401);
    assert.equal(await listed("gone"), undefined);
    assert.equal((await remove("gone")).status, 404);
    await hall.daemon.kill();
    await hall.daemon.start();
    assert.equal(await me(session), 401, "also after a restart");
    assert.equal((await login("gone")).status, 401);
});

test("a person who is added again begins anew", async () => {
    assert.equal((await create({ name: "twice", roles: ["lobby"] })).status, 201);
    await login("twice");
    await remove("twice");
    assert.equal((await create({ name: "twice", password: "quite another password" })).status, 201);
    const twice = await listed("twice");
    assert.deepEqual([twice.roles, twice.last_sign_in_at], [["clerk"], null]);
    assert.equal((await login("twice")).status, 401);
});

test("the last administrator stays", async () => {
    for (const answer of [await remove("root"), await change("root", { roles: ["clerk"] }), await change("root", { disabled: true })]) {
        assert.deepEqual([answer.status, answer.data.code], [409, "last-admin"]);
    }
    assert.equal((await create({ name: "second", roles: ["admin"] })).status, 201);
    const answers = await Promise.all([remove("root"), remove("second")]);
    assert.deepEqual(answers.map((answer) => answer.status).sort(), [204, 409], "of two that go at once one stays");
    if (!(await listed("root"))) {
        assert.equal((await create({ name: "root", roles: ["admin"] })).status, 201);
        assert.equal((await remove("second")).status, 204);
    }
});

test("nobody raises himself", async () => {
    const { headers } = await login("root");
    for (const roles of [["admin", "auditor"], ["auditor"], ["admin", "clerk"]]) {
        const answer = await hall.ask("PATCH", `${USERS}/root`, { headers, body: { roles } });
        assert.ok([403, 422].includes(answer.status), answer.text);
        assert.equal(answer.data.errors[0].pointer, "/roles");
    }
    assert.deepEqual((await listed("root")).roles, ["admin"]);
    assert.equal((await hall.get("/api/v1/me", { headers })).status, 200);
    const forged = await hall.ask("PATCH", `${USERS}/zhang`, { headers: { Cookie: headers.Cookie }, body: { roles: ["admin"] } });
    assert.equal(forged.status, 403, "a page's write needs its CSRF token");
});

test("who signs in while being changed does not stay", async () => {
    assert.equal((await create({ name: "racer" })).status, 201);
    const passwords = [PASSWORD, "a second password", "a third password"];
    for (let round = 0; round < 6; round++) {
        const old = passwords[round % 3];
        const fresh = passwords[(round + 1) % 3];
        const [session, answer] = await Promise.all([login("racer", old), change("racer", { password: fresh })]);
        assert.equal(answer.status, 200);
        assert.ok([200, 401].includes(session.status));
        if (session.status === 200) {
            assert.equal(await me(session), 401, "signed in before the change, so out by it");
        }
    }
});

test("only administrators change, auditors look", async () => {
    for (const as of ["auditor", "supervisor", "clerk", "integration"]) {
        assert.equal((await hall.get(USERS, { as })).status, as === "auditor" ? 200 : 403, as);
        assert.equal((await hall.post(USERS, { as, body: { name: "no", roles: ["clerk"], password: PASSWORD } })).status, 403, as);
    }
});

test("who may sign in is heard by those who may ask for it", async () => {
    const names = ["clerk", "lobby", "supervisor", "admin", "auditor", "integration"];
    const streams = await Promise.all(names.map((as) => hall.stream("/api/v1/events", { as })));
    assert.equal((await create({ name: "overheard" })).status, 201);
    const { number } = await hall.issue();
    for (const [i, stream] of streams.entries()) {
        const heard = [];
        let block;
        do {
            block = await stream.next();
            heard.push(block.event);
        } while (block.event !== "ticket.issued");
        assert.equal(block.data.data.number, number);
        assert.equal(heard.includes("user.created"), i >= 3, names[i]);
        stream.control.abort();
    }
});

test("no password is in the log, and every change is in the record", async () => {
    for (const secret of [PASSWORD, "another long password", "quite another password", "$y$"]) {
        assert.ok(!hall.daemon.log.includes(secret));
    }
    const { data } = await hall.get("/api/v1/changes?limit=1000", { as: "integration" });
    const people = data.items.filter((one) => one.type.startsWith("user."));
    const of = (name) => people.filter((one) => one.data.subject === name).map((one) => one.type);
    assert.deepEqual(of("gone"), ["user.created", "user.logged_in", "user.deleted"]);
    assert.deepEqual(of("pdisabled"), ["user.created", "user.logged_in", "user.logged_in", "user.updated", "user.updated", "user.logged_in"]);
    const reasons = people.filter((one) => one.data.subject === "pdisabled" && one.type === "user.updated").map((one) => one.data.reason);
    assert.deepEqual(reasons, ["disabled", "enabled"]);
    assert.ok(!JSON.stringify(people).includes("$y$"));
});
