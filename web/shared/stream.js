// stream: keeps a view of the hall on the page true. Every event that concerns the page makes it
// read its view again, so that what is shown is always one state of the server and never a guess
// patched together.
//
// The heartbeat of the stream is a comment, which EventSource does not show. So a quiet stream is
// checked by asking for the view (304 when nothing changed); 40 s without any sign of life is
// "offline".

import { StreamSource } from "./stream_source.js";

const QUIET_MS = 20000;
const OFFLINE_MS = 40000;
const POLL_MS = 5000;
const POLL_OFFLINE_MS = 10000;
const COALESCE_MS = 30;
const APART_MS = 200;

/* The events of the hall, by the worker that all pages of the browser share, or by an own stream.
 * */
export function sharedStream(notify) {
    if (typeof SharedWorker === "undefined") {
        const source = new StreamSource("/api/v1/events", notify);
        source.start();
        return source;
    }
    const worker = new SharedWorker("/shared/stream_worker.js", {
        type: "module",
        name: "hallcall",
    });
    worker.port.addEventListener("message", ({ data }) => notify(data));
    worker.port.start();
    window.addEventListener("pagehide", () => worker.port.postMessage("bye"));
    return {
        restart: () => worker.port.postMessage("restart"),
        stop: () => worker.port.postMessage("bye"),
    };
}

function ownStream(path, notify) {
    const source = new StreamSource(path, notify);
    source.start();
    return source;
}

export class ViewWatch {
    #stream;
    #open = false;
    #seq = 0; // newest event of the stream
    #reading = null; // the read that runs, and the one that waits for its end
    #next = null;
    #failing = false;
    #timer = 0;
    #alive = performance.now(); // last sign of life, by stream or by answer
    #heard = performance.now(); // last message of the stream
    #polled = -Infinity;
    #watchdog = 0;
    #link = "";

    /* `path` of the view; `onView(view)` on every change; `onLink(state)` with live, polling,
     * lost, offline; `onError(error)` for answers that are refusals; `concerns(name, data)` tells
     * which events matter; `stream`: path of an own event stream instead of the hall's; `poll`:
     * how often to ask without a stream. */
    constructor({
        api,
        path,
        stream = null,
        poll = POLL_MS,
        onView,
        onLink = () => {},
        onError,
        concerns,
    }) {
        this.api = api;
        this.path = path;
        this.poll = poll;
        this.onView = onView;
        this.onLink = onLink;
        this.onError = onError ?? (() => {});
        this.concerns = concerns ?? (() => true);
        const notify = (message) => this.#hear(message);
        this.#stream = stream ? ownStream(stream, notify) : sharedStream(notify);
        this.#watchdog = setInterval(() => this.#check(), 1000);
        // A page that comes back out of the browser's cache has left the stream: it starts anew.
        window.addEventListener("pageshow", (event) => event.persisted && location.reload());
        window.addEventListener("online", () => this.refresh());
        document.addEventListener("visibilitychange", () => !document.hidden && this.refresh());
        this.refresh();
    }

    #hear(message) {
        if (message.kind === "lost") {
            this.#open = false;
            this.#tell();
            this.refresh();
            return;
        }
        this.#alive = this.#heard = performance.now();
        if (message.kind === "event") {
            this.#seq = Math.max(this.#seq, message.seq);
            if (this.concerns(message.name, message.data)) {
                this.#soon();
            }
            return;
        }
        if (message.kind === "reset") {
            this.#seq = 0;
        }
        this.#open = true;
        this.#tell();
        this.#soon();
    }

    /* For good: the view is known to be gone. */
    stop() {
        clearInterval(this.#watchdog);
        this.#stream.stop();
    }

    /* A burst of events makes one read, and a stream of them at most five a second. */
    #soon() {
        if (this.#timer === 0) {
            const rest = APART_MS - (performance.now() - this.#polled);
            this.#timer = setTimeout(
                () => {
                    this.#timer = 0;
                    this.refresh();
                },
                Math.max(COALESCE_MS, rest),
            );
        }
    }

    /* Reads the view; resolves when it is drawn. Calls that come while one runs share one more
     * afterwards, so that what they asked for is surely in it. */
    refresh() {
        if (!this.#reading) {
            return this.#start();
        }
        this.#next ??= this.#reading.then(() => {
            this.#next = null;
            return this.#start();
        });
        return this.#next;
    }

    #start() {
        this.#reading = this.#read().finally(() => (this.#reading = null));
        return this.#reading;
    }

    async #read() {
        this.#polled = performance.now();
        try {
            const { data, changed } = await this.api.view(this.path);
            this.#alive = performance.now();
            this.#failing = false;
            this.#missed(data);
            this.onView(data, changed);
        } catch (error) {
            if (error.status === undefined) {
                throw error; // our own mistake, not the network's
            }
            this.#failing = true;
            if (error.status > 0) {
                this.#alive = performance.now();
            }
            this.onError(error);
        } finally {
            this.#tell();
        }
    }

    /* A quiet stream whose view moved on is dead without knowing it. */
    #missed(view) {
        const quiet = performance.now() - this.#heard;
        if (this.#open && quiet > QUIET_MS && view?.seq > this.#seq + 1 && this.#seq > 0) {
            this.#seq = view.seq;
            this.#heard = performance.now();
            this.#stream.restart();
        }
    }

    #check() {
        const now = performance.now();
        const offline = now - this.#alive > OFFLINE_MS;
        const every = offline ? POLL_OFFLINE_MS : this.#open ? QUIET_MS : this.poll;
        if (!this.#reading && now - Math.max(this.#polled, this.#open ? this.#alive : 0) > every) {
            this.refresh();
        }
        this.#tell();
    }

    #tell() {
        const offline = performance.now() - this.#alive > OFFLINE_MS;
        const answered = this.#open ? "live" : "polling";
        const state = offline ? "offline" : this.#failing ? "lost" : answered;
        if (state !== this.#link) {
            this.#link = state;
            this.onLink(state);
        }
    }
}

/* What a page does with an answer that refuses its view: a lost sign-in starts it anew, anything
 * else is told. */
export function refuseIn(element) {
    return (error) => {
        if (error.status === 401) {
            location.reload();
        } else if (error.status > 0) {
            element.textContent = error.message;
            element.hidden = false;
        }
    };
}

/* Shows the link state in an element: a word, and a class for the colour. */
export function showLink(i18n, element, state) {
    element.dataset.link = state;
    const text = i18n.t(`link.${state}`);
    if (element.textContent !== text) {
        element.textContent = text;
    }
}
