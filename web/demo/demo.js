// demo: the whole hall on one page, so that a newcomer sees one press travel from the kiosk to
// clerk, screens, sign, phone and rating device.

import { Api } from "../shared/api.js";
import { byId, h, setText } from "../shared/dom.js";
import { I18n, wireLanguage } from "../shared/i18n.js";
import { messages } from "../shared/messages/demo.js";
import { sharedStream } from "../shared/stream.js";

const i18n = new I18n(messages, "demo");

// title, address, columns of twelve. The first row has the press and what the hall sees of it; the
// phone is that of the newest number.
const FRAMES = [
    { title: "kiosk", url: "/kiosk", columns: 4 },
    { title: "clerk1", url: "/clerk?window=1&clerk=zhang", columns: 3 },
    { title: "display", url: "/display?zone=main", columns: 5 },
    { title: "phone", url: null, columns: 2 },
    { title: "clerk3", url: "/clerk?window=3&clerk=li", columns: 3 },
    { title: "window1", url: "/window/1", columns: 3 },
    { title: "leds", url: "/leds", columns: 4 },
    { title: "welcome", url: "/welcome", columns: 4 },
    { title: "lobby", url: "/lobby", columns: 4 },
    { title: "rating", url: "/rating?window=1", columns: 4 },
];
const PAGES = [
    "/kiosk",
    "/clerk?window=1",
    "/display?zone=main",
    "/window/1",
    "/welcome",
    "/leds",
    "/lobby",
    "/rating?window=1",
    "/admin",
];
const PLAIN = {
    kiosk: "/kiosk",
    clerk: "/clerk",
    display: "/display",
    window: "/window/1",
    welcome: "/welcome",
    lobby: "/lobby",
    rating: "/rating?window=1",
    leds: "/leds",
    admin: "/admin",
};
// Which surfaces an event changes: they are framed for a moment.
const REACH = {
    "ticket.issued": ["welcome", "kiosk", "clerk1", "clerk3", "phone", "display", "lobby"],
    "ticket.called": ["clerk1", "clerk3", "phone", "display", "window1", "leds", "lobby"],
    "ticket.recalled": ["clerk1", "clerk3", "phone", "display", "window1", "leds"],
    "ticket.started": ["clerk1", "clerk3", "phone", "display", "window1", "leds", "lobby"],
    "ticket.finished": ["clerk1", "clerk3", "phone", "display", "window1", "leds", "rating", "lobby"],
};
const TOUCHED_MS = 2500;

const api = new Api(i18n);
let phone = null; // address of the newest number's page

function withLanguage(url) {
    return `${url}${url.includes("?") ? "&" : "?"}lang=${i18n.lang}`;
}

function open(title, url) {
    const label = i18n.t("open.label", { name: i18n.t(`frame.${title}`) });
    return h("a", { href: withLanguage(url), target: "_blank", "aria-label": label }, i18n.t("open"));
}

function content(title, url) {
    return url === null
        ? h("p", {}, i18n.t("phone.none"))
        : h("iframe", { src: withLanguage(url), title: i18n.t(`frame.${title}`) });
}

function frame({ title, url: fixed, columns }) {
    const url = title === "phone" ? phone : fixed;
    const pane = h("div", { class: "pane" }, content(title, url));
    const caption = h("figcaption", {}, h("span", {}, i18n.t(`frame.${title}`)), url && open(title, url));
    const figure = h("figure", { dataset: { frame: title } }, caption, pane);
    figure.style.setProperty("--columns", String(columns));
    return figure;
}

function figureOf(title) {
    return document.querySelector(`[data-frame="${title}"]`);
}

/* The newest number's page comes onto the phone. */
async function showPhone(id) {
    const { data } = await api.get(`/api/v1/tickets/${encodeURIComponent(id)}`);
    phone = data.public_url;
    figureOf("phone").replaceWith(frame(FRAMES.find(({ title }) => title === "phone")));
}

/* Says what happened, and frames the surfaces that show it. */
function follow({ kind, name, data }) {
    const titles = kind === "event" && REACH[name];
    if (!titles) {
        return;
    }
    if (name === "ticket.issued") {
        showPhone(data.subject.split("/")[1]).catch(() => {}); // the next one will do
    }
    const { number, window } = data.data;
    setText(byId("journey"), i18n.t(`journey.${name}`, { number, window: window ?? "" }));
    for (const title of titles) {
        figureOf(title).classList.add("touched");
    }
    setTimeout(() => titles.forEach((title) => figureOf(title).classList.remove("touched")), TOUCHED_MS);
}

/* What can be opened in a hall that is no demo: nothing of it is anybody's who comes to this page. */
function drawPlain() {
    const link = ([title, url]) => h("li", {}, h("a", { href: withLanguage(url) }, i18n.t(`plain.${title}`)), ` ${url}`);
    byId("links").replaceChildren(...Object.entries(PLAIN).map(link));
}

function drawDemo() {
    byId("pages").replaceChildren(
        ...PAGES.map((url) =>
            h("li", {}, h("a", { href: url, target: "_blank" }, url.split("?")[0])),
        ),
    );
    byId("hall").replaceChildren(...FRAMES.map(frame));
}

/* In a demo hall every browser is signed in as the demo. */
async function isDemo() {
    try {
        return (await api.me()).user?.name === "demo";
    } catch {
        return false;
    }
}

async function main() {
    wireLanguage(i18n, byId("language"));
    i18n.apply();
    const demo = await isDemo();
    const draw = demo ? drawDemo : drawPlain;
    byId("subtitle").hidden = byId("demo").hidden = !demo;
    byId("plain").hidden = demo;
    i18n.onChange(draw);
    draw();
    if (demo) {
        sharedStream(follow);
    }
}

main();
