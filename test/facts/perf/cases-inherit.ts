// Which threads and child processes an event follows, and that enabling and changing it reaches them: the kernel's sigtrap_threads.c and more.
import { expect } from 'vitest';
import type { Case } from './case.js';
import { dataWatch, expectCounts, load, opened, perform, store, trapsOf, trapWatch } from './count-notation.js';
import type { EventFlag, EventHandle } from './request.js';
import type { CountRequest, CountSubject, ReceivedSignals } from './subject.js';

const THREADS = 5;
const EACH = 3000;
const FORK = { kind: 'fork' } as const;
const CHILD = { child: 0 } as const;
const MAKE_THREADS = { kind: 'make threads', count: THREADS } as const;
const OFF: readonly EventFlag[] = ['inherit', 'inherit_thread', 'disabled'];
const ON: readonly EventFlag[] = ['inherit', 'inherit_thread'];

function inherited(subject: CountSubject, ...more: readonly EventFlag[]): CountRequest {
  return dataWatch(subject, { flags: ['exclude_kernel', 'inherit', ...more] });
}

/** Each of the threads has got `times` signals. */
function trapsOfAll(subject: CountSubject, times: number, changes: Partial<ReceivedSignals> = {}): ReceivedSignals[] {
  return Array.from({ length: THREADS }, (_, at) => trapsOf(subject, at + 1, times, changes));
}

const FOLLOWED: readonly Case<CountSubject>[] = [
  {
    title: 'R-592 without inherit, neither threads nor children count',
    check: async (subject) => {
      const event = opened(subject, dataWatch(subject));
      await perform(subject, FORK, MAKE_THREADS);
      await subject.perform(CHILD, store(3));
      await subject.perform('threads', store(2));
      expectCounts(subject, [event], [0]);
    },
  },
  {
    title: 'R-592 with inherit, what children and threads count is in the count of the event, while they live and after',
    check: async (subject) => {
      const event = opened(subject, inherited(subject));
      await perform(subject, store(), MAKE_THREADS);
      await subject.perform('threads', store(2));
      expectCounts(subject, [event], [1 + 2 * THREADS]);
      await perform(subject, { kind: 'end threads' }, FORK);
      await subject.perform(CHILD, store(3));
      expectCounts(subject, [event], [4 + 2 * THREADS]);
      await subject.perform(CHILD, { kind: 'exit' });
      expectCounts(subject, [event], [4 + 2 * THREADS]);
    },
  },
  {
    title: 'R-592 with inherit_thread, threads count and children do not',
    check: async (subject) => {
      const event = opened(subject, inherited(subject, 'inherit_thread'));
      await perform(subject, MAKE_THREADS);
      await subject.perform('threads', store(2));
      await perform(subject, { kind: 'end threads' }, FORK);
      await subject.perform(CHILD, store(3));
      expectCounts(subject, [event], [2 * THREADS]);
    },
  },
  {
    title: 'R-592 what was there before the event is not followed',
    check: async (subject) => {
      await perform(subject, FORK, MAKE_THREADS);
      const event = opened(subject, inherited(subject));
      await subject.perform('threads', store(2));
      await subject.perform(CHILD, store(3));
      await perform(subject, store());
      expectCounts(subject, [event], [1]);
    },
  },
  {
    title: 'R-592 with CLONE_CLEAR_SIGHAND a child has no sigtrap event, which would kill it; events without signals it has',
    check: async (subject) => {
      const events = [opened(subject, trapWatch(subject, ['inherit'])), opened(subject, inherited(subject))];
      await perform(subject, { kind: 'fork', clearSignals: true });
      await subject.perform(CHILD, store(3));
      await subject.perform(CHILD, store(2));
      expectCounts(subject, events, [0, 5]);
    },
  },
  {
    // Its parent's events fitted beside all events of CPUs, and a new task has none of its own: R-562 leaves room for as many.
    title: 'R-592 a child of a task with four inherited events has them all: no fork can want for slots',
    check: async (subject) => {
      const events = [1, 2, 3, 4].map(() => opened(subject, inherited(subject)));
      await perform(subject, FORK);
      await subject.perform(CHILD, store(3));
      expectCounts(subject, events, [3, 3, 3, 3]);
    },
  },
];

