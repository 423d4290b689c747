// admin: the configuration with its editors, the waiting bounds that follow from it, the day, and
// the devices.

import { Api } from "../shared/api.js";
import { ask } from "../shared/dialog.js";
import { byId, setText } from "../shared/dom.js";
import { I18n, wireLanguage } from "../shared/i18n.js";
import { messages } from "../shared/messages/admin.js";
import { whoAmI } from "../shared/signin.js";
import { boundsTable, mountForce } from "./bounds.js";
import { mountDevices } from "./devices.js";
import { mountEditor } from "./editor.js";
import { mountHistory } from "./history.js";
import { packTable } from "./pack.js";
import { screenPreview } from "./preview_screen.js";
import { signsPreview } from "./preview_signs.js";
import { slipPreview } from "./preview_slip.js";
import { mountUsers } from "./users.js";
import { mountWizard } from "./wizard.js";

const i18n = new I18n(messages, "admin");
const api = new Api(i18n);

function sayProblem(error) {
    setText(byId("problem"), error.message);
}

/* What became of the day's numbers, of the answer to closing it. */
const COUNTS = ["done", "expired", "unclosed", "cancelled"];

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
        const counts = COUNTS.filter((one) => data[one] > 0);
        const told = counts.map((one) => i18n.t(`day.count.${one}`, { n: data[one] }));
        setText(outcome, [i18n.t(`day.done.${verb}`), ...told].join(" · "));
    } catch (error) {
        setText(outcome, error.message);
    }
}

async function main() {
    wireLanguage(i18n, byId("language"));
    i18n.apply();
    const me = await whoAmI(api, i18n);
    setText(byId("who"), me.user?.name ?? me.device ?? "");
    byId("logout").hidden = false;
    const editor = mountEditor({ api, i18n, root: byId("editor") });
    editor.addExtra(["classes", "policy", "services", "windows"], boundsTable);
    editor.addExtra(["slip", "printers"], slipPreview);
    editor.addExtra(["displays", "notices"], signsPreview);
    editor.addExtra(["displays", "zones"], screenPreview);
    editor.addExtra(["voice", "zones"], packTable);
    const loadBounds = mountForce({ api, i18n, editor, root: byId("bounds") });
    editor.flow.onApplied(() => loadBounds().catch(sayProblem));
    const main = document.querySelector("main");
    mountDevices({ api, i18n, main });
    mountUsers({ api, i18n, main, self: me.user?.name });
    // Edits that were begun go on: applying them meets the restored document as somebody else's.
    const onRestored = () => editor.dirty || editor.load().then(loadBounds).catch(sayProblem);
    mountHistory({ api, i18n, main, onRestored });
    byId("day-open").addEventListener("click", () => changeDay("open"));
    byId("day-close").addEventListener("click", () => changeDay("close"));
    byId("logout").addEventListener("click", async () => {
        await api.post("/api/v1/logout").catch(() => {});
        location.reload();
    });
    const wizard = mountWizard({ api, i18n, root: byId("wizard"), editor, me });
    editor
        .load()
        .then(() => wizard.offer())
        .then(() => editor.watch())
        .then(loadBounds)
        .catch(sayProblem);
}

main();
