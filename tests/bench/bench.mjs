// bench: runs the daemon beside its ceilings and prints one JSON object for each figure.
//
//     node bench.mjs [GROUP]        one group of figures only, or all whose name begins so
//
// Every figure is a ratio taken in this run: daemon and ceiling take turns, three times, and the
// medians are compared; min and max are the noise. No figure is an assertion.

import { rmSync } from "node:fs";
import { figures } from "./figures.mjs";
import { folder, stopAll } from "./hall.mjs";

const only = process.argv[2] ?? "";
const chosen = Object.entries(figures).filter(([name]) =>
    only in figures ? name === only : name.startsWith(only),
);
if (chosen.length === 0) {
    console.error(`bench: no figures "${only}"; there are ${Object.keys(figures).join(" ")}`);
    process.exit(2);
}
try {
    for (const [name, measure] of chosen) {
        const begun = Date.now();
        await measure();
        console.error(`bench: ${name} took ${((Date.now() - begun) / 1000).toFixed(1)} s`);
    }
} finally {
    stopAll();
    rmSync(folder, { recursive: true, force: true });
}
