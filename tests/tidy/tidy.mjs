// tidy: what the house asks of its own source, as rules that fail the build.
//
//   node tests/tidy/tidy.mjs [ROOT]     prints each finding as "file:line: rule: what", then "N passed, M failed"
//
// A rule is a function over one file (or over the tree) that reports findings; rules.mjs holds them. Comments
// and strings are blanked out before rules about code look at it, so that prose may name what code may not do.

import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { FILE_RULES, TREE_RULES } from "./rules.mjs";

const SKIP = new Set(["build", "node_modules", ".git"]);
const TEXT = /(^Makefile|^run|\.(c|h|js|mjs|css|html|sql|awk|sh|md|json|svg|txt|board|hex|supp|yml|npmrc))$/;

function list(root, folder = "") {
    return readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
        const name = path.posix.join(folder, entry.name);
        if (SKIP.has(entry.name)) {
            return [];
        }
        return entry.isDirectory() ? list(root, name) : TEXT.test(entry.name) ? [name] : [];
    });
}

/* C with comments and the insides of strings replaced by blanks; lines stay where they are. */
function codeOf(text) {
    const piece = /\/\*[^]*?\*\/|\/\/[^\n]*|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/g;
    // The name in an #include must survive.
    return text.replace(piece, (found, at) => {
        const line = text.slice(text.lastIndexOf("\n", at) + 1, at);
        return /^\s*#\s*include/.test(line) ? found : found.replace(/[^\n]/g, " ");
    });
}

export function tidy(root) {
    const results = new Map([...FILE_RULES, ...TREE_RULES].map((rule) => [rule.name, []]));
    const names = list(root);
    for (const name of names) {
        const text = readFileSync(path.join(root, name), "utf8");
        const file = { name, text, lines: text.split("\n"), c: /\.[ch]$/.test(name) };
        file.code = file.c ? codeOf(text).split("\n") : file.lines;
        for (const rule of FILE_RULES) {
            const report = (line, what) => results.get(rule.name).push({ file: name, line, what });
            rule.check(file, report);
        }
    }
    for (const rule of TREE_RULES) {
        const report = (file, what) => results.get(rule.name).push({ file, line: 1, what });
        rule.check(root, names, report);
    }
    return results;
}

function main() {
    const here = path.dirname(fileURLToPath(import.meta.url));
    const results = tidy(process.argv[2] ?? path.resolve(here, "../.."));
    let failed = 0;
    for (const [rule, findings] of results) {
        failed += findings.length > 0 ? 1 : 0;
        for (const { file, line, what } of findings) {
            console.log(`${file}:${line}: ${rule}: ${what}`);
        }
    }
    console.log(`${results.size - failed} passed, ${failed} failed`);
    process.exit(failed > 0 ? 1 : 0);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
    main();
}
