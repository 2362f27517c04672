// Subjects of the running kernel for one group of tests: what they have in common is there before the first test and gone after the last.
import { afterAll, beforeAll } from 'vitest';
import { TracerMemory } from '../../../../src/linux/ptrace-control.js';
import { type LiveKernel, LiveSubject } from './live-subject.js';
import { closeTraceeProgram, loadTraceeProgram } from './tracee-program.js';

/** To be called within a `describe`. The result makes a fresh subject each time, which its caller disposes of. */
export function liveSubjects(): () => LiveSubject {
  let kernel: LiveKernel | null = null;

  beforeAll(async () => {
    kernel = { program: await loadTraceeProgram(), memory: new TracerMemory() };
  });

  afterAll(() => {
    if (kernel === null) return;
    closeTraceeProgram(kernel.program);
    kernel.memory[Symbol.dispose]();
  });

  return () => {
    if (kernel === null) throw new Error('subjects live within tests only');
    return LiveSubject.start(kernel);
  };
}
