// Simulated programs under test. What a fixture prints, a simulated program leaves in memory of that name.
import type { Capabilities } from '../../src/engines/contract.js';
import type { OwnTarget } from '../../src/engines/own-target.js';
import { DEAF } from '../../src/engines/reports.js';
import { SimEngine } from '../../src/engines/sim/engine.js';
import { registerValue } from '../../src/instructions/registers.js';
import { REPOSITORY } from '../helpers/paths.js';
import type { ProgramSpec } from './programs.js';
import type { RecordedHit } from './recorder.js';
import type { ConformanceWorld, EndedProgram, ProgramUnderTest } from './world.js';

export class SimWorld implements ConformanceWorld {
  readonly capabilities: Capabilities = new SimEngine().capabilities;

  async start({ simulated, fixture }: ProgramSpec): Promise<ProgramUnderTest> {
    if (simulated === null) throw new Error(`there is no simulated ${fixture}`);
    const engine = new SimEngine();
    const target = engine.launch([`${REPOSITORY}/test/conformance/programs/${simulated.file}.scn`], 'threads');
    const { pid, names, lifecycle, session } = target;
    return {
      ...{ pid, writes: simulated.writes, values: simulated.values ?? simulated.writes },
      shown: (name) => {
        const found = names.all.find((one) => one.name === name);
        if (found === undefined) throw new Error(`${simulated.file}.scn has no ${name}`);
        return found;
      },
      threadIds: () => target.threadIds(pid),
      go: () => lifecycle.release(),
      get running() {
        return lifecycle.poll() === null;
      },
      get finished(): Promise<EndedProgram> {
        return Promise.resolve(runToEnd(target));
      },
      open: ({ tid = null, inherit = 'threads' }) => engine.open({ pid, tid, inherit }),
      [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
    };
  }

  /** Every store is one of RAX. */
  stored({ registers }: RecordedHit): number {
    return Number(registerValue(registers, 0, 'ax'));
  }
}

function runToEnd(target: OwnTarget): EndedProgram {
  const { session, lifecycle } = target;
  for (;;) {
    const ending = lifecycle.poll();
    if (ending !== null) return { status: ending.kind === 'exited' ? ending.status : null, printed: printedBy(target) };
    session.collect(DEAF, false);
  }
}

function printedBy({ pid, names, session, threadName }: OwnTarget): Map<string, number> {
  const printed = new Map<string, number>();
  for (const { name, address, size } of names.all) {
    const bytes = size > 8 ? null : session.readMemory(pid, address, size);
    if (bytes !== null) printed.set(name, Number(bytes.reduceRight((value, byte) => value * 256n + BigInt(byte), 0n)));
  }
  for (let tid = 1, name = threadName(pid, tid); name !== null; name = threadName(pid, ++tid)) printed.set(`tid ${name}`, tid);
  return printed;
}
