// dom: the little that the pages need to build elements. Data only ever goes in as text.

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

/* The same for SVG, which lives in a namespace of its own. */
export function svg(tag, props = {}, ...children) {
    const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [key, value] of Object.entries(props)) {
        element.setAttribute(key, String(value));
    }
    element.append(...children);
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

/* Brings the children of `parent` in line with `items` and keeps those that stay, so that focus
 * and running animations survive an update. `create(item)` makes an element, `update(element,
 * item)` fills it. */
export function syncList(parent, items, keyOf, create, update) {
    const known = new Map([...parent.children].map((child) => [child.dataset.key, child]));
    let place = parent.firstElementChild;
    for (const item of items) {
        const key = String(keyOf(item));
        let element = known.get(key);
        if (element) {
            known.delete(key);
        } else {
            element = create(item);
            element.dataset.key = key;
        }
        update(element, item);
        if (element === place) {
            place = place.nextElementSibling;
        } else {
            parent.insertBefore(element, place);
        }
    }
    for (const gone of known.values()) {
        gone.remove();
    }
}
