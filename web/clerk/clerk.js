// clerk: the console of one window (?window=3): who sits here, the view kept true, and the parts
// put together. draw.js draws, desk.js acts.

import { Api } from "../shared/api.js";
import { ask } from "../shared/dialog.js";
import { byId } from "../shared/dom.js";
import { I18n, wireLanguage } from "../shared/i18n.js";
import { messages } from "../shared/messages/clerk.js";
import { whoAmI } from "../shared/signin.js";
import { refuseIn, showLink, ViewWatch } from "../shared/stream.js";
import { learnTime } from "../shared/time.js";
import { runTimers } from "../shared/timers.js";
import { buildActions, drawActions, VERBS } from "./actions.js";
import { Desk } from "./desk.js";
import { Picture } from "./draw.js";
import { changeKeys, Keys, wireKeys } from "./keys.js";
import { wireScanner } from "./scan.js";

const REDRAW_MS = 5000; // waits grow without events
const SECOND_MS = 1000; // what a button says of seconds
const MORE_OPEN = "hallcall.clerk.more";
const HALL_WIDE = ["lobby", "supervisor", "admin"];

const query = new URLSearchParams(location.search);
const i18n = new I18n(messages, "clerk");
const api = new Api(i18n);
const keys = new Keys();
const places = [byId("actions"), byId("more-actions")];

/* None where that cannot be read now: what is known already must do. */
async function windows() {
    try {
        return (await api.get("/api/v1/windows")).data.items;
    } catch {
        return [];
    }
}

/* Which window is this? From the address, from the sign-in, or asked. */
async function chooseWindow(me) {
    const given = Number(query.get("window")) || me.window;
    const items = await windows();
    if (given && (items.length === 0 || items.some(({ no }) => no === given))) {
        return given;
    }
    const unknown = given ? `${i18n.t("choose.unknown", { n: given })} · ` : "";
    const options = items.map(({ no }) => ({
        value: no,
        label: i18n.t("window.no", { n: no }),
    }));
    const field = { name: "window", label: i18n.t("word.window"), options };
    const answer = await ask({
        i18n,
        title: i18n.t("choose.title"),
        text: unknown + i18n.t("choose.text"),
        fields: [field],
    });
    return Number(answer?.values.window ?? options[0]?.value);
}

/* Under which name this person is on duty, and what a clerk who is nothing more may not. */
function personOf(me) {
    const wide = me.roles.some((role) => HALL_WIDE.includes(role));
    return {
        clerk: query.get("clerk") ?? me.user?.name ?? me.device ?? null,
        strict: !wide,
        front: wide,
    };
}

function wireShortcuts(press, redraw) {
    const box = byId("keys");
    box.checked = keys.on;
    box.addEventListener("change", () => {
        keys.turn(box.checked);
        redraw();
    });
    byId("keys-change").addEventListener("click", () => changeKeys(i18n, keys, VERBS, redraw));
    wireKeys(keys, press);
}

/* The rarer actions stay as they were left, open or closed. */
function wireMore() {
    const more = byId("more");
    try {
        const kept = localStorage.getItem(MORE_OPEN);
        more.open = kept === null ? window.matchMedia("(min-width: 860px)").matches : kept === "1";
        more.querySelector("summary").addEventListener("click", () =>
            localStorage.setItem(MORE_OPEN, more.open ? "0" : "1"),
        );
    } catch {
        more.open = true;
    }
}

/* A session that is over is renewed in place: what the clerk sees stays, and so do holds and notes
 * that were being typed. The demo hall gives a new one with any page; a person signs in again. */
async function renewSession() {
    await fetch(location.pathname, { cache: "no-store" }).catch(() => {});
    await whoAmI(api, i18n);
}

function watchView(window, picture, redraw) {
    const link = byId("link");
    i18n.onChange(() => link.dataset.link && showLink(i18n, link, link.dataset.link));
    let renewing = null;
    const tell = refuseIn(byId("toast"));
    const watch = new ViewWatch({
        api,
        path: `/api/v1/views/clerk?window=${window}`,
        onView: (fresh) => {
            learnTime(fresh.now);
            picture.take(fresh);
            redraw();
        },
        onLink: (state) => showLink(i18n, link, state),
        onError: (error) => {
            if (error.status !== 401) {
                tell(error);
                return;
            }
            renewing ??= renewSession()
                .then(() => watch.refresh())
                .finally(() => (renewing = null));
        },
        concerns: (name, data) =>
            name !== "device.online" &&
            (name !== "window.updated" || data?.data?.window === window),
    });
    return watch;
}

function wireSlip(desk) {
    byId("slip").addEventListener("submit", (event) => {
        event.preventDefault();
        const scan = byId("scan").value.trim();
        byId("scan").value = "";
        if (scan) {
            desk.check(scan);
        }
    });
    wireScanner((text) => desk.check(text));
}

function wireSignOut(me) {
    byId("sign-out").hidden = !(me.user && me.csrf && !query.has("clerk"));
    byId("sign-out").addEventListener("click", async () => {
        await api.post("/api/v1/logout");
        location.reload();
    });
}

async function main() {
    wireLanguage(i18n, byId("language"));
    i18n.apply();
    wireMore();
    const me = await whoAmI(api, i18n, {
        onWait: (error) => error && showLink(i18n, byId("link"), "lost"),
    });
    const window = await chooseWindow(me);
    const who = personOf(me);
    const perform = (verb, ticket) => picture.view && desk.perform(verb, ticket);
    const picture = new Picture({
        i18n,
        who,
        perform,
        loadWhy: async (id) => (await api.get(`/api/v1/tickets/${encodeURIComponent(id)}/why`)).data,
    });
    const drawButtons = () => picture.view && drawActions(i18n, places, picture.view, keys, who);
    const redraw = () => {
        if (picture.view) {
            picture.draw();
            drawButtons();
        }
    };
    buildActions(...places, perform);
    i18n.onChange(redraw);
    const watch = watchView(window, picture, redraw);
    const desk = new Desk({
        api,
        i18n,
        window,
        who,
        view: () => picture.view,
        refresh: () => watch.refresh(),
        line: byId("toast"),
        onBusy: (busy) => places[0].setAttribute("aria-busy", String(busy)),
    });
    const pressed = (verb) =>
        places.map((place) => place.querySelector(`[data-verb="${verb}"]`)).find(Boolean).click();
    wireShortcuts(pressed, drawButtons);
    wireSlip(desk);
    wireSignOut(me);
    runTimers();
    setInterval(() => picture.view && picture.drawQueues(), REDRAW_MS);
    setInterval(drawButtons, SECOND_MS);
}

main();
