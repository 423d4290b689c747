// screens: pictures of every surface in a hall at work, into build/screens, and the demo page into tests/screens for the
// README. Run by `make screens`; not a test.

import { mkdirSync } from "node:fs";
import path from "node:path";
import { ROOT } from "../lib/daemon.mjs";
import { call, Hall } from "./lib.mjs";

const FOLDER = path.join(ROOT, "build/screens");
const README_FOLDER = path.join(ROOT, "tests/screens");
const SURFACES = [
    ["kiosk", "/kiosk", { width: 1080, height: 800 }],
    ["clerk", "/clerk?window=1", { width: 1000, height: 800 }],
    ["display", "/display", { width: 1280, height: 720 }],
    ["welcome", "/welcome", { width: 1280, height: 720 }],
    ["window", "/window/1", { width: 960, height: 540 }],
    ["leds", "/leds", { width: 1000, height: 700 }],
    ["lobby", "/lobby", { width: 1000, height: 900 }],
    ["rating", "/rating?window=1", { width: 900, height: 600 }],
    ["admin", "/admin", { width: 1000, height: 800 }],
    ["demo", "/", { width: 1500, height: 1150 }],
];

/* Two windows open, some people waiting, one called at each. */
async function fill(page) {
    for (const [service, cls] of [
        ["pension", "ordinary"],
        ["pension", "elderly"],
        ["medical", "ordinary"],
        ["card", "ordinary"],
        ["pension", "ordinary"],
        ["tax", "ordinary"],
        ["medical", "disabled"],
        ["pension", "ordinary"],
    ]) {
        await call(page, "POST", "/api/v1/tickets", { service, class: cls });
    }
    for (const no of [1, 3]) {
        await call(page, "POST", `/api/v1/windows/${no}/open`, { clerk: `clerk${no}` });
        await call(page, "POST", `/api/v1/windows/${no}/next`, {});
    }
}

const hall = await Hall.open();
try {
    mkdirSync(FOLDER, { recursive: true });
    const first = await hall.page("/kiosk");
    await fill(first);
    for (const [name, address, viewport] of SURFACES) {
        const page = await hall.page(address, { viewport });
        await page.waitForTimeout(2500); // a picture, not a test: let frames and streams settle
        const folder = name === "demo" ? README_FOLDER : FOLDER;
        await page.screenshot({ path: path.join(folder, `${name}.png`) });
        await page.context().close();
    }
} finally {
    await hall.close();
}
