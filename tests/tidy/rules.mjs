// rules: limits, floors and banned words of the house. A number here has its reason in the measured projects the
// style was learned from; changing one is a decision, not a repair.

import { existsSync, readdirSync } from "node:fs";
import { spawnSync } from "node:child_process";
import path from "node:path";

const FUNCTION_LINES_MAX = 70;
const FILE_LINES_MAX = 600;
const COLUMNS_MAX = 120;

/* Floors: a file includes its own folder and lower floors; folders on the same floor do not know each other. */
const FLOOR = { base: 0, core: 1, sim: 1.5, store: 2, wire: 2, engine: 3, http: 4, device: 4, top: 5 };
const HEADERS = {
    base: ["err", "log", "buf", "clock", "mailbox", "digest", "identity"],
    core: ["announcement", "core", "board", "cmd", "eta", "event", "hall", "line", "phrase", "ticket"],
    store: ["store"],
    wire: ["wire", "wire_day", "wire_model", "wire_staffing", "wire_trace"],
    engine: ["engine", "bus", "forecaster", "forecaster_watch", "press", "reader", "speech"],
    http: ["http", "web_files"],
    device: ["device", "pad"],
    top: ["cli"],
    sim: ["erlang", "forecast", "measure", "sim", "sim_day", "sim_model", "staffing"],
};
const FOLDER_OF = new Map(Object.entries(HEADERS).flatMap(([folder, all]) => all.map((name) => [`${name}.h`, folder])));

/* Headers of the C library and of Linux that any floor may use. */
const LIBC = new Set(`arpa/inet assert ctype dirent dlfcn errno fcntl float getopt iconv inttypes limits locale math
    netdb netinet/in netinet/ip netinet/tcp poll pthread sched setjmp signal stdalign stdarg stdatomic stdbool
    stddef stdint stdio stdlib string strings sys/epoll sys/eventfd sys/file sys/ioctl sys/mount sys/random
    sys/resource sys/socket sys/stat sys/statvfs sys/syscall sys/time sys/timerfd sys/types sys/uio sys/un
    sys/vfs sys/wait termios time unistd`.split(/\s+/).map((name) => `${name}.h`));
/* What core and base may use of it: nothing that reaches outside the process. */
const PURE = new Set(["assert", "float", "inttypes", "limits", "math", "stdalign", "stdarg", "stdbool", "stddef",
    "stdint", "stdio", "stdlib", "string"].map((name) => `${name}.h`));

