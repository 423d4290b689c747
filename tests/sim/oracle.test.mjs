// Long runs of the simulator against queueing theory: closed forms, numerical solutions, and simulations by other
// programs. ORACLES=long runs ten times as long.

import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import assert from 'node:assert/strict';
import * as sim from './model.mjs';

const { families, hall_end_to_end: hallCases } = JSON.parse(readFileSync(new URL('oracles.json', import.meta.url)));
const { UNIT_S } = sim;

const wait = (queue) => queue.mean_wait_s / UNIT_S;
/* The printed standard errors beside the scatter that the runs really have. */
const honesty = [];

function noteHonesty(runs) {
    const seen = sim.summarise(runs.map(({ queues }) => queues[0].mean_wait_s)).se ** 2 * runs.length;
    const printed = sim.summarise(runs.map(({ queues }) => queues[0].se_s ** 2)).mean;
    honesty.push(seen / printed);
}

/* One test a family; `each` gets the case, and check(what, measure of one run, reference, its error). */
function family(name, modelOf, each) {
    test(`${name}: ${families[name].what}`, (t) => {
        const comparison = new sim.Comparison();
        for (const item of families[name].cases) {
            const runs = sim.replicate(modelOf(item));
            if ((item.rho ?? 1) <= 0.85) {
                noteHonesty(runs);
            }
            each(item, (what, measure, reference, se) =>
                comparison.check(`${item.id} ${what}`, runs.map(measure), reference, se), comparison, runs);
        }
        comparison.finish(t);
    });
}

const checkWaits = (waits, check) =>
    waits.forEach((reference, i) => check(`W of class ${i}`, ({ queues }) => wait(queues[i]), reference));

/* Members that the families with classes share; the last class is the low one. */
function checkLow(item, check) {
    const low = ({ queues }) => queues.at(-1);
    check('P(W>1) of the last', (run) => low(run).over[0], item.low_P_W_gt_1);
    check('P(W>4) of the last', (run) => low(run).over[1], item.low_P_W_gt_4);
    check('times passed', (run) => low(run).mean_overtakes, item.low_overtakes_mean);
}

family('mmc', ({ c, rho }) => sim.fifoModel(c, c * rho, sim.exponential), (item, check) => {
    check('W', ({ queues }) => wait(queues[0]), item.Wq);
    check('P(wait)', ({ queues }) => queues[0].p_wait, item.P_wait);
    check('P(W>1)', ({ queues }) => queues[0].over[0], item.P_W_gt_1);
    check('p90', ({ queues }) => queues[0].p90_s / UNIT_S, item.Wq_p90);
    check('p95', ({ queues }) => queues[0].p95_s / UNIT_S, item.Wq_p95);
});

family('mg1', ({ rho, service }) => sim.fifoModel(1, rho, sim.timeOf(service)), (item, check) => {
    check('W', ({ queues }) => wait(queues[0]), item.Wq);
});

family('mgc', ({ c, rho, service }) => sim.fifoModel(c, c * rho, sim.timeOf(service)), (item, check) => {
    check('W', ({ queues }) => wait(queues[0]), item.Wq);
    check('P(wait)', ({ queues }) => queues[0].p_wait, item.P_wait);
});

const strict = (item) =>
    sim.classModel({ ...item, classes: item.lam.map((unused, rank) => ({ rank })), policy: { rule: 'strict' } });
const score = (item) => sim.classModel({
    ...item,
    classes: item.lam.map((unused, i) => ({ head: item.head?.[i] ?? 0, rate: item.rate[i] })),
    policy: { rule: 'score' },
});

family('mg1_priority', strict, (item, check) => checkWaits(item.W_priority, check));

family('mmc_priority', strict, (item, check) => {
    checkWaits(item.W, check);
    check('P(W>1) of the first', ({ queues }) => queues[0].over[0], item.top_P_W_gt_1);
    checkLow(item, check);
});

family('mmc_apq', score, (item, check) => {
    checkWaits(item.W, check);
    checkLow(item, check);
});

family('mg1_apq', score, (item, check) => checkWaits(item.W, check));

family('mmc_affine', score, (item, check) => {
    check('W of the last', ({ queues }) => wait(queues.at(-1)), item.low_W);
    if (item.high_W !== undefined) {
        check('W of the first', ({ queues }) => wait(queues[0]), item.high_W);
    }
    checkLow(item, check);
});

