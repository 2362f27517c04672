// What PERF_EVENT_IOC_MODIFY_ATTRIBUTES takes and what it does to slots. What it does to counting is among the counting cases.
import { expect } from 'vitest';
import type { Case } from './case.js';
import { ACCESS, type BreakpointRequest, type Errno, granted } from './request.js';
import { expectFull, expectRoom, fill, opened, release, watch } from './slot-notation.js';
import { SLOTS, type SlotSubject } from './subject.js';

const BASE = watch('T@*', { length: 4, flags: ['exclude_kernel', 'sigtrap', 'remove_on_exec'] });
const EXECUTE = { access: ACCESS.execute, length: 8 } as const;

type Change = Partial<BreakpointRequest>;

/** An event that writes 4 bytes at 0x1000, or `from`, is asked to become each of `changes` in turn; each answer must be `answer`. */
function modified(
  title: string,
  answer: Errno | null,
  changes: readonly Change[],
  { liveOnly, ...from }: Change & Pick<Case<SlotSubject>, 'liveOnly'> = {},
): Case<SlotSubject> {
  return {
    title,
    ...(liveOnly === undefined ? {} : { liveOnly }),
    check: (subject) => {
      const answers = changes.map((change) => {
        const handle = granted(subject.open({ ...BASE, ...from }), title);
        const got = subject.modify(handle, { ...BASE, ...from, ...change });
        subject.close(handle);
        return got;
      });
      expect(answers).toEqual(changes.map(() => answer));
    },
  };
}

const ANSWERS: readonly Case<SlotSubject>[] = [
  modified('R-569 address, type, length, disabled and signal data may change', null, [
    {},
    { address: 0x2000n },
    { access: ACCESS.readwrite },
    EXECUTE,
    { length: 8 },
    { flags: ['disabled', ...BASE.flags] },
    { signalData: 0x1234_5678_9abc_def0n },
    { address: 0x2001n, ...EXECUTE, signalData: 1n, flags: ['disabled', ...BASE.flags] },
  ]),
  modified('R-569 nothing else may change', 'EINVAL', [
    { flags: ['inherit', ...BASE.flags] },
    { flags: ['exclude_user', ...BASE.flags] },
    { flags: ['exclude_kernel'] },
    { period: 1 },
    { preciseIp: 1 },
    { config: 1n },
  ]),
  modified('R-569 what would not have been opened is refused', 'EINVAL', [
    { length: 3 },
    { address: 0x1002n },
    { access: ACCESS.read },
    { access: 0 },
    { access: 7 },
    { access: ACCESS.execute },
    { address: 0x7fff_ffff_f000n },
  ]),
  modified('R-587 that is so for a disabled event too', 'EINVAL', [{ length: 3 }, { address: 0x1002n }, { access: ACCESS.read }], {
    flags: ['disabled', ...BASE.flags],
  }),
  modified('R-587 a breakpoint cannot become another type of event', 'EINVAL', [{ type: 'software' }]),
  modified('R-587 no other type of event can be modified', 'EOPNOTSUPP', [{}], {
    type: 'software',
    flags: ['exclude_kernel'],
    liveOnly: 'a simulation of breakpoints has no other events',
  }),
];

const SLOT_EFFECTS: readonly Case<SlotSubject>[] = [
  {
    title: 'T-L-42 R-569 with all slots of a CPU taken, a watch may become an execute breakpoint; the pool is shared, so none fits then',
    check: (subject) => {
      expectRoom(subject, 'CPU(0)', SLOTS);
      const execute = Array.from({ length: SLOTS }, () => opened(subject, watch('CPU(0)', EXECUTE)));
      expectFull(subject, 'CPU(0)');
      release(subject, ...execute);
      const [first] = fill(subject, 'CPU(0)', SLOTS);
      expect(first && subject.modify(first, watch('CPU(0)', EXECUTE))).toBeNull();
      expectFull(subject, 'CPU(0)');
    },
  },
  {
    title: 'R-569 a change that is refused costs no slot and gives none back',
    check: (subject) => {
      const [first] = fill(subject, 'T@*', SLOTS);
      const asked = [watch('T@*', { length: 3 }), watch('T@*', { access: ACCESS.read }), watch('T@*', { period: 1 })];
      for (const request of asked) expect(first && subject.modify(first, request)).toBe('EINVAL');
      expectFull(subject, 'T@*');
      release(subject, first);
      expectRoom(subject, 'T@*', 1);
    },
  },
  {
    title: 'R-564 R-569 an event that is disabled by a change keeps its slot',
    check: (subject) => {
      const events = fill(subject, 'T@*', SLOTS);
      for (const event of events) expect(subject.modify(event, watch('T@*', { flags: ['disabled', 'exclude_kernel'] }))).toBeNull();
      expectFull(subject, 'T@*', 'CPU(0)');
    },
  },
];

/** T-L-42, R-569 and R-587. */
export const MODIFY_CASES: readonly Case<SlotSubject>[] = [...ANSWERS, ...SLOT_EFFECTS];
