// Signs without hardware: `device-sim` beside `led send`, and under a hall that drives it.

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { PROGRAM } from "../lib/daemon.mjs";

const SIGN = JSON.stringify({ window: 3, number: "A012", state: "calling" });

/* The program, and the lines it prints. */
class Sim {
    static async start(args, first) {
        const sim = new Sim();
        sim.child = spawn(PROGRAM, ["device-sim", ...args], { stdio: ["ignore", "pipe", "inherit"] });
        sim.ended = new Promise((resolve) => sim.child.once("close", resolve));
        sim.lines = createInterface({ input: sim.child.stdout })[Symbol.asyncIterator]();
        sim.at = first.exec(await sim.line())[1];
        return sim;
    }

    async line() {
        return (await this.lines.next()).value;
    }

    async until(text) {
        for (let line = await this.line(); line !== text; line = await this.line()) {
            assert.notEqual(line, undefined, `it ended before it said ${text}`);
        }
    }

    async stop() {
        this.child.kill();
        await this.ended;
    }
}

function send(link, args, content = SIGN) {
    return spawnSync(PROGRAM, ["led", "send", "--link", link, ...args], { input: content, encoding: "utf8", timeout: 20000 });
}

test("a simulated sign acknowledges what is sent to it and tells what shows", async () => {
    const sim = await Sim.start(["--driver", "modbus", "--address", "3", "--listen", "127.0.0.1:0"], /^listening on (tcp:127\.0\.0\.1:\d+)$/);
    const good = send(sim.at, ["--driver", "modbus", "--address", "3"]);
    assert.equal(good.stdout, "acknowledged\n", good.stderr);
    await sim.until("3 A012");
    assert.match(send(sim.at, ["--driver", "modbus", "--address", "4"]).stderr, /did not answer/);
    await sim.stop();
});

test("it refuses when it is told to", async () => {
    const sim = await Sim.start(["--driver", "onbon", "--refuse", "--listen", "127.0.0.1:0"], /^listening on (tcp:.*)$/);
    assert.match(send(sim.at, ["--driver", "onbon", "--address", "1"]).stderr, /refused/);
    await sim.stop();
});

test("on a pseudo-terminal it tells its name", async () => {
    const sim = await Sim.start(["--driver", "dump", "--pty"], /^pty (\/dev\/pts\/\d+)$/);
    assert.equal(spawnSync("sh", ["-c", `printf 'address=2 window=7 state=serving line=B007\\n' > ${sim.at}`]).status, 0);
    await sim.until("2 B007 serving");
    await sim.stop();
});

test("wrong use is one line on stderr", () => {
    const wrong = [
        ["--driver", "modbus"],
        ["--driver", "neon", "--pty"],
        ["--driver", "modbus", "--pty", "--listen", "127.0.0.1:0"],
        ["--driver", "modbus", "--pty", "--drop", "101"],
        ["--driver", "modbus", "--pty", "--address", "300"],
        ["--driver", "modbus", "--listen", "nowhere"],
    ];
    for (const args of wrong) {
        const { status, stderr } = spawnSync(PROGRAM, ["device-sim", ...args], { encoding: "utf8", timeout: 20000 });
        assert.equal(status, args.includes("nowhere") ? 1 : 2, args.join(" "));
        assert.equal(stderr.trimEnd().split("\n").length, 1, stderr);
    }
});