/* A library is known in one place of the program only; tests may ask it for a second opinion. */
const THIRD_PARTY = [
    { header: /^sqlite3\.h$/, allowed: /^(src\/store\/|tests\/)/ },
    { header: /^jansson\.h$/, allowed: /^(src\/wire\/|tests\/)/ },
    { header: /^microhttpd\.h$/, allowed: /^(src\/http\/|tests\/)/ },
    { header: /^libserialport\.h$/, allowed: /^src\/device\/link_serial\.c$/ },
    { header: /^qrencode\.h$/, allowed: /^src\/device\/print_code\.c$/ },
    { header: /^ft2build\.h$/, allowed: /^src\/device\/print_font\.c$/ },
    { header: /^gnutls\//, allowed: /^src\/base\/digest\.c$/ },
    { header: /^crypt\.h$/, allowed: /^src\/engine\/reader_password\.c$/ },
    { header: /^cmocka\.h$/, allowed: /^tests\// },
];

const BANNED = /(?<![\w.>])(strcpy|strcat|sprintf|vsprintf|atoi|atol|atoll|atof|rand|srand|system|strtok|gets|popen|alloca)\s*\(/;
const LOCKS = /\bpthread_(mutex|rwlock|spin)_?\w*/;
const LOCK_FILES = /^src\/(base\/(mailbox|log)|engine\/bus\w*)\.c$/;
/* Put together here so that this file does not accuse itself. */
const LEFTOVERS = new RegExp(`\\b(${["TO" + "DO", "FIX" + "ME", "X" + "XX"].join("|")})\\b`);
const MACHINE_PATHS = /(?<![\w.})])\/(work|home|root|Users|mnt|opt|tmp\/brief)\/\w/;
const TOP_LEVEL = new Set(["src", "include", "sql", "web", "tests", "Makefile", "README.md", "build"]);

/* The names that the pure core may ask of the outside: memory, strings, one square root, and what the compiler's
 * hardening and assert() add. No clock, no file, no thread. */
const CORE_NAMES = new Set(`calloc free malloc realloc memcmp memcpy memmove memset memchr snprintf vsnprintf
    sqrt strchr strcmp strncmp strlen strnlen __assert_fail __snprintf_chk __vsnprintf_chk __memcpy_chk
    __memmove_chk __memset_chk __stack_chk_fail _GLOBAL_OFFSET_TABLE_`.split(/\s+/));

const folderOf = (name) => /^src\/(\w+)\//.exec(name)?.[1] ?? (name.startsWith("src/") ? "top" : null);

function checkFunctionsInC(file, report) {
    let start = 0;
    for (let i = 0; i < file.code.length; i++) {
        const line = file.code[i];
        // Only a function's body opens with a brace alone in the first column, but for initialisers, which end in "};".
        if (line === "{") {
            start = i + 1;
        } else if (start && /^}/.test(line)) {
            const length = i + 2 - start; // brace to brace
            if (/^}\s*$/.test(line) && length > FUNCTION_LINES_MAX) {
                report(start, `function of ${length} lines, at most ${FUNCTION_LINES_MAX}`);
            }
            start = 0;
        }
    }
}

