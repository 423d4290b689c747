// idle: a kiosk that was left must not show the next person what the last one did. After 30 s
// without a touch a dialog asks, and counts down 20 s; it may be answered any number of times.

const IDLE_MS = 30000;
const ASK_S = 20;

export class Idle {
    #timer = 0;
    #left = 0;
    #countdown = 0;

    /* `needed()` tells whether there is anything to reset, `reset()` does it. */
    constructor({ dialog, left, yes, i18n, needed, reset }) {
        Object.assign(this, { dialog, left, i18n, needed, reset });
        for (const type of ["pointerdown", "keydown"]) {
            document.addEventListener(type, () => this.touched(), { capture: true });
        }
        yes.addEventListener("click", () => this.touched());
        dialog.addEventListener("cancel", () => this.touched());
        this.touched();
    }

    touched() {
        clearTimeout(this.#timer);
        clearInterval(this.#countdown);
        if (this.dialog.open) {
            this.dialog.close();
        }
        this.#timer = setTimeout(() => this.#ask(), IDLE_MS);
    }

    #ask() {
        if (!this.needed()) {
            this.touched();
            return;
        }
        this.#left = ASK_S;
        this.#show();
        this.dialog.showModal();
        this.#countdown = setInterval(() => {
            this.#left--;
            this.#show();
            if (this.#left <= 0) {
                this.touched();
                this.reset();
            }
        }, 1000);
    }

    #show() {
        this.left.textContent = this.i18n.t("more.left", { n: this.#left });
    }
}
