// announce: which call stands in the large field. While one is spoken it is that one, to its end.
// Calls may come faster than people can read: each new one stays at least 5 seconds (half of that
// while a crowd waits behind it) before the next takes its place.

const HOLD_MS = 5000;
const CROWD = 3;
const SPOKEN_MAX_MS = 25000; // three readings in two languages; a display that died speaks no more

export const callKey = (call) => `${call.number}/${call.window}/${call.calls}/${call.at}`;

export class Announcer {
    #known = null; // keys of the calls seen so far; null before the first view
    #queue = [];
    #timer = 0;
    #spoken = null; // key of the call that is being spoken
    #overdue = null; // key of one that was said to be spoken for too long
    #silence = 0; // timer: by then it has been said, whatever the server heard of it

    /* `show(call, fresh)` draws one; call is null when there is none. */
    constructor(show) {
        this.show = show;
        this.current = null;
    }

    /* Takes the list of the newest calls, newest first, and what is being said ({ number, window }
     * or null); returns the keys that are new. */
    take(calls, speaking = null) {
        const first = this.#known === null;
        const fresh = first ? [] : calls.filter((call) => !this.#known.has(callKey(call)));
        this.#known = new Set(calls.map(callKey));
        if (first) {
            this.#put(calls[0] ?? null, false);
        } else if (fresh.length > 0) {
            this.#queue.push(...[...fresh].reverse());
        } else if (!this.#timer && this.current && calls.length === 0) {
            this.#put(null, false);
        }
        const isSaid = (call) => call.number === speaking?.number && call.window === speaking?.window;
        this.#say(calls.find(isSaid) ?? null);
        this.#next();
        return new Set(fresh.map(callKey));
    }

    #put(call, fresh) {
        this.current = call;
        this.show(call, fresh);
    }

    #say(call) {
        const key = call && callKey(call);
        if (key === this.#spoken || (key && key === this.#overdue)) {
            return;
        }
        this.#spoken = key;
        clearTimeout(this.#silence);
        if (call) {
            this.#silence = setTimeout(() => {
                this.#overdue = key;
                this.#spoken = null;
                this.#next();
            }, SPOKEN_MAX_MS);
            clearTimeout(this.#timer);
            this.#timer = 0;
            this.#queue = this.#queue.filter((one) => callKey(one) !== key);
            this.#put(call, !this.current || callKey(this.current) !== key);
        }
    }

    #next() {
        if (this.#timer || this.#spoken || this.#queue.length === 0) {
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
