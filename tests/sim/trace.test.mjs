// Exact call traces: `hallcall simulate --trace` must print what two independent programs found, field by field.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

const program = new URL('../../build/hallcall', import.meta.url).pathname;
const { cases } = JSON.parse(readFileSync(new URL('traces.json', import.meta.url)));
const folder = mkdtempSync(join(tmpdir(), 'hallcall-trace-'));
after(() => rmSync(folder, { recursive: true }));

for (const { id, note, config, tickets, expect } of cases) {
    test(`${id}: ${note}`, () => {
        const file = join(folder, `${id}.json`);
        writeFileSync(file, JSON.stringify({ id, config, tickets }));
        const run = () => execFileSync(program, ['simulate', '--trace', file, '--json'], { encoding: 'utf8' });
        const output = run();
        const { calls, notes, final } = JSON.parse(output);
        assert.deepEqual(calls, expect.calls);
        assert.deepEqual(notes, expect.notes);
        assert.deepEqual(final, expect.final);
        assert.equal(run(), output);
    });
}