/* A function at the top, or a method of a class, ends where a brace stands in its own column. */
function checkFunctionsInScript(file, report) {
    const open = /^(\s*)(?:(?:export |default |async |static )*function\b.*|(?:async |static |get |set |\*)*#?\w+\([^;]*\)) \{$/;
    for (let i = 0; i < file.lines.length; i++) {
        const found = open.exec(file.lines[i]);
        if (!found || /^\s*(if|for|while|switch|catch)\b/.test(file.lines[i])) {
            continue;
        }
        const end = file.lines.indexOf(`${found[1]}}`, i + 1);
        if (end - i + 1 > FUNCTION_LINES_MAX) {
            report(i + 1, `function of ${end - i + 1} lines, at most ${FUNCTION_LINES_MAX}`);
        }
    }
}

/* store_sql.h and wire_config_internal.h say it in their names. */
function folderOfHeader(included) {
    const prefix = included.split(/[_.]/)[0];
    return FOLDER_OF.get(included) ?? (prefix in FLOOR ? prefix : undefined);
}

function checkFloor(file, included, report, line) {
    const own = folderOf(file.name);
    if (own === null || !(own in FLOOR)) {
        return;
    }
    const theirs = folderOfHeader(included);
    if (theirs === undefined) {
        report(line, `${included} has no floor; give it one in rules.mjs`);
    } else if (theirs !== own && (/_internal\.h$/.test(included) || FLOOR[theirs] >= FLOOR[own])) {
        report(line, `${own} must not include ${included} of ${theirs}`);
    } else if (own === "sim" && !["sim", "core", "base"].includes(theirs)) {
        report(line, `sim stands on core and base alone, not on ${included}`);
    }
}

const INCLUDE = /^\s*#\s*include\s*([<"])([^>"]+)[>"]/;
const eachInclude = (file, visit) => file.code.forEach((line, i) => {
    const found = INCLUDE.exec(line);
    if (found) {
        visit(found[2], found[1] === "<", i + 1);
    }
});

function checkThirdParty(file, report) {
    eachInclude(file, (name, angled, line) => {
        const row = THIRD_PARTY.find(({ header }) => header.test(name));
        if (row && !row.allowed.test(file.name)) {
            report(line, `${name} does not belong here`);
        } else if (!row && angled && !LIBC.has(name)) {
            report(line, `${name} is neither of the C library nor known to rules.mjs`);
        }
    });
}

export const FILE_RULES = [
    {
        name: "function length",
        check: (file, report) => (file.c ? checkFunctionsInC(file, report)
            : /\.m?js$/.test(file.name) && checkFunctionsInScript(file, report)),
    },
    {
        name: "file length",
        check: (file, report) => {
            const length = file.lines.length - 1;
            if (/\.(c|h|js|mjs|css)$/.test(file.name) && length > FILE_LINES_MAX) {
                report(length, `${length} lines, at most ${FILE_LINES_MAX}`);
            }
        },
    },
    {
        name: "columns",
        check: (file, report) => file.c && file.lines.forEach((line, i) => {
            if ([...line].length > COLUMNS_MAX) {
                report(i + 1, `${[...line].length} columns, at most ${COLUMNS_MAX}`);
            }
        }),
    },
    {
        name: "floors",
        check: (file, report) => file.c && eachInclude(file, (name, angled, line) =>
            !angled && checkFloor(file, name, report, line)),
    },
    {
        name: "pure core",
        check: (file, report) => /^src\/core\//.test(file.name) && eachInclude(file, (name, angled, line) => {
            if (angled && !PURE.has(name)) {
                report(line, `the core must not include ${name}`);
            }
        }),
    },
    { name: "third-party headers", check: (file, report) => file.c && checkThirdParty(file, report) },
    {
        name: "public headers",
        check: (file, report) => /^include\//.test(file.name) && eachInclude(file, (name, angled, line) => {
            if (THIRD_PARTY.some(({ header }) => header.test(name)) || /_internal\.h$/.test(name)) {
                report(line, `a public header must not include ${name}`);
            }
        }),
    },
    {
        name: "locks",
        check: (file, report) => file.c && !/^tests\//.test(file.name) && !LOCK_FILES.test(file.name) &&
            file.code.forEach((line, i) => LOCKS.test(line) && report(i + 1, "locks live in mailbox, bus and log alone")),
    },
    {
        name: "banned calls",
        check: (file, report) => file.c && file.code.forEach((line, i) => {
            const found = BANNED.exec(line);
            if (found) {
                report(i + 1, `${found[1]}() is banned`);
            }
        }),
    },
    {
        name: "leftovers",
        check: (file, report) => file.lines.forEach((line, i) =>
            LEFTOVERS.test(line) && report(i + 1, `unfinished: ${line.trim()}`)),
    },
    {
        name: "machine paths",
        check: (file, report) => file.name !== "tests/tidy/rules.mjs" && file.lines.forEach((line, i) =>
            MACHINE_PATHS.test(line) && report(i + 1, `a path of one machine: ${line.trim()}`)),
    },
];

function checkCoreNames(root, names, report) {
    const library = "build/release/libcore.a";
    if (!existsSync(path.join(root, library))) {
        report(library, "not built: the names of the core cannot be looked at");
        return;
    }
    const result = spawnSync("nm", ["-P", library], { cwd: root, encoding: "utf8" });
    if (result.status !== 0) {
        report(library, `nm failed: ${result.stderr ?? result.error}`);
        return;
    }
    const rows = result.stdout.split("\n").map((line) => line.split(" "));
    const defined = new Set(rows.filter((row) => row.length > 2 && row[1] !== "U").map(([name]) => name));
    for (const name of new Set(rows.filter((row) => row[1] === "U").map((row) => row[0]))) {
        if (!defined.has(name) && !CORE_NAMES.has(name)) {
            report(library, `the core asks the outside for ${name}`);
        }
    }
}

export const TREE_RULES = [
    { name: "names of the core", check: checkCoreNames },
    {
        name: "top level",
        check: (root, names, report) => readdirSync(root).forEach((name) =>
            !TOP_LEVEL.has(name) && !name.startsWith(".") && report(name, "does not belong on the top level")),
    },
];
