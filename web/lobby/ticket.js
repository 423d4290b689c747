// ticket: one ticket of today, looked up by its number, and what the lobby manager may do with it.

import { byId, h } from "../shared/dom.js";
import { WhyBox } from "../shared/why.js";
import { actButton } from "./acts.js";
import { jump } from "./cards.js";

const OPEN = ["waiting", "called", "serving", "held", "no_show"];

/* What the hall's rules allow in which state. */
const VERBS = [
    ["attend", OPEN, "attended"],
    ["restore", ["no_show"]],
    ["move", ["waiting", "called", "serving", "held"]],
    ["urgent", ["waiting"]],
    ["reclass", ["waiting"]],
    ["defer", ["waiting"]],
    ["reprint", OPEN],
    ["cancel", ["waiting", "no_show", "held"]],
    ["abandon", ["called", "no_show", "held"]],
    ["void", ["waiting"]],
];

function ticketParts({ api, i18n, serviceName, className }, ticket, buttons) {
    const path = `/api/v1/tickets/${ticket.id}/why`;
    const facts = [serviceName(ticket.service), className(ticket.class), i18n.t(`state.${ticket.state}`)];
    if (ticket.window !== null) {
        facts.push(i18n.t("window.no", { n: ticket.window }));
    }
    if (ticket.ahead !== null) {
        facts.push(i18n.t("ahead", { n: ticket.ahead }));
    }
    if (ticket.urgent) {
        facts.push(i18n.t("urgent"));
    }
    return [
        h("p", {}, h("strong", {}, ticket.number), ` ${facts.join(" · ")}`),
        ticket.note ? h("p", {}, ticket.note) : "",
        h("div", { class: "buttons" }, ...buttons),
        new WhyBox(i18n, async () => (await api.get(path)).data).element,
    ];
}

/* `day()` is the business day, `serviceName(code)` its name in the page's language, `className` the class's. Returns
 * `show(number)`. */
export function wireTicket(context) {
    const { api, i18n, acts, day } = context;
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
            if (found?.number !== number) {
                place.replaceChildren(); // what was found before is not the answer
            }
            found = await find(number);
            draw();
            if (!found) {
                const text = i18n.t("unknown", { number });
                place.replaceChildren(h("p", { class: "problem", role: "alert" }, text));
            }
            return null;
        });

    const button = ([verb, states, label = verb]) => {
        const ticket = found;
        const act = async () => (await acts[verb](ticket)) && lookUp(ticket.number);
        return states.includes(ticket.state) ? actButton(i18n.t(label), act, ticket.number) : null;
    };

    const draw = () => {
        const parts = found ? ticketParts(context, found, VERBS.map(button)) : [];
        place.replaceChildren(...parts);
    };

    const show = async (number) => {
        byId("ticket-number").value = number;
        await lookUp(number);
        jump(byId("ticket-title"));
    };

    i18n.onChange(draw);
    byId("ticket-form").addEventListener("submit", (event) => {
        event.preventDefault();
        lookUp(byId("ticket-number").value.trim().toUpperCase());
    });
    byId("ticket-issue").addEventListener("click", async () => {
        const made = await acts.issue();
        if (made) {
            show(made.number);
        }
    });
    return show;
}
