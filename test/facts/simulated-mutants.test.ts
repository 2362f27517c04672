// Whether the facts that the simulated machine is held to would notice another kernel: today's Linux with one rule changed must contradict one.
import { describe, expect, test } from 'vitest';
import type { Rules } from '../../src/facility/rules.js';
import { KERNELS } from '../../src/machine/kernels/index.js';
import { changeRule, knownValues, ruleFields } from '../../src/scenarios/rule-change.js';
import { COUNT_CASES, SLOT_CASES } from './perf/all-cases.js';
import { SimulatedCounts } from './perf/simulated-counts.js';
import { SimulatedSlots } from './perf/simulated-slots.js';
import { PTRACE_CASES } from './ptrace/all-cases.js';
import { SimulatedSubject } from './ptrace/simulated/subject.js';

type Value = string | number | boolean;

/** Rules that no fact can show, at these values or at any, and why. Scenarios see some of them. */
const UNSEEN: Readonly<Record<string, string>> = {
  'loading = return-to-user': 'a thread meets no breakpoint of its own between the switch to it and its return to user mode',
  loadOrder: 'nothing happens in the middle of a switch',
  'raw.ignoredDr7': 'behind stubs no other bits than enables and fields have a meaning',
  'raw.marksUse': 'a charge says which registers are used',
  'trap.dr6AtLoad': 'the handler puts DR6 back each time',
  'trap.callbacks': 'nobody has callbacks',
  'trap.dr7': 'nothing is reported between an exception and its signal, which are one after the other',
  'trap.watchesWhileStepping': 'of registers that are loaded as they are',
  'trap.stepHidesExecute': 'the processor never reports a step and an instruction breakpoint in one',
  'trap.stepBit': 'of a DR6 that gathers',
  'codes.exec': 'the tracers ask for an event instead',
  registersInContext: 'nobody looks at a machine context',
};

/** Each rule of Linux at each value that another kernel has, or at the other truth value. */
function mutants(): { readonly name: string; readonly rules: Rules }[] {
  return ruleFields().flatMap((field) =>
    valuesOf(field)
      .filter((value) => UNSEEN[field] === undefined && UNSEEN[`${field} = ${value}`] === undefined)
      .map((value) => ({ name: `${field} = ${value}`, rules: changeRule(KERNELS.linux, { field, value }) })),
  );
}

function valuesOf(field: string): Value[] {
  const [group = '', name] = field.split('.');
  const whole: unknown = Reflect.get(KERNELS.linux, group);
  const own: unknown = name === undefined ? whole : Reflect.get(Object(whole), name);
  if (typeof own === 'boolean') return [!own];
  const others = knownValues(field).filter((text) => text !== String(own));
  return typeof own === 'number' ? others.map(Number) : others;
}

/** The first fact that the machine contradicts under `rules`, or null. */
async function contradicted(rules: Rules): Promise<string | null> {
  const checks = [
    ...PTRACE_CASES.filter(isForAll).map(({ title, check }) => ({ title, run: () => check(SimulatedSubject.start(rules)) })),
    ...SLOT_CASES.filter(isForAll).map(({ title, check }) => ({ title, run: () => check(new SimulatedSlots(rules)) })),
    ...COUNT_CASES.filter(isForAll).map(({ title, check }) => ({ title, run: () => check(new SimulatedCounts(rules)) })),
  ];
  for (const { title, run } of checks) {
    try {
      await run();
    } catch {
      return title;
    }
  }
  return null;
}

function isForAll({ liveOnly }: { readonly liveOnly?: string }): boolean {
  return liveOnly === undefined;
}

describe('Linux with one rule changed contradicts a fact', () => {
  test('but not with none changed', async () => {
    expect(await contradicted(KERNELS.linux)).toBeNull();
  });

  test.each(mutants())('$name', async ({ rules }) => {
    expect(await contradicted(rules)).toBeTypeOf('string');
  });
});
