// The model file: the same seed gives the same bytes, mistakes are named by their place, and what holds under every
// policy holds here.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { PROGRAM, simulate } from './model.mjs';

const { constant_service_invariance: constant } = JSON.parse(readFileSync(new URL('oracles.json', import.meta.url)));

const good = () => ({
    seed: 7, mode: 'steady', customers: 5000, warmup: 100,
    arrivals: [
        { service: 'a', rate_per_hour: 40 },
        { service: 'b', class: 'elderly', rate_per_hour: [5, 10, 0] },
    ],
    service_time: { a: { dist: 'gamma', mean_s: 100, cv: 0.7 }, b: { dist: 'exp', mean_s: 200, min_s: 10 } },
    patience: { dist: 'hyperexp', mean_s: 900, cv: 2 },
    no_show: { share: 0.04, cost_s: 40 },
    windows: [{ no: 1, services: ['a', 'b'] }, { no: 5, services: [{ code: 'a', tier: 'backup', after_s: 300 }] }],
    policy: { idle_help: false },
    over_s: [60, 600],
});

const withSeed = (seed) => {
    const { status, stdout } = simulate(good(), seed === undefined ? [] : ['--seed', String(seed)]);
    assert.equal(status, 0);
    return stdout;
};

test('the same seed gives the same bytes, another seed others', () => {
    assert.equal(withSeed(), withSeed());
    assert.equal(withSeed(7), withSeed());
    assert.notEqual(withSeed(8), withSeed());
    const days = { ...good(), mode: 'days', days: 5, horizon_s: 10800 };
    assert.equal(simulate(days).stdout, simulate(days).stdout);
    assert.notEqual(simulate(days).stdout, simulate(days, ['--seed', '8']).stdout);
});

test('stdout holds the measures alone, stderr the speed', () => {
    const { stdout, stderr } = simulate(good());
    const { queues, windows } = JSON.parse(stdout);
    assert.deepEqual(queues.map(({ service, class: code }) => [service, code]), [['a', 'ordinary'], ['b', 'elderly']]);
    assert.deepEqual(Object.keys(queues[0]), ['service', 'class', 'n', 'mean_wait_s', 'se_s', 'p_wait', 'p50_s', 'p90_s',
        'p95_s', 'max_s', 'over', 'mean_overtakes', 'max_overtakes', 'leave']);
    assert.equal(queues[0].n + queues[1].n, 5000);
    for (const queue of queues) {
        assert.ok(queue.p_wait >= queue.over[0] && queue.over[0] >= queue.over[1] && queue.leave > 0);
        assert.ok(queue.p50_s <= queue.p90_s && queue.p90_s <= queue.p95_s && queue.p95_s <= queue.max_s * 1.004);
    }
    assert.deepEqual(windows.map(({ no }) => no), [1, 5]);
    assert.ok(windows.every(({ utilisation }) => utilisation > 0 && utilisation <= 1.01));
    assert.match(stderr, /^customers_per_second \d+\n$/);
});

/* What is wrong, how it gets so, and the place that must be named. */
const bad = [
    ['negative rate', (model) => (model.arrivals[0].rate_per_hour = -1), '/arrivals/0/rate_per_hour'],
    ['negative rate of an hour', (model) => (model.arrivals[1].rate_per_hour[2] = -1), '/arrivals/1/rate_per_hour'],
    ['rate of an hour as text', (model) => (model.arrivals[1].rate_per_hour[0] = '5'), '/arrivals/1/rate_per_hour'],
    ['no rate', (model) => delete model.arrivals[0].rate_per_hour, '/arrivals/0/rate_per_hour'],
    ['unknown class', (model) => (model.arrivals[1].class = 'nobody'), '/arrivals/1/class'],
    ['a service and class twice', (model) => model.arrivals.push(model.arrivals[0]), '/arrivals/2/service'],
    ['unknown member of an arrival', (model) => (model.arrivals[0].rate = 3), '/arrivals/0/rate'],
    ['no arrivals', (model) => delete model.arrivals, '/arrivals'],
    ['an empty list of arrivals', (model) => (model.arrivals = []), '/arrivals'],
    ['missing service_time', (model) => delete model.service_time, '/service_time'],
    ['a service without a time', (model) => delete model.service_time.b, '/service_time/b'],
    ['unknown distribution', (model) => (model.service_time.a.dist = 'normal'), '/service_time/a/dist'],
    ['mean of zero', (model) => (model.service_time.a.mean_s = 0), '/service_time/a/mean_s'],
    ['hyperexp with cv below 1', (model) => (model.patience.cv = 0.9), '/patience/cv'],
    ['unknown member in a window', (model) => (model.windows[1].colour = 'red'), '/windows/1/colour'],
    ['a window without services', (model) => (model.windows[1].services = []), '/windows/1/services'],
    ['a window with an unknown service', (model) => model.windows[0].services.push('c'), '/windows/0/services/2'],
    ['no windows', (model) => (model.windows = []), '/windows'],
    ['a service that no window serves', (model) => model.windows[0].services.pop(), '/arrivals/1/service'],
    ['a class that no window admits', (model) => (model.windows[0].classes = ['ordinary']), '/arrivals/1/service'],
    ['cap below -1', (model) => (model.classes = [{ code: 'ordinary', cap: -2 }]), '/classes/0/cap'],
    ['unknown rule', (model) => (model.policy.rule = 'best'), '/policy/rule'],
    ['unknown mode', (model) => (model.mode = 'weeks'), '/mode'],
    ['steady without customers', (model) => delete model.customers, '/customers'],
    ['days without a horizon', (model) => Object.assign(model, { mode: 'days', days: 3 }), '/horizon_s'],
    ['share of no-shows above 1', (model) => (model.no_show.share = 1.5), '/no_show/share'],
    ['text among over_s', (model) => (model.over_s[1] = '600'), '/over_s'],
    ['unknown member', (model) => (model.warmpu = 5), '/warmpu'],
];

