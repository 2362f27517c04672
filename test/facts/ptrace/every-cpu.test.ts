// A step on each CPU of this machine in turn: the kernel's own test of it, without the sleep between.
import { cpus } from 'node:os';
import { afterAll, beforeAll, test } from 'vitest';
import { TracerMemory } from '../../../src/linux/ptrace-control.js';
import { describeWith } from '../../helpers/requirement.js';
import { expectHit, expectStep } from './expectations.js';
import { type LiveKernel, LiveSubject } from './live/live-subject.js';
import { closeTraceeProgram, loadTraceeProgram } from './live/tracee-program.js';
import { arm, dataSlot } from './words.js';

describeWith(['ptrace', 'perf', 'gcc'], 'T-L-02: on each CPU', () => {
  let kernel: LiveKernel;

  beforeAll(async () => {
    kernel = { program: await loadTraceeProgram(), memory: new TracerMemory() };
  });

  afterAll(() => {
    closeTraceeProgram(kernel.program);
    kernel.memory[Symbol.dispose]();
  });

  test.each(cpus().map((_, cpu) => cpu))('CPU %d steps once for a step, and its registers work', (cpu) => {
    using subject = LiveSubject.start(kernel);
    subject.pinTo(cpu);
    subject.load([{ op: 'nop' }, { op: 'store', at: 0, length: 8, value: 1 }, { op: 'nop' }]);
    expectStep(subject.step(), 1);
    arm(subject, dataSlot(subject, 0, { slot: 0, type: 'write', bytes: 8, enable: 'local' }));
    expectHit(subject.resume(), 2, 0);
  });
});
