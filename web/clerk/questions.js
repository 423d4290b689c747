// questions: what the console asks before a command. Each resolves with the body of the command, or
// null when the clerk left the question.

import { ask } from "../shared/dialog.js";
import { now } from "../shared/time.js";

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

export async function pause(i18n, view) {
    const minutes = { name: "minutes", label: i18n.t("ask.until"), type: "number" };
    const reason = reasonField(i18n, hallReasons(i18n, view, "pause"));
    const answer = await ask({ i18n, title: i18n.t("ask.pause"), fields: [reason, minutes] });
    if (!answer) {
        return null;
    }
    const back = Number(answer.values.minutes);
    const until = back > 0 ? new Date(now() + back * 60000).toISOString() : "";
    return filled({ reason: answer.values.reason, until });
}

export async function hold(i18n, view) {
    const reason = reasonField(i18n, hallReasons(i18n, view, "hold"));
    const answer = await ask({ i18n, title: i18n.t("ask.hold"), fields: [reason] });
    return answer && answer.values;
}

export async function transfer(i18n, view) {
    const any = { value: "", label: i18n.t("ask.any") };
    const services = view.services.map(({ code, name }) => ({
        value: code,
        label: i18n.name(name),
    }));
    const windows = view.windows
        .filter(({ no }) => no !== view.window.no)
        .map(({ no, name }) => ({ value: no, label: i18n.name(name) }));
    const positions = ["keep_time", "back", "front"].map((value) => ({
        value,
        label: i18n.t(`position.${value}`),
    }));
    const service = view.current.service;
    const fields = [
        {
            name: "service",
            label: i18n.t("ask.target"),
            options: [any, ...services],
            value: service,
        },
        { name: "window", label: i18n.t("ask.window"), options: [any, ...windows] },
        { name: "position", label: i18n.t("ask.position"), options: positions },
        { name: "note", label: i18n.t("ask.note"), max: 80 },
    ];
    const answer = await ask({ i18n, title: i18n.t("ask.transfer"), fields });
    const body = answer && filled(answer.values);
    if (body?.window) {
        body.window = Number(body.window);
    }
    return body;
}

export async function call(i18n, view) {
    const reasons = ["reason.asked", "reason.help"].map((key) => i18n.t(key));
    const numbers = view.waiting.map(({ number }) => number);
    const label = i18n.t("ask.number");
    const field = { name: "number", label, suggest: numbers, required: true, max: 11 };
    const fields = [field, reasonField(i18n, reasons)];
    const answer = await ask({ i18n, title: i18n.t("ask.call"), fields });
    return answer && { ...answer.values, number: answer.values.number.trim().toUpperCase() };
}

export async function walkIn(i18n, view) {
    const options = view.queues.map(({ service, name }) => ({
        value: service,
        label: i18n.name(name),
    }));
    const field = { name: "service", label: i18n.t("ask.service"), options };
    const answer = await ask({ i18n, title: i18n.t("ask.walk-in"), fields: [field] });
    return answer && answer.values;
}

/* Nobody is left behind: a number still at the window needs a decision. */
export async function close(i18n, view) {
    const buttons = ["finish", "return"].map((value) => ({
        value,
        label: i18n.t(`close.${value}`),
    }));
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
