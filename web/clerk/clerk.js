// clerk: the console of one window (?window=3). Draws the view; desk.js acts.

import { Api } from "../shared/api.js";
import { ask } from "../shared/dialog.js";
import { byId, h, setText, syncList } from "../shared/dom.js";
import { I18n, wireLanguage } from "../shared/i18n.js";
import { messages } from "../shared/messages/clerk.js";
import { whoAmI } from "../shared/signin.js";
import { refuseIn, showLink, ViewWatch } from "../shared/stream.js";
import {
    clockText,
    countFrom,
    durationText,
    learnTime,
    now,
    runTimers,
    waitLevel,
} from "../shared/time.js";
import { buildActions, drawActions, wireKeys } from "./actions.js";
import { Desk } from "./desk.js";

const NEXT_SHOWN = 3;
const REDRAW_MS = 5000; // waits grow without events

const query = new URLSearchParams(location.search);
const i18n = new I18n(messages, "clerk");
const api = new Api(i18n);
let view = null;
let readAt = 0;
let desk = null;

function serviceName(code) {
    return i18n.name(view.services?.find((one) => one.code === code)?.name ?? code);
}

function drawWindow() {
    const window = view.window;
    setText(byId("window"), i18n.t("window.no", { n: window.no }));
    byId("state").dataset.state = window.state;
    const state = i18n.t(`state.${window.state}`);
    const about = window.pause_pending
        ? i18n.t("pausing", { reason: window.reason ?? "" })
        : window.state === "paused"
          ? (window.reason ?? "")
          : (window.clerk ?? "");
    setText(byId("state"), about ? `${state} · ${about}` : state);
    setText(byId("served"), i18n.t("served", { n: view.counts?.served ?? 0 }));
}

function drawCurrent() {
    const current = view.current;
    const leg = current?.legs.at(-1);
    setText(byId("number"), current ? current.number : "—");
    setText(
        byId("about"),
        current ? `${serviceName(current.service)} · ${i18n.t(`state.${current.state}`)}` : "",
    );
    setText(byId("note"), current?.note ?? "");
    countFrom(byId("timer-called"), leg?.called_at && Date.parse(leg.called_at));
    countFrom(byId("timer-serving"), leg?.started_at && Date.parse(leg.started_at));
    setText(byId("calls"), current ? current.calls : "—");
    const next = view.next;
    setText(
        byId("next"),
        next ? `${next.number} ${serviceName(next.service)}` : i18n.t("next.none"),
    );
}

/* Seconds that were true when the view was read have grown since. */
const grown = (seconds) => seconds + (now() - readAt) / 1000;

function drawWait(element, waited, target) {
    if (waited === null || waited === undefined) {
        delete element.dataset.level;
        setText(element, "");
        return;
    }
    const level = waitLevel(grown(waited), target);
    element.dataset.level = level;
    element.title = i18n.t(`wait.level.${level}`);
    const icon = i18n.t(`wait.${level}`);
    setText(element, `${icon} ${i18n.t("oldest", { time: durationText(grown(waited) * 1000) })}`);
}

function drawQueues() {
    const row = () =>
        h(
            "li",
            {},
            h("span", { class: "name" }),
            h("span", { class: "count" }),
            h("span", { class: "wait" }),
        );
    syncList(
        byId("waiting"),
        view.queues,
        (queue) => queue.service,
        row,
        (element, queue) => {
            setText(element.querySelector(".name"), i18n.name(queue.name));
            setText(element.querySelector(".count"), i18n.t("people", { n: queue.waiting }));
            drawWait(element.querySelector(".wait"), queue.oldest_s, queue.target_s);
        },
    );
    const line = () =>
        h(
            "li",
            {},
            h("span", { class: "id" }),
            h("span", { class: "name" }),
            h("span", { class: "wait" }),
        );
    syncList(
        byId("queue"),
        view.waiting.slice(0, NEXT_SHOWN),
        (one) => one.id,
        line,
        (element, one) => {
            setText(element.querySelector(".id"), one.number);
            setText(element.querySelector(".name"), serviceName(one.service));
            countFrom(element.querySelector(".wait"), readAt - one.waited_s * 1000);
        },
    );
}

