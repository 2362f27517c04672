// Signals that breakpoint events send: to the owner of their descriptor (O_ASYNC), and to the thread that was hit (sigtrap).
import { expect } from 'vitest';
import type { Case } from './case.js';
import { ASYNCHRONOUS, dataWatch, expectCounts, opened, perform, store, TRAP_HWBKPT, trapsOf, trapWatch } from './count-notation.js';
import { ACCESS } from './request.js';
import type { CountRequest, CountSubject, Place, ReceivedSignals } from './subject.js';

/** POLL_IN, which O_ASYNC says. */
const POLL_IN = 1;
const THREADS = 5;
const EACH = 3000;

function executeAt(subject: CountSubject, place: 'increment' | 'on-sigio', changes: Partial<CountRequest>): CountRequest {
  return dataWatch(subject, { access: ACCESS.execute, address: subject.addressOf(place), period: 1, ...changes });
}

/** Received by the first thread, through the owner of a descriptor. */
function owned(signal: 'SIGIO' | 'SIGUSR1', at: Place | null, times = 1): ReceivedSignals {
  return { thread: 0, signal, code: POLL_IN, at, address: 0n, perfType: 0, perfData: 0n, perfFlags: 0, times };
}

/** How often each signal came, whatever its si_code. */
function timesOf(signals: readonly ReceivedSignals[]): Record<string, number> {
  const times: Record<string, number> = {};
  for (const { signal, times: more } of signals) times[signal] = (times[signal] ?? 0) + more;
  return times;
}

const OWNERS: readonly Case<CountSubject>[] = [
  {
    // The kernel's bp_signal.c. A first count of 11 would mean that the nested frames lose RF, and the instruction is hit again on return.
    title:
      'T-L-40 an instruction that is hit before and after it executes, and the handler of its signal: counts 1, 3, 2 and three of each',
    check: async (subject) => {
      const instruction = opened(subject, executeAt(subject, 'increment', { notify: 'SIGIO' }));
      const handler = opened(subject, executeAt(subject, 'on-sigio', { notify: 'SIGUSR1' }));
      const data = opened(subject, dataWatch(subject, { period: 1, notify: 'SIGIO' }));
      await perform(subject, { kind: 'call' });
      expectCounts(subject, [instruction, handler, data], [1, 3, 2]);
      expect(await subject.signals('main')).toEqual([
        owned('SIGUSR1', 'on-sigio', 3),
        owned('SIGIO', 'increment'),
        owned('SIGIO', 'incremented'),
        owned('SIGIO', 'incremented-twice'),
      ]);
    },
  },
  {
    title: 'N-11 the signal of an owner comes at the instruction after a write',
    check: async (subject) => {
      opened(subject, dataWatch(subject, { period: 1, notify: 'SIGUSR1' }));
      await perform(subject, { kind: 'call', times: EACH }, store());
      expect(await subject.signals('main')).toEqual([
        owned('SIGUSR1', 'incremented', EACH),
        owned('SIGUSR1', 'incremented-twice', EACH),
        owned('SIGUSR1', null),
      ]);
    },
  },
  {
    title: 'N-11 the signal of an owner comes on the instruction of an execute breakpoint',
    check: async (subject) => {
      opened(subject, executeAt(subject, 'increment', { notify: 'SIGIO' }));
      await perform(subject, { kind: 'call', times: EACH });
      expect(await subject.signals('main')).toEqual([owned('SIGIO', 'increment', EACH)]);
    },
  },
  {
    title: 'T-L-41 10000 executions with a period of 100 overflow 100 times',
    check: async (subject) => {
      const event = opened(subject, executeAt(subject, 'increment', { period: 100, notify: 'SIGIO' }));
      await perform(subject, { kind: 'call', times: 99 });
      expect(await subject.signals('main')).toEqual([]);
      await perform(subject, { kind: 'call', times: 1 });
      expect(await subject.signals('main')).toEqual([owned('SIGIO', 'increment')]);
      await perform(subject, { kind: 'call', times: 9900 });
      expect(await subject.signals('main')).toEqual([owned('SIGIO', 'increment', 99)]);
      expectCounts(subject, [event], [10_000]);
    },
  },
  {
    title: 'T-L-41 an event without a period overflows never',
    check: async (subject) => {
      const event = opened(subject, dataWatch(subject, { notify: 'SIGIO' }));
      await perform(subject, store(50));
      expectCounts(subject, [event], [50]);
      expect(await subject.signals('main')).toEqual([]);
    },
  },
];

