// acts: what the lobby manager does; an act that needs a reason asks for it, and it is recorded.

import { ask, toast } from "../shared/dialog.js";
import { h } from "../shared/dom.js";

/* A button of one card; its full name says which card, for those who do not see where it stands. */
export function actButton(label, act, about) {
    const props = { type: "button", "aria-label": `${label} ${about}`, on: { click: act } };
    return h("button", props, label);
}

export class Acts {
    /* `me`: name of the person signed in, proposed as the one who approves. */
    constructor({ api, i18n, line, refresh, me }) {
        Object.assign(this, { api, i18n, line, refresh, me });
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
            toast(this.line, error.message, true);
            return null;
        } finally {
            this.refresh();
        }
    }

    /* Asks for a reason, then posts it with whatever else belongs to it. */
    withReason(
        title,
        path,
        { method = "POST", wrap = (values) => values, suggest = [], more = [] } = {},
    ) {
        return this.run(title, async () => {
            const reason = {
                name: "reason",
                label: this.i18n.t("word.reason"),
                suggest,
                required: true,
                max: 40,
            };
            const answer = await ask({ i18n: this.i18n, title, fields: [reason, ...more] });
            return answer && this.api.write(method, path, wrap(answer.values));
        });
    }

    answerHelp(device) {
        const path = `/api/v1/devices/${encodeURIComponent(device)}/help`;
        return this.run(this.i18n.t("attended"), () => this.api.post(path, { on: false }));
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
        const suggest = this.#reasons(["system", "full", "staff"]);
        return this.withReason(this.i18n.t("suspend"), `/api/v1/services/${code}/suspend`, {
            suggest,
        });
    }

    resumeService(code) {
        return this.plain(this.i18n.t("resume"), `/api/v1/services/${code}/resume`);
    }

    pause(no) {
        const suggest = this.#reasons(["lunch", "meeting", "system"]);
        return this.withReason(this.i18n.t("pause"), `/api/v1/windows/${no}/pause`, { suggest });
    }

    resumeWindow(no) {
        return this.plain(this.i18n.t("resume"), `/api/v1/windows/${no}/resume`);
    }

    /* A window with a number is asked what becomes of it, as at the window itself. */
    close(no, number) {
        const { i18n } = this;
        const title = i18n.t("close");
        return this.run(title, async () => {
            const choices = ["finish", "return"].map((value) => ({
                value,
                label: i18n.t(`close.${value}`),
            }));
            const text = number
                ? i18n.t("close.number", { number })
                : i18n.t("close.sure", { n: no });
            const answer = await ask({ i18n, title, text, buttons: number ? choices : null });
            return (
                answer &&
                this.api.post(
                    `/api/v1/windows/${no}/close`,
                    number ? { current: answer.button } : {},
                )
            );
        });
    }

    restore(id) {
        return this.plain(this.i18n.t("restore"), `/api/v1/tickets/${id}/restore`);
    }

    cancel(id) {
        return this.withReason(this.i18n.t("cancel"), `/api/v1/tickets/${id}/cancel`, {
            suggest: this.#reasons(["left"]),
        });
    }

    urgent(id) {
        return this.withReason(this.i18n.t("urgent"), `/api/v1/tickets/${id}`, {
            method: "PATCH",
            wrap: (urgent) => ({ urgent }),
            suggest: this.#reasons(["urgent"]),
            more: [
                {
                    name: "approver",
                    label: this.i18n.t("approver"),
                    value: this.me,
                    required: true,
                    max: 40,
                },
            ],
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
