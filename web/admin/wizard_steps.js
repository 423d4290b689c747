// wizard_steps: the steps of the first-run wizard, each a small form on the same draft. What a step
// writes is a part of one configuration document.

import { h } from "../shared/dom.js";
import { makeField } from "./fields.js";
import { listField } from "./rows.js";
import { CLASSES, DRIVERS, SCHEMA } from "./schema.js";
import { memberSlot } from "./slots.js";
import { nameIn } from "./texts.js";
import { words } from "./wizard_words.js";

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const WINDOWS_MAX = 128;

/* Services that halls of a kind usually begin with: code, names, minutes. */
const PRESETS = {
    hall: [
        ["social", "社会保险", "Social insurance", 8],
        ["household", "户籍登记", "Household registration", 10],
        ["tax", "税务申报", "Tax filing", 8],
        ["general", "综合业务", "General business", 6],
    ],
    bank: [
        ["personal", "个人业务", "Personal banking", 7],
        ["business", "对公业务", "Business banking", 12],
        ["wealth", "理财业务", "Investments", 15],
    ],
    pharmacy: [
        ["western", "西药取药", "Medicines", 2],
        ["herbal", "中药取药", "Herbal medicines", 4],
        ["advice", "用药咨询", "Advice", 5],
    ],
};

const both = (zh, en) => ({ "zh-CN": zh, en });

function nextLetter(services) {
    const taken = new Set(services.map((one) => one.prefix));
    return [...LETTERS].find((letter) => !taken.has(letter)) ?? "";
}

const presetServices = (kind) =>
    PRESETS[kind].map(([code, zh, en, minutes], i) => ({
        code,
        name: both(zh, en),
        prefix: LETTERS[i],
        expected_service_s: minutes * 60,
    }));

function freshService(services) {
    const codes = new Set(services.map((one) => one.code));
    let n = services.length + 1;
    while (codes.has(`service${n}`)) {
        n++;
    }
    return { code: `service${n}`, name: both("", ""), prefix: nextLetter(services), expected_service_s: 300 };
}

const pick = (members, names) => Object.fromEntries(names.map((name) => [name, members[name]]));

/* A plain labelled input, for what is no member of the document. */
export function input(label, props, value, changed) {
    const element = h("input", { type: "text", autocomplete: "off", ...props });
    element.value = value;
    element.addEventListener("input", () => changed(element.value));
    return h("label", { class: "plain" }, h("span", {}, label), element);
}

export function box(label, checked, changed) {
    const element = h("input", { type: "checkbox", checked });
    element.addEventListener("change", () => changed(element.checked));
    return h("label", { class: "box" }, element, h("span", {}, label));
}

export function choose(label, options, value, changed) {
    const element = h(
        "select",
        {},
        ...options.map(([own, text]) => h("option", { value: own, selected: own === value }, text)),
    );
    element.addEventListener("change", () => changed(element.value));
    return h("label", { class: "plain" }, h("span", {}, label), element);
}

const button = (text, click, kind = null) =>
    h("button", { type: "button", class: kind, on: { click } }, text);

function hallStep({ ctx, slot }) {
    const hall = memberSlot(slot, "hall", true);
    const names = ["name", "code", "timezone", "day_close", "public_url"];
    return names.map((name) => makeField(ctx, memberSlot(hall, name), SCHEMA.hall.members[name]));
}

function servicesStep({ ctx, slot, draft, redraw }) {
    const own = memberSlot(slot, "services", true);
    const spec = {
        ...SCHEMA.services,
        members: pick(SCHEMA.services.members, ["name", "prefix", "code", "expected_service_s"]),
        word: "none", // rows stay when the list is empty
        fresh: freshService,
    };
    const presets = Object.keys(PRESETS).map((kind) =>
        button(words.t(`preset.${kind}`), () => {
            draft.document.services = presetServices(kind);
            redraw();
        }),
    );
    const hint = h("p", { class: "help" }, words.t("services.hint"));
    return [hint, h("div", { class: "buttons" }, ...presets), listField(ctx, own, spec)];
}

/* `count` windows that serve everything, those that are there stay. */
function makeWindows(document, count) {
    const old = document.windows ?? [];
    const services = (document.services ?? []).map((one) => one.code);
    return Array.from(
        { length: count },
        (_, i) => old[i] ?? { no: i + 1, zone: "main", services: [...services] },
    );
}

function windowsStep({ ctx, slot, draft, redraw }) {
    const { document } = draft;
    document.windows ??= makeWindows(document, 3);
    const known = new Set((document.services ?? []).map((one) => one.code));
    for (const one of document.windows) {
        one.services = one.services?.filter((code) => known.has(code)) ?? [];
    }
    const spec = {
        ...SCHEMA.windows,
        members: {
            ...pick(SCHEMA.windows.members, ["no", "name", "zone"]),
            services: { type: "refs", to: "services" },
        },
        word: "none",
        fresh: (rows) => ({ ...makeWindows(document, rows.length + 1).at(-1), no: Math.max(0, ...rows.map((one) => one.no)) + 1 }),
    };
    const count = h("input", { type: "number", id: "window-count", min: 1, max: WINDOWS_MAX });
    count.value = document.windows.length;
    const make = () => {
        const n = Math.min(Math.max(Math.trunc(Number(count.value)) || 1, 1), WINDOWS_MAX);
        document.windows = makeWindows(document, n);
        redraw();
    };
    return [
        h("p", { class: "help" }, words.t("windows.hint")),
        h(
            "div",
            { class: "buttons" },
            h("label", { for: "window-count" }, words.t("windows.count")),
            count,
            button(words.t("windows.make"), make),
        ),
        listField(ctx, memberSlot(slot, "windows", true), spec),
    ];
}