function skillModel({ windows, lam }) {
    const services = Object.keys(lam).map((name) => name.toLowerCase());
    return sim.steady({
        arrivals: services.map((service) => ({ service, rate_per_hour: sim.rateOf(lam[service.toUpperCase()]) })),
        service_time: Object.fromEntries(services.map((service) => [service, sim.exponential])),
        windows: windows.map((able, i) => ({ no: i + 1, services: [...able.toLowerCase()] })),
        classes: [sim.classOf('ordinary')],
        policy: { rule: 'fifo', idle_order: 'longest_idle' },
    });
}

family('fcfs_alis', skillModel, (item, check) => {
    Object.keys(item.lam).forEach((name, i) => {
        check(`W of ${name}`, ({ queues }) => wait(queues[i]), item.W[name]);
        check(`P(wait) of ${name}`, ({ queues }) => queues[i].p_wait, item.P_wait[name]);
    });
    item.busy.forEach((busy, w) => check(`busy ${w + 1}`, ({ windows }) => windows[w].utilisation, busy));
});

/* Erlang A once more, for what the reference does not tell: the mean wait of those who are called. Who finds k waiting
 * in front passes k+1 stages, stage j of rate c + j theta whether or not it ends the stay, and is called with
 * probability c / (c + (k+1) theta). */
function calledWait({ c, lam, theta }) {
    let weight = 1;
    let called = 0;
    let waited = 0;
    for (let n = 0; n < 1000; n++) {
        const share = n < c ? 1 : c / (c + (n - c + 1) * theta);
        let stages = 0;
        for (let j = 1; j <= n - c + 1; j++) {
            stages += 1 / (c + j * theta);
        }
        called += weight * share;
        waited += weight * share * stages;
        weight *= lam / (Math.min(n + 1, c) + Math.max(n + 1 - c, 0) * theta);
    }
    return waited / called;
}

const patient = ({ c, lam, theta }) =>
    sim.fifoModel(c, lam, sim.exponential, { patience: { dist: 'exp', mean_s: UNIT_S / theta } });

family('erlang_a', patient, (item, check) => {
    check('share that leaves', ({ queues }) => queues[0].leave, item.P_abandon);
    // Whoever left had waited; p_wait is the share of those called.
    check('P(wait)', ({ queues: [queue] }) => queue.leave + (1 - queue.leave) * queue.p_wait, item.P_wait);
    check('W of those called', ({ queues }) => wait(queues[0]), calledWait(item));
});

const simulated = ({ policy, c, classes, group_weights: weights }) => sim.classModel({
    c, classes, lam: classes.map(({ lam }) => lam), policy: { rule: policy, ...(weights && { group_weights: weights }) },
});

/* The mean over queues, each with its number of customers. */
function meanOver(queues, member) {
    const served = queues.reduce((sum, { n }) => sum + n, 0);
    return queues.reduce((sum, queue) => sum + queue.n * queue[member], 0) / served;
}

const mostPassed = (runs, which = () => true) =>
    Math.max(...runs.flatMap(({ queues }) => queues.filter(which).map((queue) => queue.max_overtakes)));

family('policy_simulated', simulated, (item, check, comparison, runs) => {
    item.classes.forEach(({ cap }, i) => {
        check(`W of class ${i}`, ({ queues }) => wait(queues[i]), item.W[i], item.W_se[i]);
        check(`times passed, class ${i}`, ({ queues }) => queues[i].mean_overtakes, item.overtakes_mean[i],
            item.overtakes_se[i]);
        if (cap !== undefined) {
            const most = mostPassed(runs.map(({ queues }) => ({ queues: [queues[i]] })));
            comparison.true(`${item.id}: passed up to ${most} times with cap ${cap}`, most === cap);
        }
    });
    check('W of all', ({ queues }) => meanOver(queues, 'mean_wait_s') / UNIT_S, item.overall, item.overall_se);
});

const staffModel = ({ lam_per_hour: rate, mean_service_min: mean, target_wait_min: target }, c) => ({
    ...sim.fifoModel(c, 1, { dist: 'exp', mean_s: mean * 60 }),
    arrivals: [{ service: 's0', rate_per_hour: rate }],
    over_s: [target * 60],
});

family('staffing', (item) => staffModel(item, item.windows), (item, check, comparison, runs) => {
    const inTime = (results) => 1 - sim.summarise(results.map(({ queues }) => queues[0].over[0])).mean;
    check('P(W>T)', ({ queues }) => queues[0].over[0], 1 - item.achieved);
    check('W in minutes', ({ queues }) => queues[0].mean_wait_s / 60, item.Wq_min);
    comparison.true(`${item.id}: enough windows`, inTime(runs) >= item.target_share);
    const fewer = inTime(sim.replicate(staffModel(item, item.windows - 1)));
    comparison.true(`${item.id}: one window less would do: ${fewer}`, fewer < item.target_share);
});

