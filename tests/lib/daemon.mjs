// daemon: the real program on a free port of the loopback, with a database of its own that is
// removed at the end.

import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
export const PROGRAM = process.env.HALLCALL ?? path.join(ROOT, "build/hallcall");
// For those who write pages: serve them from the folder instead of from the program.
const WEB = process.env.HALLCALL_WEB ? ["--web", process.env.HALLCALL_WEB] : [];
const START_MS = 20000;

export class Daemon {
    constructor({ args = ["--demo"], clock = "2026-11-23T09:00:00+08:00" } = {}) {
        this.folder = mkdtempSync(path.join(tmpdir(), "hallcall-test-"));
        this.db = path.join(this.folder, "hall.db");
        this.args = args.concat(clock ? ["--test-clock", clock] : []);
        this.listen = "127.0.0.1:0";
        this.log = "";
    }

    /* A subcommand on this database; returns stdout, throws when it fails. */
    run(args, input = "") {
        const result = spawnSync(PROGRAM, args, { input, encoding: "utf8" });
        if (result.status !== 0) {
            throw new Error(`hallcall ${args.join(" ")}: ${result.stderr}`);
        }
        return result.stdout;
    }

    /* Resolves when the program says where it listens. */
    start() {
        const args = ["serve", "--db", this.db, "--listen", this.listen, ...WEB, ...this.args];
        // It dies with the test: a test that is ended from outside leaves nothing running.
        const mortal = ["--pdeathsig", "KILL", PROGRAM, ...args];
        this.process = spawn("setpriv", mortal, { stdio: ["ignore", "pipe", "pipe"] });
        this.exited = new Promise((resolve) => this.process.once("exit", resolve));
        this.process.stderr.on("data", (data) => (this.log += data));
        return new Promise((resolve, reject) => {
            let out = "";
            const late = setTimeout(
                () => reject(new Error(`no listening line:\n${this.log}`)),
                START_MS,
            );
            this.exited.then((code) =>
                reject(new Error(`hallcall ended with ${code}:\n${this.log}`)),
            );
            this.process.stdout.on("data", (data) => {
                out += data;
                const found = /listening on (http:\/\/([\d.]+:\d+))/.exec(out);
                if (found) {
                    clearTimeout(late);
                    this.origin = found[1];
                    this.listen = found[2]; // a restart takes the same port
                    resolve(this);
                }
            });
        });
    }

    /* As a power cut would: nothing is flushed, nobody is told. */
    async kill() {
        this.process.kill("SIGKILL");
        await this.exited;
    }

    /* Ends it in the orderly way, which it must survive: a sanitizer's finding shows in the exit status as well. */
    async stop() {
        try {
            if (this.process?.exitCode === null && this.process.signalCode === null) {
                this.process.kill("SIGTERM");
                const late = setTimeout(() => this.process.kill("SIGKILL"), 10000);
                const code = await this.exited;
                clearTimeout(late);
                if (code !== 0) {
                    throw new Error(`hallcall ended with ${code}:\n${this.log}`);
                }
            }
        } finally {
            rmSync(this.folder, { recursive: true, force: true });
        }
    }
}