/* The five kinds of people who go first: chosen at the kiosk, or given by staff alone. */
function classesStep({ ctx, slot, draft }) {
    const { document } = draft;
    document.classes ??= structuredClone(CLASSES);
    const list = memberSlot(slot, "classes", true);
    const boxes = document.classes
        .filter((one) => one.code !== "ordinary")
        .map((one) =>
            box(words.t("classes.self", { name: nameIn(one.name) }), one.basis === "self", (on) => {
                one.basis = on ? "self" : "staff";
                list.set(document.classes);
            }),
        );
    const ordinary = document.classes.find((one) => one.code === "ordinary");
    const cap = makeField(
        ctx,
        {
            pointer: `/classes/${document.classes.indexOf(ordinary)}/cap`,
            names: ["classes", "cap"],
            get: () => ordinary?.cap,
            set: (value) => {
                document.classes.forEach((one) => (one.cap = value));
                list.set(document.classes);
            },
        },
        SCHEMA.classes.members.cap,
    );
    return [h("p", { class: "help" }, words.t("classes.hint")), ...boxes, cap];
}

function displaysStep({ draft, extra, redraw }) {
    const { document } = draft;
    const parts = [
        h("p", { class: "help" }, words.t("displays.hint")),
        box(words.t("displays.voice"), document.voice !== undefined, (on) => {
            if (on) {
                document.voice = { languages: ["zh-CN"] };
            } else {
                delete document.voice;
            }
        }),
        box(words.t("displays.led"), extra.led.on, (on) => {
            extra.led.on = on;
            redraw();
        }),
    ];
    if (extra.led.on) {
        const drivers = DRIVERS.displays.map((name) => [name, name]);
        parts.push(
            choose(words.t("displays.driver"), drivers, extra.led.driver, (value) => (extra.led.driver = value)),
            input(words.t("displays.link"), {}, extra.led.link, (value) => (extra.led.link = value)),
            h("p", { class: "help" }, words.t("displays.link.hint")),
        );
    }
    return parts;
}

const ROLES = ["clerk", "lobby", "supervisor", "admin"];

function peopleStep({ extra, redraw }) {
    const row = (person, i) =>
        h(
            "div",
            { class: "row inner", role: "group", "aria-label": words.t("people.one", { n: i + 1 }) },
            input(words.t("people.name"), { autocapitalize: "none", maxlength: 31 }, person.name, (value) => (person.name = value)),
            choose(
                words.t("people.role"),
                ROLES.map((role) => [role, words.t(`people.${role}`)]),
                person.role,
                (value) => (person.role = value),
            ),
            input(
                words.t("people.password"),
                { type: "password", autocomplete: "new-password", maxlength: 128 },
                person.password,
                (value) => (person.password = value),
            ),
            button(words.t("people.remove", { n: i + 1 }), () => {
                extra.people.splice(i, 1);
                redraw();
            }),
        );
    const add = button(words.t("people.add"), () => {
        extra.people.push({ name: "", role: "clerk", password: "" });
        redraw(`.wizard-step .row:nth-of-type(${extra.people.length}) input`);
    });
    const hint = words.t(extra.setup ? "people.setup" : "people.hint");
    return [h("p", { class: "help" }, hint), ...extra.people.map(row), add];
}

function devicesStep({ extra, redraw }) {
    const row = (device, i) =>
        h(
            "div",
            { class: "row inner", role: "group", "aria-label": words.t("devices.one", { n: i + 1 }) },
            choose(
                words.t("devices.role"),
                ["kiosk", "display"].map((role) => [role, words.t(`devices.${role}`)]),
                device.role,
                (value) => (device.role = value),
            ),
            input(words.t("devices.name"), { maxlength: 31 }, device.name, (value) => (device.name = value)),
            button(words.t("devices.remove", { n: i + 1 }), () => {
                extra.devices.splice(i, 1);
                redraw();
            }),
        );
    return [
        h("p", { class: "help" }, words.t("devices.hint")),
        ...extra.devices.map(row),
        button(words.t("devices.add"), () => {
            extra.devices.push({ role: "kiosk", name: `kiosk${extra.devices.length + 1}` });
            redraw();
        }),
    ];
}

/* In the order of what refers to what; `sections`: those of the document that a step fills. */
export const STEPS = [
    { name: "hall", make: hallStep, sections: ["hall"] },
    { name: "services", make: servicesStep, sections: ["services"] },
    { name: "windows", make: windowsStep, sections: ["windows", "zones"] },
    { name: "classes", make: classesStep, sections: ["classes"] },
    { name: "displays", make: displaysStep, sections: ["ports", "displays", "voice"] },
    { name: "people", make: peopleStep, sections: [] },
    { name: "devices", make: devicesStep, sections: [] },
];

/* The whole document: what the steps wrote, and the signs, one above each window. */
export function compose(document, { led }) {
    const whole = structuredClone(document);
    if (led.on) {
        whole.ports = [{ code: "led", link: led.link }];
        whole.displays = (whole.windows ?? []).map((one) => ({
            code: `led${one.no}`,
            port: "led",
            driver: led.driver,
            address: one.no,
            shows: { window: one.no },
        }));
    }
    return whole;
}
