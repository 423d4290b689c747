// screens: pictures of every surface in a hall at work, into build/screens, and two small ones of them into tests/screens
// for the README. Run by `make screens`; not a test.

import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { ROOT } from "../lib/daemon.mjs";
import { call, Hall, issue } from "./lib.mjs";

const FOLDER = path.join(ROOT, "build/screens");
const README_FOLDER = path.join(ROOT, "tests/screens");
const README_BYTES_MAX = 40 * 1024;

const SURFACES = [
    { name: "kiosk", at: "/kiosk", size: [1080, 800] },
    { name: "kiosk-upright", at: "/kiosk?diagonal=32&lower_edge=700", size: [1080, 1920] },
    { name: "clerk", at: "/clerk?window=1&clerk=zhang", size: [1000, 800] },
    { name: "clerk-strip", at: "/clerk?window=1&clerk=zhang", size: [320, 900] },
    { name: "display", at: "/display?zone=main", size: [1920, 1080] },
    { name: "display-upright", at: "/display?zone=main", size: [1080, 1920] },
    { name: "display-4k", at: "/display?voice=off&diagonal=75&distance=12", size: [3840, 2160] },
    { name: "display-contrast", at: "/display?voice=off&theme=contrast", size: [1920, 1080] },
    { name: "window", at: "/window/1", size: [960, 540] },
    { name: "window-paused", at: "/window/6", size: [960, 540] },
    { name: "welcome", at: "/welcome", size: [1280, 720] },
    { name: "leds", at: "/leds", size: [1000, 700] },
    { name: "lobby", at: "/lobby", size: [1000, 900] },
    { name: "lobby-phone", at: "/lobby", size: [390, 844] },
    { name: "rating", at: "/rating?window=3", size: [900, 600] },
    { name: "rating-invites", at: "/rating?window=2", size: [900, 600] },
    { name: "phone", at: "PHONE", size: [390, 844] },
    { name: "phone-called", at: "CALLED", size: [390, 844] },
    { name: "admin", at: "/admin", size: [1000, 800] },
    { name: "demo", at: "/", size: [1500, 1000] },
];
// What stands on the sheet of the README, row after row.
const SHEET = [
    ["kiosk", "clerk", "window"],
    ["welcome", "display-upright", "phone-called", "lobby"],
    ["rating-invites", "phone", "admin", "lobby-phone"],
];
const SHEET_ROW = 268;
const DEMO_ROW = 640;
const GAP = 10;

/* Some windows open, some people waiting, one called at each, one just served, one window at lunch. */
async function fill(page) {
    for (const [service, cls] of [
        ["pension", "ordinary"],
        ["pension", "elderly"],
        ["medical", "ordinary"],
        ["card", "ordinary"],
        ["pension", "ordinary"],
        ["medical", "disabled"],
        ["certificate", "ordinary"],
        ["household", "ordinary"],
        ["medical", "ordinary"],
        ["pension", "ordinary"],
    ]) {
        await call(page, "POST", "/api/v1/tickets", { service, class: cls });
    }
    for (const [no, clerk] of [[2, "wang"], [4, "zhao"], [5, "sun"], [3, "li"], [1, "zhang"], [6, "qian"]]) {
        await call(page, "POST", `/api/v1/windows/${no}/open`, { clerk });
    }
    for (const no of [4, 5, 3]) {
        await call(page, "POST", `/api/v1/windows/${no}/next`, {});
    }
    const called = await call(page, "POST", "/api/v1/windows/1/next", {});
    await call(page, "POST", "/api/v1/windows/6/pause", { reason: "午餐", until: "2026-11-23T13:30:00+08:00" });
    const waiting = await issue(page, "pension");
    return { PHONE: waiting.public_url, CALLED: called.ticket.public_url };
}

/* Somebody is served at window 2 just now: the rating device asks for a few seconds only. */
async function invite(page) {
    const { ticket } = await call(page, "POST", "/api/v1/windows/2/next", {});
    await call(page, "POST", `/api/v1/tickets/${ticket.id}/start`);
    await call(page, "POST", `/api/v1/tickets/${ticket.id}/finish`, {});
}

async function take(hall, staff, { name, at, size: [width, height] }) {
    if (name === "rating-invites") {
        await invite(staff);
    }
    const page = await hall.page(at, { viewport: { width, height } });
    await page.waitForTimeout(2500); // a picture, not a test: let frames and streams settle
    if (name === "demo") {
        await issue(staff, "medical");
        await page.waitForTimeout(1500);
    }
    const picture = await page.screenshot({ path: path.join(FOLDER, `${name}.png`) });
    await page.context().close();
    return picture;
}

/* Rows of pictures beside each other as one small WebP; each picture is `high`. */
async function sheet(page, rows, high, file) {
    const draw = async ([all, height, gap, quality]) => {
        const widthOf = (line) => line.reduce((sum, one) => sum + one.width + gap, -gap);
        const canvas = new OffscreenCanvas(Math.max(...all.map(widthOf)), all.length * (height + gap) - gap);
        const context = canvas.getContext("2d");
        context.imageSmoothingQuality = "high";
        context.fillStyle = "#fff";
        context.fillRect(0, 0, canvas.width, canvas.height);
        for (const [at, line] of all.entries()) {
            let x = 0;
            for (const { picture, width } of line) {
                const bytes = Uint8Array.from(atob(picture), (letter) => letter.charCodeAt(0));
                context.drawImage(await createImageBitmap(new Blob([bytes])), x, at * (height + gap), width, height);
                x += width + gap;
            }
        }
        const webp = new Uint8Array(await (await canvas.convertToBlob({ type: "image/webp", quality })).arrayBuffer());
        return btoa(webp.reduce((text, byte) => text + String.fromCharCode(byte), ""));
    };
    for (let quality = 0.8; quality > 0.1; quality -= 0.1) {
        const bytes = Buffer.from(await page.evaluate(draw, [rows, high, GAP, quality]), "base64");
        if (bytes.length <= README_BYTES_MAX) {
            writeFileSync(path.join(README_FOLDER, file), bytes);
            return;
        }
    }
    throw new Error(`${file} cannot be made small enough`);
}

const hall = await Hall.open();
try {
    mkdirSync(FOLDER, { recursive: true });
    const staff = await hall.page("/kiosk");
    const phones = await fill(staff);
    const pictures = new Map();
    for (const surface of SURFACES) {
        const at = phones[surface.at] ?? surface.at;
        pictures.set(surface.name, await take(hall, staff, { ...surface, at }));
    }
    const blank = await hall.page("/shared/icon.svg");
    const part = (high) => (name) => {
        const [width, height] = SURFACES.find((one) => one.name === name).size;
        return { picture: pictures.get(name).toString("base64"), width: Math.round((high * width) / height) };
    };
    await sheet(blank, [["demo"].map(part(DEMO_ROW))], DEMO_ROW, "demo.webp");
    await sheet(blank, SHEET.map((row) => row.map(part(SHEET_ROW))), SHEET_ROW, "surfaces.webp");
} finally {
    await hall.close();
}
