// admin: the configuration document with its check, the waiting bounds that follow from it, and
// the day.

import { Api } from "../shared/api.js";
import { ask } from "../shared/dialog.js";
import { byId, h, setText } from "../shared/dom.js";
import { I18n, wireLanguage } from "../shared/i18n.js";
import { messages } from "../shared/messages/admin.js";
import { whoAmI } from "../shared/signin.js";
import { mountDevices } from "./devices.js";

const CONFIG = "/api/v1/admin/config";

const i18n = new I18n(messages, "admin");
const api = new Api(i18n);
let etag = null;

function table(headings, rows) {
    return h(
        "table",
        {},
        h("thead", {}, h("tr", {}, ...headings.map((text) => h("th", { scope: "col" }, text)))),
        h("tbody", {}, ...rows.map((row) => h("tr", {}, ...row.map((text) => h("td", {}, text))))),
    );
}

function say(...children) {
    byId("outcome").replaceChildren(...children);
}

function sayProblem(error) {
    const findings = error.problem?.errors ?? [];
    say(
        h("p", { class: "problem" }, error.message),
        findings.length
            ? table(
                  [i18n.t("path"), i18n.t("finding")],
                  findings.map((one) => [one.pointer, one.detail]),
              )
            : "",
    );
}

const shown = (value) => (value === undefined ? "—" : JSON.stringify(value));

function sayChanges(changes) {
    if (changes.length === 0) {
        say(h("p", { class: "good" }, i18n.t("check.same")));
        return;
    }
    const rows = changes.map((one) => [one.path, shown(one.from), shown(one.to)]);
    say(
        h("p", { class: "good" }, i18n.t("check.good", { n: changes.length })),
        table([i18n.t("path"), i18n.t("from"), i18n.t("to")], rows),
    );
}

async function load() {
    const answer = await api.get(CONFIG);
    etag = answer.etag;
    byId("document").value = JSON.stringify(answer.data, null, 2);
    const bounds = await api.get("/api/v1/admin/bounds");
    setText(
        byId("bounds"),
        typeof bounds.data === "string"
            ? bounds.data
            : (bounds.data?.text ?? JSON.stringify(bounds.data, null, 2)),
    );
}

/* Sends the text as it stands, so that what was typed is what is checked. */
function put(dry) {
    const path = dry ? `${CONFIG}?dry_run=1` : CONFIG;
    return api.write("PUT", path, byId("document").value, { headers: { "If-Match": etag ?? "*" } });
}

async function busy(button, work) {
    button.disabled = true;
    try {
        await work();
    } catch (error) {
        if (error.status === undefined) {
            throw error;
        }
        sayProblem(error);
    } finally {
        button.disabled = false;
    }
}

function wireConfig() {
    byId("check").addEventListener("click", (event) =>
        busy(event.currentTarget, async () => sayChanges((await put(true)).data?.changes ?? [])),
    );
    byId("apply").addEventListener("click", (event) =>
        busy(event.currentTarget, async () => {
            await put(false);
            await load();
            say(h("p", { class: "good" }, i18n.t("apply.done")));
        }),
    );
    byId("reload").addEventListener("click", (event) =>
        busy(event.currentTarget, async () => {
            await load();
            say();
        }),
    );
}

async function changeDay(verb) {
    const answer = await ask({
        i18n,
        title: i18n.t(`day.${verb}`),
        text: i18n.t(`day.${verb}.sure`),
    });
    if (!answer) {
        return;
    }
    const outcome = byId("day-outcome");
    try {
        const { data } = await api.post(`/api/v1/admin/day/${verb}`);
        const counts = Object.entries(data ?? {}).filter(([, value]) => typeof value === "number");
        setText(
            outcome,
            `${i18n.t("day.done")} ${counts.map(([key, value]) => `${key}: ${value}`).join(" · ")}`,
        );
    } catch (error) {
        setText(outcome, error.message);
    }
}

async function main() {
    wireLanguage(i18n, byId("language"));
    i18n.apply();
    const me = await whoAmI(api, i18n);
    setText(byId("who"), me.user?.name ?? me.device ?? "");
    wireConfig();
    mountDevices({ api, i18n, main: document.querySelector("main") });
    byId("day-open").addEventListener("click", () => changeDay("open"));
    byId("day-close").addEventListener("click", () => changeDay("close"));
    byId("logout").addEventListener("click", async () => {
        await api.post("/api/v1/logout").catch(() => {});
        location.reload();
    });
    load().catch(sayProblem);
}

main();
