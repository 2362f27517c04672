// The designs' own interfaces, case by case, on the simulated machine and on real Linux threads: the same case for both columns.
import { beforeAll, describe, expect, test } from 'vitest';
import { StopEngine } from '../../src/engines/stop/engine.js';
import { describeWith, type Requirement } from '../helpers/requirement.js';
import { INTERFACE_CASES } from './all-cases.js';
import { findKernelWords } from './kernel-words.js';
import { type LiveKernelWords, startLive } from './live-world.js';
import { startMachine } from './machine-world.js';
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

function testLive(needs: InterfaceCase['needs'], also: readonly Requirement[]): void {
  describeWith(['gcc', 'perf', ...also], 'live', () => {
    const cases = INTERFACE_CASES.filter((one) => one.needs === needs);
    let kernel: LiveKernelWords | null = null;
    let program: WrittenProgram | null = null;

    beforeAll(async () => {
      program = await loadWrittenProgram();
      if (needs === 'kernel') kernel = await findKernelWords();
    });

    testAll(cases, (rules, code) => {
      if (program === null) throw new Error('the program is built before the first case');
      const engine = new StopEngine();
      return startLive({ program, open: (pid) => engine.open({ pid, tid: null, inherit: 'children' }), kernel }, rules, code);
    });
  });
}

describe('machine', () => {
  testAll(INTERFACE_CASES, startMachine);
});

testLive(undefined, []);
testLive('privileged', ['privileged']);
testLive('kernel', ['privileged', 'bpf', 'root']);
