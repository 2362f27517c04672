// What counting cases say again and again: the usual watches on the program's data, and what they shall have seen.
import { expect } from 'vitest';
import { ACCESS, type EventFlag, type EventHandle, granted } from './request.js';
import type { CountRequest, CountSubject, Operation, ReceivedSignals } from './subject.js';

/** SIGTRAP's si_code for a perf event, and for a debug register of a tracer. */
export const TRAP_PERF = 6;
export const TRAP_HWBKPT = 4;
/** PERF_TYPE_BREAKPOINT, as si_perf_type says it. */
export const TYPE_BREAKPOINT = 5;
/** TRAP_PERF_FLAG_ASYNC in si_perf_flags. */
export const ASYNCHRONOUS = 1;

/** A watch on the first 8 bytes of data, in user mode, with what the case wants otherwise. */
export function dataWatch(subject: CountSubject, changes: Partial<CountRequest> = {}): CountRequest {
  return { access: ACCESS.write, address: subject.addressOf('data'), length: 8, flags: ['exclude_kernel'], ...changes };
}

/** A read and write watch that sends SIGTRAP at each access, with more flags. */
export function trapWatch(subject: CountSubject, more: readonly EventFlag[] = [], changes: Partial<CountRequest> = {}): CountRequest {
  const flags: readonly EventFlag[] = ['exclude_kernel', 'sigtrap', 'remove_on_exec', ...more];
  return dataWatch(subject, { access: ACCESS.readwrite, period: 1, flags, ...changes });
}

/** Opens an event. Throws {@link Refused}. */
export function opened(subject: CountSubject, request: CountRequest): EventHandle {
  return granted(subject.open(request), 'an event of the program');
}

/** An access to 8 bytes of data, from their first. */
export function store(times = 1): Operation {
  return { kind: 'store', offset: 0, size: 8, times };
}

/** An access to 8 bytes of data, from their first. */
export function load(times = 1): Operation {
  return { kind: 'load', offset: 0, size: 8, times };
}

/** Does one thing after another on the first thread. */
export async function perform(subject: CountSubject, ...operations: readonly Operation[]): Promise<void> {
  for (const operation of operations) await subject.perform('main', operation);
}

/** What thread `thread` gets for `times` accesses under {@link trapWatch}. */
export function trapsOf(subject: CountSubject, thread: number, times: number, changes: Partial<ReceivedSignals> = {}): ReceivedSignals {
  return {
    thread,
    signal: 'SIGTRAP',
    code: TRAP_PERF,
    at: null,
    address: subject.addressOf('data'),
    perfType: TYPE_BREAKPOINT,
    perfData: 0n,
    perfFlags: 0,
    times,
    ...changes,
  };
}

/** The counts of events, in their order, are these. */
export function expectCounts(subject: CountSubject, events: readonly EventHandle[], counts: readonly number[]): void {
  expect(events.map((event) => subject.count(event))).toEqual(counts);
}
