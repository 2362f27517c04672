// What else can be seen of slot accounting: who competes with whom, what a charge is taken for and how long it lasts, and the debug registers
// of a tracer, which are charged to the same pool.
import { expect } from 'vitest';
import type { Case } from './case.js';
import { ACCESS } from './request.js';
import { expectFull, expectRoom, fill, opened, poke, release, watch } from './slot-notation.js';
import { SLOTS, type SlotSubject } from './subject.js';

/** Data breakpoints may be poked at such an address; nobody touches it. */
const ADDRESS = 0x1000n;
const EXECUTE = { access: ACCESS.execute, length: 8 } as const;

const SHARING: readonly Case<SlotSubject>[] = [
  {
    title: 'R-560 data and execute breakpoints share one pool of four',
    check: (subject) => {
      fill(subject, 'T@*', 2);
      for (let i = 0; i < 2; i++) opened(subject, watch('T@*', EXECUTE));
      expect([subject.open(watch('T@*')), subject.open(watch('T@*', EXECUTE))]).toEqual(['ENOSPC', 'ENOSPC']);
    },
  },
  {
    title: 'R-562 R-567 the fifth event of a task is refused, whatever its CPUs',
    check: (subject) => {
      fill(subject, 'T@*', SLOTS);
      expectFull(subject, 'T@*', ...subject.cpus.map((cpu) => `T@${cpu}` as const));
    },
  },
  {
    title: 'R-563 R-567 tasks do not compete with one another',
    check: (subject) => {
      fill(subject, 'T@*', SLOTS);
      expectRoom(subject, 'U@*', SLOTS);
    },
  },
  {
    title: 'R-562 R-563 an event of a CPU competes with the greediest task alone, not with their sum',
    check: (subject) => {
      fill(subject, 'T@*', 3);
      fill(subject, 'U@*', 2);
      expectRoom(subject, 'CPU(0)', 1);
    },
  },
  {
    title: 'R-561 R-562 when the greediest task lets go, the next one decides',
    check: (subject) => {
      const greediest = fill(subject, 'T@*', 3);
      fill(subject, 'U@0', 2);
      expectRoom(subject, 'CPU(0)', 1);
      release(subject, ...greediest);
      expectRoom(subject, 'CPU(0)', 2);
      expectRoom(subject, `CPU(${second(subject)})`, SLOTS);
    },
  },
  {
    title: 'R-562 events of one task on one CPU and on all are added up',
    check: (subject) => {
      fill(subject, 'T@0');
      fill(subject, 'T@*', 2);
      for (const where of ['T@0', 'T@*', 'CPU(0)'] as const) expectRoom(subject, where, 1);
      for (const where of [`T@${second(subject)}`, `CPU(${second(subject)})`] as const) expectRoom(subject, where, 2);
    },
  },
  {
    title: 'R-563 N-7 a task on all CPUs competes with the fullest CPU',
    check: (subject) => {
      fill(subject, 'CPU(0)');
      fill(subject, `CPU(${second(subject)})`, 3);
      for (const where of ['T@*', `T@${second(subject)}`] as const) expectRoom(subject, where, 1);
      expectRoom(subject, 'T@0', 3);
    },
  },
];

