// acts: what the lobby manager does; an act that needs a reason asks for it, and it is recorded.

import { ask, toast, whatWentWrong } from "../shared/dialog.js";
import { h } from "../shared/dom.js";

/* A button of one card; its full name says which card, for those who do not see where it stands. */
export function actButton(label, act, about) {
    const props = { type: "button", "aria-label": `${label} ${about}`, on: { click: act } };
    return h("button", props, label);
}

const SUSPENDERS = ["supervisor", "admin"];

export class Acts {
    /* `me`: who is signed in, with roles; `view()`: what the page shows. */
    constructor({ api, i18n, line, refresh, me, view }) {
        Object.assign(this, { api, i18n, line, refresh, me, view });
    }

    maySuspend() {
        return this.me.roles.some((role) => SUSPENDERS.includes(role));
    }

    /* Runs one act and tells its outcome; `work` resolves to null when the person thought better
     * of it. */
    async run(label, work) {
        try {
            const answer = await work();
            if (answer) {
                toast(this.line, this.i18n.t("done", { action: label }));
            }
            return answer;
        } catch (error) {
            if (error.status === undefined) {
                throw error;
            }
            toast(this.line, whatWentWrong(error), true);
            return null;
        } finally {
            this.refresh();
        }
    }

    reasonField(suggest, required = true) {
        const label = this.i18n.t("word.reason");
        return { name: "reason", label, suggest: this.#reasons(suggest), required, max: 40 };
    }

    /* Asks for a reason and whatever else belongs to it, then posts what `wrap` makes of it. */
    withReason(title, path, options = {}) {
        const { method = "POST", wrap = (values) => values, suggest = [], more = [], text = "" } = options;
        return this.run(title, async () => {
            const fields = [...more, this.reasonField(suggest)];
            const answer = await ask({ i18n: this.i18n, title, text, fields });
            return answer && this.api.write(method, path, wrap(answer.values));
        });
    }

    answerHelp(device) {
        const path = `/api/v1/devices/${encodeURIComponent(device)}/help`;
        return this.run(this.i18n.t("do.clear-help"), () => this.api.post(path, { on: false }));
    }

    sure(title, text, path, body) {
        return this.run(title, async () => {
            const answer = await ask({ i18n: this.i18n, title, text });
            return answer && this.api.post(path, body);
        });
    }

    plain(title, path, body) {
        return this.run(title, () => this.api.post(path, body));
    }

    #reasons(keys) {
        return keys.map((key) => this.i18n.t(`reason.${key}`));
    }

    suspend(code) {
        const suggest = ["system", "full", "staff"];
        return this.withReason(this.i18n.t("suspend"), `/api/v1/services/${code}/suspend`, { suggest });
    }

    resumeService(code) {
        return this.plain(this.i18n.t("resume"), `/api/v1/services/${code}/resume`);
    }

    pause(no) {
        const suggest = ["lunch", "meeting", "system"];
        return this.withReason(this.i18n.t("pause"), `/api/v1/windows/${no}/pause`, { suggest });
    }

    resumeWindow(no) {
        return this.plain(this.i18n.t("resume"), `/api/v1/windows/${no}/resume`);
    }

    clearHelp(no) {
        return this.plain(this.i18n.t("help.clear"), `/api/v1/windows/${no}/assist`, { on: false });
    }

    /* A window with a number is asked what becomes of it, as at the window itself. */
    close(no, number) {
        const { i18n } = this;
        const title = i18n.t("close");
        return this.run(title, async () => {
            const choices = ["finish", "return"].map((value) => ({ value, label: i18n.t(`close.${value}`) }));
            const text = number ? i18n.t("close.number", { number }) : i18n.t("close.sure", { n: no });
            const fields = [this.reasonField(["staff", "lunch", "meeting"])];
            const answer = await ask({ i18n, title, text, fields, buttons: number ? choices : null });
            const current = number ? { current: answer?.button } : {};
            return answer && this.api.post(`/api/v1/windows/${no}/close`, { ...answer.values, ...current });
        });
    }

    /* ---- one ticket: { id, number, state, service } ---- */

