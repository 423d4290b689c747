// pack: the voice that is there: clips that are missing or bad, and whether the hall's calls fit
// through it. Of what is in force, not of the draft; read again on demand, so that clips recorded
// meanwhile are heard at once.

import { h, setText } from "../shared/dom.js";
import { texts } from "./texts.js";

const PATH = "/api/v1/admin/voice-pack";

const figure = (value) => (value === null ? texts.t("value.none") : value.toFixed(1));

function zoneRow(zone) {
    const late = zone.short_per_min !== null && zone.wanted_per_min > zone.short_per_min;
    const tight = zone.calls_per_min !== null && zone.wanted_per_min > zone.calls_per_min;
    const verdict = zone.call_s === null ? "mute" : late ? "late" : tight ? "tight" : "good";
    return h(
        "tr",
        { dataset: { verdict } },
        h("th", { scope: "row" }, zone.zone ?? texts.t("value.hall")),
        h("td", {}, zone.windows),
        h("td", {}, figure(zone.wanted_per_min)),
        h("td", {}, figure(zone.calls_per_min)),
        h("td", {}, figure(zone.short_per_min)),
        h("td", { class: verdict === "good" ? null : "problem" }, texts.t(`pack.${verdict}`)),
    );
}

class Pack {
    #told = null;
    #state = h("div", { role: "status" });
    #zones = h("div", { class: "scroll", role: "region", tabindex: "0" });
    #findings = h("ul", { class: "remarks" });
    #busy = false;

    constructor(editor) {
        this.editor = editor;
        this.#zones.setAttribute("aria-label", texts.t("pack.title"));
        this.again = h("button", { type: "button", on: { click: () => this.#read() } }, texts.t("pack.again"));
        this.element = h(
            "section",
            { class: "extra", id: "voice-pack", "aria-labelledby": "voice-pack-title" },
            h("h4", { id: "voice-pack-title" }, texts.t("pack.title")),
            h("p", { class: "help" }, texts.t("pack.about")),
            this.#state,
            this.#zones,
            this.#findings,
            h("div", { class: "buttons" }, this.again),
        );
    }

    update() {
        if (!this.#told && this.element.isConnected) {
            this.#read();
        }
    }

    async #read() {
        if (this.#busy) {
            return;
        }
        this.#busy = true;
        setText(this.#state, texts.t("pack.busy"));
        try {
            this.#told = (await this.editor.api.get(PATH)).data;
            this.#draw(this.#told);
        } catch (error) {
            if (error.status === undefined) {
                throw error;
            }
            setText(this.#state, error.message);
        } finally {
            this.#busy = false;
        }
    }

    #draw({ on, languages, findings, more, zones }) {
        const line = ({ language, needed, good }) =>
            h(
                "p",
                { class: good === needed ? "good" : "problem" },
                texts.t("pack.language", { language: texts.t(`lang.${language}`), good, needed }),
            );
        this.#state.replaceChildren(
            ...(on ? [] : [h("p", { class: "problem" }, texts.t("pack.off"))]),
            ...languages.map(line),
        );
        const heads = ["zone", "windows", "wanted", "calls", "short", "verdict"].map((name) =>
            h("th", { scope: "col" }, texts.t(`pack.${name}`)),
        );
        this.#zones.replaceChildren(
            h("table", {}, h("thead", {}, h("tr", {}, ...heads)), h("tbody", {}, ...zones.map(zoneRow))),
        );
        this.#findings.replaceChildren(
            ...findings.map((text) => h("li", {}, h("code", {}, text))),
            ...(more > 0 ? [h("li", {}, texts.t("pack.more", { n: more }))] : []),
        );
    }
}

export const packTable = (editor) => new Pack(editor);
