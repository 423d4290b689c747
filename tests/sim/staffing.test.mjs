// Staffing from the command line: days of a model and of a database, plans judged and looked for, bad input.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import assert from 'node:assert/strict';
import { Daemon, ROOT } from '../lib/daemon.mjs';
import { PROGRAM } from './model.mjs';

const folder = mkdtempSync(path.join(tmpdir(), 'hallcall-staff-'));
after(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
function file(value) {
    const name = path.join(folder, `${++files}.json`);
    writeFileSync(name, typeof value === 'string' ? value : JSON.stringify(value));
    return name;
}

const run = (...args) => spawnSync(PROGRAM, ['simulate', ...args], { encoding: 'utf8' });

function staff(model, request, ...more) {
    const { status, stdout, stderr } = run('--model', file(model), '--staff', file(request), ...more);
    assert.equal(status, 0, stderr);
    return JSON.parse(stdout);
}

const model = ({ rate, mean_min: mean, windows, hours = 12 }) => ({
    seed: 3, mode: 'days', days: 1, horizon_s: hours * 3600, arrivals: [{ service: 'a', rate_per_hour: rate }],
    service_time: { a: { dist: 'exp', mean_s: mean * 60 } },
    windows: Array.from({ length: windows }, (unused, i) => ({ no: i + 1, services: ['a'] })),
});

// The least windows of M/M/c halls, from tests/sim/oracles.json (family staffing). Away from the empty beginning and the
// closing end a day is such a hall: that many are enough in the middle, and one fewer is not.
for (const [rate, mean, target, share, least] of [[30, 5, 5, 0.8, 4], [60, 6, 10, 0.9, 8], [44, 7.1, 10, 0.8, 7]]) {
    test(`M/M/c: ${least} windows for ${rate} an hour of ${mean} minutes`, () => {
        const hall = model({ rate, mean_min: mean, windows: least + 2, hours: 16 });
        const request = (windows) => ({
            target_share: share, target_wait_s: target * 60, days: 300,
            plan: [{ from: '00:00', to: '16:00', windows: Array.from({ length: windows }, (unused, i) => i + 1) }],
        });
        const middle = (answer) => {
            const rows = answer.half_hours.slice(8, 30);
            return rows.reduce((sum, row) => sum + row.share * row.arrivals, 0) /
                rows.reduce((sum, row) => sum + row.arrivals, 0);
        };
        assert.ok(middle(staff(hall, request(least))) >= share);
        assert.ok(middle(staff(hall, request(least - 1))) < share);
    });
}

test('the search keeps what was asked, in every half hour, with less than that many all day', () => {
    const hall = model({ rate: 30, mean_min: 5, windows: 7 });
    const request = { target_share: 0.8, target_wait_s: 300 };
    const answer = staff(hall, request);
    assert.equal(answer.met, true);
    assert.ok(answer.all.share_low >= 0.8);
    for (const row of answer.half_hours) {
        assert.ok(row.share >= 0.8, JSON.stringify(row));
        assert.ok(row.windows.length <= 5, JSON.stringify(row));
    }
    assert.ok(answer.window_hours <= 4 * 12, `${answer.window_hours} hours`);
    // What it found is good when it is judged by itself, on the same days.
    const judged = staff(hall, { ...request, plan: answer.plan });
    assert.equal(judged.met, true);
    assert.equal(judged.all.share, answer.all.share);
    assert.equal(judged.window_hours, answer.window_hours);
});

test('the same seed gives the same bytes, another seed others', () => {
    const args = ['--model', file(model({ rate: 20, mean_min: 5, windows: 4, hours: 4 })), '--staff', file({ target_share: 0.8 })];
    assert.equal(run(...args).stdout, run(...args).stdout);
    assert.notEqual(run(...args).stdout, run(...args, '--seed', '9').stdout);
});

test('what cannot be done is said, with the best there is', () => {
    const answer = staff(model({ rate: 60, mean_min: 6, windows: 3, hours: 4 }), { target_share: 0.9 });
    assert.equal(answer.met, false);
    assert.deepEqual(answer.plan, [{ from: '00:00', to: '04:00', windows: [1, 2, 3] }]);
});

test('a service that hardly comes takes as long as the model says', () => {
    const hall = { ...model({ rate: 0.1, mean_min: 1, windows: 1, hours: 8 }) };
    const answer = staff(hall, { target_share: 0.5, days: 2000, plan: [{ from: '00:00', to: '08:00', windows: [1] }] });
    // Fewer than 30 durations in 20 days: lognormal of the model's mean, a minute, and not of some default.
    const busy_s = answer.windows[0].utilisation * answer.windows[0].hours * 3600 * 2000;
    const mean_s = busy_s / answer.all.n;
    assert.ok(mean_s > 50 && mean_s < 70, `${mean_s} s`);
});

const MODEL = model({ rate: 20, mean_min: 5, windows: 2, hours: 2 });
const BAD = [
    [{ target_share: 1.5 }, '/target_share'],
    [{ target_shar: 0.5 }, '/target_shar'],
    [{ days: 1 }, '/days'],
    [{ from: '09:10' }, '/from'],
    [{ from: '10:00', to: '09:00' }, '/to'],
    [{ plan: [{ from: '09:00', windows: [1] }] }, '/plan/0/to'],
    [{ plan: [{ from: '09:00', to: '10:00', windows: [9] }] }, '/plan/0/windows/0'],
    [{ plan: [{ from: '10:00', to: '09:00', windows: [1] }] }, '/plan/0/to'],
    [{ plan: [1] }, '/plan/0'],
    [{ windows: [{ no: 1, services: ['nothing'] }] }, '/windows/0/services/0'],
    ['{', ''],
];
for (const [request, pointer] of BAD) {
    test(`refused: ${JSON.stringify(request)}`, () => {
        const { status, stdout, stderr } = run('--model', file(MODEL), '--staff', file(request));
        assert.equal(status, 1);
        assert.equal(stdout, '');
        assert.ok(stderr.includes(pointer), stderr);
    });
}

test('refused: a steady model, and staffing of nothing', () => {
    const steady = { ...MODEL, mode: 'steady', customers: 100, warmup: 10 };
    assert.match(run('--model', file(steady), '--staff', file({})).stderr, /mode/);
    assert.equal(run('--staff', file({})).status, 2);
    assert.equal(run('--model', file(MODEL), '--staff', file({}), '--roster', 'x').status, 2);
});

/* One service, one window, ten visitors of five minutes each, on three mornings. */
test('the days of a database', async () => {
    const daemon = new Daemon({ args: [], clock: '2026-11-16T09:00:00+08:00' });
    daemon.run(['config', 'import', '--db', daemon.db, path.join(ROOT, 'src/demo/hall.json')]);
    const token = daemon.run(['token', 'create', '--db', daemon.db, '--role', 'admin', '--role', 'lobby', '--role', 'clerk',
        '--name', 'all']).trim();
    await daemon.start();
    try {
        const ask = async (target, body) => {
            const response = await fetch(daemon.origin + target, {
                method: 'POST', body: JSON.stringify(body ?? {}),
                headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
            });
            const text = await response.text();
            assert.ok(response.ok, `${target}: ${response.status} ${text}`);
            return JSON.parse(text);
        };
        for (const date of ['2026-11-16', '2026-11-17', '2026-11-18']) {
            await ask('/api/v1/test/clock', { set: `${date}T09:30:00+08:00` });
            await ask('/api/v1/windows/1/open', { clerk: 'zhang' });
            for (let i = 0; i < 12; i++) {
                await ask('/api/v1/tickets', { service: 'pension' });
                const { ticket } = await ask('/api/v1/windows/1/next');
                await ask(`/api/v1/tickets/${ticket.id}/start`);
                await ask('/api/v1/test/clock', { advance_s: 300 });
            }
            await ask('/api/v1/windows/1/close', { current: 'finish' });
        }
        await ask('/api/v1/test/clock', { set: '2026-11-19T09:00:00+08:00' });
        const answerOf = (...more) => {
            const { status, stdout, stderr } = run('--db', daemon.db, '--staff', file({ target_share: 0.9 }), ...more);
            assert.equal(status, 0, stderr);
            return JSON.parse(stdout);
        };
        const answer = answerOf();
        assert.equal(answer.past_days, 3);
        assert.equal(answer.all.n, 200 * 12);
        assert.equal(answer.met, true);
        // Twelve times five minutes from 09:30 to 10:30: one window, that long.
        assert.equal(answer.window_hours, 1);
        assert.deepEqual(answer.half_hours.map(({ from, windows }) => [from, windows.length]), [['09:30', 1], ['10:00', 1]]);
        assert.equal(answerOf('--day', '2026-11-17').past_days, 1);
        const none = run('--db', daemon.db, '--staff', file({}), '--day', '2026-11-16');
        assert.equal(none.status, 1);
        assert.match(none.stderr, /no past day/);
    } finally {
        await daemon.stop();
    }
});
