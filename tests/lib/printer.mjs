// printer: a printer on the network as the daemon sees one: takes slips, answers DLE EOT, and fails as it is told.

import { createServer } from "node:net";

const ANSWERS = {
    // Questions 1 to 4: off line, cover and stopped, errors, paper.
    ready: [0x12, 0x12, 0x12, 0x12],
    out: [0x1a, 0x32, 0x12, 0x7e],
    low: [0x12, 0x12, 0x12, 0x1e],
};
// Full or partial cut ends a slip.
const CUT = Buffer.from([0x1d, 0x56]);

export class Printer {
    state = "ready"; // a key of ANSWERS, or "mute"
    slips = [];
    /* Called with each whole slip before it counts; it does not count when this returns false. */
    onSlip = () => {};
    #sockets = new Set();
    #waiting = [];

    /* Listens on a free port, or on that one. */
    async open(port = 0) {
        this.server = createServer((socket) => this.#serve(socket));
        await new Promise((resolve) => this.server.listen(port, "127.0.0.1", resolve));
        this.port = this.server.address().port;
        return this;
    }

    get link() {
        return `tcp:127.0.0.1:${this.port}`;
    }

    /* Ends all connections. */
    cut() {
        this.#sockets.forEach((socket) => socket.destroy());
    }

    async close() {
        const closed = new Promise((resolve) => this.server.close(resolve));
        this.cut();
        await closed;
    }

    /* Resolves with the n-th slip, counted from 0. */
    slip(n) {
        return new Promise((resolve) => {
            this.#waiting.push({ n, resolve });
            this.#wake();
        });
    }

    #wake() {
        this.#waiting = this.#waiting.filter(({ n, resolve }) => {
            const come = this.slips.length > n;
            if (come) {
                resolve(this.slips[n]);
            }
            return !come;
        });
    }

    #serve(socket) {
        let bytes = Buffer.alloc(0);
        this.#sockets.add(socket);
        socket.on("close", () => this.#sockets.delete(socket));
        socket.on("error", () => {});
        socket.on("data", (data) => {
            bytes = this.#take(socket, Buffer.concat([bytes, data]));
        });
    }

    /* Answers questions and takes slips off the front; returns what is left. */
    #take(socket, bytes) {
        while (bytes.length >= 3 && bytes[0] === 0x10 && bytes[1] === 0x04) {
            if (this.state !== "mute") {
                socket.write(Buffer.from([ANSWERS[this.state][bytes[2] - 1]]));
            }
            bytes = bytes.subarray(3);
        }
        const cut = bytes.indexOf(CUT);
        if (bytes[0] !== 0x1b || cut < 0 || bytes.length < cut + 4) {
            return bytes;
        }
        const slip = bytes.subarray(0, cut + 4);
        if (this.onSlip(slip, socket) !== false) {
            this.slips.push(slip);
            this.#wake();
        }
        return this.#take(socket, bytes.subarray(cut + 4));
    }
}
