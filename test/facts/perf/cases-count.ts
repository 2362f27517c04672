// What a breakpoint event counts and what its samples say, in one thread: the kernel's own test of watchpoints (perf's wp.c) and more.
import { expect } from 'vitest';
import type { Case } from './case.js';
import { dataWatch, expectCounts, load, opened, perform, store } from './count-notation.js';
import { ACCESS } from './request.js';
import type { CountSubject } from './subject.js';

const COUNTS: readonly Case<CountSubject>[] = [
  {
    title: 'T-L-43 a write watch counts writes and no reads',
    check: async (subject) => {
      const event = opened(subject, dataWatch(subject));
      await perform(subject, load());
      expectCounts(subject, [event], [0]);
      await perform(subject, store());
      expectCounts(subject, [event], [1]);
    },
  },
  {
    title: 'T-L-43 R-588 a read and write watch counts both',
    check: async (subject) => {
      const event = opened(subject, dataWatch(subject, { access: ACCESS.readwrite }));
      const counts = [];
      for (const operation of [load(), store(), store(), load(), store()]) {
        await perform(subject, operation);
        counts.push(subject.count(event));
      }
      expect(counts).toEqual([1, 2, 3, 4, 5]);
    },
  },
  { title: 'T-L-43 R-569 a change takes effect at once, and counting goes on from where it was', check: changeWhileCounting },
  {
    title: 'T-L-43 R-580 a watch for reads alone is refused on x86',
    check: (subject) => {
      expect(subject.open(dataWatch(subject, { access: ACCESS.read }))).toBe('EINVAL');
    },
  },
  {
    title: 'R-588 an access counts once if it touches any watched byte, and not if it touches none',
    check: async (subject) => {
      const address = subject.addressOf('data') + 4n;
      const event = opened(subject, dataWatch(subject, { address, length: 4 }));
      await perform(
        subject,
        { kind: 'store', offset: 7, size: 1 },
        { kind: 'store', offset: 0, size: 8 },
        { kind: 'store', offset: 7, size: 2 },
      );
      await perform(subject, { kind: 'store', offset: 0, size: 4 }, { kind: 'store', offset: 8, size: 8 });
      expectCounts(subject, [event], [3]);
    },
  },
  {
    title: 'R-588 four events on the same bytes count the same writes',
    check: async (subject) => {
      const events = [1, 2, 3, 4].map(() => opened(subject, dataWatch(subject)));
      await perform(subject, store(5), { kind: 'call' });
      expectCounts(subject, events, [7, 7, 7, 7]);
    },
  },
  {
    title: 'R-564 R-569 a disabled event counts nothing until it is enabled',
    check: async (subject) => {
      const event = opened(subject, dataWatch(subject, { flags: ['exclude_kernel', 'disabled'] }));
      await perform(subject, store());
      expectCounts(subject, [event], [0]);
      subject.enable(event);
      await perform(subject, store(2));
      expectCounts(subject, [event], [2]);
      subject.disable(event);
      await perform(subject, store(4));
      expectCounts(subject, [event], [2]);
    },
  },
  {
    title: 'R-586 an event without user mode and kernel mode counts nothing',
    check: async (subject) => {
      const event = opened(subject, dataWatch(subject, { flags: ['exclude_kernel', 'exclude_user'] }));
      await perform(subject, store(3));
      expectCounts(subject, [event], [0]);
    },
  },
  {
    title: 'R-580 an execute breakpoint counts each execution of its instruction, and of no other',
    check: async (subject) => {
      const execute = (address: bigint) => opened(subject, dataWatch(subject, { access: ACCESS.execute, address }));
      const events = [execute(subject.addressOf('increment')), execute(subject.addressOf('increment') + 1n)];
      await perform(subject, { kind: 'call', times: 7 });
      expectCounts(subject, events, [7, 0]);
    },
  },
];

const KERNEL_MODE: readonly Case<CountSubject>[] = [
  {
    title: 'R-588 what the kernel writes for a system call does not count in user mode',
    check: async (subject) => {
      const event = opened(subject, dataWatch(subject));
      await perform(subject, { kind: 'system-call read', offset: 0, size: 8 });
      expectCounts(subject, [event], [0]);
    },
  },
  {
    title: 'R-588 with kernel mode it does, at least once',
    liveOnly: 'how often depends on how the kernel copies: here once for each byte',
    check: async (subject) => {
      const event = opened(subject, dataWatch(subject, { flags: [] }));
      await perform(subject, { kind: 'system-call read', offset: 0, size: 8 });
      expect(subject.count(event)).toBeGreaterThan(0);
      expect(subject.count(event)).toBeLessThanOrEqual(8);
    },
  },
];

