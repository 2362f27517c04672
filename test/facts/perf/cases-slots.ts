// Slot accounting: the kernel's own nine tests of it (hw_breakpoint_test.c) and its exit check, in their notation and order.
import type { Case } from './case.js';
import { expectFull, expectRoom, fill, release } from './slot-notation.js';
import { SLOTS, type SlotSubject } from './subject.js';

/** T-L-30 to T-L-39. */
export const ACCOUNTING_CASES: readonly Case<SlotSubject>[] = [
  {
    title: 'T-L-30 one CPU full: no event of a task on all CPUs, and none of that CPU',
    check: (subject) => {
      fill(subject, 'CPU(0)', SLOTS);
      expectFull(subject, 'T@*', 'CPU(0)');
    },
  },
  {
    title: 'T-L-31 each CPU has slots of its own',
    check: (subject) => {
      for (const cpu of subject.cpus) fill(subject, `CPU(${cpu})`, SLOTS);
      expectFull(subject, ...subject.cpus.map((cpu) => `CPU(${cpu})` as const));
    },
  },
  {
    title: 'T-L-32 one task on all CPUs',
    check: (subject) => {
      const [first] = fill(subject, 'T@*', SLOTS);
      expectFull(subject, 'T@*', 'T@0', 'CPU(0)');
      release(subject, first);
      fill(subject, 'CPU(0)');
    },
  },
  {
    title: 'T-L-33 two tasks on all CPUs: the greedier one decides for a CPU',
    check: (subject) => {
      const [first] = fill(subject, 'T@*', SLOTS);
      fill(subject, 'U@*', SLOTS);
      expectFull(subject, 'T@*', 'U@*', 'T@0', 'U@0', 'CPU(0)');
      release(subject, first);
      expectFull(subject, 'CPU(0)');
    },
  },
  {
    title: 'T-L-34 one task on one CPU',
    check: (subject) => {
      const [first] = fill(subject, 'T@0', SLOTS);
      expectFull(subject, 'T@*', 'T@0', 'CPU(0)');
      release(subject, first);
      fill(subject, 'CPU(0)');
    },
  },
  {
    title: 'T-L-35 one task on one CPU and on all',
    check: (subject) => {
      const pinned = fill(subject, 'T@0');
      const [free] = fill(subject, 'T@*', SLOTS - 1);
      expectFull(subject, 'T@*', 'T@0', 'CPU(0)');
      release(subject, ...pinned, free);
      fill(subject, 'CPU(0)', 2);
      expectFull(subject, 'CPU(0)');
    },
  },
  {
    title: 'T-L-36 two tasks on one CPU leave the others free',
    check: (subject) => {
      fill(subject, 'T@0', SLOTS);
      fill(subject, 'U@0', SLOTS);
      expectFull(subject, 'T@*', 'U@*', 'T@0', 'U@0', 'CPU(0)');
      fill(subject, `CPU(${subject.cpus[1] ?? 1})`, SLOTS);
    },
  },
  {
    title: 'T-L-37 two tasks, one on one CPU and one on all',
    check: (subject) => {
      fill(subject, 'T@0', SLOTS);
      fill(subject, 'U@*', SLOTS);
      expectFull(subject, 'T@*', 'U@*', 'T@0', 'U@0', 'CPU(0)', `CPU(${subject.cpus[1] ?? 1})`);
    },
  },
  { title: 'T-L-38 one task on all CPUs and on one, beside an event of another CPU', check: mixedWithCpu },
  {
    title: 'T-L-39 what is given back is there again: no slot is in use',
    check: (subject) => {
      const tasks = [...fill(subject, 'T@*', 2), ...fill(subject, 'U@0', 2)];
      const cpus = subject.cpus.flatMap((cpu) => fill(subject, `CPU(${cpu})`, 2));
      release(subject, ...tasks, ...cpus);
      for (const cpu of subject.cpus) expectRoom(subject, `CPU(${cpu})`, SLOTS);
    },
  },
];

function mixedWithCpu(subject: SlotSubject): void {
  const other = `CPU(${subject.cpus[1] ?? 1})` as const;
  fill(subject, 'T@*', SLOTS - 2);
  const [pinned] = fill(subject, 'T@0');
  fill(subject, 'T@*');
  expectFull(subject, 'T@*', 'T@0', 'CPU(0)');
  const wide = fill(subject, other);
  expectFull(subject, other);
  release(subject, pinned);
  expectFull(subject, 'T@*');
  release(subject, ...wide);
  fill(subject, 'T@*');
  expectFull(subject, 'T@*', 'T@0', 'CPU(0)', other);
}
