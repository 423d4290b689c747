// segments: a row of seven-segment digits as SVG. A glyph is a byte: bit 0 is segment a, bit 6 is
// g, bit 7 the dot.

import { svg } from "../shared/dom.js";

const WIDTH = 60;
const HEIGHT = 100;

// Corners of the segments a to g of one digit, in a field of 60 by 100 that is leaning by a skew.
const SHAPES = [
    "12,6 42,6 37,14 17,14",
    "45,9 45,47 40,50 37,45 37,17",
    "45,91 45,53 40,50 37,55 37,83",
    "12,94 42,94 37,86 17,86",
    "9,91 9,53 14,50 17,55 17,83",
    "9,9 9,47 14,50 17,45 17,17",
    "15,50 19,46 35,46 39,50 35,54 19,54",
];

// What the boards make of a character: the table of the LED-485 family.
const GLYPHS = {
    0: 0x3f,
    1: 0x06,
    2: 0x5b,
    3: 0x4f,
    4: 0x66,
    5: 0x6d,
    6: 0x7d,
    7: 0x07,
    8: 0x7f,
    9: 0x6f,
    A: 0x77,
    B: 0x7c,
    C: 0x39,
    D: 0x5e,
    E: 0x79,
    F: 0x71,
    G: 0x3d,
    H: 0x76,
    I: 0x10,
    J: 0x0e,
    K: 0x7a,
    L: 0x38,
    M: 0x55,
    N: 0x54,
    O: 0x5c,
    P: 0x73,
    Q: 0x67,
    R: 0x50,
    S: 0x64,
    T: 0x78,
    U: 0x3e,
    V: 0x62,
    W: 0x6a,
    X: 0x36,
    Y: 0x6e,
    Z: 0x49,
    "-": 0x40,
};

/* Glyph bytes of a text; a dot joins the digit before it. */
export function glyphsOf(text) {
    const glyphs = [];
    for (const character of text.toUpperCase()) {
        if (character === "." && glyphs.length > 0) {
            glyphs[glyphs.length - 1] |= 0x80;
        } else {
            glyphs.push(GLYPHS[character] ?? 0);
        }
    }
    return glyphs;
}

export function drawDigits(glyphs, label) {
    const digits = glyphs.map((glyph, place) =>
        svg(
            "g",
            { transform: `translate(${place * WIDTH + 8} 0) skewX(-4)` },
            ...SHAPES.map((points, bit) =>
                svg("polygon", { points, class: (glyph >> bit) & 1 ? "lit" : "dark" }),
            ),
            svg("circle", { cx: 53, cy: 92, r: 4, class: glyph & 0x80 ? "lit" : "dark" }),
        ),
    );
    return svg(
        "svg",
        { viewBox: `0 0 ${glyphs.length * WIDTH + 8} ${HEIGHT}`, role: "img", "aria-label": label },
        ...digits,
    );
}
