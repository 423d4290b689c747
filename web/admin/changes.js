// changes: what differs between two documents, and how edits are carried over to a newer one.
//
// Lists whose elements all have a name of their own (a code, a number, or themselves) are compared
// by these names, so that a row taken out in the middle is one change and not one for each row
// behind it. Everything here is values in, values out.

const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

/* A list that is read as one value, such as the days of a week. */
const isPlain = (list) => list.every((one) => one === null || typeof one !== "object");

const nameOf = (item) => (isObject(item) ? (item.code ?? item.no ?? item.clerk) : item);

export function same(a, b) {
    if (Array.isArray(a) && Array.isArray(b)) {
        return a.length === b.length && a.every((one, i) => same(one, b[i]));
    }
    if (isObject(a) && isObject(b)) {
        const names = Object.keys(a);
        return (
            names.length === Object.keys(b).length &&
            names.every((name) => Object.hasOwn(b, name) && same(a[name], b[name]))
        );
    }
    return a === b;
}

/* name -> { item, at }, or null when the elements cannot be told apart by a name. */
function byName(list) {
    const map = new Map();
    for (const [at, item] of list.entries()) {
        const name = nameOf(item);
        if (name === undefined || name === null || name === "" || map.has(String(name))) {
            return null;
        }
        map.set(String(name), { item, at });
    }
    return map;
}

function diffNamed(from, to, old, now, path, found) {
    for (const [name, { item }] of old) {
        if (!now.has(name)) {
            found.push({ kind: "removed", path: [...path, name], from: item });
        }
    }
    for (const [name, { item }] of now) {
        if (old.has(name)) {
            diff(old.get(name).item, item, [...path, name], found);
        } else {
            found.push({ kind: "added", path: [...path, name], to: item });
        }
    }
    const stayed = (list, other) => list.map((one) => String(nameOf(one))).filter((n) => other.has(n));
    const [before, after] = [stayed(from, now), stayed(to, old)];
    if (!same(before, after)) {
        found.push({ kind: "moved", path, from: before, to: after });
    }
}

function diff(from, to, path, found) {
    if (same(from, to)) {
        return;
    }
    if (isObject(from) && isObject(to)) {
        for (const name of new Set([...Object.keys(from), ...Object.keys(to)])) {
            diff(from[name], to[name], [...path, name], found);
        }
        return;
    }
    if (Array.isArray(from) && Array.isArray(to) && !(isPlain(from) && isPlain(to))) {
        const [old, now] = [byName(from), byName(to)];
        if (old && now) {
            diffNamed(from, to, old, now, path, found);
            return;
        }
    }
    const kind = from === undefined ? "added" : to === undefined ? "removed" : "changed";
    found.push({ kind, path, from, to });
}

/* [{ kind: added | removed | changed | moved, path: [section, name of a row, member, ...], from,
 * to }] in the order of the document. */
export function changes(from, to) {
    const found = [];
    diff(from, to, [], found);
    return found;
}

/* Rows in the order of `lead`; those that only `other` has follow the row before them there. */
function mergeOrder(lead, other) {
    const names = [...lead];
    other.forEach((name, i) => {
        if (!names.includes(name)) {
            const before = other.slice(0, i).findLast((one) => names.includes(one));
            names.splice(before === undefined ? 0 : names.indexOf(before) + 1, 0, name);
        }
    });
    return names;
}

function mergeNamed(base, mine, theirs, maps, path, conflicts) {
    const [old, own, other] = maps;
    const item = (map, name) => map.get(name)?.item;
    const moved = !same(
        [...old.keys()].filter((name) => own.has(name)),
        [...own.keys()].filter((name) => old.has(name)),
    );
    const lead = moved ? own : other;
    const order = mergeOrder([...lead.keys()], [...(moved ? other : own).keys()]);
    return order
        .map((name) =>
            merge3(item(old, name), item(own, name), item(other, name), [...path, name], conflicts),
        )
        .filter((one) => one !== undefined);
}

function merge3(base, mine, theirs, path, conflicts) {
    if (same(mine, base) || same(mine, theirs)) {
        return theirs;
    }
    if (same(theirs, base)) {
        return mine;
    }
    if (isObject(mine) && isObject(theirs)) {
        const old = isObject(base) ? base : {};
        const result = {};
        for (const name of new Set([...Object.keys(theirs), ...Object.keys(mine)])) {
            const all = [old, mine, theirs].map((one) => (Object.hasOwn(one, name) ? one[name] : undefined));
            const merged = merge3(...all, [...path, name], conflicts);
            if (merged !== undefined) {
                result[name] = merged;
            }
        }
        return result;
    }
    if (Array.isArray(mine) && Array.isArray(theirs)) {
        const maps = [Array.isArray(base) ? base : [], mine, theirs].map(byName);
        if (maps.every(Boolean)) {
            return mergeNamed(base, mine, theirs, maps, path, conflicts);
        }
    }
    conflicts.push({ path, base, mine, theirs });
    return mine;
}

/* Carries the edits that made `mine` out of `base` over to `theirs`. Where both changed the same
 * thing in different ways mine is kept, and told: { document, conflicts: [{ path, base, mine,
 * theirs }] }. */
export function rebase(base, mine, theirs) {
    const conflicts = [];
    return { document: structuredClone(merge3(base, mine, theirs, [], conflicts)), conflicts };
}

/* The JSON pointer of a path by names in that document: rows by their place. */
export function pointerOf(document, path) {
    let at = document;
    return path
        .map((step) => {
            const index = Array.isArray(at) ? at.findIndex((one) => String(nameOf(one)) === step) : -1;
            const key = index >= 0 ? index : step;
            at = at?.[key];
            return `/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`;
        })
        .join("");
}
