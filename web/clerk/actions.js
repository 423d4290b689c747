// actions: the buttons of the console, their keys, and why one cannot be pressed now.

import { h, setText } from "../shared/dom.js";

// verb, key as the browser names it, key as printed. `menu` ones have no key.
const ACTIONS = [
    { verb: "next", key: "F2", label: "F2 / ⏎" },
    { verb: "recall", key: "F3" },
    { verb: "start", key: "F4" },
    { verb: "finish", key: "F6" },
    { verb: "no-show", key: "F7" },
    { verb: "hold", key: "F8" },
    { verb: "transfer", key: "F9" },
    { verb: "pause", key: "F10" },
    { verb: "undo", key: "z", label: "Ctrl+Z" },
    { verb: "call" },
    { verb: "walk-in" },
    { verb: "return" },
    { verb: "auto-next" },
    { verb: "assist" },
    { verb: "open" },
];

const NEEDS_TICKET = new Set([
    "recall",
    "start",
    "finish",
    "no-show",
    "hold",
    "transfer",
    "return",
]);

/* Two buttons stand for a pair: what they do depends on the state of the window. */
export function verbNow(verb, view) {
    if (verb === "pause" && view.window.state === "paused") {
        return "resume";
    }
    return verb === "open" && view.window.state !== "closed" ? "close" : verb;
}

/* Empty when the action is possible, else the reason in words. */
export function reasonAgainst(i18n, verb, view) {
    if (view.actions.includes(verb)) {
        return "";
    }
    const state = view.window.state;
    if (state === "closed") {
        return i18n.t("why.window-not-open");
    }
    if (verb === "undo") {
        return i18n.t("why.nothing-to-undo");
    }
    if (verb === "close" && view.held.length > 0) {
        return i18n.t("why.held");
    }
    if (verb === "next" && state === "calling") {
        return i18n.t("why.current-not-started");
    }
    if (NEEDS_TICKET.has(verb) && !view.current) {
        return i18n.t("why.no-ticket");
    }
    if (view.current && ["call", "walk-in"].includes(verb)) {
        return i18n.t("why.window-busy");
    }
    return i18n.t("why.state", { state: i18n.t(`state.${state}`) });
}

export function buildActions(parent, perform) {
    for (const { verb, key, label } of ACTIONS) {
        const printed = label ?? key ?? "";
        parent.append(
            h(
                "button",
                {
                    type: "button",
                    class: verb === "next" ? "primary" : null,
                    dataset: { verb, now: verb },
                    "aria-keyshortcuts": key === "z" ? "Control+Z" : (key ?? null),
                    on: { click: (event) => perform(event.currentTarget.dataset.now) },
                },
                h("span", { class: "label" }),
                printed ? h("kbd", {}, printed) : null,
            ),
        );
    }
}

/* A button that is not possible stays focusable and says why; `next` while a called number was not
 * started is left alive, for it leads to the question what shall become of that number. */
export function drawActions(i18n, parent, view) {
    parent.dataset.state = view.window.state;
    for (const button of parent.children) {
        const verb = verbNow(button.dataset.verb, view);
        const asks = verb === "next" && view.window.state === "calling";
        const reason = asks ? "" : reasonAgainst(i18n, verb, view);
        button.dataset.now = verb;
        setText(button.querySelector(".label"), i18n.t(`do.${verb}`));
        button.setAttribute("aria-disabled", String(reason !== ""));
        button.title = reason;
        button.setAttribute("aria-description", reason);
        if (verb === "auto-next" || verb === "assist") {
            const on = verb === "assist" ? view.window.assist : view.window.auto_next;
            button.setAttribute("aria-pressed", String(Boolean(on)));
        }
    }
}

/* The button a key stands for. Keys are left alone while a dialog is open or text is being typed.
 * */
export function wireKeys(parent, enabled) {
    document.addEventListener("keydown", (event) => {
        const typing = event.target.closest?.("input:not([type=checkbox]), textarea, select");
        if (!enabled() || document.querySelector("dialog[open]") || typing || event.repeat) {
            return;
        }
        const undo = event.key === "z" && (event.ctrlKey || event.metaKey);
        const next = event.code === "NumpadEnter";
        const plain = !event.ctrlKey && !event.altKey && !event.metaKey && !event.shiftKey;
        const action = ACTIONS.find(
            ({ key, verb }) =>
                (undo && verb === "undo") ||
                (next && verb === "next") ||
                (plain && key === event.key && verb !== "undo"),
        );
        if (action) {
            event.preventDefault();
            parent.querySelector(`[data-verb="${action.verb}"]`).click();
        }
    });
}
