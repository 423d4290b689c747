// element: the little that every page needs to build elements. Data only ever goes in as text.

/* Makes an element. `props`: class, on (listeners), dataset, and attributes; null, undefined and
 * false leave an attribute out. Children are elements or text. */
export function h(tag, props = {}, ...children) {
    const element = document.createElement(tag);
    for (const [key, value] of Object.entries(props)) {
        if (key === "on") {
            for (const [type, listener] of Object.entries(value)) {
                element.addEventListener(type, listener);
            }
        } else if (key === "dataset") {
            Object.assign(element.dataset, value);
        } else if (value === true) {
            element.setAttribute(key, "");
        } else if (value !== null && value !== undefined && value !== false) {
            element.setAttribute(key, String(value));
        }
    }
    element.append(...children.filter((child) => child !== null && child !== undefined));
    return element;
}

export function byId(id) {
    return document.getElementById(id);
}

/* Changes the text only when it differs: a live region must not speak twice. */
export function setText(element, text) {
    const value = text === null || text === undefined ? "" : String(text);
    if (element.textContent !== value) {
        element.textContent = value;
    }
}
