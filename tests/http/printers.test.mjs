// Slips on paper: a kiosk's number comes out of its printer, and whatever happens to the printer, the number is given
// out and the hall knows whether it is on paper.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { randomUUID } from "node:crypto";
import { Hall } from "./lib.mjs";
import { Printer } from "../lib/printer.mjs";

const MARK = Buffer.from([0xb2, 0xb9, 0xb4, 0xf2]); // 补打 in GB18030
let hall;
let kiosk; // the printer of the kiosk
let desk; // the printer of no kiosk

before(async () => {
    kiosk = await new Printer().open();
    desk = await new Printer().open();
    hall = await Hall.open({
        change: (document) => {
            document.hall.public_url = "https://q.example.cn";
            document.printers = [
                { code: "p1", link: kiosk.link, driver: "escpos", width_mm: 58, kiosk: "kiosk", options: { cut: "full" } },
                {
                    code: "p2",
                    link: desk.link,
                    driver: "escpos",
                    width_mm: 80,
                    slip: { blocks: [{ show: "number", size: 6 }, { show: "rule" }, { show: "mark" }, { show: "documents" }] },
                },
            ];
        },
    });
});

after(async () => {
    await hall.close();
    await kiosk.close();
    await desk.close();
});

async function take(service = "pension") {
    const headers = { "Idempotency-Key": randomUUID() };
    const answer = await hall.post("/api/v1/tickets", { as: "kiosk", body: { service }, headers });
    assert.equal(answer.status, 201, answer.text);
    return answer.data;
}

/* Asks until `wanted` is true of the answer. */
async function until(target, wanted) {
    const end = Date.now() + 20000;
    let data;
    while (Date.now() < end) {
        ({ data } = await hall.get(target, { as: "lobby" }));
        if (wanted(data)) {
            return data;
        }
    }
    throw new Error(`${target} stays ${JSON.stringify(data)}`);
}

const printed = (ticket, state) => until(`/api/v1/tickets/${ticket.id}`, (data) => data.print_state === state);
const lobby = (wanted) => until("/api/v1/views/lobby", wanted);
const alerts = (view, code) => view.alerts.filter((alert) => alert.code === code);
const device = (view, code) => view.devices.find((one) => one.code === code);
const ready = (code) => lobby((view) => device(view, code)?.online && device(view, code).paper === "ok");

test("a kiosk's number is on paper, and known to be", async () => {
    await ready("p1");
    const n = kiosk.slips.length;
    const ticket = await take();
    assert.equal(ticket.print_state, "queued");
    const slip = await kiosk.slip(n);
    assert.equal(slip.subarray(0, 4).toString("hex"), "1b401c26");
    assert.equal(slip.subarray(-4).toString("hex"), "1d564100");
    assert.ok(slip.includes(`\x1d\x21\x33${ticket.number}\n`));
    assert.ok(slip.includes(`https://q.example.cn${ticket.public_url}`));
    assert.ok(slip.includes(ticket.id) && !slip.includes(MARK));
    await printed(ticket, "printed");
    const seen = await hall.get(`/api/v1/public${ticket.public_url.replace("/t/", "/tickets/")}`);
    assert.equal(seen.data.print_state, "printed");
    const { data } = await hall.get("/api/v1/changes?after=0&limit=1000", { as: "integration" });
    const mine = data.items.filter((item) => item.subject === `tickets/${ticket.id}`);
    assert.deepEqual(mine.map((item) => item.type), ["ticket.issued", "ticket.printed"]);
    assert.equal(mine[0].data.subject, "p1");
});

test("a printer has its health in the view and in the metrics", async () => {
    const view = await lobby((seen) => device(seen, "p1")?.state === "online" && device(seen, "p1").latency_ms !== null);
    const printer = device(view, "p1");
    assert.equal(printer.driver, "escpos");
    assert.equal(printer.paper, "ok");
    assert.deepEqual(Object.keys(printer.errors), ["silent", "garbled", "refused", "port", "unshowable"]);
    assert.ok(printer.frames >= 5, "four questions and a slip");
    assert.ok(Date.parse(printer.last_ok_at) > 0);
    const { text } = await hall.get("/metrics", { as: "monitoring" });
    assert.match(text, /^hallcall_device_up\{device="p1"\} 1$/m);
    assert.match(text, /^hallcall_device_errors_total\{device="p1",kind="refused"\} 0$/m);
    assert.match(text, /^hallcall_device_latency_seconds_count\{device="p1"\} [1-9]\d*$/m);
});

test("the desk has a printer of its own, a phone needs none", async () => {
    await ready("p2");
    const n = desk.slips.length;
    const ticket = await hall.issue("tax");
    assert.ok((await desk.slip(n)).includes(ticket.number));
    await printed(ticket, "printed");
    const phone = await hall.issue("tax", { channel: "phone" });
    assert.equal(phone.print_state, "none");
});

