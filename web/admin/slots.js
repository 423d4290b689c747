// slots: a place in the document that an editor reads and writes, without knowing what is around
// it. Writing `undefined` takes the member out; an object that nothing is left in goes with it.

const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

/* The whole document of `draft` ({ document }); `changed(pointer)` is told of every write. */
export function rootSlot(draft, changed) {
    return {
        get: () => draft.document,
        set: (value, pointer = "") => {
            draft.document = value ?? {};
            changed(pointer);
        },
        pointer: "",
        names: [],
        stays: true,
    };
}

/* Member `name` of an object. `stays`: it is kept when it is empty, since being there means
 * something. */
export function memberSlot(parent, name, stays = false) {
    return {
        pointer: `${parent.pointer}/${name}`,
        names: [...parent.names, name],
        stays,
        get: () => {
            const holder = parent.get();
            return isObject(holder) ? holder[name] : undefined;
        },
        set: (value, pointer = `${parent.pointer}/${name}`) => {
            const held = parent.get();
            const holder = isObject(held) ? held : {};
            if (value === undefined) {
                delete holder[name];
            } else {
                holder[name] = value;
            }
            const gone = Object.keys(holder).length === 0 && !parent.stays;
            parent.set(gone ? undefined : holder, pointer);
        },
    };
}

/* Row `index` of a list. `word`: a row that is only this member may be written as the member's
 * value alone, and is, unless it was written out. */
export function rowSlot(list, index, word = null) {
    const stored = () => list.get()?.[index];
    return {
        pointer: `${list.pointer}/${index}`,
        names: list.names,
        stays: true,
        get: () => {
            const item = stored();
            return word && !isObject(item) ? { [word]: item } : item;
        },
        set: (value, pointer = `${list.pointer}/${index}`) => {
            const rows = list.get();
            const short = word && Object.keys(value).every((name) => name === word);
            rows[index] = short ? (value[word] ?? "") : value;
            list.set(rows, pointer);
        },
    };
}
