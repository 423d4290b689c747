// card: what a visitor was told of the service (/t/{token}/card), in the words of the time when the number was given.

import { Api } from "../shared/api.js";
import { cardList } from "../shared/card.js";
import { byId, setText } from "../shared/element.js";
import { I18n, wireLanguage } from "../shared/i18n.js";
import { messages } from "../shared/messages/card.js";

const token = encodeURIComponent(location.pathname.split("/")[2] ?? "");
const i18n = new I18n(messages, "ticket"); // the language chosen on the number's page
const api = new Api(i18n, { session: false });
let told = null;

function draw() {
    document.title = i18n.t("card.title");
    if (!told) {
        return;
    }
    setText(byId("of"), `${told.number} · ${i18n.name(told.service_name) || told.service}`);
    byId("card").replaceChildren(told.card ? cardList(i18n, told.card) : "");
    setText(byId("version"), i18n.t(told.card ? "card.version" : "card.none", { n: told.version }));
}

async function main() {
    byId("back").href = `/t/${token}`;
    wireLanguage(i18n, byId("language"));
    i18n.onChange(draw);
    i18n.apply();
    draw();
    try {
        told = (await api.get(`/api/v1/public/tickets/${token}/card`)).data;
        draw();
    } catch (error) {
        setText(byId("problem"), [404, 410].includes(error.status) ? i18n.t("card.gone") : error.message);
    }
}

main();
