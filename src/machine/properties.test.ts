// Promises of a kernel that hold in any life of a machine: no hit is lost, no slot has two owners, no thread runs with another's registers.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lives } from '../../test/machine/life-script.js';
import { World } from '../../test/machine/life-world.js';
import type { Rules } from '../facility/rules.js';
import { FREEBSD, HWBKPT, LINUX, LINUX_2_6_20, NETBSD } from './kernels/index.js';

const SEED = 20070222;
const RUNS = 500;

/** Lives through random scripts; what was seen in all of them. */
function live(rules: Rules, withRequests: boolean): { hits: number; evictions: number } {
  const seen = { hits: 0, evictions: 0 };
  const property = fc.property(lives(withRequests), (script) => {
    const world = new World(rules, script.cpus);
    world.play(script);
    seen.hits += world.hits;
    seen.evictions += world.evictions;
  });
  fc.assert(property, { seed: SEED, numRuns: RUNS });
  return seen;
}

describe('any life of a machine', () => {
  test('under hwbkpt, with requests and raw registers: every hit is reported, callbacks take turns, registers are their owner’s', () => {
    const { hits, evictions } = live(HWBKPT, true);
    expect(hits).toBeGreaterThan(RUNS);
    expect(evictions).toBeGreaterThan(10);
  });

  test.each([HWBKPT, LINUX, NETBSD, FREEBSD])('under $kernel, with raw registers: every hit in user mode is reported', (rules) => {
    expect(live(rules, false).hits).toBeGreaterThan(100);
  });

  // S4 has its doubts about laziness, and S0 about DR7 that is off until the signal.
  test('under linux-2.6.20 it is not so', () => {
    const broken = (rules: Rules): string | null => {
      const property = fc.property(lives(false), (script) => new World(rules, script.cpus).play(script));
      return fc.check(property, { seed: SEED, numRuns: RUNS }).errorInstance?.toString() ?? null;
    };
    expect(broken(LINUX_2_6_20)).toMatch(/Broken/);
  });
});
