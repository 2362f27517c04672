// The simulated machine beside the running kernel: random programs under random breakpoints do the same on both, stop for stop.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type CpuModel, DEFAULT_MODEL } from '../../../src/machine/cpu.js';
import { KERNELS } from '../../../src/machine/kernels/index.js';
import { describeWith } from '../../helpers/requirement.js';
import { liveSubjects } from './live/live-subjects.js';
import { type ComparableStop, RANDOM_PROGRAMS, type RandomProgram, runProgram } from './simulated/random-programs.js';
import { SimulatedSubject } from './simulated/subject.js';
import { arm, dataSlot, dr6Of } from './words.js';

const SEED = 20070222;
const PROGRAMS = 500;

describeWith(['ptrace', 'perf', 'gcc'], 'the simulated machine and the running kernel', () => {
  const startSubject = liveSubjects();

  /** What of a processor's ways a program can show: here whether a breakpoint behind MOV SS takes along what that held back. */
  function modelOfProcessor(): CpuModel {
    using live = startSubject();
    const [, second = 0n] = live.load([{ op: 'load-ss', at: 0 }, { op: 'nop' }]);
    arm(live, dataSlot(live, 0, { slot: 0, type: 'readwrite', bytes: 2 }), { slot: 1, address: second, type: 'execute' });
    const stop = live.resume();
    const merges = stop.kind === 'signal' && stop.dr6 === dr6Of([0, 1]);
    return { ...DEFAULT_MODEL, breakpointInShadow: merges ? 'merges' : 'drops' };
  }

  /** Once more where a slot was missing, which strangers may have had (N-9). */
  function runLive(program: RandomProgram): ComparableStop[] {
    using live = startSubject();
    try {
      return runProgram(live, program);
    } catch (error) {
      if (live.noSpaceAnswers === 0) throw error;
      live[Symbol.dispose]();
      using again = startSubject();
      return runProgram(again, program);
    }
  }

  test(`${PROGRAMS} random programs stop alike on both`, () => {
    const model = modelOfProcessor();
    fc.assert(
      fc.property(RANDOM_PROGRAMS, (program) => {
        expect(runProgram(SimulatedSubject.start(KERNELS.linux, model), program)).toEqual(runLive(program));
      }),
      { seed: SEED, numRuns: PROGRAMS },
    );
  });
});
