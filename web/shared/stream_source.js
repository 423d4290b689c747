// stream_source: an event stream, kept open. The browser resumes by Last-Event-ID;
// when it gives up it is opened again with a back-off and `since`.

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 15000;

// EventSource hands out named events only to those who name them.
const VERBS = {
    ticket:
        "issued printed print_failed print_queued amended called recalled started finished " +
        "no_show restored returned abandoned continued checked held resumed transferred deferred cancelled voided expired undone",
    rating: "invited submitted lapsed exempted",
    window: "opened closed paused resumed updated",
    service: "suspended resumed",
    queue: "updated",
    appointment: "created cancelled checked_in missed",
    announcement: "queued started ended dropped",
    hall: "day_opened day_closed alert_raised alert_cleared",
    device: "enrolled revoked online offline paper_low paper_out paper_ok error",
    config: "changed",
    user: "logged_in logged_out created updated deleted",
};
const EVENT_TYPES = Object.entries(VERBS).flatMap(([noun, verbs]) =>
    verbs.split(" ").map((verb) => `${noun}.${verb}`),
);

export class StreamSource {
    #source = null;
    #timer = 0;
    #failures = 0;
    #last = null;

    /* `notify` gets { kind: "open" | "lost" | "reset" } and { kind: "event", name, seq, data }. */
    constructor(path, notify) {
        this.path = path;
        this.notify = notify;
        this.open = false;
    }

    start() {
        this.#connect();
    }

    stop() {
        clearTimeout(this.#timer);
        this.#source?.close();
        this.#source = null;
        this.open = false;
    }

    restart() {
        this.stop();
        this.#connect();
    }

    #connect() {
        const mark = this.path.includes("?") ? "&" : "?";
        const since = this.#last === null ? "" : `${mark}since=${encodeURIComponent(this.#last)}`;
        const source = new EventSource(this.path + since);
        this.#source = source;
        source.addEventListener("open", () => {
            this.#failures = 0;
            this.#turn(true);
        });
        source.addEventListener("error", () => {
            this.#turn(false);
            if (source.readyState === EventSource.CLOSED) {
                this.#later();
            }
        });
        source.addEventListener("reset", () => {
            this.#last = null;
            this.notify({ kind: "reset" });
        });
        for (const name of EVENT_TYPES) {
            source.addEventListener(name, (event) => this.#take(name, event));
        }
        source.addEventListener("message", (event) => this.#take("message", event));
    }

    #turn(open) {
        if (this.open !== open) {
            this.open = open;
            this.notify({ kind: open ? "open" : "lost" });
        }
    }

    #take(name, event) {
        if (event.lastEventId !== "") {
            this.#last = event.lastEventId;
        }
        let data = null;
        try {
            data = JSON.parse(event.data);
        } catch {
            // A heartbeat without data is still a sign of life.
        }
        this.notify({ kind: "event", name, seq: Number(event.lastEventId) || 0, data });
    }

    #later() {
        const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.#failures);
        this.#failures++;
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => this.#connect(), wait * (0.5 + Math.random() / 2));
    }
}
