// dom: elements (element.js), and what larger pages need beside them.

export { byId, h, setText } from "./element.js";

/* As h() for SVG, which lives in a namespace of its own. */
export function svg(tag, props = {}, ...children) {
    const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [key, value] of Object.entries(props)) {
        element.setAttribute(key, String(value));
    }
    element.append(...children);
    return element;
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
