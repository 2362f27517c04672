// The machine that a scenario describes, with its threads before their first instruction.
import { present } from '../base/assert.js';
import type { Rules } from '../facility/rules.js';
import { Machine } from '../machine/machine.js';
import { assemble } from './assemble.js';
import { addressIn, type Layout } from './layout.js';
import type { Scenario, ThreadText } from './scenario.js';

/** A machine under `rules`, and its threads' texts by their numbers. No thread has a CPU yet. */
export interface MadeMachine {
  readonly machine: Machine;
  readonly threads: readonly ThreadText[];
}

/** Makes the machine of `scenario`, which `layout` is of. */
export function makeMachine(scenario: Scenario, layout: Layout, rules: Rules): MadeMachine {
  const regions = layout.regions.map(({ name, at, length, kernel }) => ({ name, address: at, length, value: 0, kernel }));
  const machine = new Machine({
    rules,
    cpus: scenario.cpus,
    programs: assemble(scenario.programs, layout),
    memory: { regions: regions.filter(({ kernel }) => !kernel) },
    kernelMemory: { regions: regions.filter(({ kernel }) => kernel) },
  });
  const pids = new Map<string, number>();
  const threads: ThreadText[] = [];
  for (const text of scenario.threads) {
    const pc = startOf(scenario, layout, text);
    const pid = pids.get(text.process);
    const thread = pid === undefined ? machine.addProcess(pc) : machine.addThread(pid, pc);
    pids.set(text.process, thread.pid);
    threads[thread.tid] = text;
  }
  return { machine, threads };
}

function startOf({ programs }: Scenario, layout: Layout, { name, program, start }: ThreadText): number {
  const number = programs.findIndex((one) => one.name === program.name);
  const pc = start === null ? layout.bases[number] : addressIn(layout, start);
  return present(pc ?? undefined, `where thread ${name} starts`);
}
