// fields: one control for each type of member in the schema. A control reads its slot when it is
// made and writes it on every change; what the server says of it is shown beside it by mark().

import { h } from "../shared/dom.js";
import {
    choiceOf,
    helpOf,
    labelOf,
    rangeOf,
    targetsOf,
    texts,
    valueIn,
} from "./texts.js";

const LANGUAGES = ["zh-CN", "en"];
let count = 0;

const lines = (text) =>
    text
        .split("\n")
        .map((one) => one.trim())
        .filter(Boolean);

/* A control with its label, help and finding. `inputs`: what can be wrong. */
function wrap(ctx, slot, spec, { inputs, group = false }) {
    const id = `f${++count}`;
    const label = labelOf(slot.names);
    const help = helpOf(slot.names);
    const range = rangeOf(spec);
    const required = spec.required ? ` ${texts.t("field.required")}` : "";
    const told = [label + required, range && `（${range}）`].join("");
    const note = h("p", { class: "help", id: `${id}-help` }, help);
    const finding = h("p", { class: "finding", id: `${id}-finding` });
    const described = [help && `${id}-help`, `${id}-finding`].filter(Boolean).join(" ");
    inputs.forEach((input) => input.element.setAttribute("aria-describedby", described));
    const parts = inputs.map((input, i) => {
        input.element.id ||= `${id}-${i}`;
        const own = input.label ? h("span", {}, input.label) : null;
        const line = own ? h("label", { class: input.box ? "box" : "sub" }, own, input.element) : input.element;
        if (input.box) {
            line.prepend(input.element);
        }
        return line;
    });
    const element = group
        ? h("fieldset", { class: "field" }, h("legend", {}, told), ...parts)
        : h("div", { class: "field" }, h("label", { for: inputs[0].element.id }, told), ...parts);
    element.append(...(help ? [note] : []), finding);
    ctx.fields.set(slot.pointer, {
        element,
        focus: () => (inputs[0]?.element ?? element).focus(),
        mark: (detail) => {
            finding.textContent = detail ?? "";
            inputs.forEach(({ element: input }) => {
                if (detail) {
                    input.setAttribute("aria-invalid", "true");
                } else {
                    input.removeAttribute("aria-invalid");
                }
            });
        },
    });
    return element;
}

function suggestions(spec, input) {
    if (!spec.suggest) {
        return null;
    }
    const id = `s${++count}`;
    input.setAttribute("list", id);
    return h("datalist", { id }, ...spec.suggest.map((value) => h("option", { value })));
}

/* A line of text; `parse` gives the value of the member, undefined when it is not there. */
function line(ctx, slot, spec, { parse, show, mode = "text", ...props }) {
    const input = h("input", {
        type: "text",
        inputmode: mode,
        value: show(slot.get()),
        autocomplete: "off",
        autocapitalize: "none",
        spellcheck: "false",
        placeholder: spec.fallback === undefined || spec.fallback === null ? spec.sample : spec.fallback,
        ...props,
    });
    input.addEventListener("input", () => slot.set(parse(input.value)));
    const element = wrap(ctx, slot, spec, { inputs: [{ element: input }] });
    const list = suggestions(spec, input);
    if (list) {
        element.append(list);
    }
    return element;
}

const plainText = (value) => (value === undefined || value === null ? "" : String(value));

function textField(ctx, slot, spec) {
    const parse = (text) => {
        const value = spec.upper ? text.toUpperCase() : text;
        return value === "" && !spec.required ? undefined : value;
    };
    return line(ctx, slot, spec, { parse, show: plainText, maxlength: spec.max });
}

/* What is no number is kept as it was typed: the server says what is wrong with it. */
function numberOf(text) {
    const value = text.trim();
    if (value === "") {
        return undefined;
    }
    return /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value;
}

function intField(ctx, slot, spec) {
    const negative = spec.min < 0;
    return line(ctx, slot, spec, {
        parse: numberOf,
        show: plainText,
        mode: negative ? "text" : spec.step ? "decimal" : "numeric",
    });
}

function separated(ctx, slot, spec, each) {
    return line(ctx, slot, spec, {
        parse: (text) => {
            const parts = text.split(/[,，、\s]+/).filter(Boolean).map(each);
            return parts.length ? parts : undefined;
        },
        show: (value) => (Array.isArray(value) ? value.join(", ") : plainText(value)),
    });
}