test('the printed standard error is the scatter of independent runs', (t) => {
    // Each ratio has a relative scatter of sqrt(2/39), their mean less. Batches that are a little correlated make it
    // a little more than 1.
    const { mean } = sim.summarise(honesty);
    t.diagnostic(`variance seen over variance printed: ${mean.toFixed(3)} in ${honesty.length} models`);
    assert.ok(honesty.length >= 15);
    assert.ok(mean > 0.8 && mean < 1.3, String(mean));
});

/* ---- whole days in a hall ---- */

const CLASSES = ['ordinary', 'elderly', 'disabled', 'pregnant', 'child', 'vip'];
const RANKS = { ordinary: 2, elderly: 1, child: 1, vip: 1, disabled: 0, pregnant: 0 };
const unguarded = (members) => CLASSES.map((code) => ({ code, cap: -1, max_wait_s: 0, ...members(code) }));
const POLICIES = {
    FIFO: { policy: { rule: 'fifo' }, classes: unguarded(() => ({})) },
    STRICT: { policy: { rule: 'strict' }, classes: unguarded((code) => ({ rank: RANKS[code] })) },
    RATIO21: {
        policy: { rule: 'ratio', group_weights: [2, 1] },
        classes: unguarded((code) => ({ group: code === 'ordinary' ? 0 : 1 })),
    },
    HEAD: { policy: { rule: 'score' }, classes: unguarded(() => ({ rate_pm: 1000 })) },
    APQ: { policy: { rule: 'score' }, classes: unguarded(() => ({ head_s: 0 })) },
    DEFAULT: {},
};

function abilityOf(text) {
    const [service, backup] = text.toLowerCase().split(':');
    return backup ? { code: service, tier: 'backup', after_s: 60 * Number(/\d+/.exec(backup)[0]) } : service;
}

function hallModel(hall, load, policy) {
    const services = Object.entries(hall.services);
    return {
        mode: 'days', days: sim.DAYS, horizon_s: hall.hours * 3600,
        arrivals: services.flatMap(([name, { share }]) => Object.entries(hall.class_mix).map(([code, mix]) => ({
            service: name.toLowerCase(), class: code,
            rate_per_hour: hall.hour_profile.map((hour) => hall.lam_per_hour_at_load_1 * load * hour * share * mix),
        }))),
        service_time: Object.fromEntries(services.map(([name, { lognormal_mean_s: mean, cv }]) =>
            [name.toLowerCase(), { dist: 'lognormal', mean_s: mean, cv }])),
        windows: hall.windows.map((able, i) => ({ no: i + 1, services: able.map(abilityOf) })),
        ...POLICIES[policy],
    };
}

function checkHall(result, comparison) {
    const runs = sim.replicate(hallModel(hallCases.halls[result.hall], result.load, result.policy));
    const label = `${result.hall} ${result.load} ${result.policy}`;
    const isOrdinary = (queue) => queue.class === 'ordinary';
    for (const code of ['all', ...CLASSES]) {
        const [reference, se] = result[code];
        const of = ({ queues }) => queues.filter((queue) => code === 'all' || queue.class === code);
        comparison.check(`${label} ${code}`, runs.map((run) => meanOver(of(run), 'mean_wait_s') / 60), reference, se);
    }
    // The reference tells no error for this one; who waits longer is passed more often, so it is as certain as the wait.
    comparison.check(`${label} times passed`,
        runs.map(({ queues }) => meanOver(queues.filter(isOrdinary), 'mean_overtakes')), result.ord_overtakes,
        (result.ord_overtakes * result.ordinary[1]) / result.ordinary[0]);
    const most = mostPassed(runs, isOrdinary);
    if (result.policy === 'FIFO' || result.policy === 'DEFAULT') {
        comparison.true(`${label}: passed up to ${most} times`, most === result.ord_overtakes_max);
    } else {
        comparison.true(`${label}: passed only ${most} times`, most > 8);
    }
}

for (const policy of Object.keys(POLICIES)) {
    test(`whole days: ${policy}`, (t) => {
        const comparison = new sim.Comparison();
        for (const result of hallCases.results.filter((item) => item.policy === policy)) {
            if (sim.LONG || result.load === 1) {
                checkHall(result, comparison);
            }
        }
        comparison.finish(t);
    });
}