const TRAPS: readonly Case<CountSubject>[] = [
  {
    title: 'R-590 a sigtrap event sends TRAP_PERF with its address, its type and its data, of 64 bits',
    check: async (subject) => {
      const signalData = 0xfedc_ba98_7654_3210n;
      const event = opened(subject, trapWatch(subject, [], { signalData }));
      await perform(subject, store(2), { kind: 'load', offset: 3, size: 1 });
      expect(await subject.signals('main')).toEqual([trapsOf(subject, 0, 3, { perfData: signalData })]);
      expectCounts(subject, [event], [3]);
    },
  },
  {
    title: 'R-590 the signal of a sigtrap event comes at the instruction after the access',
    check: async (subject) => {
      opened(subject, trapWatch(subject));
      await perform(subject, { kind: 'call', times: 3 });
      const expected = (['incremented', 'incremented-twice'] as const).map((at) => trapsOf(subject, 0, 3, { at }));
      expect(await subject.signals('main')).toEqual(expected);
    },
  },
  {
    title: 'R-590 an execute breakpoint says the address of its instruction',
    check: async (subject) => {
      const address = subject.addressOf('increment');
      opened(subject, trapWatch(subject, [], { access: ACCESS.execute, address }));
      await perform(subject, { kind: 'call', times: 3 });
      expect(await subject.signals('main')).toEqual([trapsOf(subject, 0, 3, { address, at: 'increment' })]);
    },
  },
  {
    title: 'R-591 while SIGTRAP is blocked the program lives on; one signal comes when it is unblocked, marked as late',
    check: async (subject) => {
      const event = opened(subject, trapWatch(subject));
      await perform(subject, { kind: 'block', signal: 'SIGTRAP' }, store(3));
      expect(await subject.signals('main')).toEqual([]);
      await perform(subject, { kind: 'unblock', signal: 'SIGTRAP' });
      expect(await subject.signals('main')).toEqual([trapsOf(subject, 0, 1, { perfFlags: ASYNCHRONOUS })]);
      expectCounts(subject, [event], [3]);
    },
  },
  {
    title: 'R-590 a period of 3 sends a signal at each third access',
    check: async (subject) => {
      const event = opened(subject, trapWatch(subject, [], { period: 3 }));
      await perform(subject, store(8));
      expect(await subject.signals('main')).toEqual([trapsOf(subject, 0, 2)]);
      expectCounts(subject, [event], [8]);
    },
  },
  {
    title: 'N-12 two sigtrap events that one access hits both count, and send one signal',
    check: async (subject) => {
      const events = [1n, 2n].map((signalData) => opened(subject, trapWatch(subject, [], { signalData })));
      await perform(subject, store());
      const signals = await subject.signals('main');
      expectCounts(subject, events, [1, 1]);
      expect(timesOf(signals)).toEqual({ SIGTRAP: 1 });
    },
  },
  {
    title: `T-L-44 ${THREADS} threads with ${EACH} accesses each: every one of them gets its own signals, and none is lost`,
    check: async (subject) => {
      const event = opened(subject, trapWatch(subject, ['inherit', 'inherit_thread'], { signalData: 0x5eedn }));
      await perform(subject, { kind: 'make threads', count: THREADS });
      await subject.perform('threads', { kind: 'load', offset: 0, size: 8, times: EACH });
      const expected = Array.from({ length: THREADS }, (_, at) => trapsOf(subject, at + 1, EACH, { perfData: 0x5eedn }));
      expect(await subject.signals('main')).toEqual(expected);
      expectCounts(subject, [event], [THREADS * EACH]);
    },
  },
];

const TRACERS: readonly Case<CountSubject>[] = [
  {
    // DR7: enable slot 0 (bit 0), write (01 in bits 16-17), 8 bytes (10 in bits 18-19).
    title: 'R-594 one access may hit an event and a debug register of a tracer: the event counts, and SIGTRAP says TRAP_HWBKPT',
    check: async (subject) => {
      expect([subject.pokePtrace(0, subject.addressOf('data')), subject.pokePtrace(7, 0x9_0001n)]).toEqual([null, null]);
      const event = opened(subject, dataWatch(subject));
      await perform(subject, { kind: 'call' });
      expect(subject.pokePtrace(7, 0n)).toBeNull();
      await perform(subject, store());
      expectCounts(subject, [event], [3]);
      const trap = { code: TRAP_HWBKPT, perfType: 0 };
      expect(await subject.signals('main')).toEqual(
        (['incremented', 'incremented-twice'] as const).map((at) =>
          trapsOf(subject, 0, 1, { ...trap, at, address: subject.addressOf(at) }),
        ),
      );
    },
  },
];

/** T-L-40, T-L-41, T-L-44, R-590, R-591, N-12 and what of R-594 is a hit. */
export const SIGNAL_CASES: readonly Case<CountSubject>[] = [...OWNERS, ...TRAPS, ...TRACERS];
