// timers: times that run on the page, for those who work by them.

import { now } from "./time.js";

const two = (value) => String(value).padStart(2, "0");

/* "4:05", "1:02:03". */
export function durationText(ms) {
    const all = Math.max(0, Math.floor(ms / 1000));
    const hours = Math.floor(all / 3600);
    const minutes = Math.floor(all / 60) % 60;
    return hours > 0 ? `${hours}:${two(minutes)}:${two(all % 60)}` : `${minutes}:${two(all % 60)}`;
}

/* Keeps the text of every [data-since] element at the time passed since then, and of every
 * [data-until] element at the time left until then; both are milliseconds of hall time. Returns
 * the function that does it once. */
export function runTimers(root = document) {
    const show = (element, ms) => {
        const text = durationText(ms);
        if (element.textContent !== text) {
            element.textContent = text;
        }
    };
    const tick = () => {
        for (const element of root.querySelectorAll("[data-since]")) {
            show(element, now() - Number(element.dataset.since));
        }
        for (const element of root.querySelectorAll("[data-until]")) {
            show(element, Number(element.dataset.until) - now());
        }
    };
    setInterval(tick, 500);
    return tick;
}

/* Sets or clears the moment an element counts from. */
export function countFrom(element, ms) {
    if (ms) {
        element.dataset.since = String(ms);
        element.textContent = durationText(now() - ms);
    } else {
        delete element.dataset.since;
        element.textContent = "—";
    }
}

/* How a wait stands to its target: good below 70 %, near, over. */
export function waitLevel(waitedS, targetS) {
    if (!targetS || waitedS < 0.7 * targetS) {
        return "good";
    }
    return waitedS <= targetS ? "near" : "over";
}
