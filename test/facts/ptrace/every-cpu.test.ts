// A step on each CPU of this machine in turn: the kernel's own test of it, without the sleep between.
import { cpus } from 'node:os';
import { test } from 'vitest';
import { describeWith } from '../../helpers/requirement.js';
import { expectHit, expectStep } from './expectations.js';
import { liveSubjects } from './live/live-subjects.js';
import { arm, dataSlot } from './words.js';

describeWith(['ptrace', 'perf', 'gcc'], 'T-L-02: on each CPU', () => {
  const startSubject = liveSubjects();

  test.each(cpus().map((_, cpu) => cpu))('CPU %d steps once for a step, and its registers work', (cpu) => {
    using subject = startSubject();
    subject.pinTo(cpu);
    subject.load([{ op: 'nop' }, { op: 'store', at: 0, length: 8, value: 1 }, { op: 'nop' }]);
    expectStep(subject.step(), 1);
    arm(subject, dataSlot(subject, 0, { slot: 0, type: 'write', bytes: 8, enable: 'local' }));
    expectHit(subject.resume(), 2, 0);
  });
});
