// decode: what a sign makes of the bytes it was sent. Only what the bytes say is used: nothing of
// what the hall meant, so that a wrong frame is seen here as it would be on the wall.

import { glyphsOf } from "./segments.js";

const REGISTER_NUMBER = 0x0000;
const REGISTER_TEXT = 0x0070;
const REGISTER_SEGMENTS = 0x0080;

export function bytesOf(hex) {
    return (hex.replace(/[^0-9a-f]/gi, "").match(/../g) ?? []).map((pair) => parseInt(pair, 16));
}

/* CRC-16 of Modbus: reflected polynomial A001, start FFFF. Over frame and CRC together it is 0. */
export function crc16(bytes) {
    let crc = 0xffff;
    for (const byte of bytes) {
        crc ^= byte;
        for (let bit = 0; bit < 8; bit++) {
            crc = crc & 1 ? (crc >> 1) ^ 0xa001 : crc >> 1;
        }
    }
    return crc;
}

/* One Modbus write as { unit, glyphs, text } or { error }. */
export function decodeModbus(bytes) {
    if (bytes.length < 8 || crc16(bytes) !== 0) {
        return { error: "crc" };
    }
    const [unit, code] = bytes;
    const register = (bytes[2] << 8) | bytes[3];
    if (code === 0x06 && register === REGISTER_NUMBER) {
        const text = String((bytes[4] << 8) | bytes[5]).padStart(4, " ");
        return { unit, text, glyphs: glyphsOf(text) };
    }
    const data = bytes.slice(7, -2);
    if (
        code !== 0x10 ||
        data.length !== bytes[6] ||
        data.length !== 2 * ((bytes[4] << 8) | bytes[5])
    ) {
        return { error: "frame" };
    }
    if (register === REGISTER_TEXT) {
        const text = String.fromCharCode(...data);
        return { unit, text, glyphs: glyphsOf(text) };
    }
    if (register === REGISTER_SEGMENTS) {
        const letters = data.map((glyph) => letterOf(glyph)).join("");
        return { unit, text: letters, glyphs: data };
    }
    return { error: "register" };
}

/* The character a glyph stands for, for the label that a screen reader speaks. */
function letterOf(glyph) {
    for (const character of " 0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") {
        if (glyphsOf(character)[0] === (glyph & 0x7f)) {
            return character;
        }
    }
    return "?";
}

/* Lines of the readable driver: "address=1 row=1 window=7 number=A012" or "... state=calling
 * line=A012". */
export function dumpLines(bytes) {
    const text = new TextDecoder("utf-8").decode(new Uint8Array(bytes));
    return text
        .split("\n")
        .map((line) => {
            const row = /window=(\d+) number=(\S+)/.exec(line);
            return row ? `${row[2]} → ${row[1]}` : (/ line=(.*)$/.exec(line)?.[1] ?? "");
        })
        .filter((line) => line !== "");
}

/* Of a protocol that the page does not draw: the longest readable run, in GB18030 as Chinese signs
 * use it. */
export function readable(bytes) {
    const text = new TextDecoder("gb18030").decode(new Uint8Array(bytes));
    const runs = text.split(/[\u0000-\u001f\ufffd]+/).map((run) => run.trim());
    return runs.sort((a, b) => b.length - a.length)[0] ?? "";
}