    #ticket(ticket, verb, options) {
        return this.withReason(this.i18n.t(verb), `/api/v1/tickets/${ticket.id}/${verb}`, options);
    }

    attend({ id }) {
        return this.plain(this.i18n.t("attended"), `/api/v1/tickets/${id}/attended`);
    }

    restore(ticket) {
        const options = ["", "front", "after:3", "back"].map((value) => ({
            value,
            label: this.i18n.t(`position.${value || "rule"}`),
        }));
        const position = { name: "position", label: this.i18n.t("position"), options };
        const wrap = (values) => (values.position ? values : { reason: values.reason });
        return this.#ticket(ticket, "restore", { more: [position], wrap, suggest: ["passed", "toilet"] });
    }

    cancel(ticket) {
        return this.#ticket(ticket, "cancel", { suggest: ["left"] });
    }

    void(ticket) {
        return this.#ticket(ticket, "void", { suggest: ["mistake"] });
    }

    abandon(ticket) {
        return this.#ticket(ticket, "abandon", { suggest: ["left"] });
    }

    defer(ticket) {
        const places = { name: "places", label: this.i18n.t("places"), type: "number", min: 1, max: 20, value: "3", required: true };
        const wrap = ({ reason, places: n }) => ({ reason, places: Number(n) });
        return this.#ticket(ticket, "defer", { more: [places], wrap, suggest: ["wish"] });
    }

    reprint({ id }) {
        return this.plain(this.i18n.t("reprint"), `/api/v1/tickets/${id}/reprint`, {});
    }

    #amend(ticket, title, options) {
        return this.withReason(this.i18n.t(title), `/api/v1/tickets/${ticket.id}`, { method: "PATCH", ...options });
    }

    urgent(ticket) {
        const { today, per_day: most, other_approver: other } = this.view().urgent;
        const approver = {
            name: "approver",
            label: this.i18n.t(other ? "approver.other" : "approver"),
            value: other ? null : this.me.user?.name,
            required: true,
            max: 40,
        };
        return this.#amend(ticket, "urgent", {
            text: most > 0 ? this.i18n.t("urgent.cap", { n: today, most }) : "",
            wrap: (urgent) => ({ urgent }),
            suggest: ["urgent"],
            more: [approver],
        });
    }

    reclass(ticket) {
        const { i18n } = this;
        const options = this.view().classes.map((one) => ({ value: one.code, label: i18n.name(one.name) }));
        const field = { name: "class", label: i18n.t("class"), options, value: ticket.class };
        return this.#amend(ticket, "reclass", { more: [field], suggest: ["checked"] });
    }

    #places(ticket) {
        const { i18n } = this;
        const { services, windows } = this.view();
        const to = services
            .filter((one) => one.code !== ticket.service)
            .map((one) => ({ value: `service ${one.code}`, label: i18n.name(one.name) }));
        const able = windows.filter((one) => !["closed", "paused"].includes(one.state));
        return to.concat(
            able.map((one) => ({ value: `window ${one.no}`, label: i18n.t("window.no", { n: one.no }) })),
        );
    }

    /* Who waits keeps leg and place; who was called is sent on, with a note for the next window. */
    move(ticket) {
        const { i18n } = this;
        const to = { name: "to", label: i18n.t("move.to"), options: this.#places(ticket) };
        const aim = (text) => {
            const [kind, code] = text.split(" ");
            return kind === "window" ? { window: Number(code) } : { service: code };
        };
        const suggest = ["wrong", "relief"];
        if (ticket.state === "waiting") {
            const wrap = (values) => ({ reason: values.reason, ...aim(values.to) });
            return this.#amend(ticket, "move", { more: [to], wrap, suggest });
        }
        const options = ["keep_time", "front", "back"].map((value) => ({
            value,
            label: i18n.t(`position.${value}`),
        }));
        const position = { name: "position", label: i18n.t("position"), options };
        const wrap = ({ reason, to: place, position: where }) => ({
            reason,
            note: reason,
            position: where,
            ...aim(place),
        });
        const path = `/api/v1/tickets/${ticket.id}/transfer`;
        return this.withReason(i18n.t("move"), path, { more: [to, position], wrap, suggest });
    }

    /* A number for somebody who stands before the manager. */
    async issue() {
        const { i18n } = this;
        const title = i18n.t("issue");
        const list = (items) => items.map((one) => ({ value: one.code, label: i18n.name(one.name) }));
        const open = this.view().services.filter((one) => one.open);
        if (open.length === 0) {
            toast(this.line, i18n.t("issue.none"), true);
            return null;
        }
        const fields = [
            { name: "service", label: i18n.t("service"), options: list(open) },
            { name: "class", label: i18n.t("class"), options: list(this.view().classes) },
        ];
        return this.run(title, async () => {
            const answer = await ask({ i18n, title, fields });
            return answer && (await this.api.post("/api/v1/tickets", answer.values)).data;
        });
    }

    day(verb) {
        return this.sure(
            this.i18n.t(`day.${verb}`),
            this.i18n.t(`day.${verb}.sure`),
            `/api/v1/admin/day/${verb}`,
        );
    }
}
