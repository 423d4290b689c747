// How good the forecast is in a hall whose truth is known (hall_a.c), against what the same method reached when it was
// specified and against simpler ways to guess in the same run. ORACLES=long is the measurement; the short form only
// finds a forecast that is broken.

import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import assert from 'node:assert/strict';

const LONG = process.env.ORACLES === 'long';
const PROGRAM = new URL('../../build/release/tests/hall_a', import.meta.url).pathname;
const DAYS = LONG ? 200 : 24;
const REPLICATIONS = LONG ? 400 : 150;
const EVERY = LONG ? 1 : 3;

/* What the method reached over 200 days: mean absolute errors in minutes, coverage of the 80 % and 95 % ranges, CRPS. */
const REFERENCE = {
    known: { mae: 3.48, priority: 1.9, coverage: [0.803, 0.952], crps: 2.49, rank: 4.87, people: 5.42, les: 6.27, hol: 6.41 },
    unknown: { mae: 5.32, coverage: [0.807, 0.953], crps: 3.79, rank: 13.17, people: 13.78, les: 12.29, hol: 12.97 },
};

function measure(t, day) {
    const args = [DAYS, REPLICATIONS, EVERY, day].map(String);
    const { status, stdout, stderr } = spawnSync(PROGRAM, args, { encoding: 'utf8' });
    assert.equal(status, 0, stderr);
    t.diagnostic(stdout.trim());
    return JSON.parse(stdout);
}

for (const day of ['known', 'unknown']) {
    test(`Hall A, ${day} day`, (t) => {
        const { all, priority } = measure(t, day);
        const guesses = all.mae_min;
        const others = Math.min(guesses.rank, guesses.people, guesses.les, guesses.hol);
        // The table has 0.71 and 0.43 of the best other guess.
        assert.ok(guesses.forecast < (day === 'known' ? 0.85 : 0.65) * others, JSON.stringify(guesses));
        assert.ok(Math.abs(all.coverage_80 - 0.8) < (LONG ? 0.02 : 0.06), `80 % ranges cover ${all.coverage_80}`);
        assert.ok(Math.abs(all.coverage_95 - 0.95) < (LONG ? 0.015 : 0.04), `95 % ranges cover ${all.coverage_95}`);
        if (day === 'known') {
            const { forecast, rank } = priority.mae_min;
            assert.ok(forecast < 0.85 * rank, JSON.stringify(priority.mae_min));
        }
        t.diagnostic(`error ${guesses.forecast} min, ${REFERENCE[day].mae} when specified; ` +
            `CRPS ${all.crps_min}, ${REFERENCE[day].crps}`);
    });
}

test('Hall A: looking for the day\'s factors helps when there are any', (t) => {
    const looks = measure(t, 'unknown').all;
    const blind = measure(t, 'blind').all;
    assert.ok(looks.mae_min.forecast < blind.mae_min.forecast);
    assert.ok(looks.crps_min < blind.crps_min);
    assert.ok(Math.abs(looks.coverage_80 - 0.8) < Math.abs(blind.coverage_80 - 0.8));
});