const CHARGES: readonly Case<SlotSubject>[] = [
  {
    title: 'R-564 a disabled event is charged like any other',
    check: (subject) => {
      for (let i = 0; i < SLOTS; i++) opened(subject, watch('T@*', { flags: ['disabled', 'exclude_kernel'] }));
      expectFull(subject, 'T@*', 'CPU(0)');
    },
  },
  {
    title: 'R-564 nothing is evicted: the same request is refused again and again, and those before it stay',
    check: (subject) => {
      const held = fill(subject, 'T@*', SLOTS);
      for (let i = 0; i < 3; i++) expectFull(subject, 'T@*');
      release(subject, held[0]);
      expectRoom(subject, 'T@*', 1);
    },
  },
  {
    title: 'R-564 the same address twice is charged twice',
    check: (subject) => {
      for (let i = 0; i < 2; i++) opened(subject, watch('T@*'));
      expectRoom(subject, 'T@*', SLOTS - 2);
    },
  },
  {
    title: 'R-566 what cannot be parsed has reserved a slot before: ENOSPC where there is none, and what it reserved is given back',
    check: (subject) => {
      const misaligned = watch('T@*', { address: 0x1001n, length: 4 });
      const read = watch('T@*', { access: ACCESS.read });
      const [first] = fill(subject, 'T@*', SLOTS);
      expect([subject.open(misaligned), subject.open(read)]).toEqual(['ENOSPC', 'ENOSPC']);
      release(subject, first);
      expect([subject.open(misaligned), subject.open(read)]).toEqual(['EINVAL', 'EINVAL']);
      expectRoom(subject, 'T@*', 1);
    },
  },
  {
    title: 'R-565 R-566 no access at all, or all three, is refused before a slot is reserved',
    check: (subject) => {
      fill(subject, 'T@*', SLOTS);
      expect([subject.open(watch('T@*', { access: 0 })), subject.open(watch('T@*', { access: 7 }))]).toEqual(['EINVAL', 'EINVAL']);
    },
  },
  {
    title: 'R-564 an event stays charged after its task has ended, until it is closed',
    check: (subject) => {
      const held = fill(subject, 'T@*', SLOTS);
      subject.end('T');
      expectFull(subject, 'CPU(0)');
      release(subject, ...held);
      fill(subject, 'CPU(0)');
    },
  },
];

const TRACERS: readonly Case<SlotSubject>[] = [
  {
    title: 'R-567 R-594 four events of a task leave none for its tracer, until one is closed',
    check: (subject) => {
      const [first] = fill(subject, 'T@*', SLOTS);
      expect(subject.pokePtrace('T', 0, ADDRESS)).toBe('ENOSPC');
      release(subject, first);
      poke(subject, 'T', 0, ADDRESS);
      expect(subject.pokePtrace('T', 1, ADDRESS)).toBe('ENOSPC');
    },
  },
  {
    title: 'R-567 R-519 CPU 1 full: none for a task on all CPUs nor for its tracer, but for a task on CPU 0',
    check: (subject) => {
      fill(subject, `CPU(${second(subject)})`, SLOTS);
      expectFull(subject, 'T@*');
      fill(subject, 'T@0');
      expect([subject.pokePtrace('T', 0, ADDRESS), subject.pokePtrace('T', 7, 1n), subject.pokePtrace('T', 7, 0n)]).toEqual([
        'ENOSPC',
        'ENOSPC',
        null,
      ]);
    },
  },
  {
    title: 'R-594 R-507 four addresses of a tracer, none of them enabled, leave no slot for events of that task or of a CPU',
    check: (subject) => {
      for (const register of [0, 1, 2, 3]) poke(subject, 'T', register, ADDRESS);
      expectFull(subject, 'T@*', 'T@0', 'CPU(0)', `CPU(${second(subject)})`);
      expectRoom(subject, 'U@*', SLOTS);
    },
  },
  {
    title: 'R-518 R-594 a tracer that writes zeros gives nothing back',
    check: (subject) => {
      for (const register of [0, 1, 2]) poke(subject, 'T', register, ADDRESS);
      for (const register of [7, 0, 1, 2]) poke(subject, 'T', register, 0n);
      expectRoom(subject, 'T@*', 1);
    },
  },
  {
    title: 'R-553 N-9 the slots of a tracer are given back when its tracee ends',
    check: (subject) => {
      for (const register of [0, 1, 2, 3]) poke(subject, 'T', register, ADDRESS);
      subject.end('T');
      fill(subject, 'CPU(0)', SLOTS);
    },
  },
];

function second(subject: SlotSubject): number {
  return subject.cpus[1] ?? 1;
}

/** and what of is accounting. */
export const SLOT_RULE_CASES: readonly Case<SlotSubject>[] = [...SHARING, ...CHARGES, ...TRACERS];
