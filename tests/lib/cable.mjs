// cable: a network cable that can be pulled: TCP between a browser and the daemon. While it is out, nothing arrives and
// nothing is refused, as on a dead network: connections stay, and new ones get no answer.

import net from "node:net";

export class Cable {
    #pairs = new Set();
    #out = false;

    /* To where `origin` is, also after a restart there. */
    constructor(origin) {
        this.target = new URL(origin);
    }

    async plug() {
        this.server = net.createServer((near) => this.#join(near));
        await new Promise((resolve) => this.server.listen(0, "127.0.0.1", resolve));
        this.origin = `http://127.0.0.1:${this.server.address().port}`;
        return this;
    }

    #join(near) {
        const far = this.#out ? null : net.connect(this.target.port, this.target.hostname);
        const pair = [near, far].filter(Boolean);
        const end = () => {
            pair.forEach((one) => one.destroy());
            this.#pairs.delete(pair);
        };
        this.#pairs.add(pair);
        for (const one of pair) {
            one.on("error", end);
            one.on("close", end);
        }
        if (far) {
            near.pipe(far).pipe(near);
        }
    }

    /* What is on the way is lost. */
    pull() {
        this.#out = true;
        for (const pair of this.#pairs) {
            for (const one of pair) {
                one.unpipe();
                one.pause();
            }
        }
    }

    /* The old connections are long forgotten at the other end: the first packet over one is told so. */
    mend() {
        this.#out = false;
        for (const pair of [...this.#pairs]) {
            pair.forEach((one) => one.destroy());
        }
        this.#pairs.clear();
    }

    close() {
        this.mend();
        this.server.close();
    }
}
