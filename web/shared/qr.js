// qr: a QR code (ISO/IEC 18004) of a short text as SVG: byte mode, error correction level L,
// versions 1 to 5, which have one block each and hold up to 106 bytes: enough for an address
// inside the hall.

import { svg } from "./dom.js";

// Per version: data codewords and error correction codewords.
const VERSIONS = [null, [19, 7], [34, 10], [55, 15], [80, 20], [108, 26]];
const QUIET = 4;

/* Arithmetic in GF(256) with the polynomial 0x11d. */
const EXP = new Uint8Array(512);
const LOG = new Uint8Array(256);
for (let i = 0, value = 1; i < 255; i++) {
    EXP[i] = EXP[i + 255] = value;
    LOG[value] = i;
    value = (value << 1) ^ (value & 0x80 ? 0x11d : 0);
}
const multiply = (a, b) => (a && b ? EXP[LOG[a] + LOG[b]] : 0);

function errorCorrection(data, count) {
    let generator = [1];
    for (let i = 0; i < count; i++) {
        const next = [...generator, 0];
        generator.forEach((value, j) => (next[j + 1] ^= multiply(value, EXP[i])));
        generator = next;
    }
    const rest = [...data, ...new Array(count).fill(0)];
    for (let i = 0; i < data.length; i++) {
        const factor = rest[i];
        generator.forEach((value, j) => (rest[i + j] ^= multiply(value, factor)));
    }
    return rest.slice(data.length);
}

/* Mode 0100, length in 8 bits, the bytes, terminator, and the two pad bytes in turn. */
function codewords(bytes, version) {
    const [room, check] = VERSIONS[version];
    const nibbles = [4, bytes.length >> 4, bytes.length & 15];
    bytes.forEach((byte) => nibbles.push(byte >> 4, byte & 15));
    nibbles.push(0);
    const data = [];
    for (let i = 0; i + 1 < nibbles.length; i += 2) {
        data.push((nibbles[i] << 4) | nibbles[i + 1]);
    }
    for (let pad = 0xec; data.length < room; pad ^= 0xec ^ 0x11) {
        data.push(pad);
    }
    return [...data, ...errorCorrection(data, check)];
}

/* The fixed patterns: null marks the places that are free for data. */
function frame(size) {
    const grid = Array.from({ length: size }, () => new Array(size).fill(null));
    const finder = (row, column) => {
        for (let y = -1; y <= 7; y++) {
            for (let x = -1; x <= 7; x++) {
                const ring = Math.max(Math.abs(x - 3), Math.abs(y - 3));
                if (grid[row + y]?.[column + x] !== undefined) {
                    grid[row + y][column + x] = ring !== 2 && ring !== 4;
                }
            }
        }
    };
    finder(0, 0);
    finder(0, size - 7);
    finder(size - 7, 0);
    if (size > 21) {
        for (let y = -2; y <= 2; y++) {
            for (let x = -2; x <= 2; x++) {
                grid[size - 7 + y][size - 7 + x] = Math.max(Math.abs(x), Math.abs(y)) !== 1;
            }
        }
    }
    for (let i = 8; i < size - 8; i++) {
        grid[6][i] = grid[i][6] = i % 2 === 0;
    }
    return grid;
}

/* Level L is 01; five bits of level and mask, ten of BCH, and the mask of the standard over all. */
function writeFormat(grid, mask) {
    const size = grid.length;
    let rest = ((1 << 3) | mask) << 10;
    const told = rest;
    for (let i = 14; i >= 10; i--) {
        if (rest & (1 << i)) {
            rest ^= 0x537 << (i - 10);
        }
    }
    const bits = (told | rest) ^ 0x5412;
    for (let i = 0; i < 15; i++) {
        const dark = ((bits >> i) & 1) === 1;
        grid[i < 6 ? i : i < 8 ? i + 1 : size - 15 + i][8] = dark;
        grid[8][i < 8 ? size - 1 - i : i === 8 ? 7 : 14 - i] = dark;
    }
    grid[size - 8][8] = true;
}

/* Data runs in columns of two, upwards and downwards in turn, from the right; column 6 is the
 * timing line. */
function writeData(grid, words) {
    const size = grid.length;
    let bit = 0;
    for (let right = size - 1, up = true; right > 0; right -= 2, up = !up) {
        if (right === 6) {
            right = 5;
        }
        for (let step = 0; step < size; step++) {
            const y = up ? size - 1 - step : step;
            for (const x of [right, right - 1]) {
                if (grid[y][x] === null) {
                    const word = words[bit >> 3] ?? 0;
                    const dark = ((word >> (7 - (bit & 7))) & 1) === 1;
                    grid[y][x] = dark !== ((x + y) % 2 === 0); // mask 0
                    bit++;
                }
            }
        }
    }
}

/* The modules as rows of booleans, or null when the text is too long. One mask serves all:
 * scanners read each. */
export function qrModules(text) {
    const bytes = [...new TextEncoder().encode(text)];
    const version = VERSIONS.findIndex((row) => row && bytes.length <= row[0] - 2);
    if (version < 0) {
        return null;
    }
    const grid = frame(17 + 4 * version);
    writeFormat(grid, 0);
    writeData(grid, codewords(bytes, version));
    return grid;
}

/* An <svg class="qr">, or null when the text is too long for one. */
export function qrSvg(text, label) {
    const grid = qrModules(text);
    if (!grid) {
        return null;
    }
    const size = grid.length + 2 * QUIET;
    const path = grid
        .flatMap((row, y) =>
            row.map((dark, x) => (dark ? `M${x + QUIET} ${y + QUIET}h1v1h-1z` : "")),
        )
        .join("");
    return svg(
        "svg",
        { class: "qr", viewBox: `0 0 ${size} ${size}`, role: "img", "aria-label": label },
        svg("rect", { width: size, height: size, fill: "#fff" }),
        svg("path", { d: path, fill: "#000", "shape-rendering": "crispEdges" }),
    );
}
