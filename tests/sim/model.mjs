// model: runs `hallcall simulate --model` many times with seeds of their own and compares with references.
//
// One unit of time of the references is 100 s, so that rounding to milliseconds does not matter.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';

export const UNIT_S = 100;
export const PROGRAM = process.env.HALLCALL ?? new URL('../../build/hallcall', import.meta.url).pathname;

/* How often each model runs, and for how long. The mean of 40 independent runs has a standard error with 39
 * degrees of freedom, with which four standard errors are passed by chance about once in 3600 comparisons. */
export const LONG = process.env.ORACLES === 'long';
export const RUNS = 40;
export const CUSTOMERS = LONG ? 250000 : 25000;
export const WARMUP = LONG ? 40000 : 5000;
export const DAYS = LONG ? 1000 : 100;

export function simulate(model, args = []) {
    const text = typeof model === 'string' ? model : JSON.stringify(model);
    return spawnSync(PROGRAM, ['simulate', '--model', '-', '--json', ...args], { input: text, encoding: 'utf8' });
}

let seed = 0;

/* The answers of RUNS runs. No two runs of a program share a seed: models with the same random numbers would all be
 * off in the same direction. */
export function replicate(model) {
    return Array.from({ length: RUNS }, () => {
        seed += 1;
        const { status, stdout, stderr } = simulate(model, ['--seed', String(seed)]);
        assert.equal(status, 0, stderr);
        return JSON.parse(stdout);
    });
}

export function summarise(values) {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    return { mean, se: Math.sqrt(squares / (values.length - 1) / values.length) };
}

export const rateOf = (perUnit) => (perUnit * 3600) / UNIT_S;
export const exponential = { dist: 'exp', mean_s: UNIT_S, cv: 1 };
export const timeOf = ({ dist, mean, cv }) => ({ dist, mean_s: mean * UNIT_S, ...(dist === 'deterministic' ? {} : { cv }) });
export const windowsOf = (count, services) => Array.from({ length: count }, (unused, i) => ({ no: i + 1, services }));

/* A class without guards unless it says so. Head start in units. */
export const classOf = (code, { head = 0, rate = 1, cap = -1, rank = 0, group = 0 } = {}) => ({
    code, cap, rank, group, max_wait_s: 0, head_s: head * UNIT_S, rate_pm: rate * 1000,
});

export const steady = (members) => ({
    mode: 'steady', customers: CUSTOMERS, warmup: WARMUP, over_s: [UNIT_S, 4 * UNIT_S], ...members,
});

/* M/M/c or M/G/c with classes, the last of which is "ordinary"; with `service`, each class has a service with
 * durations of its own. */
export function classModel({ c = 1, lam, classes, service, policy }) {
    const codes = lam.map((unused, i) => (i === lam.length - 1 ? 'ordinary' : `class${i}`));
    const services = service ? service.map((unused, i) => `s${i}`) : ['s0'];
    const serviceOf = (i) => services[service ? i : 0];
    return steady({
        arrivals: lam.map((rate, i) => ({ service: serviceOf(i), class: codes[i], rate_per_hour: rateOf(rate) })),
        service_time: Object.fromEntries(services.map((code, i) => [code, service ? timeOf(service[i]) : exponential])),
        windows: windowsOf(c, services),
        classes: codes.map((code, i) => classOf(code, classes[i])),
        policy,
    });
}

/* One queue, first come first served. */
export const fifoModel = (c, lam, time, members = {}) => ({
    ...classModel({ c, lam: [lam], classes: [{}], policy: { rule: 'fifo' } }), service_time: { s0: time }, ...members,
});

/* The comparisons of one family: failures are collected, so that all are seen at once, and the largest deviations
 * are kept for the report. */
export class Comparison {
    constructor() {
        this.failures = [];
        this.count = 0;
        this.inSe = 0;
        this.inPercent = 0;
        this.where = '';
        this.widest = 0;
    }

    /* `values`: what each run measured. A closed form must be met within 4 standard errors or 1 %; a reference that
     * was simulated itself (its standard error given) within 4 joint standard errors or 3 %. The error of every
     * measure, probabilities and quantiles too, comes from the scatter of the independent runs: customers of one run
     * are correlated, so that a binomial error would be far too small. */
    check(what, values, reference, referenceSe) {
        const { mean, se } = summarise(values);
        const joint = Math.hypot(se, referenceSe ?? 0);
        const share = referenceSe === undefined ? 0.01 : 0.03;
        const off = Math.abs(mean - reference);
        this.count += 1;
        if (off > Math.max(4 * joint, share * Math.abs(reference))) {
            this.failures.push(`${what}: ${mean} ± ${se}, not ${reference} ± ${referenceSe ?? 0}`);
        }
        if (off > 0 && joint > 0 && off / joint > this.inSe) {
            this.inSe = off / joint;
            this.inPercent = (100 * off) / reference;
            this.where = what;
        }
        this.widest = Math.max(this.widest, Math.abs(reference) > 0.005 ? se / Math.abs(reference) : 0);
    }

    true(what, condition) {
        this.count += 1;
        if (!condition) {
            this.failures.push(what);
        }
    }

    finish(t) {
        t.diagnostic(`${this.count} comparisons, largest deviation ${this.inSe.toFixed(1)} SE ` +
            `(${this.inPercent.toFixed(2)} %) at ${this.where}; widest SE ${(100 * this.widest).toFixed(1)} %`);
        assert.ok(this.count > 0);
        assert.deepEqual(this.failures, []);
    }
}
