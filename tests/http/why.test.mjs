// "Why before mine?": what a call keeps of those it passed, and what staff and the visitor are told of it.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Hall } from "./lib.mjs";

let hall;
before(async () => (hall = await Hall.open()));
after(() => hall.close());

const secret = (ticket) => ticket.public_url.split("/").at(-1);
const staffWhy = async (ticket, as = "lobby") => (await hall.get(`/api/v1/tickets/${ticket.id}/why`, { as })).data;
const ownWhy = async (ticket) => (await hall.get(`/api/v1/public/tickets/${secret(ticket)}/why`)).data;
const next = () => hall.post("/api/v1/windows/3/next", { as: "clerk3" });

async function callAndFinish() {
    const called = await next();
    assert.equal(called.status, 200, called.text);
    const { id } = called.data.ticket;
    await hall.post(`/api/v1/tickets/${id}/start`, { as: "clerk3" });
    await hall.post(`/api/v1/tickets/${id}/finish`, { as: "clerk3" });
    return called.data;
}

test("the one who is passed is told why, how often, and how often it can still be", async () => {
    await hall.post("/api/v1/windows/3/open", { as: "clerk3" });
    const mine = await hall.issue("card");
    await hall.advance(600);
    const first = await hall.issue("card", { class: "elderly" });
    const second = await hall.issue("card", { class: "elderly" });
    await hall.advance(240);

    const called = await callAndFinish();
    assert.equal(called.ticket.id, first.id);
    assert.deepEqual(called.why.overtook, [mine.number]);
    const [over] = called.why.passed_over;
    assert.equal(called.why.policy, "score");
    assert.deepEqual([over.number, over.times, over.cap], [mine.number, 1, 8]);
    assert.ok(Math.abs(over.score / 60e6 - 14) < 0.1, `${over.score}`);
    await callAndFinish();

    const told = await ownWhy(mine);
    assert.deepEqual(
        [told.number, told.state, told.passed, told.cap, told.more, told.urgent_per_day, told.unnamed],
        [mine.number, "waiting", 2, 8, 6, 10, 0],
    );
    assert.equal(told.text, "您已被越过 2 次，最多 8 次。您的顺序还可能变化：最多再被越过 6 次。急事特办另计，全厅每日最多 10 次。");
    assert.equal(told.text_en, "You have been passed 2 of at most 8 times. Your order can still change: at most 6 more. "
        + "Urgent grants come on top: at most 10 a day in the whole hall.");
    assert.deepEqual(told.passed_by.map((one) => one.number), [second.number, first.number], "newest first");
    const [newest, oldest] = told.passed_by;
    assert.equal(oldest.rule, "POLICY");
    assert.equal(oldest.window, 3);
    assert.match(oldest.called_at, /^2026-11-23T09:\d\d:\d\d\.\d{3}\+08:00$/);
    // The hall's clock runs between the requests, so that a tenth may be added.
    assert.match(oldest.text_en, new RegExp(`^${first.number} is elderly: 10 min head start \\+ 2 × 4(\\.\\d)? min waited = 18(\\.\\d)? points; `
        + "yours: 14(\\.\\d)? min = 14(\\.\\d)? points\\. You have been passed 1 of at most 8 times\\.$"));
    assert.match(newest.text, new RegExp(`^${second.number}（老人）：起始 10 分钟 \\+ 2 × 等候 4(\\.\\d)? 分钟 = 18(\\.\\d)? 分；`
        + "您：14(\\.\\d)? 分钟 = 14(\\.\\d)? 分。您已被越过 2 次，最多 8 次。$"));

    const staff = await staffWhy(mine);
    assert.deepEqual([staff.called, staff.passed, staff.more], [false, 2, 6]);
    assert.deepEqual(staff.passed_by, told.passed_by, "staff are told the same");

    // Afterwards it is still told, and so is what the call itself did.
    assert.equal((await callAndFinish()).ticket.id, mine.id);
    assert.deepEqual((await ownWhy(mine)).passed_by, told.passed_by);
    assert.equal((await ownWhy(mine)).text_en, "While you waited you were passed 2 times.");
    const later = await staffWhy(mine);
    assert.deepEqual([later.called, later.passed, later.more, later.passed_by.length], [true, 2, null, 2]);
    assert.equal((await staffWhy(first)).passed_over[0].number, mine.number);
});

test("an urgent grant says which of the day it is, and no more", async () => {
    const mine = await hall.issue("certificate");
    const urgent = await hall.issue("certificate");
    const granted = await hall.ask("PATCH", `/api/v1/tickets/${urgent.id}`, {
        as: "lobby", body: { urgent: { reason: "train at noon", approver: "Ms Secret" } },
    });
    assert.equal(granted.status, 200, granted.text);
    assert.equal((await callAndFinish()).ticket.id, urgent.id);
    const { passed, more, passed_by } = await ownWhy(mine);
    assert.deepEqual([passed, more], [0, 8], "it does not count against the limit");
    assert.equal(passed_by.length, 1);
    assert.equal(passed_by[0].text, `${urgent.number} 获准急事特办：今日第 1 次，每日最多 10 次，理由已记录。`);
    assert.equal(passed_by[0].text_en, `${urgent.number}: urgent grant no. 1 of 10 today, reason on file.`);
    await callAndFinish();
});

test("a visitor is told nothing personal", async () => {
    const mine = await hall.issue("card");
    const chosen = await hall.issue("card", { note: "walks badly", external_ref: "REF-77" });
    const call = await hall.post("/api/v1/windows/3/call", { as: "clerk3", body: { ticket: chosen.id, reason: "asked softly" } });
    assert.equal(call.status, 200, call.text);
    const answer = await hall.get(`/api/v1/public/tickets/${secret(mine)}/why`);
    assert.match(answer.data.passed_by[0].text_en, /was chosen by staff; the reason is on file\.$/);
    for (const personal of [mine.id, chosen.id, secret(chosen), "desk3", "softly", "badly", "REF-77"]) {
        assert.ok(!answer.text.includes(personal), personal);
    }
    await hall.post(`/api/v1/tickets/${chosen.id}/start`, { as: "clerk3" });
    await callAndFinish();
});

test("a call names twenty of those it passes; the others are told that it does not", async () => {
    const waiting = [];
    for (let i = 0; i < 22; i++) {
        waiting.push(await hall.issue("card"));
    }
    await hall.issue("card", { class: "disabled" });
    const { why } = await callAndFinish();
    assert.equal(why.overtaken, 22);
    assert.equal(why.passed_over.length, 20);
    const named = await ownWhy(waiting[19]);
    assert.deepEqual([named.passed, named.passed_by.length, named.unnamed], [1, 1, 0]);
    const unnamed = await ownWhy(waiting[20]);
    assert.deepEqual([unnamed.passed, unnamed.passed_by.length, unnamed.unnamed], [1, 0, 1]);
});

test("only the secret of a ticket opens it, and not too often", async () => {
    const none = await hall.get(`/api/v1/public/tickets/${"0".repeat(32)}/why`);
    assert.equal(none.status, 404);
    assert.equal(none.data.instance, "/api/v1/public/tickets/{token}/why");
    const mine = await hall.issue("card");
    const answers = await Promise.all(Array.from({ length: 60 }, () => hall.get(`/api/v1/public/tickets/${secret(mine)}/why`)));
    const late = answers.filter((answer) => answer.status === 429);
    assert.ok(late.length > 0, "too many are told to wait");
    assert.ok(late.every((answer) => Number(answer.headers.get("retry-after")) > 0));
    assert.ok(answers.some((answer) => answer.status === 200));
});
