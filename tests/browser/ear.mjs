// ear: what a page plays, by the clock of the sound itself.

/* For hall.page({ prepare }): writes down when each sound begins and ends, and what stood in the large field meanwhile. */
export function record(page) {
    return page.addInitScript(() => {
        window.heard = [];
        const start = AudioBufferSourceNode.prototype.start;
        AudioBufferSourceNode.prototype.start = function (...args) {
            const sound = { begins: this.context.currentTime, length: this.buffer.duration };
            window.heard.push(sound);
            // What stands in the large field while this is said.
            sound.shown = new Set();
            const look = setInterval(() => {
                sound.shown.add(document.getElementById("current-number").textContent);
            }, 50);
            this.addEventListener("ended", () => clearInterval(look));
            this.addEventListener("ended", () => (sound.ends = this.context.currentTime));
            return start.apply(this, args);
        };
    });
}

/* A page that may speak. `hall.page(...)` with the options given. */
export async function speaker(hall, path, { prepare, ...options } = {}) {
    const page = await hall.page(path, {
        ...options,
        prepare: async (one) => {
            await prepare?.(one);
            await record(one);
        },
    });
    // Whether the browser wants a touch first is the browser's affair.
    await page.locator("body[data-sound]").waitFor();
    if (await page.locator("#sound").isVisible()) {
        await page.locator("#sound").click();
    }
    return page;
}

export const isSpeaking = (page) => page.locator('body[data-sound="speaking"]').waitFor({ timeout: 20000 });

export const heard = (page) =>
    page.evaluate(() => window.heard.map((one) => ({ ...one, shown: [...(one.shown ?? [])] })));

export const ended = (page, count) =>
    page.waitForFunction((n) => window.heard.filter((one) => one.ends).length >= n, count, { timeout: 60000 });
