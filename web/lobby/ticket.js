// ticket: one ticket of today, looked up by its number, and what the lobby manager may do with it.

import { byId, h } from "../shared/dom.js";
import { WhyBox } from "../shared/why.js";
import { actButton } from "./acts.js";

/* `day()` is the business day, `serviceName(code)` its name in the page's language. */
export function wireTicket({ api, i18n, acts, serviceName, day }) {
    const place = byId("ticket");
    let found = null;

    /* The list holds earlier days too; the number of today is meant. */
    const find = async (number) => {
        const { data } = await api.get(`/api/v1/tickets?number=${encodeURIComponent(number)}`);
        const one = data.items.find((item) => item.day === day());
        return one ? (await api.get(`/api/v1/tickets/${one.id}`)).data : null;
    };

    const lookUp = (number) =>
        acts.run("", async () => {
            found = await find(number);
            draw();
            if (!found) {
                const text = i18n.t("unknown", { number });
                place.replaceChildren(h("p", { class: "problem" }, text));
            }
            return null;
        });

    const button = (verb, states) => {
        const { id, number, state } = found;
        const act = async () => (await acts[verb](id)) && lookUp(number);
        return states.includes(state) ? actButton(i18n.t(verb), act, number) : null;
    };

    const draw = () => {
        if (!found) {
            place.replaceChildren();
            return;
        }
        const path = `/api/v1/tickets/${found.id}/why`;
        const facts = [serviceName(found.service), i18n.t(`state.${found.state}`)];
        if (found.ahead !== null) {
            facts.push(i18n.t("ahead", { n: found.ahead }));
        }
        place.replaceChildren(
            h("p", {}, h("strong", {}, found.number), ` ${facts.join(" · ")}`),
            h(
                "div",
                { class: "buttons" },
                button("restore", ["no_show"]),
                button("urgent", ["waiting"]),
                button("cancel", ["waiting", "no_show", "held"]),
            ),
            new WhyBox(i18n, async () => (await api.get(path)).data).element,
        );
    };

    i18n.onChange(draw);
    byId("ticket-form").addEventListener("submit", (event) => {
        event.preventDefault();
        lookUp(byId("ticket-number").value.trim().toUpperCase());
    });
}
