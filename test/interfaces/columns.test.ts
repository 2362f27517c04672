// The designs' own interfaces, case by case, on the simulated machine and on real Linux threads: the same case for both columns.
import { beforeAll, describe, expect, test } from 'vitest';
import { StopEngine } from '../../src/engines/stop/engine.js';
import { describeWith, type Requirement } from '../helpers/requirement.js';
import { INTERFACE_CASES } from './all-cases.js';
import { CONCURRENT_CASES } from './concurrent-cases.js';
import { findKernelWords } from './kernel-words.js';
import { type LiveKernelWords, startLive } from './live-world.js';
import { startMachine } from './machine-world.js';
import { PRIORITY_CASES } from './priority-cases.js';
import type { InterfaceCase, StartWorld } from './world.js';
import { loadWrittenProgram, type WrittenProgram } from './written-program.js';

function testAll(cases: readonly InterfaceCase[], start: StartWorld): void {
  for (const { title, check } of cases) {
    test(title, async () => {
      expect.hasAssertions();
      await check(start);
    });
  }
}

interface LiveColumn {
  readonly title: string;
  readonly needs: readonly Requirement[];
  readonly cases: readonly InterfaceCase[];
  /** Whether debug registers are written by ptrace, as where perf_event_open is refused. */
  readonly withoutPerf?: boolean;
}

function testLive({ title, needs, cases, withoutPerf = false }: LiveColumn): void {
  describeWith(['gcc', ...needs], title, () => {
    let kernel: LiveKernelWords | null = null;
    let program: WrittenProgram | null = null;

    beforeAll(async () => {
      program = await loadWrittenProgram();
      if (cases === CASES.kernel) kernel = await findKernelWords();
    });

    testAll(cases, (rules, code) => {
      if (program === null) throw new Error('the program is built before the first case');
      const engine = withoutPerf ? new StopEngine(true) : new StopEngine();
      return startLive({ program, open: (pid) => engine.open({ pid, tid: null, inherit: 'children' }), kernel }, rules, code);
    });
  });
}

const CASES = {
  all: INTERFACE_CASES.filter(({ needs }) => needs === undefined),
  privileged: INTERFACE_CASES.filter(({ needs }) => needs === 'privileged'),
  kernel: INTERFACE_CASES.filter(({ needs }) => needs === 'kernel'),
} as const;

describe('machine', () => {
  testAll(INTERFACE_CASES, startMachine);
});

testLive({ title: 'live', needs: ['perf'], cases: CASES.all });
testLive({ title: 'live', needs: ['perf', 'privileged'], cases: CASES.privileged });
testLive({ title: 'live', needs: ['perf', 'privileged', 'bpf', 'root'], cases: CASES.kernel });

// Those in which several share the registers, or threads meet them at once: the others differ in numbers only.
const SHARED = [...CONCURRENT_CASES, ...PRIORITY_CASES].filter((one) => CASES.all.includes(one));
testLive({ title: 'live, without perf events', needs: ['ptrace'], cases: SHARED, withoutPerf: true });
