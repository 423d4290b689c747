// screens: what the kiosk shows at each step, built from the view and the choice so far.

import { cardText } from "../shared/card.js";
import { h, setText, syncList } from "../shared/dom.js";
import { etaText } from "../shared/time.js";
import { qrSvg } from "../shared/qr.js";

/* One large button, filled by fillChoice(). */
function buildChoice() {
    const button = h(
        "button",
        { type: "button", class: "choice" },
        h("span", { class: "digit", "aria-hidden": "true" }),
        h("span", { class: "name" }),
        h("span", { class: "about" }),
    );
    button.addEventListener("click", () => !button.choice.closed && button.choice.choose());
    return button;
}

/* `closed` is the reason why it cannot be chosen, shown instead of what it offers. */
function fillChoice(button, choice) {
    button.choice = choice;
    button.dataset.digit = choice.digit;
    button.setAttribute("aria-disabled", String(Boolean(choice.closed)));
    setText(button.querySelector(".digit"), choice.digit);
    setText(button.querySelector(".name"), choice.name);
    setText(button.querySelector(".about"), choice.closed || choice.about);
}

/* Shows choices in `place`. The same choices with new figures keep their buttons: a finger that is
 * on one of them must not lose it. */
export function drawChoices(place, screen, choices) {
    if (place.dataset.screen !== screen) {
        place.dataset.screen = screen;
        place.replaceChildren(h("div", { class: "choices" }));
    }
    const numbered = choices.map((choice, index) => ({ digit: index + 1, ...choice }));
    syncList(place.firstElementChild, numbered, ({ code }) => code, buildChoice, fillChoice);
}

/* Shows anything else. */
export function drawPlain(place, screen, element) {
    place.dataset.screen = screen;
    place.replaceChildren(element);
}

export function groupName(i18n, code) {
    return i18n.has(`group.${code}`) ? i18n.t(`group.${code}`) : code || i18n.t("group.other");
}

export function groupsOf(view) {
    return [...new Set(view.services.map((service) => service.group ?? ""))];
}

export function groupChoices(i18n, view, choose) {
    return groupsOf(view).map((code) => {
        const services = view.services.filter((service) => (service.group ?? "") === code);
        return {
            code,
            name: groupName(i18n, code),
            about: services.map((service) => i18n.name(service.name)).join(" · "),
            closed: services.every((service) => !service.open) ? i18n.t("closed.all") : "",
            choose: () => choose(code),
        };
    });
}

function serviceAbout(i18n, service) {
    const eta = etaText(i18n, service.eta);
    const waiting = i18n.t("service.waiting", { n: service.waiting });
    return eta ? `${waiting} · ${i18n.t("service.eta", { eta })}` : waiting;
}

export function closedText(i18n, service) {
    if (service.open) {
        return "";
    }
    const code = `closed.${service.code_reason ?? "service-closed"}`;
    const reason = service.reason || i18n.t(i18n.has(code) ? code : "closed.service-closed");
    return i18n.t("closed.because", { reason });
}

export function serviceChoices(i18n, view, group, choose) {
    return view.services
        .filter((service) => (service.group ?? "") === group)
        .map((service) => ({
            code: service.code,
            name: i18n.name(service.name),
            about: serviceAbout(i18n, service),
            closed: closedText(i18n, service),
            choose: () => choose(service.code),
        }));
}

function classAbout(i18n, cls) {
    const own = `basis.${cls.code}`;
    return i18n.t(i18n.has(own) ? own : `basis.${cls.basis}`);
}

export function classChoices(i18n, view, choose) {
    return view.classes.map((cls) => ({
        code: cls.code,
        name: i18n.name(cls.name),
        about: classAbout(i18n, cls),
        closed: cls.basis === "staff" ? i18n.t("basis.staff") : "",
        choose: () => choose(cls.code),
    }));
}

/* The only one, where a hall has one class: after the card is read. */
export function takeChoice(i18n, choose) {
    return { code: "take", name: i18n.t("take"), about: "", choose };
}

/* What needs no number, where the card says so. */
export function divertChoices(i18n, card, choose) {
    return ["online", "self_service"]
        .filter((to) => card?.[to])
        .map((to) => ({ code: to, name: i18n.t(`divert.${to}`), about: i18n.t("divert.about"), choose: () => choose(to) }));
}

/* Where to go instead, in the words of the card; nothing where that was changed meanwhile. */
export function divertedScreen(i18n, to, card, done) {
    const texts = [card?.[to] ?? []].flat();
    return h(
        "div",
        { class: "result" },
        h("p", {}, cardText(i18n, `card.${to}`)),
        ...texts.map((text) => h("p", { class: "state" }, i18n.name(text))),
        h("button", { type: "button", class: "primary big", id: "done", on: { click: done } }, i18n.t("done")),
        h("p", { id: "returning" }),
    );
}

/* "1, pension insurance, 3 waiting": the digit is the key that chooses it. */
export function choiceAloud(i18n, choice) {
    const key = choice.closed ? "aloud.closed" : "aloud.choice";
    return i18n.t(key, { n: choice.digit, name: choice.name, about: choice.closed || choice.about });
}

export function issuingScreen(i18n) {
    return h("div", { class: "result", role: "status" }, h("p", {}, i18n.t("issuing.text")));
}

/* What is said of the slip; nothing where the hall prints none. */
export function drawPrint(i18n, line, print) {
    if (line) {
        const key = `print.${print}`;
        line.dataset.print = print;
        setText(line, i18n.has(key) ? i18n.t(key) : "");
    }
}

function printLine(i18n, ticket) {
    const line = h("p", { id: "print", role: "status" });
    drawPrint(i18n, line, ticket.print_state);
    return line;
}

export function aheadText(i18n, ticket) {
    return ticket.ahead > 0 ? i18n.t("result.ahead", { n: ticket.ahead }) : i18n.t("result.first");
}

export function resultScreen(i18n, view, ticket, done) {
    const service = view.services.find((one) => one.code === ticket.service);
    const link = new URL(ticket.public_url, location.origin).href;
    const eta = etaText(i18n, ticket.eta);
    const number = h(
        "div",
        {},
        h("p", {}, service ? i18n.name(service.name) : ticket.service),
        h("p", { class: "number", id: "number" }, ticket.number),
        h(
            "p",
            { class: "facts" },
            h("span", {}, aheadText(i18n, ticket)),
            eta ? h("span", {}, i18n.t("service.eta", { eta })) : null,
        ),
        printLine(i18n, ticket),
        h("p", {}, i18n.t("result.listen")),
        h(
            "button",
            { type: "button", class: "primary big", id: "done", on: { click: done } },
            i18n.t("done"),
        ),
        h("p", { id: "returning" }),
    );
    const phone = h(
        "div",
        {},
        h("p", {}, i18n.t("result.link")),
        qrSvg(link, i18n.t("result.qr")),
        h(
            "p",
            { class: "address" },
            h(
                "a",
                { href: ticket.public_url, id: "public-link", target: "_blank", rel: "noopener" },
                link,
            ),
        ),
    );
    return h("div", { class: "result ticket" }, number, phone);
}

export function failedScreen(i18n, error, again, home) {
    const retry = error.passing
        ? h(
              "button",
              { type: "button", class: "primary big", on: { click: again } },
              i18n.t("retry"),
          )
        : null;
    return h(
        "div",
        { class: "result", role: "alert" },
        h("p", {}, error.message),
        error.passing ? h("p", {}, i18n.t("failed.same")) : null,
        h(
            "div",
            { class: "buttons" },
            retry,
            h("button", { type: "button", class: "big", on: { click: home } }, i18n.t("home")),
        ),
    );
}