const REACHED: readonly Case<CountSubject>[] = [
  {
    title: 'R-592 disabling and enabling an event reaches those who have inherited it',
    check: async (subject) => {
      const event = opened(subject, inherited(subject));
      await perform(subject, FORK);
      subject.disable(event);
      await subject.perform(CHILD, store(3));
      expectCounts(subject, [event], [0]);
      subject.enable(event);
      await subject.perform(CHILD, store(2));
      expectCounts(subject, [event], [2]);
    },
  },
  {
    title: 'R-587 a change reaches those who have inherited the event',
    check: async (subject) => {
      const event = opened(subject, inherited(subject));
      await perform(subject, FORK);
      expect(subject.modify(event, { ...inherited(subject), address: subject.addressOf('data') + 8n })).toBeNull();
      await subject.perform(CHILD, store(3));
      await subject.perform(CHILD, { kind: 'store', offset: 8, size: 4, times: 2 });
      expectCounts(subject, [event], [2]);
    },
  },
];

/** Opens a sigtrap event on the first thread, which then makes the others. */
async function trapThreads(subject: CountSubject, flags: readonly EventFlag[], signalData: bigint): Promise<EventHandle> {
  const event = opened(subject, trapWatch(subject, flags, { signalData }));
  await perform(subject, MAKE_THREADS);
  return event;
}

const TRAPPED_THREADS: readonly Case<CountSubject>[] = [
  {
    title: 'T-L-20 remain_disabled: an event that stays disabled sends nothing',
    check: async (subject) => {
      const event = await trapThreads(subject, OFF, 1n);
      await subject.perform('threads', load());
      expect(await subject.signals('main')).toEqual([]);
      expectCounts(subject, [event], [0]);
    },
  },
  {
    title: 'T-L-20 enable_event: each thread gets exactly one signal, and a later write by the first thread gives one more',
    check: async (subject) => {
      const event = await trapThreads(subject, OFF, 0x1234n);
      subject.enable(event);
      await subject.perform('threads', load());
      expect(await subject.signals('main')).toEqual(trapsOfAll(subject, 1, { perfData: 0x1234n }));
      await perform(subject, store());
      expect(await subject.signals('main')).toEqual([trapsOf(subject, 0, 1, { perfData: 0x1234n })]);
      expectCounts(subject, [event], [THREADS + 1]);
    },
  },
  {
    title: 'T-L-20 R-587 modify_and_enable_event: a change enables the event in all threads, with the new signal data',
    check: async (subject) => {
      const event = await trapThreads(subject, OFF, 0x1234n);
      expect(subject.modify(event, trapWatch(subject, ON, { signalData: 0x5678n }))).toBeNull();
      await subject.perform('threads', load());
      expect(await subject.signals('main')).toEqual(trapsOfAll(subject, 1, { perfData: 0x5678n }));
      await perform(subject, store());
      expect(await subject.signals('main')).toEqual([trapsOf(subject, 0, 1, { perfData: 0x5678n })]);
    },
  },
  {
    title: `T-L-20 signal_stress: ${THREADS} threads with ${EACH} reads each get exactly as many signals`,
    check: async (subject) => {
      const event = await trapThreads(subject, OFF, 7n);
      subject.enable(event);
      await subject.perform('threads', load(EACH));
      expect(await subject.signals('main')).toEqual(trapsOfAll(subject, EACH, { perfData: 7n }));
      expectCounts(subject, [event], [THREADS * EACH]);
    },
  },
  {
    title:
      'T-L-20 signal_stress_with_disable: while it is disabled and enabled again and again, all signals are right, and so is what comes after',
    liveOnly: 'what happens meanwhile has no order',
    check: stressWithDisable,
  },
];

async function stressWithDisable(subject: CountSubject): Promise<void> {
  const event = await trapThreads(subject, ON, 7n);
  const state = { running: true };
  const stress = subject.perform('threads', load(EACH)).finally(() => {
    state.running = false;
  });
  while (state.running) {
    subject.disable(event);
    subject.enable(event);
    // Lets the answer be read.
    await new Promise((resolve) => setImmediate(resolve));
  }
  await stress;
  const signals = await subject.signals('main');
  const right = trapsOf(subject, 0, 0, { perfData: 7n });
  expect(signals.map((signal) => ({ ...signal, thread: 0, times: 0 }))).toEqual(signals.map(() => right));
  expect(signals.reduce((sum, { times }) => sum + times, 0)).toBeLessThanOrEqual(subject.count(event));
  await subject.perform('threads', load());
  expect(await subject.signals('main')).toEqual(trapsOfAll(subject, 1, { perfData: 7n }));
}

/** T-L-20, R-592 and what of R-587 concerns inherited events. */
export const INHERIT_CASES: readonly Case<CountSubject>[] = [...FOLLOWED, ...REACHED, ...TRAPPED_THREADS];