function area(slot, show, parse, rows) {
    const input = h("textarea", { rows, autocomplete: "off", spellcheck: "false" });
    input.value = show(slot.get());
    input.addEventListener("input", () => slot.set(parse(input.value, slot.get())));
    return input;
}

function linesField(ctx, slot, spec) {
    const show = (value) => (Array.isArray(value) ? value.join("\n") : plainText(value));
    const parse = (text) => (lines(text).length ? lines(text) : undefined);
    const input = area(slot, show, parse, 5);
    input.placeholder = spec.sample ?? "";
    return wrap(ctx, slot, spec, { inputs: [{ element: input }] });
}

function optionValue(text, old) {
    if (old !== undefined && String(old) === text) {
        return old;
    }
    return /^-?\d+$/.test(text) ? Number(text) : ["true", "false"].includes(text) ? text === "true" : text;
}

function optionsField(ctx, slot, spec) {
    const show = (value) =>
        Object.entries(value ?? {})
            .map(([name, one]) => `${name}=${one}`)
            .join("\n");
    const parse = (text, old) => {
        const pairs = lines(text).map((one) => {
            const [name, ...rest] = one.split("=");
            return [name.trim(), optionValue(rest.join("=").trim(), old?.[name.trim()])];
        });
        return pairs.length ? Object.fromEntries(pairs) : undefined;
    };
    return wrap(ctx, slot, spec, { inputs: [{ element: area(slot, show, parse, 3) }] });
}

function boolField(ctx, slot, spec) {
    const input = h("input", { type: "checkbox", checked: slot.get() ?? spec.fallback });
    input.addEventListener("change", () => slot.set(input.checked));
    const element = wrap(ctx, slot, spec, { inputs: [{ element: input }] });
    element.classList.add("check");
    return element;
}

/* A select whose options are values of any kind; what stands there and is no choice stays one. */
function select(slot, options, empty) {
    const value = slot.get();
    const all = [...(empty === null ? [] : [{ value: undefined, label: empty }]), ...options];
    const there = all.some((one) => one.value === value);
    if (!there) {
        all.push({ value, label: value === undefined ? texts.t("value.choose") : String(value) });
    }
    const input = h(
        "select",
        {},
        ...all.map((one, i) => h("option", { value: i, selected: one.value === value }, one.label)),
    );
    input.addEventListener("change", () => slot.set(all[Number(input.value)].value));
    return input;
}

function choiceField(ctx, slot, spec) {
    const options = spec.options.map((value) => ({ value, label: choiceOf(slot.names, value) }));
    const fallback = spec.fallback === null ? null : choiceOf(slot.names, spec.fallback);
    const empty = fallback === null ? texts.t("value.unset") : texts.t("value.default", { value: fallback });
    return wrap(ctx, slot, spec, { inputs: [{ element: select(slot, options, empty) }] });
}

function refField(ctx, slot, spec) {
    const options = targetsOf(ctx.draft.document, spec.to);
    if (spec.all) {
        options.unshift({ value: "*", label: texts.t("value.hall") });
    }
    const empty = spec.required ? null : texts.t("value.unset");
    return wrap(ctx, slot, spec, { inputs: [{ element: select(slot, options, empty) }] });
}

/* A box for each choice; the list keeps the order it has. */
function boxes(ctx, slot, spec, options, fallback = []) {
    const inputs = options.map(({ value, label }) => {
        const chosen = () => slot.get() ?? fallback;
        const input = h("input", { type: "checkbox", checked: chosen().includes(value) });
        input.addEventListener("change", () => {
            const rest = chosen().filter((one) => one !== value);
            const next = input.checked ? [...rest, value] : rest;
            slot.set(next.length || fallback.length ? next : undefined);
        });
        return { element: input, label, box: true };
    });
    return wrap(ctx, slot, spec, { inputs, group: true });
}

function daysField(ctx, slot, spec) {
    const options = [1, 2, 3, 4, 5, 6, 7].map((value) => ({ value, label: texts.t(`day.${value}`) }));
    const element = boxes(ctx, slot, spec, options);
    element.addEventListener("change", () => slot.get()?.sort?.());
    return element;
}

