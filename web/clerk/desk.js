// desk: carries out what the clerk asks for: has the missing parts asked (questions.js), sends the
// command with the version of what the clerk saw, tells the outcome.

import { ApiError } from "../shared/api.js";
import { toast, whatWentWrong } from "../shared/dialog.js";
import { reasonAgainst, subject } from "./actions.js";
import * as questions from "./questions.js";

const ASKED = {
    pause: questions.pause,
    call: questions.call,
    "walk-in": questions.walkIn,
    hold: questions.hold,
    transfer: questions.transfer,
    another: questions.another,
    outcome: questions.outcome,
    abandon: questions.abandon,
};
const AT_WINDOW = new Set(["open", "resume", "pause", "call", "walk-in"]);
// Of the window's state these change nothing that another browser could have changed meanwhile.
const UNVERSIONED = new Set(["open", "assist", "auto-next", "take-over"]);
const PATHS = { outcome: "finish" };
const PASSED_MAX = 20;

// A mouse that bounces presses twice within this time.
const BOUNCE_MS = 250;

/* What of a window a clerk decides by. */
const seen = ({ window, current }) =>
    `${window.state} ${window.clerk} ${current?.id} ${current?.service}`;

export class Desk {
    #last = { wish: "", fresh: false }; // fresh: runs, or ended a moment ago
    #tail = Promise.resolve();

    /* `view()` gives the newest view, `refresh()` reads it anew, `onBusy(bool)` is told while
     * presses wait; `who`: { clerk, strict, front } of the person here. */
    constructor({ api, i18n, window, who, view, refresh, line, onBusy }) {
        Object.assign(this, { api, i18n, window, who, view, refresh, line, onBusy });
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
        const reason = ticket ? "" : reasonAgainst(this.i18n, verb, this.view(), this.who);
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
            const stale = error.code === "stale-version";
            toast(this.line, stale ? this.i18n.t("stale") : whatWentWrong(error), true);
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
        const { i18n } = this;
        const view = this.view();
        if (ticket) {
            return this.atTicket(ticket, verb);
        }
        switch (verb) {
            case "next":
                return this.next();
            case "undo":
                return this.atTicket(view.undo.ticket, verb, undefined, view.undo.version);
            case "auto-next":
                return this.atWindow(verb, { on: !view.window.auto_next });
            case "assist":
                return this.atWindow(verb, { on: !view.window.assist });
            case "open":
                return this.atWindow(verb, this.#myself());
            case "take-over":
                return this.#asked(await questions.takeOver(i18n, view), () =>
                    this.atWindow(verb, this.#myself()),
                );
            case "close":
                return this.#asked(view.current ? await questions.close(i18n, view) : {}, (body) =>
                    this.atWindow(verb, body, view),
                );
            case "invite":
                return this.#invite(view);
            case "note":
                return this.#asked(await questions.note(i18n, await this.#whole()), (body) =>
                    this.#amend(body),
                );
            case "inaccurate":
                return this.#amend({ time_inaccurate: !subject(view).time_inaccurate });
            case "restore":
                return this.#restore(view);
            default:
                return this.#plain(verb, view);
        }
    }

    async #plain(verb, view) {
        const passed = verb === "call" ? await this.#passed() : [];
        const question = ASKED[verb];
        const body = question
            ? await question(this.i18n, view, { passed, front: this.who.front })
            : undefined;
        if (body === null) {
            return null;
        }
        return AT_WINDOW.has(verb)
            ? this.atWindow(verb, body, view)
            : this.atTicket(view.current.id, PATHS[verb] ?? verb, body, view.current.version, view);
    }

    #asked(body, send) {
        return body && send(body);
    }

    #myself() {
        return this.who.clerk ? { clerk: this.who.clerk } : undefined;
    }

    /* `version`: what the clerk saw; another browser may have been first, and then the page says so
     * instead of doing something the clerk did not mean. */
    async #post(path, body, version, sawAs) {
        if (version && seen(this.view()) !== sawAs) {
            throw new ApiError(412, "stale-version", "");
        }
        const headers = version ? { "If-Match": `"v${version()}"` } : {};
        try {
            return await this.api.post(path, body, { headers });
        } catch (error) {
            if (error.code !== "stale-version") {
                throw error;
            }
            await this.refresh();
            if (seen(this.view()) !== sawAs) {
                throw error;
            }
            // A rating came in, say: nothing that this press depends on.
            return this.api.post(path, body, { headers: { "If-Match": `"v${version()}"` } });
        }
    }

    atWindow(verb, body, view = this.view()) {
        const version = UNVERSIONED.has(verb) ? null : () => this.view().window.version;
        return this.#post(`/api/v1/windows/${this.window}/${verb}`, body, version, seen(view));
    }

    atTicket(id, verb, body, version = null, view = this.view()) {
        const { current } = this.view();
        const now = version && (() => (current?.id === id ? this.view().current.version : version));
        const path = `/api/v1/tickets/${encodeURIComponent(id)}/${verb}`;
        return this.#post(path, body, now, seen(view));
    }

    #amend(body) {
        const { id } = subject(this.view());
        return this.api.write("PATCH", `/api/v1/tickets/${encodeURIComponent(id)}`, body);
    }

    /* The ticket a note is about, with its note. */
    async #whole() {
        const { current, last } = this.view();
        return current ?? (await this.api.get(`/api/v1/tickets/${last.id}`)).data;
    }

    /* Numbers that this window called in vain today. */
    async #passed() {
        const query = `state=no_show&window=${this.window}&limit=${PASSED_MAX}`;
        const { data } = await this.api.get(`/api/v1/tickets?${query}`);
        return data.items;
    }

    async #restore(view) {
        const passed = await this.#passed();
        const id = await questions.restore(this.i18n, view, { passed });
        return id && this.atTicket(id, "restore");
    }

    /* The words of a person at the end of the service: who is still served is done with them. */
    async #invite(view) {
        if (view.window.state !== "serving") {
            return this.atTicket(view.last.id, "invite");
        }
        const { id, version } = view.current;
        await this.atTicket(id, "finish", undefined, version);
        return this.atTicket(id, "invite");
    }

    /* The slip in the hand against the number that was called. */
    async check(scan) {
        const { current, slip } = this.view();
        const { i18n } = this;
        if (!current || !slip.wanted) {
            toast(this.line, i18n.t(current ? "slip.unwanted" : "why.no-ticket"), true);
            return;
        }
        try {
            await this.atTicket(current.id, "check", { scan });
            toast(this.line, i18n.t("slip.good", { number: current.number }));
        } catch (error) {
            await this.#refused(error);
        }
        await this.refresh();
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
        await this.atTicket(current.id, verb, undefined, current.version);
        if (verb !== "start") {
            await this.refresh();
            await this.next();
        }
    }
}
