// Fixtures as programs under test, for engines that watch live processes.
import type { Engine } from '../../src/engines/contract.js';
import { registerValue } from '../../src/instructions/registers.js';
import { threadIds } from '../../src/linux/procfs/process.js';
import { buildFixture } from '../helpers/build-fixture.js';
import { FreeTarget, startFreeTarget } from '../helpers/free-target.js';
import { startTarget } from '../helpers/target.js';
import type { ProgramSpec } from './programs.js';
import type { RecordedHit } from './recorder.js';
import type { ConformanceWorld, EndedProgram, ProgramUnderTest } from './world.js';

export class LiveWorld implements ConformanceWorld {
  readonly #engine: Engine;
  readonly #free: boolean;

  /** `free`: programs are no children of this process, which the engine traces them from. */
  constructor(engine: Engine, { free = false } = {}) {
    this.#engine = engine;
    this.#free = free;
  }

  get capabilities(): Engine['capabilities'] {
    return this.#engine.capabilities;
  }

  async start(spec: ProgramSpec): Promise<ProgramUnderTest> {
    const options = spec.build === undefined ? {} : { build: spec.build };
    const start = this.#free ? startFreeTarget : startTarget;
    const target = await start(spec.fixture, { ...options, args: await argumentsOf(spec) });
    const pid = target instanceof FreeTarget ? target.tracee : target.pid;
    const engine = this.#engine;
    return {
      ...{ pid, writes: spec.writes, values: spec.writes },
      shown: (name) => target.shown(name),
      threadIds: () => threadIds(pid),
      go: () => target.go(),
      get running() {
        return target.running;
      },
      get finished(): Promise<EndedProgram> {
        return target.finished.then(({ status, stdout }) => ({ status, printed: numbersIn(stdout) }));
      },
      open: ({ tid = null, inherit = 'threads' }) => engine.open({ pid, tid, inherit }),
      [Symbol.asyncDispose]: () => target[Symbol.asyncDispose](),
    };
  }

  /** bump(long) of hot gets in rdi what it stores. */
  stored({ registers }: RecordedHit): number {
    return Number(registerValue(registers, 0, 'di'));
  }
}

async function argumentsOf({ args, becomes }: ProgramSpec): Promise<string[]> {
  if (becomes === undefined) return [...args];
  if (typeof becomes === 'string') return [...args, '--', becomes];
  return [...args, '--', await buildFixture(becomes.fixture, becomes.build), ...(await argumentsOf(becomes))];
}

function numbersIn(stdout: string): Map<string, number> {
  return new Map([...stdout.matchAll(/^(.+) (\d+)$/gm)].map(([, name = '', value]) => [name, Number(value)]));
}
