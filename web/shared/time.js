// time: hall time and durations. The clock of the browser is not trusted: what counts is the time
// the server tells with its views, carried on by the monotonic clock.

let base = null; // { server, monotonic } in milliseconds, and the text it came from
let offset = -new Date().getTimezoneOffset(); // minutes; the browser's until the server told

/* Learns the hall's zone from any RFC 3339 time of the server. */
export function learnZone(text) {
    const zone = /([+-])(\d\d):(\d\d)$/.exec(text ?? "");
    if (zone) {
        offset = (Number(zone[2]) * 60 + Number(zone[3])) * (zone[1] === "-" ? -1 : 1);
    }
}

/* Learns from an RFC 3339 time that the server says is now. A view that did not change comes again
 * with the time it had: that is not now. */
export function learnTime(text) {
    const server = Date.parse(text);
    if (!Number.isNaN(server) && text !== base?.text) {
        base = { server, monotonic: performance.now(), text };
        learnZone(text);
    }
}

export function now() {
    return base ? base.server + performance.now() - base.monotonic : Date.now();
}

const two = (value) => String(value).padStart(2, "0");

function hallDate(ms) {
    return new Date(ms + offset * 60000);
}

/* "09:30" of a point in time, in the hall's zone. */
export function clockText(ms, seconds = false) {
    const date = hallDate(ms);
    const text = `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}`;
    return seconds ? `${text}:${two(date.getUTCSeconds())}` : text;
}

/* "2026-11-23", and the weekday as 0 (Sunday) to 6. */
export function dateText(ms) {
    const date = hallDate(ms);
    return `${date.getUTCFullYear()}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}`;
}

export function weekday(ms) {
    return hallDate(ms).getUTCDay();
}

/* "约 20 分钟（15–30）" from what the server says of a wait { low_s, about_s, high_s }, which it has rounded; empty when
 * it knows nothing. Never the middle alone: a number without its range promises too much. */
export function etaText(i18n, eta) {
    if (!eta) {
        return "";
    }
    const [low, n, high] = [eta.low_s, eta.about_s, eta.high_s].map((seconds) => Math.round(seconds / 60));
    if (high <= 1) {
        return i18n.t("eta.soon");
    }
    if (low === high) {
        return i18n.t("eta.one", { n });
    }
    return i18n.t(low === 0 ? "eta.upto" : "eta.range", { low, n, high });
}
