// picture: from the press to the changed picture on the hall display, in Chromium on this machine.
//
// The browser's own screencast gives each frame with the time it was shown. A press is on the screen
// in the first frame whose field of the newest call or list of calls differs from the frame before the
// press; clock, notices and the rest of the page are left out of the comparison.

import { chromium } from "playwright-core";

const SIZE = { width: 1280, height: 720 };
const REST_MS = 6500; // the flash of the call before is over
const LATE_MS = 1000; // a press whose picture did not come by then

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const wallMs = () => performance.timeOrigin + performance.now();

/* In a page of its own: the index of the first frame that differs from the first one there. */
async function firstChanged(judge, frames, areas) {
    return judge.evaluate(
        async ([pictures, boxes]) => {
            const NOTICEABLE = 48; // of 255; what compression alone does is far less
            const ENOUGH = 100;
            const pixels = async (data) => {
                const bytes = await (await fetch(`data:image/jpeg;base64,${data}`)).blob();
                const picture = await createImageBitmap(bytes);
                const canvas = new OffscreenCanvas(picture.width, picture.height);
                const context = canvas.getContext("2d");
                context.drawImage(picture, 0, 0);
                return boxes.map(
                    (box) => context.getImageData(box.x, box.y, box.width, box.height).data,
                );
            };
            const differs = (one, other) => {
                let found = 0;
                one.forEach((area, n) => {
                    for (let i = 0; i < area.length; i++) {
                        found += Math.abs(area[i] - other[n][i]) > NOTICEABLE ? 1 : 0;
                    }
                });
                return found >= ENOUGH;
            };
            const before = await pixels(pictures[0]);
            for (let i = 1; i < pictures.length; i++) {
                if (differs(before, await pixels(pictures[i]))) {
                    return i;
                }
            }
            return -1;
        },
        [frames.map((frame) => frame.data), areas],
    );
}

async function film(page) {
    const session = await page.context().newCDPSession(page);
    const frames = [];
    session.on("Page.screencastFrame", ({ data, metadata, sessionId }) => {
        frames.push({ data, at: metadata.timestamp * 1000 });
        session.send("Page.screencastFrameAck", { sessionId }).catch(() => {});
    });
    await session.send("Page.startScreencast", { format: "jpeg", quality: 60, everyNthFrame: 1 });
    return frames;
}

/* Milliseconds from each press to its picture. `press` posts the call and resolves with the answer. */
export async function pressesToPictures(origin, press, count) {
    const browser = await chromium.launch({
        executablePath: "/usr/bin/chromium",
        args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
    });
    try {
        const judge = await browser.newPage();
        const page = await (await browser.newContext({ viewport: SIZE })).newPage();
        await page.goto(`${origin}/display?voice=off`);
        await page.locator("#windows li").first().waitFor();
        const areas = [];
        for (const selector of ["#current", "#calls"]) {
            const box = await page.locator(selector).boundingBox();
            areas.push({
                x: Math.ceil(box.x),
                y: Math.ceil(box.y),
                width: Math.floor(Math.max(box.width, 1)),
                height: Math.floor(Math.max(box.height, 1)),
            });
        }
        const frames = await film(page);
        const taken = [];
        for (let i = 0; i < count; i++) {
            await pause(REST_MS);
            frames.splice(0, frames.length - 1);
            const at = wallMs();
            await press();
            await pause(LATE_MS);
            const seen = frames.filter((frame, n) => n === 0 || frame.at >= at);
            const changed = await firstChanged(judge, seen, areas);
            if (changed < 0) {
                throw new Error("a press changed no picture");
            }
            taken.push(seen[changed].at - at);
        }
        return taken;
    } finally {
        await browser.close();
    }
}