/* A text in two languages; other members stay. */
function nameField(ctx, slot, spec) {
    const long = spec.type === "long";
    const inputs = LANGUAGES.map((lang) => {
        const value = slot.get()?.[lang] ?? "";
        const input = long
            ? h("textarea", { rows: 3, maxlength: spec.max })
            : h("input", { type: "text", maxlength: spec.max, autocomplete: "off" });
        input.value = value;
        input.lang = lang;
        input.addEventListener("input", () => {
            const next = { ...slot.get() };
            if (input.value === "" && !spec.required) {
                delete next[lang];
            } else {
                next[lang] = input.value;
            }
            slot.set(Object.keys(next).length ? next : undefined);
        });
        return { element: input, label: texts.t(`lang.${lang}`) };
    });
    return wrap(ctx, slot, spec, { inputs, group: true });
}

/* ---- service cards ---- */

const CARD = ["online", "self_service", "materials", "time_limit", "fee", "place", "procedure", "basis"];

const cardLines = (value, lang) => {
    const list = value === undefined ? [] : Array.isArray(value) ? value : [value];
    return list.map((one) => (typeof one === "string" ? (lang === LANGUAGES[0] ? one : "") : (one?.[lang] ?? "")));
};

/* One text stays one text, several become a list; a text that was in one language stays so. */
function cardValue(both, old) {
    const length = Math.max(...both.map((one) => one.findLastIndex((text) => text !== "") + 1));
    const list = Array.from({ length }, (_, i) =>
        Object.fromEntries(
            LANGUAGES.map((lang, n) => [lang, both[n][i] ?? ""]).filter(([, text]) => text !== ""),
        ),
    ).map((one, i) => {
        const was = Array.isArray(old) ? old[i] : old;
        const plain = typeof was === "string" && !("en" in one);
        return plain ? (one["zh-CN"] ?? "") : Object.keys(one).length ? one : { "zh-CN": "" };
    });
    return length === 0 ? undefined : length > 1 || Array.isArray(old) ? list : list[0];
}

/* Texts line by line, in both languages. `asList`: a list even of one. */
function cardPart(ctx, slot, asList = false) {
    const inputs = LANGUAGES.map((lang) => {
        const input = h("textarea", { rows: 2, spellcheck: "false" });
        input.value = cardLines(slot.get(), lang).join("\n");
        input.lang = lang;
        return { element: input, label: texts.t(`lang.${lang}`) };
    });
    const write = () =>
        slot.set(
            cardValue(
                inputs.map(({ element }) => element.value.split("\n").map((one) => one.trim())),
                asList ? [] : slot.get(),
            ),
        );
    inputs.forEach(({ element }) => element.addEventListener("input", write));
    return wrap(ctx, slot, {}, { inputs, group: true });
}

function cardField(ctx, slot, spec, { memberSlot }) {
    const own = Object.keys(slot.get() ?? {}).filter((name) => !CARD.includes(name));
    const element = h(
        "details",
        { class: "group" },
        h("summary", {}, labelOf(slot.names)),
        h("p", { class: "help" }, helpOf(slot.names)),
        ...[...CARD, ...own].map((name) => cardPart(ctx, memberSlot(slot, name))),
    );
    ctx.fields.set(slot.pointer, {
        element,
        focus: () => element.querySelector("summary").focus(),
        mark: () => {},
    });
    return element;
}

const MAKERS = {
    text: textField,
    code: textField,
    time: textField,
    int: intField,
    bool: boolField,
    choice: choiceField,
    ref: refField,
    refs: (ctx, slot, spec) => boxes(ctx, slot, spec, targetsOf(ctx.draft.document, spec.to)),
    choices: (ctx, slot, spec) => {
        const options = spec.options.map((value) => ({ value, label: choiceOf(slot.names, value) }));
        return boxes(ctx, slot, spec, options, spec.fallback);
    },
    days: daysField,
    lines: linesField,
    ints: (ctx, slot, spec) => separated(ctx, slot, spec, numberOf),
    codes: (ctx, slot, spec) => separated(ctx, slot, spec, (one) => one),
    options: optionsField,
    name: nameField,
    long: nameField,
    texts: (ctx, slot) => cardPart(ctx, slot, true),
    card: cardField,
};

/* The control of a member; null for objects and lists, which hold other members. `tools`: what a
 * control that holds members needs. */
export function makeField(ctx, slot, spec, tools) {
    return MAKERS[spec.type]?.(ctx, slot, spec, tools) ?? null;
}

/* What stands in a member that the table does not know, in a line. */
export function unknownField(slot) {
    return h("p", { class: "unknown" }, `${slot.names[slot.names.length - 1]}: ${valueIn(slot.get())}`);
}
