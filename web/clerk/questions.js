// questions: what the console asks before a command. Each resolves with the body of the command, or
// null when the clerk left the question.

import { ask } from "../shared/dialog.js";
import { now } from "../shared/time.js";

const NOTE_MAX = 80;
const RECENT = "hallcall.clerk.recent";
const MINUTES = { type: "number", min: 1, max: 720 };
const QUICK_MAX = 8; // services that get a button of their own in a question

/* Reasons offered by the hall; another may be typed. */
function reasonField(i18n, reasons) {
    return {
        name: "reason",
        label: i18n.t("word.reason"),
        suggest: reasons,
        value: reasons[0],
        required: true,
        max: 40,
    };
}

function hallReasons(i18n, view, kind) {
    return (view.reasons?.[kind] ?? []).map((reason) => i18n.name(reason));
}

/* Members that were left empty are left out. */
function filled(values) {
    return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ""));
}

function inMinutes(text) {
    const minutes = Number(text);
    return minutes > 0 ? new Date(now() + minutes * 60000).toISOString() : "";
}

async function reasonAndUntil(i18n, view, kind, label) {
    const reason = reasonField(i18n, hallReasons(i18n, view, kind));
    const minutes = { name: "minutes", label: i18n.t(label), ...MINUTES };
    const answer = await ask({ i18n, title: i18n.t(`ask.${kind}`), fields: [reason, minutes] });
    if (!answer) {
        return null;
    }
    const { reason: told, minutes: wait } = answer.values;
    return filled({ reason: told, until: inMinutes(wait) });
}

export const pause = (i18n, view) => reasonAndUntil(i18n, view, "pause", "ask.until");
export const hold = (i18n, view) => reasonAndUntil(i18n, view, "hold", "ask.hold.until");

/* ---- services: those used last come first ---- */

function recent() {
    try {
        return JSON.parse(localStorage.getItem(RECENT) ?? "[]");
    } catch {
        return [];
    }
}

function noteUse(code) {
    try {
        const list = [code, ...recent().filter((one) => one !== code)];
        localStorage.setItem(RECENT, JSON.stringify(list.slice(0, QUICK_MAX)));
    } catch {
        // Then they keep the hall's order.
    }
}

/* The services of this window, those used last first. */
function quickList(view) {
    const used = recent();
    const rank = (code) => (used.includes(code) ? used.indexOf(code) : used.length);
    return view.own_services
        .map((code) => view.services.find((service) => service.code === code))
        .filter(Boolean)
        .sort((a, b) => rank(a.code) - rank(b.code));
}

/* One touch for a service that has a button, a list for the others. */
async function askService(i18n, view, title) {
    const fields = [];
    const all = quickList(view);
    const option = ({ code, name }) => ({ value: code, label: i18n.name(name) });
    const rest = all.slice(QUICK_MAX).map(option);
    const buttons = all.slice(0, QUICK_MAX).map(option);
    if (rest.length > 0) {
        fields.push({ name: "rest", label: i18n.t("ask.service"), options: rest });
        buttons.push({ value: "rest", label: i18n.t("word.ok") });
    }
    const answer = await ask({ i18n, title, fields, buttons });
    if (!answer) {
        return null;
    }
    const service = answer.button === "rest" ? answer.values.rest : answer.button;
    noteUse(service);
    return { service };
}

export const walkIn = (i18n, view) => askService(i18n, view, i18n.t("ask.walk-in"));

export function another(i18n, view) {
    return askService(i18n, view, i18n.t("ask.another", { number: view.current.number }));
}

/* ---- transfer ---- */

function targets(i18n, view) {
    const any = { value: "", label: i18n.t("ask.any") };
    const services = view.services.map(({ code, name }) => ({
        value: code,
        label: i18n.name(name),
    }));
    const others = view.windows.filter(({ no }) => no !== view.window.no);
    const windows = others.map(({ no, name, state }) => ({
        value: no,
        label: `${i18n.name(name)} · ${i18n.t(`state.${state}`)}`,
    }));
    const clerks = others
        .filter(({ clerk }) => clerk)
        .map(({ no, clerk }) => ({
            value: clerk,
            label: `${clerk} · ${i18n.t("window.no", { n: no })}`,
        }));
    return {
        services: [any, ...services],
        windows: [any, ...windows],
        clerks: [any, ...clerks],
    };
}

