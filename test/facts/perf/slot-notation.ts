// The notation of the kernel's own tests of slot accounting (hw_breakpoint_test.c), so that a case here can be read beside them.
//
//   T@*      an event of task T on all CPUs
//   T@0      one of task T that counts on CPU 0 only
//   CPU(0)   one of everything that runs on CPU 0
import { expect } from 'vitest';
import { ACCESS, type EventHandle, granted, Refused } from './request.js';
import { SLOTS, type SlotRequest, type SlotSubject } from './subject.js';

/** Where an event shall count. */
export type Where = `${'T' | 'U'}@${number | '*'}` | `CPU(${number})`;

/** A write watch that any slot can hold, with what the case wants otherwise. Nobody ever touches the address. */
export function watch(where: Where, changes: Partial<SlotRequest> = {}): SlotRequest {
  return { access: ACCESS.write, address: 0x1000n, length: 1, flags: ['exclude_kernel'], ...target(where), ...changes };
}

function target(where: Where): Pick<SlotRequest, 'task' | 'cpu'> {
  const [task = '', cpu = ''] = where.split(/[@()]/);
  if (task === 'CPU') return { task: null, cpu: Number(cpu) };
  return { task: task === 'U' ? 'U' : 'T', cpu: cpu === '*' ? null : Number(cpu) };
}

/** Opens `count` events there. Throws {@link Refused} where one does not fit. */
export function fill(subject: SlotSubject, where: Where, count = 1): EventHandle[] {
  return Array.from({ length: count }, (_, at) => granted(subject.open(watch(where)), `${where}, event ${at + 1} of ${count}`));
}

/** Each of these gets ENOSPC. */
export function expectFull(subject: SlotSubject, ...places: readonly Where[]): void {
  const answers = places.map((where) => [where, subject.open(watch(where))]);
  expect(answers).toEqual(places.map((where) => [where, 'ENOSPC']));
}

/** Closes events. */
export function release(subject: SlotSubject, ...handles: readonly (EventHandle | undefined)[]): void {
  for (const handle of handles) if (handle !== undefined) subject.close(handle);
}

/** Opens one event. Throws {@link Refused}. */
export function opened(subject: SlotSubject, request: SlotRequest): EventHandle {
  return granted(subject.open(request), 'an event');
}

/** So many events fit there and no more; none of them is left. Throws {@link Refused} where fewer fit. */
export function expectRoom(subject: SlotSubject, where: Where, count: number): void {
  const fits = room(subject, where);
  if (fits < count) throw new Refused(`${where}, event ${fits + 1} of ${count}`, 'ENOSPC');
  expect([where, fits]).toEqual([where, count]);
}

/** A tracer's write of an address or of DR7 succeeds. Throws {@link Refused}. */
export function poke(subject: SlotSubject, task: 'T' | 'U', register: number, value: bigint): void {
  const errno = subject.pokePtrace(task, register, value);
  if (errno !== null) throw new Refused(`DR${register} of ${task}`, errno);
}

function room(subject: SlotSubject, where: Where): number {
  const taken: EventHandle[] = [];
  for (let answer = subject.open(watch(where)); taken.length < 2 * SLOTS; answer = subject.open(watch(where))) {
    if (answer === 'ENOSPC') break;
    taken.push(granted(answer, where));
  }
  release(subject, ...taken);
  return taken.length;
}
