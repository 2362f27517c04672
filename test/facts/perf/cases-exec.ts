// What becomes of an event when its task executes another program: the kernel's remove_on_exec.c and more.
import { expect } from 'vitest';
import type { Case } from './case.js';
import { dataWatch, expectCounts, opened, perform, store, trapsOf, trapWatch } from './count-notation.js';
import type { EventFlag } from './request.js';
import type { CountRequest, CountSubject } from './subject.js';

const STRESS = 30;
const FORK = { kind: 'fork' } as const;
const EXEC = { kind: 'exec' } as const;
const FIRST = { child: 0 } as const;
const SECOND = { child: 1 } as const;

function watchWith(subject: CountSubject, ...flags: readonly EventFlag[]): CountRequest {
  return dataWatch(subject, { flags: ['exclude_kernel', ...flags] });
}

const OWN: readonly Case<CountSubject>[] = [
  {
    title: 'N-14 an event survives exec, and counts what the new program does at that address',
    check: async (subject) => {
      const event = opened(subject, watchWith(subject));
      await perform(subject, store(2), EXEC, store(3));
      expectCounts(subject, [event], [5]);
    },
  },
  {
    title: 'R-593 remove_on_exec drops it: its count stays, and nothing can enable it again',
    check: async (subject) => {
      const event = opened(subject, watchWith(subject, 'remove_on_exec'));
      await perform(subject, store(2), EXEC, store(3));
      expectCounts(subject, [event], [2]);
      subject.enable(event);
      await perform(subject, store(3));
      expectCounts(subject, [event], [2]);
    },
  },
  {
    title: 'R-593 R-564 what exec has dropped keeps its slot until it is closed',
    check: async (subject) => {
      const events = [1, 2, 3, 4].map(() => opened(subject, watchWith(subject, 'remove_on_exec')));
      await perform(subject, EXEC);
      expect(subject.open(watchWith(subject))).toBe('ENOSPC');
      for (const event of events) subject.close(event);
      const another = opened(subject, watchWith(subject));
      await perform(subject, store());
      expectCounts(subject, [another], [1]);
    },
  },
  {
    title: 'R-593 enable_on_exec arms it',
    check: async (subject) => {
      const event = opened(subject, watchWith(subject, 'disabled', 'enable_on_exec'));
      await perform(subject, store(2), EXEC, store(3));
      expectCounts(subject, [event], [3]);
      subject.disable(event);
      await perform(subject, store(), EXEC, store());
      expectCounts(subject, [event], [3]);
    },
  },
  {
    title: 'R-593 a child that executes drops its own event only',
    check: async (subject) => {
      const event = opened(subject, watchWith(subject, 'inherit', 'remove_on_exec'));
      await perform(subject, FORK);
      await subject.perform(FIRST, store(2));
      await subject.perform(FIRST, EXEC);
      await subject.perform(FIRST, store(3));
      await perform(subject, store());
      expectCounts(subject, [event], [3]);
    },
  },
  {
    title: 'N-14 without remove_on_exec a child counts on after it has executed',
    check: async (subject) => {
      const event = opened(subject, watchWith(subject, 'inherit'));
      await perform(subject, FORK);
      await subject.perform(FIRST, EXEC);
      await subject.perform(FIRST, store(3));
      expectCounts(subject, [event], [3]);
    },
  },
];

const SELFTESTS: readonly Case<CountSubject>[] = [
  {
    title: 'T-L-21 fork_only: a forked child has the event, and gets its signals',
    check: async (subject) => {
      opened(subject, trapWatch(subject, ['inherit']));
      await perform(subject, FORK);
      await subject.perform(FIRST, store(2));
      expect(await subject.signals(FIRST)).toEqual([trapsOf(subject, 0, 2)]);
      expect(await subject.signals('main')).toEqual([]);
    },
  },
  {
    title: 'T-L-21 fork_exec_then_enable: enabling reaches parent and forked child, not the child that has executed',
    check: async (subject) => {
      const event = opened(subject, trapWatch(subject, ['inherit', 'disabled']));
      await perform(subject, FORK, FORK);
      await subject.perform(FIRST, EXEC);
      subject.enable(event);
      await everybodyStores(subject);
      await expectTrapsWithoutFirst(subject);
    },
  },
  {
    title: 'T-L-21 enable_then_fork_exec: the same where it was enabled before',
    check: async (subject) => {
      const event = opened(subject, trapWatch(subject, ['inherit', 'disabled']));
      subject.enable(event);
      await perform(subject, FORK, FORK);
      await subject.perform(FIRST, EXEC);
      await everybodyStores(subject);
      await expectTrapsWithoutFirst(subject);
      expectCounts(subject, [event], [2]);
    },
  },
  {
    title: `T-L-21 exec_stress: ${STRESS} children that have executed go on untouched, and the event of their parent lives`,
    check: async (subject) => {
      const event = opened(subject, trapWatch(subject, ['inherit']));
      for (let child = 0; child < STRESS; child++) {
        await perform(subject, FORK);
        await subject.perform({ child }, EXEC);
      }
      for (let child = 0; child < STRESS; child++) {
        await subject.perform({ child }, store());
        expect(await subject.signals({ child })).toEqual([]);
      }
      await perform(subject, store());
      expect(await subject.signals('main')).toEqual([trapsOf(subject, 0, 1)]);
      expectCounts(subject, [event], [1]);
    },
  },
];

async function everybodyStores(subject: CountSubject): Promise<void> {
  await subject.perform(FIRST, store());
  await subject.perform(SECOND, store());
  await perform(subject, store());
}

async function expectTrapsWithoutFirst(subject: CountSubject): Promise<void> {
  expect(await subject.signals(FIRST)).toEqual([]);
  expect(await subject.signals(SECOND)).toEqual([trapsOf(subject, 0, 1)]);
  expect(await subject.signals('main')).toEqual([trapsOf(subject, 0, 1)]);
}

/** T-L-21, R-593 and N-14. */
export const EXEC_CASES: readonly Case<CountSubject>[] = [...OWN, ...SELFTESTS];
