// demo: the whole hall on one page, so that a newcomer sees one press travel from the kiosk to the
// sign.

import { byId, h } from "../shared/dom.js";
import { I18n, wireLanguage } from "../shared/i18n.js";
import { messages } from "../shared/messages/demo.js";

const i18n = new I18n(messages, "demo");

// title, address, width in the row, height in pixels.
const FRAMES = [
    { title: "kiosk", url: "/kiosk", size: "wide", height: 560 },
    { title: "display", url: "/display?zone=main", size: "wide", height: 560 },
    { title: "clerk1", url: "/clerk?window=1&clerk=zhang", size: "normal", height: 640 },
    { title: "clerk3", url: "/clerk?window=3&clerk=li", size: "normal", height: 640 },
    { title: "leds", url: "/leds", size: "normal", height: 640 },
];
const PAGES = [
    "/kiosk",
    "/clerk?window=1",
    "/display",
    "/window/1",
    "/welcome",
    "/leds",
    "/lobby",
    "/rating?window=1",
    "/admin",
];

function withLanguage(url) {
    return `${url}${url.includes("?") ? "&" : "?"}lang=${i18n.lang}`;
}

function frame({ title, url, size, height }) {
    const name = i18n.t(`frame.${title}`);
    const pane = h("div", { class: "pane" }, h("iframe", { src: withLanguage(url), title: name }));
    pane.style.setProperty("--pane-height", `${height}px`);
    return h(
        "figure",
        { dataset: { size, frame: title } },
        h(
            "figcaption",
            {},
            h("span", {}, name),
            h(
                "a",
                {
                    href: withLanguage(url),
                    target: "_blank",
                    "aria-label": i18n.t("open.label", { name }),
                },
                i18n.t("open"),
            ),
        ),
        pane,
    );
}

function draw() {
    byId("pages").replaceChildren(
        ...PAGES.map((url) =>
            h("li", {}, h("a", { href: url, target: "_blank" }, url.split("?")[0])),
        ),
    );
    byId("hall").replaceChildren(...FRAMES.map(frame));
}

wireLanguage(i18n, byId("language"));
i18n.onChange(draw);
i18n.apply();
draw();
