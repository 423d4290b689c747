// Voice packs by hand: what one has to have, what one lacks, and whether the default one can be heard.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { PROGRAM, ROOT } from "../lib/daemon.mjs";

const pack = path.join(ROOT, "build/voice");
const RATE = 22050;
const folder = mkdtempSync(path.join(os.tmpdir(), "hallcall-voice-"));
after(() => rmSync(folder, { recursive: true }));

const hallcall = (...args) => spawnSync(PROGRAM, args, { encoding: "utf8" });

/* A WAV file by its own rules: header of 44 bytes, then samples. */
function wav(samples, { rate = RATE, channels = 1 } = {}) {
    const bytes = Buffer.alloc(44 + samples.length * 2);
    bytes.write("RIFF", 0);
    bytes.writeUInt32LE(36 + samples.length * 2, 4);
    bytes.write("WAVEfmt ", 8);
    bytes.writeUInt32LE(16, 16);
    bytes.writeUInt16LE(1, 20);
    bytes.writeUInt16LE(channels, 22);
    bytes.writeUInt32LE(rate, 24);
    bytes.writeUInt32LE(rate * channels * 2, 28);
    bytes.writeUInt16LE(channels * 2, 32);
    bytes.writeUInt16LE(16, 34);
    bytes.write("data", 36);
    bytes.writeUInt32LE(samples.length * 2, 40);
    samples.forEach((sample, i) => bytes.writeInt16LE(sample, 44 + 2 * i));
    return bytes;
}

function samplesOf(file) {
    const bytes = readFileSync(file);
    assert.equal(bytes.toString("latin1", 0, 4), "RIFF");
    assert.equal(bytes.readUInt32LE(24), RATE, file);
    assert.equal(bytes.readUInt32LE(40), bytes.length - 44, file);
    return new Int16Array(bytes.buffer, bytes.byteOffset + 44, (bytes.length - 44) / 2);
}

const rows = hallcall("voice", "list").stdout.trim().split("\n").map((line) => line.split("\t"));

test("the list has every digit and letter in both languages", () => {
    for (const lang of ["zh-CN", "en"]) {
        const names = rows.filter((row) => row[0] === lang).map((row) => row[1]);
        for (const name of "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") {
            assert.ok(names.includes(name), `${lang} ${name}`);
        }
        assert.equal(new Set(names).size, names.length);
    }
    assert.ok(rows.every((row) => row.length === 4 && row.every(Boolean)));
});

test("the check names what is missing and what is no clip", () => {
    mkdirSync(path.join(folder, "zh-CN"));
    writeFileSync(path.join(folder, "zh-CN/A.wav"), wav([1, 2, 3], { rate: 44100 }));
    writeFileSync(path.join(folder, "zh-CN/B.wav"), "not sound");
    writeFileSync(path.join(folder, "zh-CN/C.wav"), wav([1, 2, 3]));
    const { status, stdout } = hallcall("voice", "check", folder);
    assert.equal(status, 1);
    assert.match(stdout, /zh-CN\/A\.wav: format 1, 1 channels, 44100 Hz, 16 bit; must be PCM, 1, 22050, 16\n/);
    assert.match(stdout, /zh-CN\/B\.wav: not a WAV file\n/);
    assert.doesNotMatch(stdout, /zh-CN\/C\.wav/);
});

test("a recording becomes a clip", () => {
    const raw = path.join(folder, "raw.wav");
    const clip = path.join(folder, "clip.wav");
    const silence = new Array(5000).fill(0);
    writeFileSync(raw, wav([...silence, ...new Array(3000).fill(0).map((_, i) => (i % 2 ? 1000 : -1000)), ...silence]));
    assert.equal(hallcall("voice", "clip", raw, clip).status, 0);
    const samples = samplesOf(clip);
    assert.equal(samples.length, 3440);
    assert.equal(Math.max(...samples), 16384);
    assert.equal(hallcall("voice", "clip", raw).status, 2);
    assert.equal(hallcall("voice", "clip", path.join(folder, "none.wav"), clip).status, 1);
});

/* Where there is no espeak-ng there is no default pack, and nothing to be heard. */
test("the default pack can be heard", { skip: !existsSync(`${pack}/made`) }, () => {
    const checked = hallcall("voice", "check");
    assert.equal(checked.status, 0, checked.stdout);
    const heard = new Set();
    for (const [lang, name] of rows) {
        const samples = samplesOf(path.join(pack, lang, `${name}.wav`));
        const seconds = samples.length / RATE;
        assert.ok(seconds > 0.12 && seconds < 6, `${lang}/${name} lasts ${seconds} s`);
        const power = Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
        assert.ok(power > 800, `${lang}/${name} is too quiet: ${power}`);
        heard.add(`${lang} ${Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength).toString("base64")}`);
    }
    // A voice that cannot say its words says the same for all of them.
    assert.equal(heard.size, rows.length);
    assert.ok(samplesOf(path.join(pack, "chime.wav")).length <= RATE);
    for (const lang of ["zh-CN", "en"]) {
        assert.equal(readdirSync(path.join(pack, lang)).length, rows.filter((row) => row[0] === lang).length);
    }
});
