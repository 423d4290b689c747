// actions: the buttons of the console, and why one cannot be pressed now.

import { h, setText } from "../shared/dom.js";
import { now } from "../shared/time.js";
import { durationText } from "../shared/timers.js";

// What a clerk does all day, in the order of a turn; the others are one step away.
const MAIN = [
    "next",
    "recall",
    "start",
    "finish",
    "no-show",
    "hold",
    "transfer",
    "pause",
    "undo",
    "open",
];
const MORE = [
    "another",
    "invite",
    "outcome",
    "note",
    "inaccurate",
    "call",
    "walk-in",
    "restore",
    "return",
    "abandon",
    "auto-next",
    "assist",
    "take-over",
];
export const VERBS = [...MAIN, ...MORE];

const NEEDS_TICKET = new Set([
    "recall",
    "start",
    "finish",
    "no-show",
    "hold",
    "transfer",
    "return",
    "abandon",
    "another",
    "outcome",
]);
const FINISHES = new Set(["finish", "outcome", "another"]);
// Verbs of the page that stand for a verb of the server.
const AS = { outcome: "finish" };

/* Two buttons stand for a pair: what they do depends on the state of the window. */
export function verbNow(verb, view) {
    const { state, pause_pending: pending } = view.window;
    if (verb === "pause" && (state === "paused" || pending)) {
        return "resume";
    }
    return verb === "open" && state !== "closed" ? "close" : verb;
}

/* The ticket that a note or a mark is about: who is here, else who was here last. */
export const subject = (view) => view.current ?? view.last;

/* Somebody else is on duty at this window. */
export function isForeign(view, clerk) {
    return Boolean(clerk && view.window.clerk && view.window.clerk !== clerk);
}

const undoLeft = (view) => (view.undo ? Date.parse(view.undo.until) - now() : 0);

/* Limits of the hall that the server would refuse by. */
function againstRules(i18n, verb, view) {
    const { rules, current, held } = view;
    if (verb === "recall" && current) {
        if (current.calls > rules.recall_max) {
            return i18n.t("why.recall-max", { n: rules.recall_max });
        }
        const wait = Date.parse(rules.recall_from) - now();
        return wait > 0 ? i18n.t("why.recall-gap", { n: Math.ceil(wait / 1000) }) : "";
    }
    if (verb === "no-show" && current && current.calls < rules.min_calls) {
        return i18n.t("why.min-calls", { n: rules.min_calls });
    }
    if (verb === "hold" && held.length >= rules.hold_max) {
        return i18n.t("why.hold-full", { n: rules.hold_max });
    }
    if (FINISHES.has(verb) && view.slip.wanted && !view.slip.checked) {
        return i18n.t("why.slip-unchecked");
    }
    return "";
}

/* Why the page's own verbs cannot be; undefined: the server's list decides. */
function againstOwn(i18n, verb, view, clerk) {
    switch (verb) {
        case "take-over":
            return isForeign(view, clerk) ? "" : i18n.t("why.no-other-clerk");
        case "note":
        case "inaccurate":
            return subject(view) ? "" : i18n.t("why.no-ticket");
        case "restore":
            return view.window.state === "closed" ? i18n.t("why.window-not-open") : "";
        case "invite":
            if (view.rules.fast) {
                return i18n.t("why.fast");
            }
            if (view.window.state === "serving") {
                return againstRules(i18n, "finish", view);
            }
            return view.last && !view.last.invited
                ? ""
                : i18n.t(view.last ? "why.invited" : "why.nobody-done");
        case "undo":
            return undoLeft(view) > 0 ? "" : i18n.t("why.nothing-to-undo");
        default:
            return undefined;
    }
}

function againstState(i18n, verb, view) {
    const state = view.window.state;
    if (state === "closed") {
        return i18n.t("why.window-not-open");
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
    if (verb === "another" && view.rules.another_max === 0) {
        return i18n.t("why.another-off");
    }
    return i18n.t("why.state", { state: i18n.t(`state.${state}`) });
}

/* Empty when the action is possible, else the reason in words. `strict`: nothing at a window where
 * somebody else is on duty. */
export function reasonAgainst(i18n, verb, view, { clerk = null, strict = false } = {}) {
    if (strict && verb !== "take-over" && isForeign(view, clerk)) {
        return i18n.t("why.foreign", { clerk: view.window.clerk });
    }
    const own = againstOwn(i18n, verb, view, clerk);
    if (own !== undefined) {
        return own;
    }
    return view.actions.includes(AS[verb] ?? verb)
        ? againstRules(i18n, verb, view)
        : againstState(i18n, verb, view);
}

/* The buttons, in `main` and `more`. */
export function buildActions(main, more, perform) {
    const button = (verb) =>
        h(
            "button",
            {
                type: "button",
                class: verb === "next" ? "primary" : null,
                dataset: { verb, now: verb },
                on: { click: (event) => perform(event.currentTarget.dataset.now) },
            },
            h("span", { class: "label" }),
            h("kbd", {}),
        );
    main.append(...MAIN.map(button));
    more.append(...MORE.map(button));
}

function drawKey(button, keys, extra) {
    const { verb } = button.dataset;
    const key = keys.on ? keys.of(verb) : "";
    const kbd = button.querySelector("kbd");
    setText(kbd, [keys.on && keys.text(verb), extra].filter(Boolean).join(" · "));
    kbd.hidden = kbd.textContent === "";
    if (key) {
        button.setAttribute("aria-keyshortcuts", key.replace("Ctrl+", "Control+"));
    } else {
        button.removeAttribute("aria-keyshortcuts");
    }
}

function labelOf(i18n, verb, view) {
    return verb === "undo" && undoLeft(view) > 0
        ? i18n.t("do.undo.left", { number: view.undo.number })
        : i18n.t(`do.${verb}`);
}

function pressedNow(verb, view) {
    return verb === "assist"
        ? view.window.assist
        : verb === "auto-next"
          ? view.window.auto_next
          : subject(view)?.time_inaccurate;
}

/* A button that is not possible stays focusable and says why; `next` while a called number was not
 * started is left alive, for it leads to the question what shall become of that number. */
export function drawActions(i18n, places, view, keys, who) {
    for (const button of places.flatMap((place) => [...place.children])) {
        const verb = verbNow(button.dataset.verb, view);
        const asks = verb === "next" && view.window.state === "calling";
        const reason = asks ? "" : reasonAgainst(i18n, verb, view, who);
        button.dataset.now = verb;
        setText(button.querySelector(".label"), labelOf(i18n, verb, view));
        const left = verb === "undo" && !reason ? durationText(undoLeft(view)) : "";
        drawKey(button, keys, left);
        button.setAttribute("aria-disabled", String(reason !== ""));
        button.title = reason;
        button.setAttribute("aria-description", reason);
        if (["auto-next", "assist", "inaccurate"].includes(verb)) {
            button.setAttribute("aria-pressed", String(Boolean(pressedNow(verb, view))));
        }
    }
    places.forEach((place) => (place.dataset.state = view.window.state));
}
