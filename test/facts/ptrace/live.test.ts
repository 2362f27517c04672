// Every fact about debug registers under ptrace, on the running kernel and this machine's processor.
import { afterAll, beforeAll, test } from 'vitest';
import { TracerMemory } from '../../../src/linux/ptrace-control.js';
import { describeWith } from '../../helpers/requirement.js';
import { PTRACE_CASES } from './all-cases.js';
import type { PtraceCase } from './case.js';
import { type LiveKernel, LiveSubject } from './live/live-subject.js';
import { closeTraceeProgram, loadTraceeProgram } from './live/tracee-program.js';

describeWith(['ptrace', 'perf', 'gcc'], 'the running kernel', () => {
  let kernel: LiveKernel;

  beforeAll(async () => {
    kernel = { program: await loadTraceeProgram(), memory: new TracerMemory() };
  });

  afterAll(() => {
    closeTraceeProgram(kernel.program);
    kernel.memory[Symbol.dispose]();
  });

  for (const fact of PTRACE_CASES.filter(({ needs }) => needs === undefined)) test(fact.title, () => prove(fact));

  describeWith(['avx'], 'on a processor with AVX', () => {
    for (const fact of PTRACE_CASES.filter(({ needs }) => needs === 'avx')) test(fact.title, () => prove(fact));
  });

  /** On a fresh process; once more where a slot was missing, which the kernel may not have taken back from the one before (N-9). */
  function prove(fact: PtraceCase): void {
    using subject = LiveSubject.start(kernel);
    try {
      fact.check(subject);
    } catch (error) {
      if (subject.noSpaceAnswers === 0) throw error;
      subject[Symbol.dispose]();
      using again = LiveSubject.start(kernel);
      fact.check(again);
    }
  }
});
