// leds: virtual signs, drawn from the very bytes that the daemon last wrote to each of them.

import { Api } from "../shared/api.js";
import { byId, h, setText, syncList } from "../shared/dom.js";
import { I18n, wireLanguage } from "../shared/i18n.js";
import { messages } from "../shared/messages/leds.js";
import { whoAmI } from "../shared/signin.js";
import { showLink } from "../shared/stream.js";
import { bytesOf, decodeModbus, dumpLines, readable } from "./decode.js";
import { drawDigits } from "./segments.js";

const EVERY_MS = 300;
const OFFLINE_MS = 40000;
const LAST = 10000;

const i18n = new I18n(messages, "leds");
const api = new Api(i18n);
let answered = performance.now();
let signs = [];

function faceOf(sign, bytes) {
    if (bytes.length === 0) {
        return h("p", {}, i18n.t("nothing"));
    }
    if (sign.driver === "modbus") {
        const shown = decodeModbus(bytes);
        return shown.error
            ? h("p", {}, i18n.t(`error.${shown.error}`))
            : drawDigits(shown.glyphs, shown.text.trim() || i18n.t("blank"));
    }
    const text = sign.driver === "dump" ? dumpLines(bytes).join("\n") : readable(bytes);
    return h("pre", {}, text || i18n.t("blank"));
}

function titleOf(sign) {
    const place = sign.window ? i18n.t("window.no", { n: sign.window }) : i18n.t("wall");
    return `${place} · ${sign.code}`;
}

function build() {
    return h(
        "li",
        { class: "sign" },
        h("h2"),
        h("div", { class: "face" }),
        h("p", { class: "facts" }),
        h("p", { class: "hex" }),
    );
}

function fill(element, sign) {
    const state = `${i18n.lang}/${sign.version}/${sign.hex}`;
    setText(
        element.querySelector(".facts"),
        i18n.t("facts", { driver: sign.driver, address: sign.address, frames: sign.frames }),
    );
    if (element.dataset.state === state) {
        return;
    }
    element.dataset.state = state;
    element.dataset.window = sign.window ?? "";
    element.classList.toggle("wide", !sign.window);
    setText(element.querySelector("h2"), titleOf(sign));
    const bytes = bytesOf(sign.hex ?? "");
    element.querySelector(".face").replaceChildren(faceOf(sign, bytes));
    setText(
        element.querySelector(".hex"),
        bytes.map((byte) => byte.toString(16).toUpperCase().padStart(2, "0")).join(" "),
    );
}

function draw() {
    syncList(byId("signs"), signs, (sign) => sign.code, build, fill);
    byId("none").hidden = signs.length > 0;
}

async function poll() {
    try {
        const { data } = await api.get("/api/v1/leds");
        // Windows in their order, hall signs last.
        signs = [...data.signs].sort((a, b) => (a.window ?? LAST) - (b.window ?? LAST));
        answered = performance.now();
        showLink(i18n, byId("link"), "live");
        draw();
    } catch (error) {
        if (error.status === 401) {
            location.reload();
            return;
        }
        showLink(
            i18n,
            byId("link"),
            performance.now() - answered > OFFLINE_MS ? "offline" : "lost",
        );
    }
    setTimeout(poll, document.hidden ? 2000 : EVERY_MS);
}

async function main() {
    wireLanguage(i18n, byId("language"));
    i18n.onChange(draw);
    i18n.apply();
    await whoAmI(api, i18n);
    poll();
}

main();
