// stream_worker: a SharedWorker with the one event stream that all pages of this browser share. A
// browser opens at most six connections to an origin; without this, a handful of tabs would leave
// none for requests.

import { StreamSource } from "./stream_source.js";

const ports = new Set();

const source = new StreamSource("/api/v1/events", (message) => {
    ports.forEach((port) => port.postMessage(message));
});

self.addEventListener("connect", (event) => {
    const port = event.ports[0];
    port.addEventListener("message", ({ data }) => {
        if (data === "bye") {
            ports.delete(port);
            if (ports.size === 0) {
                source.stop();
            }
        } else if (data === "restart") {
            source.restart();
        }
    });
    port.start();
    ports.add(port);
    if (ports.size === 1) {
        source.restart();
    } else if (source.open) {
        port.postMessage({ kind: "open" });
    }
});
