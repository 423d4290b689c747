// voice: says what the hall has to say. Of the displays in a room one speaks: the one that holds the
// lease. The queue is the server's; here one announcement after the other is played to its end, and
// whatever waits is read afresh before each, so that nothing stale is ever said.
//
// A browser may refuse sound until somebody has touched the page. Such a page asks for no lease, so
// that another can speak, and shows a button.

import { ApiError, newKey, pause } from "../shared/api.js";

const BASE = "/api/v1/announcements";
const RENEW_MS = 3000; // until the server says otherwise
const PASSED_MAX = 50; // announcements that ended here and were not yet reported

export class Voice {
    #player = `d-${newKey().replace(/[^0-9a-f]/g, "").slice(0, 20)}`;
    #context = null;
    #gain = null;
    #place = null; // the last answer about the lease: { zone, owner, … }
    #busy = false;
    #again = false;
    #spoken = new Map(); // id -> how it ended, until the server knows

    /* `zone`: where the screen stands, or null: then it speaks in a hall of one zone only, as it cannot
     * know which room hears it. `tell(state, zones)`: "off" the hall has no voice, "unplaced" it has
     * several zones, whose codes are given, and none was said, "blocked" the browser wants a touch
     * first, "silent" another display speaks, "speaking" this one may. */
    constructor({ api, zone, tell }) {
        Object.assign(this, { api, zone, tell });
    }

    /* For ever. */
    async run() {
        addEventListener("pagehide", () => this.#release());
        for (let wait = RENEW_MS; ; await pause(wait)) {
            wait = (await this.#renew().catch(() => 0)) || RENEW_MS;
            await this.poke();
        }
    }

    /* From a touch: sound may begin now. */
    async unblock() {
        this.#open();
        await this.#context.resume();
        await this.#renew().catch(() => 0);
        await this.poke();
    }

    /* Something may have to be said. */
    async poke() {
        this.#again = true;
        if (this.#busy) {
            return;
        }
        this.#busy = true;
        try {
            while (this.#again) {
                this.#again = false;
                if (this.#place?.owner) {
                    this.#again = (await this.#sayFirst(this.#place.zone)) || this.#again;
                }
            }
        } catch (error) {
            if (!(error instanceof ApiError)) {
                throw error;
            }
            // Asked again with the next lease.
        } finally {
            this.#busy = false;
        }
    }

    #open() {
        if (!this.#context) {
            this.#context = new AudioContext();
            this.#gain = this.#context.createGain();
            this.#gain.connect(this.#context.destination);
        }
    }

    #path(zone) {
        return zone === null ? BASE : `${BASE}?zone=${encodeURIComponent(zone)}`;
    }

    /* Not one of those who speak here; returns when to look again. */
    #rest(state, zones = []) {
        this.#place = null;
        this.tell(state, zones);
        return RENEW_MS;
    }

    /* Asks to speak in the zone; returns when to ask again. */
    async #renew() {
        const { data } = await this.api.get(this.#path(this.zone));
        if (!data.on) {
            return this.#rest("off");
        }
        if (data.zones.length > 1) {
            return this.#rest("unplaced", data.zones.map(({ zone }) => zone));
        }
        this.#open();
        if (this.#context.state !== "running") {
            await Promise.race([this.#context.resume(), pause(200)]);
        }
        if (this.#context.state !== "running") {
            return this.#rest("blocked");
        }
        this.#place = (await this.#lease(data.zones[0].zone)).data;
        this.tell(this.#place.owner ? "speaking" : "silent", []);
        return 1000 * this.#place.renew_s;
    }

    /* A hall without zones has one queue, whose zone is null. */
    #lease(zone, more = {}) {
        const body = { ...(zone === null ? {} : { zone }), player: this.#player, ...more };
        return this.api.post(`${BASE}/lease`, body);
    }

    #release() {
        if (this.#place?.owner) {
            this.#lease(this.#place.zone, { release: true }).catch(() => {});
        }
    }

    #report(id, state) {
        return this.api.post(`${BASE}/${id}/state`, { state, player: this.#player });
    }

    /* The first of the zone's queue; false when there is nothing to say. */
    async #sayFirst(zone) {
        const { data } = await this.api.get(this.#path(zone));
        const item = data.items.find((one) => one.zone === zone);
        if (!item) {
            return false;
        }
        if (!this.#spoken.has(item.id)) {
            const sound = await this.#load(item);
            await this.#report(item.id, "started");
            if (item.state === "speaking" && !(await this.#isFirst(zone, item.id))) {
                return true; // another display broke off, and by now it is over
            }
            const volume = data.zones.find((one) => one.zone === zone)?.volume ?? 100;
            const ended = sound ? await this.#play(sound, volume) : "failed";
            this.#remember(item.id, ended);
        } else if (item.state === "queued") {
            // It was heard to its end, but the news of it was lost: not said again.
            await this.#report(item.id, "started");
        }
        await this.#report(item.id, this.#spoken.get(item.id));
        this.#spoken.delete(item.id);
        return true;
    }

    async #isFirst(zone, id) {
        const { data } = await this.api.get(this.#path(zone));
        return data.items.find((one) => one.zone === zone)?.id === id;
    }

    #remember(id, ended) {
        this.#spoken.set(id, ended);
        if (this.#spoken.size > PASSED_MAX) {
            this.#spoken.delete(this.#spoken.keys().next().value);
        }
    }

    /* The sound; null when there is none. Throws ApiError when the server cannot be reached. */
    async #load(item) {
        let response;
        try {
            response = await fetch(item.audio, { signal: AbortSignal.timeout(8000) });
        } catch {
            throw new ApiError(0, "unreachable", "");
        }
        if (!response.ok) {
            return null;
        }
        return this.#context.decodeAudioData(await response.arrayBuffer()).catch(() => null);
    }

    /* To its end, however long the news of the hall takes meanwhile. */
    #play(sound, volume) {
        return new Promise((resolve) => {
            const source = this.#context.createBufferSource();
            source.buffer = sound;
            source.connect(this.#gain);
            this.#gain.gain.value = volume / 100;
            source.addEventListener("ended", () => resolve("ended"), { once: true });
            source.start();
        });
    }
}
