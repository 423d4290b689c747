// texts: the words of the editors: labels, help and choices of members by their path, and places of
// the document in words.

import { I18n } from "../shared/i18n.js";
import { messages as editorMessages } from "../shared/messages/editor.js";
import { messages as schemaMessages } from "../shared/messages/schema.js";
import { CLASSES, keyOf, SCHEMA } from "./schema.js";

export const texts = new I18n(editorMessages);
const members = new I18n(schemaMessages);

export function setLanguage(lang) {
    texts.lang = lang;
    members.lang = lang;
}

/* The text of the longest end of the path that has one: "windows.services.code", then
 * "services.code", then "code". */
function find(names, suffix = "") {
    for (let i = 0; i < names.length; i++) {
        const key = names.slice(i).join(".") + suffix;
        if (key in members.messages[members.lang]) {
            return members.t(key).split("|");
        }
    }
    return null;
}

export const sectionOf = (section) => members.t(`section.${section}`).split("|");
export const areaOf = (area) => members.t(`area.${area}`);
const entryOf = (names) => (names.length === 1 ? sectionOf(names[0]) : find(names));
export const labelOf = (names) => entryOf(names)?.[0] ?? names[names.length - 1];
export const helpOf = (names) => entryOf(names)?.[1] ?? "";
export const nameIn = (value) => members.name(value);

export function choiceOf(names, value) {
    return find(names, `=${value}`)?.[0] ?? String(value);
}

export function rangeOf(spec) {
    const { min, max, unit } = spec;
    const range = min === undefined ? "" : max === undefined ? `${min}…` : `${min}–${max}`;
    return [range, unit ? texts.t(`unit.${unit}`) : ""].filter(Boolean).join(" ");
}

const ROW_MAX = 40;

/* A row of a list, for people. */
export function rowTitle(item, at) {
    const own = keyOf(item);
    const told = item?.name ?? (typeof item?.text === "object" ? item.text : null);
    const whole = nameIn(told);
    const name = whole.length > ROW_MAX ? `${whole.slice(0, ROW_MAX)}…` : whole;
    return [own === "" || own === undefined ? `#${at + 1}` : own, name].filter(Boolean).join(" · ");
}

/* What a section can be referred to by: [{ value, label }]. */
export function targetsOf(document, section) {
    const list = Array.isArray(document[section]) ? document[section] : [];
    const builtIn = section === "classes" ? CLASSES : [];
    const missing = builtIn.filter((one) => !list.some((own) => own?.code === one.code));
    return [...missing, ...list]
        .filter((one) => keyOf(one) !== undefined && keyOf(one) !== "")
        .map((one) => ({
            value: keyOf(one),
            label: [keyOf(one), nameIn(one.name)].filter(Boolean).join(" · "),
        }));
}

/* A path of steps ("services", "pension" or 3, "prefix") in words, without the section. */
export function placeOf(document, path) {
    const names = [];
    const words = [];
    let at = document;
    let inList = false;
    for (const [i, step] of path.entries()) {
        const row = inList
            ? Array.isArray(at) &&
              at.find((one, n) => String(keyOf(one)) === String(step) || n === Number(step))
            : at?.[step];
        if (inList) {
            words.push(row && typeof row === "object" ? rowTitle(row, Number(step) || 0) : step);
        } else {
            names.push(step);
            if (i > 0) {
                words.push(labelOf(names));
            }
        }
        at = row;
        inList = !inList && isList(names);
    }
    return words.join(" › ");
}

/* Does the member of these names hold a list of rows? */
function isList(names) {
    let spec = { members: SCHEMA };
    for (const name of names) {
        spec = spec?.members?.[name];
    }
    return spec?.type === "list";
}

/* A value in a line. */
export function valueIn(value) {
    if (value === undefined || value === null) {
        return texts.t("value.none");
    }
    if (typeof value === "boolean") {
        return texts.t(value ? "value.yes" : "value.no");
    }
    if (Array.isArray(value)) {
        return value.length ? value.map(valueIn).join(texts.t("value.comma")) : texts.t("value.none");
    }
    if (typeof value === "object") {
        const own = [value["zh-CN"], value.en].filter((one) => typeof one === "string");
        return own.length && own.length === Object.keys(value).length
            ? own.join(" / ")
            : Object.entries(value)
                  .map(([name, one]) => `${name}: ${valueIn(one)}`)
                  .join("; ");
    }
    return value === "" ? "“”" : String(value);
}
