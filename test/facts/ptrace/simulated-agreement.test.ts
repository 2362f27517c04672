// The simulated machine beside the running kernel: random programs under random breakpoints do the same on both, stop for stop.
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TracerMemory } from '../../../src/linux/ptrace-control.js';
import { describeWith } from '../../helpers/requirement.js';
import { type LiveKernel, LiveSubject } from './live/live-subject.js';
import { closeTraceeProgram, loadTraceeProgram } from './live/tracee-program.js';
import { RANDOM_PROGRAMS, runProgram } from './simulated/random-programs.js';
import { SimulatedSubject } from './simulated/subject.js';

const SEED = 20070222;
const PROGRAMS = 500;

describeWith(['ptrace', 'perf', 'gcc'], 'the simulated machine and the running kernel', () => {
  let kernel: LiveKernel;

  beforeAll(async () => {
    kernel = { program: await loadTraceeProgram(), memory: new TracerMemory() };
  });

  afterAll(() => {
    closeTraceeProgram(kernel.program);
    kernel.memory[Symbol.dispose]();
  });

  test(`${PROGRAMS} random programs stop alike on both`, () => {
    fc.assert(
      fc.property(RANDOM_PROGRAMS, (program) => {
        using live = LiveSubject.start(kernel);
        expect(runProgram(SimulatedSubject.start(), program)).toEqual(runProgram(live, program));
      }),
      { seed: SEED, numRuns: PROGRAMS },
    );
  });
});
