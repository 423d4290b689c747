// devices: signs, keypads, printers: their state, when the last good frame was, what went wrong, and what to do.

import { byId, h, setText, syncList } from "../shared/dom.js";
import { clockText } from "../shared/time.js";

/* ok, low (works, wants somebody soon), bad */
function levelOf(device) {
    if (!device.online || device.paper === "out") {
        return "bad";
    }
    return device.paper === "low" || device.detail ? "low" : "ok";
}

export class LobbyDevices {
    constructor({ i18n, view }) {
        Object.assign(this, { i18n, view });
    }

    #state(device) {
        const { i18n } = this;
        const parts = [i18n.t(`device.${device.state ?? (device.online ? "online" : "offline")}`)];
        if (device.paper && device.paper !== "ok") {
            parts.push(i18n.t(`paper.${device.paper}`));
        }
        return parts.join(" · ");
    }

    #facts(device) {
        const { i18n } = this;
        const parts = [device.driver, device.port, device.detail];
        if (device.last_ok_at) {
            parts.push(i18n.t("device.last", { time: clockText(Date.parse(device.last_ok_at)) }));
        }
        if (device.latency_ms !== null && device.latency_ms !== undefined) {
            parts.push(i18n.t("device.latency", { n: device.latency_ms }));
        }
        for (const [kind, n] of Object.entries(device.errors ?? {})) {
            if (n > 0) {
                parts.push(`${i18n.t(`trouble.${kind}`)} ${n}`);
            }
        }
        return parts.filter(Boolean).join(" · ");
    }

    /* What to do about it: the kind of trouble seen most says where to look. */
    #todo(device) {
        if (device.paper === "out" || device.paper === "low") {
            return this.i18n.t("todo.paper");
        }
        if (device.online) {
            return "";
        }
        const errors = Object.entries(device.errors ?? {}).sort((a, b) => b[1] - a[1]);
        return this.i18n.t(`todo.${errors.length && errors[0][1] > 0 ? errors[0][0] : "silent"}`);
    }

    draw() {
        const { devices } = this.view();
        const order = { bad: 0, low: 1, ok: 2 };
        const sorted = [...devices].sort((a, b) => order[levelOf(a)] - order[levelOf(b)]);
        const icon = { ok: "●", low: "▲", bad: "✕" };
        const row = () =>
            h(
                "li",
                {},
                h("span", { class: "name" }),
                h("span", { class: "state" }),
                h("span", { class: "more" }),
                h("span", { class: "todo" }),
            );
        byId("devices-none").hidden = devices.length > 0;
        syncList(byId("devices"), sorted, (one) => one.code, row, (element, device) => {
            element.dataset.level = levelOf(device);
            setText(element.querySelector(".name"), `${icon[levelOf(device)]} ${device.code}`);
            setText(element.querySelector(".state"), this.#state(device));
            setText(element.querySelector(".more"), this.#facts(device));
            const todo = this.#todo(device);
            setText(element.querySelector(".todo"), todo);
            element.querySelector(".todo").hidden = !todo;
        });
    }
}
