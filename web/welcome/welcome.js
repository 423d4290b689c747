// welcome: the large screen where people come in (/welcome, with ?zone=main for one zone): what can be done here now, how
// many wait for it and about how long, and the notices.

import { Api } from "../shared/api.js";
import { byId, h, setText, syncList } from "../shared/dom.js";
import { I18n, wireLanguage } from "../shared/i18n.js";
import { messages } from "../shared/messages/welcome.js";
import { whoAmI } from "../shared/signin.js";
import { applySetup, Hints, readSetup, zonedView } from "../shared/setup.js";
import { refuseIn, ViewWatch } from "../shared/stream.js";
import { etaText } from "../shared/time.js";
import { drawPage, Wall } from "../shared/wall.js";

const i18n = new I18n(messages, "welcome");
const api = new Api(i18n);
const { setup, wrong } = readSetup(location.search, ["zone", "notices", "theme", "scale", "blank", "sleep"]);
let view = null;
const wall = new Wall(i18n, () => draw(), setup);

function build() {
    return h("li", {}, h("span", { class: "name" }), h("span", { class: "count" }), h("span", { class: "wait" }));
}

function fill(row, service) {
    row.dataset.open = String(service.open);
    setText(row.querySelector(".name"), i18n.name(service.name));
    setText(row.querySelector(".count"), i18n.t(service.open ? "waiting" : "closed", { n: service.count }));
    setText(row.querySelector(".wait"), service.open ? etaText(i18n, service.eta) : "");
}

function draw() {
    if (!view) {
        return;
    }
    setText(byId("hall"), i18n.name(view.hall.name));
    const list = byId("services");
    const columns = getComputedStyle(list).gridTemplateColumns.split(" ").length;
    drawPage(list, view.waiting, columns, (page) => syncList(list, page, (one) => one.service, build, fill));
}

async function main() {
    applySetup(setup);
    wireLanguage(i18n, byId("language"));
    i18n.apply();
    i18n.onChange(draw);
    addEventListener("resize", draw);
    const hints = new Hints(i18n);
    hints.tellWrong(wrong);
    await whoAmI(api, i18n);
    const onView = (fresh) => {
        view = fresh;
        wall.take(view);
        draw();
    };
    new ViewWatch({
        ...zonedView({ api, zone: setup.zone, hints, onView, onError: refuseIn(byId("banner")) }),
        onLink: (link) => wall.tellAge(link),
    });
}

main();