const CHANGES: readonly Case<CountSubject>[] = [
  {
    title: 'R-569 after a change that is refused, an event that was opened enabled counts on as before',
    check: async (subject) => {
      const event = opened(subject, dataWatch(subject));
      expect(subject.modify(event, dataWatch(subject, { length: 3 }))).toBe('EINVAL');
      await perform(subject, store());
      expectCounts(subject, [event], [1]);
    },
  },
  {
    // Its attr still says disabled: enabling by ioctl does not change that, and the change looks there.
    title: 'R-569 one that was opened disabled and then enabled is off after any change that says disabled, refused or not',
    check: async (subject) => {
      const request = dataWatch(subject, { flags: ['exclude_kernel', 'disabled'] });
      const event = opened(subject, request);
      subject.enable(event);
      await perform(subject, store());
      expect(subject.modify(event, { ...request, length: 3 })).toBe('EINVAL');
      await perform(subject, store());
      expectCounts(subject, [event], [1]);
      expect(subject.modify(event, dataWatch(subject))).toBeNull();
      await perform(subject, store());
      expectCounts(subject, [event], [2]);
    },
  },
  {
    title: 'R-569 a watch may become an execute breakpoint and a watch again',
    check: async (subject) => {
      const execute = dataWatch(subject, { access: ACCESS.execute, address: subject.addressOf('increment') });
      const event = opened(subject, dataWatch(subject));
      await perform(subject, { kind: 'call' });
      expect(subject.modify(event, execute)).toBeNull();
      await perform(subject, { kind: 'call' }, store(10));
      expect(subject.modify(event, dataWatch(subject))).toBeNull();
      await perform(subject, store());
      expectCounts(subject, [event], [4]);
    },
  },
];

const SAMPLES: readonly Case<CountSubject>[] = [
  {
    title: 'R-589 a sample of a data breakpoint has the instruction after the access, and the address of the breakpoint',
    check: async (subject) => {
      const event = opened(subject, dataWatch(subject, { sampled: true, period: 1 }));
      await perform(subject, { kind: 'call' });
      const address = subject.addressOf('data');
      expect(subject.samples(event)).toEqual([
        { ip: subject.addressOf('incremented'), address, exactIp: false },
        { ip: subject.addressOf('incremented-twice'), address, exactIp: false },
      ]);
    },
  },
  {
    title: 'R-589 the address is that of the breakpoint, not of the access',
    check: async (subject) => {
      const address = subject.addressOf('data') + 4n;
      const event = opened(subject, dataWatch(subject, { sampled: true, period: 1, address, length: 2 }));
      await perform(subject, { kind: 'store', offset: 5, size: 1 }, { kind: 'store', offset: 0, size: 8 });
      expect(subject.samples(event).map((sample) => sample.address)).toEqual([address, address]);
    },
  },
  {
    title: 'R-589 a sample of an execute breakpoint has its instruction, once',
    check: async (subject) => {
      const address = subject.addressOf('increment');
      const event = opened(subject, dataWatch(subject, { access: ACCESS.execute, address, sampled: true, period: 1 }));
      await perform(subject, { kind: 'call' });
      expect(subject.samples(event)).toEqual([{ ip: address, address, exactIp: false }]);
    },
  },
];

async function changeWhileCounting(subject: CountSubject): Promise<void> {
  const event = opened(subject, dataWatch(subject));
  await perform(subject, store());
  expectCounts(subject, [event], [1]);
  expect(subject.modify(event, dataWatch(subject, { flags: ['exclude_kernel', 'disabled'] }))).toBeNull();
  await perform(subject, store());
  expectCounts(subject, [event], [1]);
  expect(subject.modify(event, dataWatch(subject, { address: subject.addressOf('data') + 8n }))).toBeNull();
  await perform(subject, { kind: 'store', offset: 8, size: 8 });
  expectCounts(subject, [event], [2]);
  await perform(subject, store(), { kind: 'store', offset: 16, size: 8 });
  expectCounts(subject, [event], [2]);
}

/** T-L-43, R-588, R-589, and what of shows in counts. */
export const COUNTING_CASES: readonly Case<CountSubject>[] = [...COUNTS, ...KERNEL_MODE, ...CHANGES, ...SAMPLES];
