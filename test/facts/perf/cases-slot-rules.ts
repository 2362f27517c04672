// What else can be seen of slot accounting: who competes with whom, what a charge is taken for and how long it lasts, and the debug registers
// of a tracer, which are charged to the same pool.
import { expect } from 'vitest';
import type { Case } from './case.js';
import { ACCESS, type EventHandle } from './request.js';
import { expectFull, fill, release, room, watch } from './slot-notation.js';
import { SLOTS, type SlotSubject } from './subject.js';

/** Data breakpoints may be poked at such an address; nobody touches it. */
const ADDRESS = 0x1000n;
const EXECUTE = { access: ACCESS.execute, length: 8 } as const;

const SHARING: readonly Case<SlotSubject>[] = [
  {
    title: 'R-560 data and execute breakpoints share one pool of four',
    check: (subject) => {
      fill(subject, 'T@*', 2);
      const execute = [subject.open(watch('T@*', EXECUTE)), subject.open(watch('T@*', EXECUTE))];
      expect(execute).not.toContain('ENOSPC');
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
      expect(room(subject, 'U@*')).toBe(SLOTS);
    },
  },
  {
    title: 'R-562 R-563 an event of a CPU competes with the greediest task alone, not with their sum',
    check: (subject) => {
      fill(subject, 'T@*', 3);
      fill(subject, 'U@*', 2);
      expect(room(subject, 'CPU(0)')).toBe(1);
    },
  },
  {
    title: 'R-562 events of one task on one CPU and on all are added up',
    check: (subject) => {
      fill(subject, 'T@0');
      fill(subject, 'T@*', 2);
      expect([room(subject, 'T@0'), room(subject, 'T@*'), room(subject, 'CPU(0)')]).toEqual([1, 1, 1]);
      expect([room(subject, `T@${second(subject)}`), room(subject, `CPU(${second(subject)})`)]).toEqual([2, 2]);
    },
  },
  {
    title: 'R-563 N-7 a task on all CPUs competes with the fullest CPU',
    check: (subject) => {
      fill(subject, 'CPU(0)');
      fill(subject, `CPU(${second(subject)})`, 3);
      expect([room(subject, 'T@*'), room(subject, 'T@0'), room(subject, `T@${second(subject)}`)]).toEqual([1, 3, 1]);
    },
  },
];

const CHARGES: readonly Case<SlotSubject>[] = [
  {
    title: 'R-564 a disabled event is charged like any other',
    check: (subject) => {
      for (let i = 0; i < SLOTS; i++) expect(subject.open(watch('T@*', { flags: ['disabled', 'exclude_kernel'] }))).not.toBe('ENOSPC');
      expectFull(subject, 'T@*', 'CPU(0)');
    },
  },
  {
    title: 'R-564 nothing is evicted: the same request is refused again and again, and those before it stay',
    check: (subject) => {
      const held = fill(subject, 'T@*', SLOTS);
      for (let i = 0; i < 3; i++) expectFull(subject, 'T@*');
      release(subject, held[0]);
      expect(room(subject, 'T@*')).toBe(1);
    },
  },
  {
    title: 'R-564 the same address twice is charged twice',
    check: (subject) => {
      const both: (string | EventHandle)[] = [subject.open(watch('T@*')), subject.open(watch('T@*'))];
      expect(both).not.toContain('ENOSPC');
      expect(room(subject, 'T@*')).toBe(SLOTS - 2);
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
      expect(room(subject, 'T@*')).toBe(1);
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
      expect(subject.pokePtrace('T', 0, ADDRESS)).toBeNull();
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
      expect([0, 1, 2, 3].map((register) => subject.pokePtrace('T', register, ADDRESS))).toEqual([null, null, null, null]);
      expectFull(subject, 'T@*', 'T@0', 'CPU(0)', `CPU(${second(subject)})`);
      expect(room(subject, 'U@*')).toBe(SLOTS);
    },
  },
  {
    title: 'R-518 R-594 a tracer that writes zeros gives nothing back',
    check: (subject) => {
      for (const register of [0, 1, 2]) expect(subject.pokePtrace('T', register, ADDRESS)).toBeNull();
      for (const register of [7, 0, 1, 2]) expect(subject.pokePtrace('T', register, 0n)).toBeNull();
      expect(room(subject, 'T@*')).toBe(1);
    },
  },
  {
    title: 'R-553 N-9 the slots of a tracer are given back when its tracee ends',
    check: (subject) => {
      for (const register of [0, 1, 2, 3]) expect(subject.pokePtrace('T', register, ADDRESS)).toBeNull();
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
