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

/** What goes wrong first, or null. */
function brokenBy(rules: Rules, withRequests: boolean): string | null {
  const property = fc.property(lives(withRequests), (script) => new World(rules, script.cpus).play(script));
  const { failed, errorInstance } = fc.check(property, { seed: SEED, numRuns: RUNS, endOnFailure: true });
  return failed ? String(errorInstance) : null;
}

const KEPT: Rules = { ...LINUX_2_6_20, trap: { ...LINUX_2_6_20.trap, dr7: 'kept' } };
const EAGER: Rules = { ...LINUX_2_6_20, loading: 'switch', loadOrder: 'disable-first' };

describe('any life of a machine', () => {
  test('under hwbkpt, with requests and raw registers: every hit is reported, callbacks take turns, registers are their owner’s', () => {
    const { hits, evictions } = live(HWBKPT, true);
    expect(hits).toBeGreaterThan(RUNS);
    expect(evictions).toBeGreaterThan(10);
  });

  test.each([HWBKPT, LINUX, NETBSD, FREEBSD])('under $kernel, with raw registers: every hit in user mode is reported', (rules) => {
    expect(live(rules, false).hits).toBeGreaterThan(100);
  });

  test.each([
    { what: 'as it was', rules: LINUX_2_6_20, because: /Broken/ },
    {
      what: 'with DR7 kept through exceptions: lazy switches are left, S4’s doubt (R-123)',
      rules: KEPT,
      because: /is not the thread’s|not enabled by/,
    },
    {
      what: 'with eager switches: DR7 is off until the signal, S0’s point (R-106)',
      rules: EAGER,
      because: /was not told of its registers/,
    },
  ])('under linux-2.6.20 it is not so, $what', ({ rules, because }) => {
    expect(brokenBy(rules, false)).toMatch(because);
  });

  test('under linux-2.6.20 both mended are not enough: DR6 shows the last of a system call’s hits; gathered (R-105), it is so', () => {
    const both: Rules = { ...EAGER, trap: KEPT.trap };
    expect(brokenBy(both, false)).toMatch(/the report of thread \d+ shows/);
    expect(brokenBy({ ...both, trap: { ...both.trap, dr6: 'gathered' } }, false)).toBeNull();
  });

  test.each([
    { what: 'DR7 off until the signal', rules: { ...HWBKPT, trap: { ...HWBKPT.trap, dr7: 'until-signal' } } as const },
    { what: 'lazy switches', rules: { ...HWBKPT, loading: 'lazy' } as const },
    { what: 'what the kernel does ignored', rules: { ...HWBKPT, trap: { ...HWBKPT.trap, inKernel: 'ignored' } } as const },
    { what: 'addresses first', rules: { ...HWBKPT, loadOrder: 'addresses-first' } as const },
    { what: 'DR6 of the last exception', rules: { ...HWBKPT, trap: { ...HWBKPT.trap, dr6: 'last' } } as const },
  ])('hwbkpt with another rule is found out: $what', ({ rules }) => {
    expect(brokenBy(rules, true)).toMatch(/Broken/);
  });
});
