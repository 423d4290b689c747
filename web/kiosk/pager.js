// pager: turns what is longer than its place by touches: no dragging, which not every hand can do.

const PAGE = 0.8; // of its height; what was last is still there

export class Pager {
    /* `box` scrolls; `bar`, shown only where there is more than fits, has a button up and a button down. */
    constructor(box, bar) {
        this.box = box;
        this.bar = bar;
        const [up, down] = bar.querySelectorAll("button");
        Object.assign(this, { up, down });
        up.addEventListener("click", () => this.#turn(-1));
        down.addEventListener("click", () => this.#turn(1));
        box.addEventListener("scroll", () => this.tell(), { passive: true });
        new ResizeObserver(() => this.tell()).observe(box);
        new MutationObserver(() => this.tell()).observe(box, { childList: true, subtree: true });
        this.tell();
    }

    #turn(direction) {
        this.box.scrollTop += direction * PAGE * this.box.clientHeight;
        this.tell();
    }

    tell() {
        const more = this.box.scrollHeight - this.box.clientHeight;
        this.bar.hidden = more <= 1;
        this.up.disabled = this.box.scrollTop <= 0;
        this.down.disabled = this.box.scrollTop >= more - 1;
    }
}
