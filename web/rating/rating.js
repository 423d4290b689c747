// rating: the device at a window (?window=3). It invites when a service was finished, for as long
// as the server says; without an answer nothing is stored as an opinion.

import { Api } from "../shared/api.js";
import { byId, h, setText } from "../shared/dom.js";
import { I18n, wireLanguage } from "../shared/i18n.js";
import { messages } from "../shared/messages/rating.js";
import { whoAmI } from "../shared/signin.js";
import { refuseIn, ViewWatch } from "../shared/stream.js";
import { learnTime, now } from "../shared/time.js";

const LEVELS = [5, 4, 3, 2, 1];
const THANKS_MS = 5000;

const i18n = new I18n(messages, "rating");
const api = new Api(i18n);
let view = null;
let watch = null;
let thanked = null; // id of the ticket just rated
let thanksUntil = 0;
let sending = false;

function invited() {
    const open = view?.state === "invite" && view.ticket && view.ticket.id !== thanked;
    return open && (!view.until || Date.parse(view.until) > now());
}

function draw() {
    const asks = invited();
    const thanks = !asks && performance.now() < thanksUntil;
    setText(byId("heading"), i18n.t(asks ? "invite" : thanks ? "thanks" : "idle"));
    const about = asks
        ? [view.ticket.number, view.clerk && i18n.t("clerk", { name: view.clerk })]
        : [];
    setText(byId("about"), about.filter(Boolean).join(" · "));
    byId("levels").hidden = !asks;
    const left = asks && view.until ? Math.ceil((Date.parse(view.until) - now()) / 1000) : 0;
    setText(byId("left"), left > 0 ? i18n.t("left", { n: left }) : "");
}

async function rate(level) {
    if (sending || !invited()) {
        return;
    }
    sending = true;
    setText(byId("problem"), "");
    const { id } = view.ticket;
    try {
        await api.post(`/api/v1/tickets/${id}/rating`, { level, scale_version: view.scale });
        thanked = id;
        thanksUntil = performance.now() + THANKS_MS;
    } catch (error) {
        setText(byId("problem"), error.message);
    } finally {
        sending = false;
        draw();
        watch.refresh();
    }
}

function drawLevels() {
    byId("levels").replaceChildren(
        ...LEVELS.map((level) =>
            h(
                "button",
                { type: "button", on: { click: () => rate(level) } },
                i18n.t(`level.${level}`),
            ),
        ),
    );
}

async function main() {
    wireLanguage(i18n, byId("language"));
    i18n.onChange(() => {
        drawLevels();
        draw();
    });
    i18n.apply();
    drawLevels();
    draw();
    const me = await whoAmI(api, i18n);
    const window = Number(new URLSearchParams(location.search).get("window")) || me.window || 1;
    setText(byId("place"), i18n.t("window.no", { n: window }));
    i18n.onChange(() => setText(byId("place"), i18n.t("window.no", { n: window })));
    watch = new ViewWatch({
        api,
        path: `/api/v1/views/rating?window=${window}`,
        onView: (fresh) => {
            view = fresh;
            learnTime(view.now);
            setText(byId("problem"), "");
            draw();
        },
        onError: refuseIn(byId("problem")),
        concerns: (name) => /^(ticket|rating|window)\./.test(name),
    });
    setInterval(draw, 500);
}

main();