/* `front`: may this person send somebody to the head of the queue? */
export async function transfer(i18n, view, { front }) {
    const { services, windows, clerks } = targets(i18n, view);
    const positions = ["keep_time", "back", ...(front ? ["front"] : [])].map((value) => ({
        value,
        label: i18n.t(`position.${value}`),
    }));
    const service = view.current.service;
    const fields = [
        { name: "service", label: i18n.t("ask.target"), options: services, value: service },
        { name: "window", label: i18n.t("ask.window"), options: windows },
        { name: "clerk", label: i18n.t("ask.clerk"), options: clerks },
        { name: "position", label: i18n.t("ask.position"), options: positions },
        { name: "note", label: i18n.t("ask.note"), max: NOTE_MAX },
    ];
    const text = front ? "" : i18n.t("ask.transfer.text");
    const title = i18n.t("ask.transfer", { number: view.current.number });
    const answer = await ask({ i18n, title, text, fields });
    const body = answer && filled(answer.values);
    if (body?.window) {
        body.window = Number(body.window);
    }
    return body;
}

/* ---- others ---- */

export async function call(i18n, view, { passed }) {
    const reasons = ["reason.asked", "reason.help"].map((key) => i18n.t(key));
    const numbers = [...view.waiting, ...passed].map(({ number }) => number);
    const label = i18n.t("ask.number");
    const field = { name: "number", label, suggest: numbers, required: true, max: 11 };
    const fields = [field, reasonField(i18n, reasons)];
    const list = passed.map(({ number }) => number).join(" ");
    const text = [i18n.t("ask.call.text"), list && i18n.t("ask.call.passed", { list })]
        .filter(Boolean)
        .join(" ");
    const answer = await ask({ i18n, title: i18n.t("ask.call"), text, fields });
    return answer && { ...answer.values, number: answer.values.number.trim().toUpperCase() };
}

/* Which of the passed numbers is back? Resolves with its id. */
export async function restore(i18n, view, { passed }) {
    const buttons = passed.map(({ id, number }) => ({ value: id, label: number }));
    const text = i18n.t(passed.length > 0 ? "ask.restore.text" : "ask.restore.none");
    const answer = await ask({ i18n, title: i18n.t("ask.restore"), text, buttons });
    return answer && answer.button;
}

export async function outcome(i18n, view) {
    const codes = ["done", "papers-pending", "not-accepted", "online"];
    const buttons = codes.map((value) => ({ value, label: i18n.t(`outcome.${value}`) }));
    const title = i18n.t("ask.outcome", { number: view.current.number });
    const answer = await ask({ i18n, title, buttons });
    return answer && { outcome_code: answer.button };
}

export async function note(i18n, ticket) {
    const value = ticket.note ?? "";
    const field = { name: "note", label: i18n.t("ask.note"), value, max: NOTE_MAX };
    const title = i18n.t("ask.note.title", { number: ticket.number });
    const answer = await ask({ i18n, title, fields: [field] });
    return answer && { note: answer.values.note.trim() || null };
}

export async function abandon(i18n, view) {
    const title = i18n.t("ask.abandon", { number: view.current.number });
    return (await ask({ i18n, title, text: i18n.t("ask.abandon.text") })) && {};
}

/* What comes with the window is named, so that nobody finds it out later. */
export async function takeOver(i18n, view) {
    const held = view.held.map(({ number }) => number).join(" ");
    const parts = [
        i18n.t("ask.take-over.text", { clerk: view.window.clerk }),
        view.current ? i18n.t("ask.take-over.current", { number: view.current.number }) : "",
        held ? i18n.t("ask.take-over.held", { list: held }) : "",
    ];
    const title = i18n.t("do.take-over");
    return ask({ i18n, title, text: parts.filter(Boolean).join(" ") });
}

/* Nobody is left behind: a number still at the window needs a decision. */
export async function close(i18n, view) {
    const choices = view.current.state === "called" ? ["finish", "return"] : ["finish"];
    const buttons = choices.map((value) => ({ value, label: i18n.t(`close.${value}`) }));
    const text = i18n.t("close.text", { number: view.current.number });
    const answer = await ask({ i18n, title: i18n.t("close.title"), text, buttons });
    return answer && { current: answer.button };
}

/* What shall become of the called number? Resolves with one of the verbs allowed, or null. */
export async function unstarted(i18n, current, allowed) {
    const verbs = ["start", "finish", "no-show"].filter((verb) => allowed?.includes(verb) ?? true);
    const answer = await ask({
        i18n,
        title: i18n.t("unstarted.title", { number: current.number }),
        text: i18n.t("unstarted.text"),
        buttons: verbs.map((verb) => ({
            value: verb,
            label: i18n.t(`do.${verb}`),
            primary: verb === "start",
        })),
    });
    return answer && answer.button;
}