function drawHeld() {
    setText(byId("held-count"), view.held.length ? `(${view.held.length})` : "");
    const row = (one) =>
        h(
            "li",
            {},
            h("span", { class: "id" }),
            h("span", { class: "name" }),
            h("span", { class: "left" }),
            h("button", { type: "button", on: { click: () => desk.perform("resume", one.id) } }),
        );
    syncList(
        byId("held"),
        view.held,
        (one) => one.id,
        row,
        (element, one) => {
            setText(element.querySelector(".id"), one.number);
            setText(element.querySelector(".name"), one.note || serviceName(one.service));
            const until = one.until ? Date.parse(one.until) : 0;
            setText(
                element.querySelector(".left"),
                until ? i18n.t("expires", { time: clockText(until) }) : "",
            );
            const button = element.querySelector("button");
            setText(button, i18n.t("do.held.resume"));
            button.setAttribute("aria-label", `${i18n.t("do.held.resume")} ${one.number}`);
        },
    );
}

function draw() {
    if (!view) {
        return;
    }
    drawWindow();
    drawCurrent();
    drawQueues();
    drawHeld();
    drawActions(i18n, byId("actions"), view);
    const place = i18n.t("window.no", { n: view.window.no });
    document.title = `${view.current?.number ?? "—"} · ${place}`;
}

/* Which window is this? From the address, from the sign-in, or asked. */
async function chooseWindow(me) {
    const given = Number(query.get("window")) || me.window;
    if (given) {
        return given;
    }
    const { data } = await api.get("/api/v1/windows");
    const options = data.items.map(({ no }) => ({
        value: no,
        label: i18n.t("window.no", { n: no }),
    }));
    const field = { name: "window", label: i18n.t("word.window"), options };
    const answer = await ask({
        i18n,
        title: i18n.t("choose.title"),
        text: i18n.t("choose.text"),
        fields: [field],
    });
    return Number(answer?.values.window ?? options[0].value);
}

function wireShortcuts() {
    const box = byId("keys");
    try {
        box.checked = localStorage.getItem("hallcall.clerk.keys") !== "off";
        box.addEventListener("change", () =>
            localStorage.setItem("hallcall.clerk.keys", box.checked ? "on" : "off"),
        );
    } catch {
        // Without storage the choice lasts as long as the page.
    }
    wireKeys(byId("actions"), () => box.checked);
}

async function main() {
    wireLanguage(i18n, byId("language"));
    i18n.onChange(draw);
    i18n.apply();
    const me = await whoAmI(api, i18n, {
        onWait: (error) => error && showLink(i18n, byId("link"), "lost"),
    });
    const window = await chooseWindow(me);
    const watch = new ViewWatch({
        api,
        path: `/api/v1/views/clerk?window=${window}`,
        onView: (fresh) => {
            view = fresh;
            learnTime(view.now);
            readAt = now();
            draw();
        },
        onLink: (link) => showLink(i18n, byId("link"), link),
        onError: refuseIn(byId("toast")),
        concerns: (name, data) =>
            name !== "device.online" &&
            (name !== "window.updated" || data?.data?.window === window),
    });
    desk = new Desk({
        api,
        i18n,
        window,
        clerk: query.get("clerk"),
        view: () => view,
        refresh: () => watch.refresh(),
        line: byId("toast"),
        onBusy: (busy) => byId("actions").setAttribute("aria-busy", String(busy)),
    });
    buildActions(byId("actions"), (verb) => view && desk.perform(verb));
    draw();
    wireShortcuts();
    runTimers();
    setInterval(() => view && drawQueues(), REDRAW_MS);
}

main();
