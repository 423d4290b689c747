// schema: what the configuration document is made of: for each section its members, with type,
// range, unit, choices, and the section they refer to. The editors are made from it, and the texts
// of messages/schema.js are found by its paths ("services.prefix", else "prefix").
//
// The server alone decides what is right; this table only knows what to draw. Members that it does
// not know are left as they are.

const code = (extra = {}) => ({ type: "code", max: 31, ...extra });
const text = (max, extra = {}) => ({ type: "text", max, ...extra });
const name = (extra = {}) => ({ type: "name", max: 95, ...extra });
const int = (min, max, fallback, extra = {}) => ({ type: "int", min, max, fallback, ...extra });
const seconds = (min, max, fallback) => int(min, max, fallback, { unit: "s", step: "any" });
const bool = (fallback = false) => ({ type: "bool", fallback });
const choice = (options, fallback = options[0]) => ({ type: "choice", options, fallback });
const ref = (to, extra = {}) => ({ type: "ref", to, ...extra });
const refs = (to) => ({ type: "refs", to });
const time = (fallback, extra = {}) => ({ type: "time", fallback, ...extra });
const object = (members, extra = {}) => ({ type: "object", members, ...extra });
/* An object that means something by being there; `make` gives what to begin with. */
const optional = (members, make = () => ({})) => object(members, { optional: true, make });
const list = (members, max, blank = {}, extra = {}) => ({
    type: "list",
    members,
    max,
    blank,
    ...extra,
});

const DAY = 86400;
const WEEK = 7 * DAY;
const must = { required: true };

export const DRIVERS = {
    displays: [
        "modbus",
        "kanban",
        "alpha",
        "onbon",
        "qsystem",
        "imm9002",
        "imm90061",
        "imm9012",
        "imm9013",
        "imm9003",
        "cd5220",
        "led8",
        "dump",
    ],
    keypads: ["ff68", "qsystem"],
    printers: ["escpos"],
};

const KEYS = ["next", "recall", "start", "finish", "no_show", "pause"];
const BLOCKS = [
    "hall",
    "number",
    "service",
    "class",
    "ahead",
    "wait",
    "time",
    "windows",
    "mark",
    "code",
    "notices",
    "documents",
    "text",
    "rule",
    "space",
    "id",
];

const band = { zone: ref("zones"), from: time("00:00"), to: time("24:00") };

const slip = {
    blocks: list(
        {
            show: choice(BLOCKS),
            size: int(1, 8, 1, { unit: "x3mm" }),
            align: choice(["center", "left", "right"]),
            bold: bool(),
            reverse: bool(),
            languages: choice(["both", "below", "zh-CN", "en"]),
            services: refs("services"),
            classes: refs("classes"),
            queueing: bool(),
            text: name({ max: 255 }),
        },
        24,
        { show: "text", text: { "zh-CN": "", en: "" } },
    ),
};

/* What a window, or a profile of windows, serves. */
const abilities = list(
    {
        code: ref("services", must),
        tier: choice(["primary", "backup"]),
        after_s: seconds(0, DAY, 0),
        pref_s: seconds(-DAY, DAY, 0),
    },
    32,
    "",
    { word: "code" },
);

/* The layout where the document has none: what to begin with. */
export const SLIP_DEFAULT = {
    blocks: [
        { show: "hall" },
        { show: "number", size: 4, bold: true },
        { show: "service", size: 2, languages: "below" },
        { show: "windows" },
        { show: "ahead" },
        { show: "wait" },
        { show: "time" },
        { show: "mark", size: 2, reverse: true },
        { show: "code" },
        { show: "notices" },
        { show: "id" },
    ],
};

/* The classes that every hall has, with what they are when the document says nothing of them. */
export const CLASSES = [
    ["ordinary", "普通", "Ordinary", 0, 1000, 2, 0],
    ["elderly", "老人", "Elderly", 600, 2000, 1, 1],
    ["child", "带小孩", "With a small child", 600, 2000, 1, 1],
    ["disabled", "残疾人", "Disabled", 900, 2500, 0, 1],
    ["pregnant", "孕妇", "Pregnant", 900, 2500, 0, 1],
    ["vip", "贵宾", "VIP", 300, 1500, 1, 1],
].map(([own, zh, en, head_s, rate_pm, rank, group]) => ({
    code: own,
    name: { "zh-CN": zh, en },
    basis: own === "vip" ? "staff" : "self",
    head_s,
    rate_pm,
    cap: 8,
    max_wait_s: 3600,
    rank,
    group,
    ...(own === "vip" ? { greet: true } : {}),
}));

