// Every fact about debug registers under ptrace, on the running kernel and this machine's processor.
import { test } from 'vitest';
import { describeWith } from '../../helpers/requirement.js';
import { PTRACE_CASES } from './all-cases.js';
import type { PtraceCase } from './case.js';
import { liveSubjects } from './live/live-subjects.js';

describeWith(['ptrace', 'perf', 'gcc'], 'the running kernel', () => {
  const startSubject = liveSubjects();

  for (const fact of PTRACE_CASES.filter(({ needs }) => needs === undefined)) test(fact.title, () => prove(fact));

  describeWith(['avx'], 'on a processor with AVX', () => {
    for (const fact of PTRACE_CASES.filter(({ needs }) => needs === 'avx')) test(fact.title, () => prove(fact));
  });

  /** On a fresh process; once more where a slot was missing, which the kernel may not have taken back from the one before (N-9). */
  function prove(fact: PtraceCase): void {
    using subject = startSubject();
    try {
      fact.check(subject);
    } catch (error) {
      if (subject.noSpaceAnswers === 0) throw error;
      subject[Symbol.dispose]();
      using again = startSubject();
      fact.check(again);
    }
  }
});