for (const [what, spoil, pointer] of bad) {
    test(`refused: ${what}`, () => {
        const model = good();
        spoil(model);
        const { status, stdout, stderr } = simulate(model);
        assert.equal(status, 1);
        assert.equal(stdout, '');
        assert.ok(stderr.includes(`: ${pointer}: `), stderr);
    });
}

test('refused: what is no object', () => {
    for (const text of ['', '[]', '{"mode":', '{"mode":"steady"}}', 'null']) {
        const { status, stdout, stderr } = simulate(text);
        assert.equal(status, 1, text);
        assert.equal(stdout, '');
        assert.match(stderr, /^hallcall: /);
    }
});

test('a line that grows without end is told, not waited for', () => {
    const { status, stderr } = simulate({ ...good(), patience: undefined, customers: 100000000,
        arrivals: [{ service: 'a', rate_per_hour: 4000 }, { service: 'b', rate_per_hour: 1 }] });
    assert.equal(status, 1);
    assert.match(stderr, /the line grows without end/);
});

test('a model in which nobody comes ends', () => {
    const { status, stdout } = simulate({ ...good(), arrivals: [{ service: 'a', rate_per_hour: [0, 0] },
        { service: 'b', rate_per_hour: 0 }] });
    assert.equal(status, 0);
    assert.deepEqual(JSON.parse(stdout).queues.map(({ n }) => n), [0, 0]);
});

test('people long gone do not fill the hall', () => {
    // Patience of years: what it was stays noted long after the person was served.
    const { status, stdout, stderr } = simulate({ ...good(), customers: 400000, no_show: undefined,
        patience: { dist: 'deterministic', mean_s: 1e7 },
        arrivals: [{ service: 'a', rate_per_hour: 100000 }], service_time: { a: { dist: 'exp', mean_s: 0.01 } },
        windows: [{ no: 1, services: ['a'] }] });
    assert.equal(status, 0, stderr);
    assert.equal(JSON.parse(stdout).queues[0].n, 400000);
});

/* ---- constant services ---- */

const RANKS = { ordinary: 2, elderly: 1, child: 1, vip: 1, disabled: 0, pregnant: 0 };
const DEFAULTS = { ordinary: [0, 1000], elderly: [600, 2000], disabled: [900, 2500], pregnant: [900, 2500],
    child: [600, 2000], vip: [300, 1500] };

function traceCase({ windows, service_ms: length, arrivals }, rule, [cap, maxWait]) {
    const classes = Object.entries(DEFAULTS).map(([id, [head, rate]]) => ({
        id, head_ms: head * 1000, rate_pm: rate, rank: RANKS[id], group: id === 'ordinary' ? 0 : 1,
        cap, max_wait_ms: maxWait,
    }));
    return {
        config: {
            rule, classes, services: ['A'], group_weights: [2, 1], idle_help: 1, idle_early: 1, w_share: 50,
            windows: Array.from({ length: windows }, (unused, i) => ({ id: i + 1, services: { A: { tier: 'primary' } } })),
            appointment: { early_ms: 300000, grace_ms: 600000, head_ms: 900000 },
            urgent: { burst: 1, refill_ms: 1800000 },
            no_show: { mode: 'return', restore_after_calls: 3, restore_max: 2, answer_ms: 30000, gap_ms: 180000 },
        },
        tickets: arrivals.map(([t, code], i) =>
            ({ id: `T${i}`, class: code, service: 'A', t, service_ms: [length] })),
    };
}

const GUARDS = { off: [-1, 0], tight: [2, 600000] };

for (const item of constant) {
    test(`${item.id}: ${item.note}`, () => {
        const folder = mkdtempSync(join(tmpdir(), 'hallcall-model-'));
        const orders = new Set();
        for (const rule of ['score', 'fifo', 'strict', 'ratio', 'longest']) {
            for (const [name, guards] of Object.entries(GUARDS)) {
                const file = join(folder, 'case.json');
                writeFileSync(file, JSON.stringify({ id: item.id, ...traceCase(item, rule, guards) }));
                const { status, stdout, stderr } =
                    spawnSync(PROGRAM, ['simulate', '--trace', file, '--json'], { encoding: 'utf8' });
                assert.equal(status, 0, stderr);
                const { calls } = JSON.parse(stdout);
                assert.equal(calls.length, item.arrivals.length);
                const total = calls.reduce((sum, [at, , ticket]) => sum + at - item.arrivals[ticket.slice(1)][0], 0);
                assert.equal(total, item.sum_wait_ms, `${rule}, guards ${name}`);
                orders.add(calls.map(([, , ticket]) => ticket).join());
            }
        }
        // Else the policies would not have been at work.
        assert.ok(orders.size >= 4, `${orders.size} different orders`);
        rmSync(folder, { recursive: true });
    });
}