export const SCHEMA = {
    hall: object({
        code: code({ fallback: "hall" }),
        name: name(),
        timezone: text(63, { fallback: "Asia/Shanghai" }),
        day_close: time("23:30"),
        public_url: text(95),
        next_on_called: choice(["ask", "finish", "no_show"]),
        auto_start_s: seconds(0, 3600, 0),
        recall_max: int(0, 100, 3),
        recall_gap_s: seconds(0, 600, 5),
        undo_s: seconds(0, 600, 30),
        hold_max: int(0, 100, 5),
        hold_s: seconds(1, DAY, 1800),
        another_max: int(0, 15, 3),
        no_show: object({
            mode: choice(["return", "auto"]),
            min_calls: int(1, 20, 2),
            answer_s: seconds(0, 3600, 60),
            restore_after_calls: int(0, 1000, 3),
            restore_max: int(0, 100, 2),
            gap_s: seconds(0, DAY, 180),
        }),
    }),
    zones: list({ code: code(must), name: name(must) }, 16, {
        code: "",
        name: { "zh-CN": "", en: "" },
    }),
    calendar: object({
        weekend: { type: "days" },
        holidays: { type: "lines", max: 1000, sample: "2026-10-01" },
        workdays: { type: "lines", max: 1000, sample: "2026-10-10" },
    }),
    notices: list(
        {
            code: code(),
            text: { type: "long", max: 1999, required: true },
            category: code({ suggest: ["guide", "promise", "complaint", "slip"] }),
            order: int(-100000, 100000, 0),
            start: text(40, { sample: "2026-10-01" }),
            end: text(40, { sample: "2026-10-08" }),
        },
        64,
        { code: "", text: { "zh-CN": "", en: "" }, order: 0 },
    ),
    services: list(
        {
            code: code(must),
            group: code(),
            name: name(must),
            prefix: text(3, { required: true, upper: true }),
            first: int(1, 9999, 1),
            last: int(1, 9999, 999),
            expected_service_s: seconds(1, DAY, 300),
            target_wait_s: seconds(0, DAY, 900),
            quota_day: int(0, 1000000, 0),
            head_s: seconds(-DAY, DAY, 0),
            hours: list({ days: { type: "days" }, from: time("00:00"), to: time("24:00") }, 14, {
                days: [1, 2, 3, 4, 5],
                from: "09:00",
                to: "17:00",
            }),
            fast: bool(),
            sensitive: bool(),
            slip_check: bool(),
            personal: { type: "codes", max: 8, sample: "name" },
            card: { type: "card" },
        },
        128,
        { code: "", name: { "zh-CN": "", en: "" }, prefix: "" },
    ),
    windows: list(
        {
            no: int(1, 999, undefined, must),
            name: name(),
            zone: ref("zones"),
            kind: choice(["general", "fast", "integrated", "green", "back_office"]),
            voice: choice(["window", "room", "pharmacy"]),
            services: abilities,
            classes: refs("classes"),
        },
        128,
        { no: 1, services: [] },
    ),
    profiles: list({ code: code(must), name: name(must), services: abilities }, 32, {
        code: "",
        name: { "zh-CN": "", en: "" },
        services: [],
    }),
    reasons: object({
        pause: { type: "texts", max: 12 },
        hold: { type: "texts", max: 12 },
    }),
    staff: object({
        show: {
            type: "choices",
            options: ["number", "name", "initial", "title", "party_member"],
            fallback: [],
        },
        people: list(
            {
                clerk: text(47, must),
                number: text(16),
                name: name(),
                title: name(),
                party_member: bool(),
            },
            512,
            { clerk: "" },
        ),
    }),
    classes: list(
        {
            code: code(must),
            name: name(),
            basis: choice(["self", "card", "staff"]),
            head_s: seconds(-DAY, DAY, 0),
            rate_pm: int(0, 100000, 1000),
            cap: int(-1, 100000, 8),
            max_wait_s: seconds(0, WEEK, 3600),
            rank: int(-1000, 1000, 2),
            group: int(0, 15, 0),
            greet: bool(),
        },
        16,
        { ...CLASSES[0], code: "" },
    ),
    policy: object({
        rule: choice(["score", "strict", "ratio", "fifo", "longest"]),
        w_share: int(0, 100, 50, { unit: "%" }),
        idle_help: bool(true),
        idle_early: bool(true),
        idle_order: choice(["specialist", "longest_idle"]),
        group_weights: { type: "ints", max: 16, sample: "2, 1" },
        appointment: object({
            early_s: seconds(0, DAY, 300),
            grace_s: seconds(0, DAY, 600),
            head_s: seconds(-DAY, DAY, 900),
            greet: bool(),
        }),
        urgent: object({
            burst: int(0, 100, 1),
            refill_s: seconds(1, WEEK, 1800),
            per_day: int(0, 10000, 10),
            other_approver: bool(),
        }),
    }),
    rating: object({
        prompt_s: seconds(1, 3600, 20),
        window_s: seconds(0, 30 * DAY, DAY),
        scale: choice(["five"]),
        clerk: choice(["name", "none"]),
        reasons: optional(
            {
                version: text(16, must),
                items: list({ code: code(must), name: name(must) }, 12, {
                    code: "",
                    name: { "zh-CN": "", en: "" },
                }),
            },
            () => ({ version: "2", items: [] }),
        ),
    }),
    ports: list(
        {
            code: code(must),
            link: text(191, {
                required: true,
                suggest: ["serial:/dev/serial/by-id/", "tcp:", "sim:"],
            }),
        },
        32,
        { code: "", link: "sim:" },
    ),
    displays: list(
        {
            code: code(must),
            port: ref("ports", must),
            driver: choice(DRIVERS.displays, null),
            address: int(0, 65535, 1),
            shows: object({
                window: ref("windows"),
                zone: ref("zones", { all: true }),
                welcome: bool(),
                notices: bool(),
                rows: int(1, 20, 6),
                columns: int(4, 127),
            }),
            options: { type: "options", max: 12 },
        },
        128,
        { code: "", port: "", driver: "modbus", address: 1, shows: {} },
    ),
    keypads: list(
        {
            code: code(must),
            port: ref("ports", must),
            driver: choice(DRIVERS.keypads, null),
            address: int(0, 65535, 1),
            window: ref("windows", must),
            kind: choice(["keys", "rating"]),
            options: { type: "options", max: 12 },
        },
        128,
        { code: "", port: "", driver: "ff68", address: 1 },
    ),
    buttons: list(
        {
            code: code(must),
            short: choice(KEYS),
            long: choice(KEYS, null),
            double: choice(KEYS, null),
            get_from: text(45, { sample: "192.168.1.20" }),
        },
        128,
        { code: "" },
    ),
    printers: list(
        {
            code: code(must),
            link: text(191, { required: true, suggest: ["tcp:", "usb:/dev/usb/lp0", "serial:"] }),
            driver: choice(DRIVERS.printers, null),
            width_mm: choice([80, 58]),
            kiosk: code(),
            options: { type: "options", max: 12 },
            slip: optional(slip, () => structuredClone(SLIP_DEFAULT)),
        },
        32,
        { code: "", link: "tcp:", driver: "escpos", width_mm: 80 },
    ),
    slip: optional(slip, () => structuredClone(SLIP_DEFAULT)),
    voice: optional({
        languages: { type: "choices", options: ["zh-CN", "en"], fallback: ["zh-CN"] },
        repeats: int(1, 3, 2),
        chime: bool(true),
        yao: bool(),
        rating: bool(),
        soon: int(0, 3, 0),
        alarm_s: seconds(5, 3600, 60),
        stale_s: seconds(10, 3600, 120),
        volume: list({ ...band, percent: int(0, 100, undefined, { required: true, unit: "%" }) }, 16, {
            from: "08:00",
            to: "18:00",
            percent: 80,
        }),
        quiet: list(band, 16, { from: "12:00", to: "13:30" }),
    }),
};

