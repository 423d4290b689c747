// wedge: what readers type. A scanner or card reader is a keyboard that types a whole line in a moment and ends it with
// Enter; a person's keys are apart. Which of the two it is shows only with the next key, so a single key waits that long.

const APART_MS = 60;
const SCAN_MIN = 4;
const SCAN_MAX = 256;

export class Wedge {
    #typed = "";
    #at = -Infinity;
    #timer = 0;

    /* `onKey(key)`: one character of a person; `onScan(text)`: a line of a reader. */
    constructor({ onKey, onScan }) {
        this.onKey = onKey;
        this.onScan = onScan;
        document.addEventListener("keydown", (event) => this.#take(event), { capture: true });
    }

    #take(event) {
        const quick = event.timeStamp - this.#at < APART_MS;
        if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.repeat) {
            return;
        }
        if (event.target.closest?.(".pair-cover")) {
            return; // a pairing code may be typed as fast, or be scanned
        }
        if (event.key === "Enter") {
            if (quick && this.#typed.length >= SCAN_MIN) {
                event.preventDefault(); // it is the reader's, and presses no button
                event.stopImmediatePropagation();
                this.#end(this.onScan);
            }
            return;
        }
        if (event.key.length !== 1) {
            return;
        }
        this.#typed = quick ? (this.#typed + event.key).slice(0, SCAN_MAX) : event.key;
        this.#at = event.timeStamp;
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => this.#end(this.#typed.length === 1 ? this.onKey : () => {}), APART_MS);
        if (quick && event.key === " ") {
            event.preventDefault();
        }
    }

    #end(tell) {
        const typed = this.#typed;
        clearTimeout(this.#timer);
        this.#typed = "";
        this.#at = -Infinity;
        tell(typed);
    }
}

/* Check character of an identity number: GB 11643-1999, which is ISO 7064 MOD 11-2. */
function isIdentity(text) {
    const sum = [...text.slice(0, 17)].reduce((all, digit, i) => all + Number(digit) * (2 ** (17 - i) % 11), 0);
    return "10X98765432"[sum % 11] === text[17];
}

/* {token}, {number} or {identity} of a scanned line; null: none of them. */
export function meaningOf(line) {
    const text = line.trim();
    const token = /(?:\/t\/|^)([0-9a-f]{32})$/i.exec(text)?.[1];
    if (token) {
        return { token: token.toLowerCase() };
    }
    const upper = text.toUpperCase();
    if (/^[A-Z]{0,3}\d{1,4}$/.test(upper)) {
        return { number: upper };
    }
    return /^\d{17}[\dX]$/.test(upper) && isIdentity(upper) ? { identity: upper } : null;
}
