// The self-test on this very process: all slots fire, what somebody else has taken is told apart, and nothing stays armed.
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { expect, inject, test } from 'vitest';
import { BpfEngine } from '../../src/engines/bpf/engine.js';
import type { Engine } from '../../src/engines/contract.js';
import { PerfEngine } from '../../src/engines/perf/engine.js';
import { selfTest } from '../../src/engines/self-test.js';
import { PerfEvent, packExecuteCounter } from '../../src/linux/perf-event.js';
import { REPOSITORY } from '../helpers/paths.js';
import { describeWith, type Requirement } from '../helpers/requirement.js';

/** Any user address: nothing is ever executed there. */
const NOWHERE = packExecuteCounter(0x1000n);

/** Takes address registers of this thread (`cpu` -1), or of all threads of a CPU (`tid` -1). */
class Stranger implements Disposable {
  readonly #events: PerfEvent[] = [];

  take(count: number, target: { readonly tid: number; readonly cpu: number }): void {
    for (let i = 0; i < count; i++) this.#events.push(PerfEvent.open(NOWHERE, target));
  }

  [Symbol.dispose](): void {
    for (const event of this.#events) event[Symbol.dispose]();
  }
}

/** The engines for what really runs: what each needs, and where it lies. */
const ENGINES: readonly { readonly needs: readonly Requirement[]; readonly name: string; readonly exported: string; make(): Engine }[] = [
  { needs: ['perf'], name: 'perf', exported: 'PerfEngine', make: () => new PerfEngine() },
  { needs: ['perf', 'bpf'], name: 'bpf', exported: 'BpfEngine', make: () => new BpfEngine() },
];

async function workingSlots(engine: Engine): Promise<{ working: number; problems: (string | null)[] }> {
  const { checks, slotsWorking } = await selfTest(engine);
  return { working: slotsWorking, problems: checks.map(({ problem }) => problem) };
}

for (const { needs, name, exported, make } of ENGINES) {
  describeWith(needs, `the self-test of ${name}`, () => {
    test('fires every slot, reads and, where they can be seen, writes by the kernel', async () => {
      const engine = make();
      const result = await selfTest(engine);
      const checks = ['slot 0: write', 'slot 1: write', 'slot 2: write', 'slot 3: write', 'reads (rw)'];
      if (engine.capabilities.kernelWrites) checks.push('writes by the kernel');
      expect(result).toEqual({
        engine: name,
        slotsWorking: 4,
        checks: checks.map((check) => ({ name: check, works: true, problem: null })),
      });
    });

    test.each([1, 3, 4])('says so where this thread has given %i slots to somebody else', async (taken) => {
      using stranger = new Stranger();
      stranger.take(taken, { tid: 0, cpu: -1 });
      const { working, problems } = await workingSlots(make());
      expect(working).toBe(4 - taken);
      expect(problems.slice(0, 4 - taken)).toEqual(new Array(4 - taken).fill(null));
      for (const problem of problems.slice(4 - taken, 4)) expect(problem).toMatch(/ENOSPC/);
      if (taken === 4) for (const problem of problems) expect(problem).toMatch(/ENOSPC/);
    });

    test('gives everything back, whatever became of it', async () => {
      const before = readdirSync('/proc/self/fd').length;
      {
        using stranger = new Stranger();
        stranger.take(4, { tid: 0, cpu: -1 });
        await workingSlots(make());
      }
      await workingSlots(make());
      expect(readdirSync('/proc/self/fd').length).toBe(before);
      // All four are free.
      using stranger = new Stranger();
      stranger.take(4, { tid: 0, cpu: -1 });
    });

    test('works in a Worker, whose thread is not the first of its process', async () => {
      const problem = inject('distProblem');
      if (problem !== null) throw new Error(problem);
      const script = `
      const { parentPort } = require('node:worker_threads');
      Promise.all([import('${REPOSITORY}/dist/engines/self-test.js'), import('${REPOSITORY}/dist/engines/${name}/engine.js')])
        .then(([{ selfTest }, { ${exported} }]) => selfTest(new ${exported}()))
        .then((result) => parentPort.postMessage(result.slotsWorking), (error) => parentPort.postMessage(error.message));`;
      const worker = new Worker(script, { eval: true });
      expect(await new Promise((resolve) => worker.once('message', resolve))).toBe(4);
      await worker.terminate();
    });
  });

  describeWith([...needs, 'privileged'], `the self-test of ${name} with slots of whole CPUs taken (R-563)`, () => {
    test.each([2, 4])('%i on each CPU', async (taken) => {
      using stranger = new Stranger();
      for (let cpu = 0; cpu < availableParallelism(); cpu++) stranger.take(taken, { tid: -1, cpu });
      const { working, problems } = await workingSlots(make());
      expect(working).toBe(4 - taken);
      expect(problems[3]).toMatch(/ENOSPC/);
    });
  });
}