test("a printer prints by its own layout, the mark of a copy in its place", async () => {
    let n = desk.slips.length;
    const ticket = await hall.issue("pension");
    const slip = await desk.slip(n);
    assert.ok(slip.includes(`\x1d\x21\x55${ticket.number}\n`), "six times as large");
    assert.ok(slip.includes(`${"-".repeat(48)}\n`) && slip.includes("/ Social security card\n"));
    assert.ok(!slip.includes("https://") && !slip.includes(ticket.id));
    await printed(ticket, "printed");
    n = desk.slips.length;
    await hall.post(`/api/v1/tickets/${ticket.id}/reprint`, { as: "lobby", body: { printer: "p2" } });
    const copy = await desk.slip(n);
    assert.ok(copy.indexOf("-".repeat(48)) < copy.indexOf(MARK) && copy.indexOf(MARK) < copy.indexOf("Social"));
    await printed(ticket, "printed");
});

test("a layout is tried before it is taken", async () => {
    const preview = (body, as = "admin") => hall.post("/api/v1/admin/slip-preview", { as, body });
    const blocks = [{ show: "number", size: 5 }, { show: "mark" }, { show: "code" }];
    const made = await preview({ slip: { blocks }, width: 58 });
    assert.equal(made.status, 200, made.text);
    assert.match(made.data.text, /^[A-Z]\d+\nhttps:\/\/q\.example\.cn\/t\//);
    const ticket = await hall.issue("tax", { channel: "phone" });
    const own = await preview({ slip: { blocks }, ticket: ticket.id });
    // The address is longer than paper is wide.
    assert.equal(own.data.text.replaceAll("\n", ""), `${ticket.number}https://q.example.cn${ticket.public_url}`);
    assert.ok(own.data.html.includes(`<h1>${ticket.number}</h1>`));
    assert.ok(own.data.html.includes(`href="https://q.example.cn${ticket.public_url}"`));
    assert.deepEqual(own.data.lines[0], {
        show: "number", "zh-CN": ticket.number, en: "", size: 5, align: "center", bold: true, reverse: false, below: false,
    });
    assert.deepEqual(own.data.lines.map((one) => one.show), ["number", "code"], "the mark is for copies");
    assert.equal(own.data.url, `https://q.example.cn${ticket.public_url}`);
    assert.ok((await preview({})).data.text.includes("城南政务服务大厅"));
    const wrong = await preview({ slip: { blocks: [...blocks, { show: "photo" }] } });
    assert.equal(wrong.status, 422);
    assert.equal(wrong.data.errors[0].pointer, "/slip/blocks/3/show");
    assert.equal((await preview({ ticket: "nope" })).data.errors[0].pointer, "/ticket");
    assert.equal((await preview({ widht: 58 })).data.errors[0].pointer, "/widht");
    assert.equal((await preview({}, "lobby")).status, 403);
});

test("a copy is marked and counted, on the printer asked for", async () => {
    const ticket = await take();
    await printed(ticket, "printed");
    const copy = (body) => hall.post(`/api/v1/tickets/${ticket.id}/reprint`, { as: "lobby", body });
    assert.equal((await copy({ printer: "p9" })).status, 422);
    let n = kiosk.slips.length;
    const first = await copy();
    assert.equal(first.data.copies, 1);
    assert.equal(first.data.print_state, "queued");
    assert.ok((await kiosk.slip(n)).includes(MARK));
    await printed(ticket, "printed");
    n = desk.slips.length;
    assert.equal((await copy({ printer: "p2" })).data.copies, 2);
    assert.ok((await desk.slip(n)).includes(MARK));
    await printed(ticket, "printed");
    const { data } = await hall.get(`/api/v1/tickets/${ticket.id}/history`, { as: "lobby" });
    assert.equal(data.items.filter((item) => item.type === "ticket.print_queued").length, 2);
});

test("without paper the number is given out and the lobby is told", async () => {
    await ready("p1");
    kiosk.state = "out";
    await lobby((view) => alerts(view, "paper-out").some((alert) => alert.device === "p1"));
    const before = Date.now();
    const ticket = await take();
    assert.ok(Date.now() - before < 1000, "issuing does not wait for the printer");
    await printed(ticket, "failed");
    const view = await lobby((seen) => alerts(seen, "print-failed").length === 1);
    assert.equal(alerts(view, "print-failed")[0].ticket, ticket.id);
    assert.equal(device(view, "p1").detail, "paper out");
    assert.equal(device(view, "p1").state, "offline");
    kiosk.state = "low";
    await lobby((seen) => alerts(seen, "paper-low").length === 1 && device(seen, "p1").online);
    const n = kiosk.slips.length;
    assert.equal((await hall.post(`/api/v1/tickets/${ticket.id}/reprint`, { as: "lobby" })).status, 200);
    assert.ok((await kiosk.slip(n)).includes(MARK));
    await printed(ticket, "printed");
    kiosk.state = "ready";
    const end = await ready("p1");
    assert.deepEqual(alerts(end, "print-failed"), []);
});

test("paper that runs out in the middle is noticed after the cut", async () => {
    kiosk.onSlip = () => {
        kiosk.state = "out";
        return false;
    };
    const ticket = await take();
    await printed(ticket, "failed");
    kiosk.onSlip = () => {};
    kiosk.state = "ready";
    await ready("p1");
});

test("a line that breaks in the middle: once more, with a mark", async () => {
    kiosk.onSlip = (slip, socket) => {
        kiosk.onSlip = () => {};
        socket.destroy();
        return false;
    };
    const n = kiosk.slips.length;
    const ticket = await take();
    assert.ok((await kiosk.slip(n)).includes(MARK));
    const after = await printed(ticket, "printed");
    assert.equal(after.copies, 0, "nobody asked for a copy");
});

test("a printer that never answers prints, with a warning", async () => {
    kiosk.state = "mute";
    kiosk.cut();
    const view = await lobby((seen) => alerts(seen, "printer-mute").length === 1);
    assert.ok(device(view, "p1").errors.silent >= 2 && device(view, "p1").errors.port >= 1);
    const n = kiosk.slips.length;
    const ticket = await take();
    assert.ok((await kiosk.slip(n)).includes(ticket.number));
    await printed(ticket, "printed");
    kiosk.state = "ready";
    kiosk.cut();
    await lobby((view) => alerts(view, "printer-mute").length === 0 && device(view, "p1").online);
});

test("a printer that is gone holds up neither the hall nor the other printer", async () => {
    const { port } = kiosk;
    await kiosk.close();
    await lobby((view) => !device(view, "p1").online);
    const ticket = await take();
    const n = desk.slips.length;
    await hall.issue("tax");
    await desk.slip(n);
    await printed(ticket, "failed");
    kiosk = await new Printer().open(port);
    await ready("p1");
});

test("what was queued when the power went is printed after it, with a mark", async () => {
    await ready("p1");
    const seen = new Promise((resolve) => {
        kiosk.onSlip = () => { // it comes out, and nobody learns of it
            resolve();
            return false;
        };
    });
    const ticket = await take();
    await seen;
    await hall.daemon.kill();
    kiosk.onSlip = () => {};
    const n = kiosk.slips.length;
    await hall.daemon.start();
    const slip = await kiosk.slip(n);
    assert.ok(slip.includes(ticket.number) && slip.includes(MARK));
    await printed(ticket, "printed");
    assert.equal(kiosk.slips.length, n + 1);
    assert.match(hall.daemon.run(["verify", "--db", hall.daemon.db]), /0 differing/);
});

test("a cancelled ticket is not printed, and one of long ago is told to be too late", async () => {
    const { port } = kiosk;
    await kiosk.close();
    const gone = await take();
    const late = await take();
    await hall.post(`/api/v1/tickets/${gone.id}/cancel`, { as: "lobby", body: { reason: "left" } });
    assert.equal((await printed(gone, "none")).state, "cancelled");
    await hall.daemon.kill();
    const clock = hall.daemon.args.indexOf("--test-clock") + 1;
    hall.daemon.args[clock] = "2026-11-23T10:00:00+08:00";
    kiosk = await new Printer().open(port);
    await hall.daemon.start();
    await printed(late, "failed");
    await ready("p1");
    assert.equal(kiosk.slips.length, 0);
});

test("a printer that is taken out of the configuration takes no slip along", async () => {
    const path = "/api/v1/admin/config";
    await ready("p1");
    kiosk.state = "out";
    await lobby((view) => device(view, "p1").detail === "paper out");
    const ticket = await take();
    const { data, headers } = await hall.get(path, { as: "admin" });
    const without = { ...data, printers: data.printers.filter((printer) => printer.code !== "p1") };
    const put = await hall.ask("PUT", path, {
        as: "admin",
        body: without,
        headers: { "If-Match": headers.get("etag") },
    });
    assert.equal(put.status, 204, put.text);
    await printed(ticket, "failed");
    const history = await hall.get(`/api/v1/tickets/${ticket.id}/history`, { as: "lobby" });
    const failed = history.data.items.filter((item) => item.type === "ticket.print_failed");
    assert.deepEqual(failed.map((item) => item.reason ?? item.data?.reason), ["there is no such printer any more"]);
    await hall.daemon.kill();
    await hall.daemon.start();
    await printed(ticket, "failed");
    assert.match(hall.daemon.run(["verify", "--db", hall.daemon.db]), /0 differing/);
});
