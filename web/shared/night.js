// night: a screen sleeps with the hall: while no window is at work, nobody waits and nothing is said, for so many
// minutes. Then it is black but for a small clock that wanders; the first number or window of the morning wakes it.

import { h, setText } from "./dom.js";
import { clockText, now } from "./time.js";

const LOOK_MS = 10000;

function isQuiet({ windows, waiting, speaking }) {
    const atWork = windows.some((one) => one.state !== "closed");
    return !atWork && !speaking && waiting.every((one) => one.count === 0);
}

export class Night {
    #afterMs;
    #since = null; // hall time since when it has been quiet; null it is not
    #clock = h("p");
    #box = h("div", { class: "night", hidden: true }, this.#clock);

    /* `minutes`: 0 never sleeps. */
    constructor(minutes) {
        this.#afterMs = minutes * 60000;
        document.body.append(this.#box);
        setInterval(() => this.#draw(), LOOK_MS);
    }

    take(view) {
        this.#since = isQuiet(view) ? (this.#since ?? now()) : null;
        this.#draw();
    }

    #draw() {
        const asleep = this.#afterMs > 0 && this.#since !== null && now() - this.#since >= this.#afterMs;
        document.body.classList.toggle("asleep", asleep);
        this.#box.hidden = !asleep;
        if (asleep) {
            const minute = Math.floor(now() / 60000);
            setText(this.#clock, clockText(now()));
            this.#box.style.setProperty("--x", `${(minute * 37) % 80}vw`);
            this.#box.style.setProperty("--y", `${(minute * 23) % 85}vh`);
        }
    }
}
