// dialog: questions before an action: a form in a modal dialog, made from a list of fields.

import { h } from "./dom.js";

function optionsOf(field) {
    return field.options.map((option) =>
        h("option", { value: option.value, selected: option.value === field.value }, option.label),
    );
}

function inputOf(field) {
    const common = { name: field.name, required: field.required ?? false };
    if (field.options) {
        return h("select", common, ...optionsOf(field));
    }
    const { min = null, max = null } = field;
    const list = field.suggest ? `suggest-${field.name}` : null;
    const input = h("input", {
        ...common,
        type: field.type ?? "text",
        value: field.value ?? null,
        ...(field.type === "number" ? { min, max } : { maxlength: max ?? 40 }),
        list,
        autocomplete: "off",
    });
    if (!list) {
        return input;
    }
    const choices = field.suggest.map((text) => h("option", { value: text }));
    return h("span", { class: "with-list" }, input, h("datalist", { id: list }, ...choices));
}

function labelOf(field) {
    return h("label", {}, h("span", {}, field.label), inputOf(field));
}

/* Shows a dialog and resolves with the button pressed and the values, or null when it was left.
 * `buttons`: [{ value, label, primary }]; cancel is always there. */
export function ask({ i18n, title, text = "", fields = [], buttons = null }) {
    const choices = buttons ?? [{ value: "ok", label: i18n.t("word.ok"), primary: true }];
    return new Promise((resolve) => {
        const form = h(
            "form",
            { method: "dialog", class: "ask" },
            h("h2", { id: "ask-title" }, title),
            text ? h("p", {}, text) : null,
            ...fields.map(labelOf),
            h(
                "div",
                { class: "ask-buttons" },
                ...choices.map(({ value, label, primary }) =>
                    h("button", { value, class: primary ? "primary" : null }, label),
                ),
                h("button", { value: "", formnovalidate: true }, i18n.t("word.cancel")),
            ),
        );
        const dialog = h("dialog", { "aria-labelledby": "ask-title" }, form);
        dialog.addEventListener("close", () => {
            const values = Object.fromEntries(new FormData(form));
            dialog.remove();
            resolve(dialog.returnValue ? { button: dialog.returnValue, values } : null);
        });
        document.body.append(dialog);
        dialog.showModal();
    });
}

/* What went wrong, with the members of what was sent that the server found fault with. */
export function whatWentWrong(error) {
    const findings = (error.problem?.errors ?? []).map(({ pointer, detail }) => `${pointer} ${detail}`.trim());
    return [error.message, ...findings].join(" · ");
}

/* A line that tells the outcome of an action and goes by itself. */
export function toast(element, text, bad = false) {
    element.textContent = text;
    element.classList.toggle("problem", bad);
    clearTimeout(element.toastTimer);
    element.toastTimer = setTimeout(() => (element.textContent = ""), bad ? 8000 : 4000);
}
