// desk: carries out what the clerk asks for: has the missing parts asked (questions.js), sends the
// command, tells the outcome.

import { toast } from "../shared/dialog.js";
import { reasonAgainst } from "./actions.js";
import * as questions from "./questions.js";

const { pause, call, walkIn, hold, transfer } = questions;
const QUESTIONS = { pause, call, "walk-in": walkIn, hold, transfer };

// A mouse that bounces presses twice within this time.
const BOUNCE_MS = 250;

export class Desk {
    #last = { wish: "", fresh: false }; // fresh: runs, or ended a moment ago
    #tail = Promise.resolve();

    /* `view()` gives the newest view, `refresh()` reads it anew, `onBusy(bool)` is told while
     * presses wait. */
    constructor({ api, i18n, window, clerk, view, refresh, line, onBusy }) {
        Object.assign(this, { api, i18n, window, clerk, view, refresh, line, onBusy });
    }

    /* One action after another: each is judged by the view that the one before has left. The same
     * press again while it runs, or at once after it, is one press. */
    perform(verb, ticket = null) {
        const wish = `${verb} ${ticket}`;
        if (wish === this.#last.wish && this.#last.fresh) {
            return;
        }
        const mine = { wish, fresh: true };
        this.#last = mine;
        this.onBusy(true);
        this.#tail = this.#tail
            .then(() => this.#run(verb, ticket))
            .finally(() => setTimeout(() => this.#settle(mine), BOUNCE_MS));
    }

    #settle(press) {
        press.fresh = false;
        this.onBusy(this.#last.fresh);
    }

    async #run(verb, ticket) {
        const reason = ticket ? "" : reasonAgainst(this.i18n, verb, this.view());
        const asks = verb === "next" && this.view().window.state === "calling";
        if (reason && !asks) {
            toast(this.line, reason, true);
            return;
        }
        try {
            await (asks ? this.askUnstarted() : this.#do(verb, ticket));
        } catch (error) {
            await this.#refused(error);
        }
        await this.refresh();
    }

    async #refused(error) {
        if (error.status === undefined) {
            throw error; // our own mistake, not an answer
        }
        if (error.code !== "current-not-started") {
            toast(this.line, error.message, true);
            return;
        }
        await this.refresh();
        await this.askUnstarted(error.problem.allowed).catch((again) =>
            toast(this.line, again.message, true),
        );
    }

    async #do(verb, ticket) {
        const answer = await this.#send(verb, ticket);
        if (answer && verb !== "next") {
            toast(this.line, this.i18n.t("done", { action: this.i18n.t(`do.${verb}`) }));
        }
    }

    /* Resolves with the answer of the daemon, or null when the clerk left the question. */
    async #send(verb, ticket) {
        if (ticket) {
            return this.atTicket(ticket, verb);
        }
        const { i18n } = this;
        const view = this.view();
        switch (verb) {
            case "next":
                return this.next();
            case "undo":
                return this.atTicket(view.undo.ticket, verb);
            case "open":
                return this.atWindow(verb, this.clerk ? { clerk: this.clerk } : undefined);
            case "resume":
                return this.atWindow(verb);
            case "auto-next":
                return this.atWindow(verb, { on: !view.window.auto_next });
            case "assist":
                return this.atWindow(verb, { on: !view.window.assist });
            case "close":
                return this.#asked(view.current ? await questions.close(i18n, view) : {}, (body) =>
                    this.atWindow(verb, body),
                );
            case "pause":
            case "call":
            case "walk-in":
                return this.#asked(await QUESTIONS[verb](i18n, view), (body) =>
                    this.atWindow(verb, body),
                );
            case "hold":
            case "transfer":
                return this.#asked(await QUESTIONS[verb](i18n, view), (body) =>
                    this.atTicket(view.current.id, verb, body),
                );
            default:
                return this.atTicket(view.current.id, verb);
        }
    }

    #asked(body, send) {
        return body && send(body);
    }

    atWindow(verb, body) {
        return this.api.post(`/api/v1/windows/${this.window}/${verb}`, body);
    }

    atTicket(id, verb, body) {
        return this.api.post(`/api/v1/tickets/${encodeURIComponent(id)}/${verb}`, body);
    }

    async next() {
        const { status, data } = await this.atWindow("next");
        const finished = data?.finished
            ? this.i18n.t("finished", { number: data.finished.number })
            : "";
        const empty = status === 204 || !data?.ticket ? this.i18n.t("nobody") : "";
        toast(this.line, [finished, empty].filter(Boolean).join(" · "));
    }

    /* A number was called and nobody has said what became of it: the clerk decides, never the
     * machine. */
    async askUnstarted(allowed = this.view().actions) {
        const { current } = this.view();
        const verb = current && (await questions.unstarted(this.i18n, current, allowed));
        if (!verb) {
            return;
        }
        await this.atTicket(current.id, verb);
        if (verb !== "start") {
            await this.next();
        }
    }
}
