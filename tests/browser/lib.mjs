// lib: a browser beside the real daemon, and pages that notice what must never happen on them.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";
import { Daemon } from "../lib/daemon.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

export class Hall {
    /* `prepare`: what the database needs before the server starts. */
    static async open({ prepare, ...options } = {}) {
        const hall = new Hall();
        hall.daemon = new Daemon(options);
        prepare?.(hall.daemon);
        await hall.daemon.start();
        hall.browser = await chromium.launch({
            executablePath: "/usr/bin/chromium",
            args: [
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
            ],
        });
        return hall;
    }

    async close() {
        await this.browser?.close();
        await this.daemon?.stop();
    }

    /* A page in a browser profile of its own. `allow`: console errors that belong to the case; `origin`: by another
     * way to the daemon. */
    async page(
        path,
        {
            allow = [],
            viewport = { width: 1280, height: 800 },
            screen = viewport,
            prepare,
            origin: base = this.daemon.origin,
        } = {},
    ) {
        const context = await this.browser.newContext({ viewport, screen });
        const page = await context.newPage();
        page.faults = [];
        page.setDefaultTimeout(15000);
        const origin = new URL(base).host;
        context.on("request", (request) => {
            const url = new URL(request.url());
            if (!["data:", "blob:"].includes(url.protocol) && url.host !== origin) {
                page.faults.push(`request left the hall: ${url.href}`);
            }
        });
        page.on("pageerror", (error) => page.faults.push(`exception: ${error.message}`));
        page.on("console", (message) => {
            const text = `${message.text()} ${message.location().url}`;
            // The browser's word that it wants a touch before there is sound: the display says the same.
            if (/AudioContext was not allowed to start/.test(text)) {
                return;
            }
            if (
                ["error", "warning"].includes(message.type()) &&
                !allow.some((one) => one.test(text))
            ) {
                page.faults.push(`console: ${text}`);
            }
        });
        await prepare?.(page);
        await page.goto(base + path);
        return page;
    }
}

/* The page did nothing wrong; its profile is closed. */
export async function leave(page) {
    assert.deepEqual(page.faults, []);
    await page.context().close();
}

/* A request with the page's own session, for what a test needs around the page. */
export async function call(page, method, path, body) {
    return page.evaluate(
        async ([verb, address, data]) => {
            const me = await (await fetch("/api/v1/me")).json();
            const response = await fetch(address, {
                method: verb,
                headers: {
                    "X-CSRF-Token": me.csrf,
                    "Idempotency-Key": Math.random().toString(36).slice(2),
                    ...(data === undefined ? {} : { "Content-Type": "application/json" }),
                },
                body: data === undefined ? undefined : JSON.stringify(data),
            });
            const text = await response.text();
            if (!response.ok) {
                throw new Error(`${verb} ${address}: ${response.status} ${text}`);
            }
            return text === "" ? null : JSON.parse(text);
        },
        [method, path, body],
    );
}

export const issue = (page, service = "pension") =>
    call(page, "POST", "/api/v1/tickets", { service });
export const advance = (page, seconds) =>
    call(page, "POST", "/api/v1/test/clock", { advance_s: seconds });

/* Puts a long text into an input in one go, as pasting does; filling it in takes the browser seconds. */
export const paste = (locator, text) =>
    locator.evaluate((element, value) => {
        element.focus();
        element.value = value;
        element.dispatchEvent(new InputEvent("input", { bubbles: true }));
    }, text);

/* Waits until the element shows exactly this (a text or a pattern). */
export async function shows(page, selector, wanted) {
    await page
        .waitForFunction(
            ([where, source, exact]) => {
                const text = document.querySelector(where)?.textContent.trim() ?? "";
                return exact ? text === source : new RegExp(source).test(text);
            },
            [
                selector,
                wanted instanceof RegExp ? wanted.source : wanted,
                !(wanted instanceof RegExp),
            ],
        )
        .catch(async () => {
            const text = await page
                .locator(selector)
                .first()
                .textContent()
                .catch(() => "(not there)");
            assert.fail(
                `${selector} shows "${text}", not ${wanted}; faults: ${page.faults.join("; ")}`,
            );
        });
}

/* No violation of WCAG 2.2 A and AA that axe can find. Injected by the debugger, past the page's
 * policy. */
export async function accessible(page, what) {
    await page.evaluate(AXE);
    const found = await page.evaluate(
        (values) => axe.run(document, { runOnly: { type: "tag", values } }),
        TAGS,
    );
    const told = found.violations.map(
        (one) => `${one.id}: ${one.nodes.map((node) => node.html).join(" | ")}`,
    );
    assert.deepEqual(told, [], `axe on ${what}`);
}

/* Watches what a page gets: how often it asks why, and what it weighs. An address that is asked again
   because something happened weighs once, as its largest answer. */
export function scales() {
    const answers = [];
    const seen = { whys: 0 };
    seen.prepare = (page) =>
        page.on("response", (response) => {
            seen.whys += response.url().endsWith("/why") ? 1 : 0;
            // The stream of events has no end and is no part of the page.
            if (!response.headers()["content-type"]?.startsWith("text/event-stream")) {
                answers.push(response);
            }
        });
    seen.weight = async () => {
        const largest = new Map();
        for (const response of answers) {
            const bytes = (await response.body().catch(() => "")).length;
            largest.set(response.url(), Math.max(bytes, largest.get(response.url()) ?? 0));
        }
        return [...largest.values()].reduce((sum, bytes) => sum + bytes, 0);
    };
    return seen;
}
