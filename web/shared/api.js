// api: requests to the daemon. Writes carry the CSRF token of GET /api/v1/me and an
// Idempotency-Key; after a time-out they are repeated with the same key, so that a lost answer
// never becomes a second ticket.

const TIMEOUT_MS = 8000;
const TRIES = 3;

/* A request that was not answered (status 0), or answered with a problem; `message` is for the
 * reader. */
export class ApiError extends Error {
    constructor(status, code, message, problem = {}) {
        super(message);
        this.status = status;
        this.code = code;
        this.problem = problem;
    }

    /* Would the same request perhaps succeed a little later? */
    get passing() {
        return this.status === 0 || this.status === 503 || this.status === 429;
    }
}

export function newKey() {
    // randomUUID exists in secure contexts only, and a hall may serve plain HTTP on its own
    // network.
    if (crypto.randomUUID) {
        return crypto.randomUUID();
    }
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export class Api {
    #csrf = null;
    #seen = new Map(); // path -> { etag, data } of views, for If-None-Match

    /* `session` false: a visitor's page, which has no sign-in to ask for a token. */
    constructor(i18n, { session = true } = {}) {
        this.i18n = i18n;
        this.session = session;
    }

    async #send(method, path, { body, headers = {}, timeout = TIMEOUT_MS }) {
        const all = { Accept: "application/json", "Accept-Language": this.i18n.lang, ...headers };
        if (body !== undefined) {
            all["Content-Type"] = "application/json";
        }
        const text = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
        try {
            const response = await fetch(path, {
                method,
                headers: all,
                body: text,
                cache: "no-store",
                signal: AbortSignal.timeout(timeout),
            });
            return { response, text: await response.text() };
        } catch {
            throw new ApiError(0, "unreachable", this.i18n.t("net.unreachable"));
        }
    }

    #problem(response, text) {
        let problem = {};
        try {
            problem = JSON.parse(text);
        } catch {
            // Not ours: a proxy's page. The status has to do.
        }
        const told =
            problem.detail || problem.title || this.i18n.t("net.status", { n: response.status });
        const error = new ApiError(response.status, problem.code ?? "unknown", told, problem);
        error.retryAfter = Number(response.headers.get("Retry-After")) || 0;
        return error;
    }

    async #exchange(method, path, options) {
        const { response, text } = await this.#send(method, path, options);
        if (response.status === 304) {
            return { status: 304, data: null, etag: response.headers.get("ETag") };
        }
        if (!response.ok) {
            throw this.#problem(response, text);
        }
        const json = (response.headers.get("Content-Type") ?? "").includes("json");
        return {
            status: response.status,
            data: json && text !== "" ? JSON.parse(text) : text === "" ? null : text,
            etag: response.headers.get("ETag"),
        };
    }

    async get(path, options = {}) {
        return this.#exchange("GET", path, options);
    }

    /* Reads a view; unchanged since the last time gives the same object again without a body on
     * the way. */
    async view(path) {
        const seen = this.#seen.get(path);
        const headers = seen?.etag ? { "If-None-Match": seen.etag } : {};
        const answer = await this.#exchange("GET", path, { headers });
        if (answer.status === 304) {
            return { data: seen.data, changed: false };
        }
        this.#seen.set(path, { etag: answer.etag, data: answer.data });
        return { data: answer.data, changed: true };
    }

    /* Who this browser is. Throws ApiError 401 when nobody is signed in. */
    async me() {
        const { data } = await this.get("/api/v1/me");
        this.#csrf = data.csrf ?? null;
        return data;
    }

    async login(body) {
        const { data } = await this.#exchange("POST", "/api/v1/login", { body });
        this.#csrf = data.csrf ?? null;
        return data;
    }

    async #write(method, path, body, headers) {
        if (this.#csrf === null && this.session) {
            await this.me().catch(() => {}); // the answer to the write itself says what is wrong
        }
        const csrf = this.#csrf ? { "X-CSRF-Token": this.#csrf } : {};
        return this.#exchange(method, path, { body, headers: { ...headers, ...csrf } });
    }

    /* A write, repeated with the same key while it goes unanswered. `tries`: Infinity for the
     * kiosk. */
    async write(method, path, body, { key = newKey(), headers = {}, tries = TRIES } = {}) {
        const all = { "Idempotency-Key": key, ...headers };
        let renewed = false;
        for (let attempt = 1; ; attempt++) {
            try {
                return await this.#write(method, path, body, all);
            } catch (error) {
                if (error.status === 403 && !renewed) {
                    // The session may be new since: one more try with its token.
                    renewed = true;
                    this.#csrf = null;
                    this.session = true;
                } else if (!error.passing || attempt >= tries) {
                    throw error;
                } else {
                    const wait = Math.min(8000, 300 * 2 ** attempt) * (0.5 + Math.random());
                    await pause(Math.max(wait, Math.min(error.retryAfter ?? 0, 30) * 1000));
                }
            }
        }
    }

    post(path, body, options) {
        return this.write("POST", path, body, options);
    }
}