/* The sections as an administrator thinks of them. */
export const AREAS = {
    hall: ["hall", "zones", "calendar", "notices"],
    work: ["services", "windows", "profiles", "reasons", "staff"],
    order: ["classes", "policy", "rating"],
    devices: ["ports", "displays", "keypads", "buttons", "printers"],
    output: ["slip", "voice"],
};

/* What names an element of a list: its code, its number, or itself. */
export const keyOf = (item) => {
    if (item === null || typeof item !== "object") {
        return item;
    }
    return item.code ?? item.no ?? item.clerk;
};

/* Walks the table beside a document: `visit(spec, value, pointer, holder, key)` for every member
 * that is there and known. */
export function walk(document, visit) {
    const step = (spec, value, pointer, holder, key) => {
        if (value === undefined) {
            return;
        }
        visit(spec, value, pointer, holder, key);
        if (spec.type === "object" && value !== null && typeof value === "object") {
            for (const [member, own] of Object.entries(spec.members)) {
                step(own, value[member], `${pointer}/${member}`, value, member);
            }
        } else if (spec.type === "list" && Array.isArray(value)) {
            value.forEach((item, i) => {
                const plain = item === null || typeof item !== "object";
                const own = plain && spec.word ? spec.members[spec.word] : { ...spec, type: "object" };
                step(own, item, `${pointer}/${i}`, value, i);
            });
        }
    };
    for (const [section, spec] of Object.entries(SCHEMA)) {
        step(spec, document[section], `/${section}`, document, section);
    }
}

/* Everything that named `from` in a section names `to` now: a code that is changed takes along
 * what refers to it. Returns how many references there were. */
export function renameRefs(document, section, from, to) {
    let count = 0;
    walk(document, (spec, value, pointer, holder, key) => {
        if (spec.type === "ref" && spec.to === section && value === from) {
            holder[key] = to;
            count++;
        } else if (spec.type === "refs" && spec.to === section && Array.isArray(value)) {
            count += value.filter((one) => one === from).length;
            holder[key] = value.map((one) => (one === from ? to : one));
        }
    });
    return count;
}
