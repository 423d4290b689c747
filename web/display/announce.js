// announce: which call stands in the large field. Calls may come faster than people can read: each
// new one stays at least 5 seconds (half of that while a crowd waits behind it) before the next
// takes its place.

const HOLD_MS = 5000;
const CROWD = 3;

export const callKey = (call) => `${call.number}/${call.window}/${call.calls}/${call.at}`;

export class Announcer {
    #known = null; // keys of the calls seen so far; null before the first view
    #queue = [];
    #timer = 0;

    /* `show(call, fresh)` draws one; call is null when there is none. */
    constructor(show) {
        this.show = show;
        this.current = null;
    }

    /* Takes the list of the newest calls, newest first; returns the keys that are new. */
    take(calls) {
        const first = this.#known === null;
        const fresh = first ? [] : calls.filter((call) => !this.#known.has(callKey(call)));
        this.#known = new Set(calls.map(callKey));
        if (first) {
            this.#put(calls[0] ?? null, false);
        } else if (fresh.length > 0) {
            this.#queue.push(...[...fresh].reverse());
            this.#next();
        } else if (!this.#timer && this.current && calls.length === 0) {
            this.#put(null, false);
        }
        return new Set(fresh.map(callKey));
    }

    #put(call, fresh) {
        this.current = call;
        this.show(call, fresh);
    }

    #next() {
        if (this.#timer || this.#queue.length === 0) {
            return;
        }
        this.#put(this.#queue.shift(), true);
        const hold = this.#queue.length > CROWD ? HOLD_MS / 2 : HOLD_MS;
        this.#timer = setTimeout(() => {
            this.#timer = 0;
            this.#next();
        }, hold);
    }
}
