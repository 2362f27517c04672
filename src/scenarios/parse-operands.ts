// Reads what lines of several kinds have in common: names, addresses, ranges, breakpoints, registers, signals, kernels.
import type { Code } from '../facility/request.js';
import type { Errno, KernelName } from '../facility/rules.js';
import type { SignalName } from '../machine/program.js';
import type { SlotAccess } from '../registers/access.js';
import type { AddressText, Named, RangeText } from './address.js';
import type { Cursor } from './cursor.js';
import type { BreakpointText } from './requests.js';

export const KERNELS = ['hwbkpt', 'linux-2.6.20', 'linux', 'netbsd-2016', 'netbsd', 'freebsd'] as const satisfies readonly KernelName[];
export const SIGNALS = [
  ...(['SIGTRAP', 'SIGSTOP', 'SIGUSR1', 'SIGIO', 'SIGSEGV', 'SIGKILL', 'SIGTERM'] as const),
] as const satisfies readonly SignalName[];
export const ERRNOS = [
  ...(['EINVAL', 'ENOSPC', 'ESRCH', 'EPERM', 'EBUSY', 'EIO', 'ENOENT', 'ENOSYS', 'EFAULT', 'EACCES', 'EOPNOTSUPP'] as const),
] as const satisfies readonly Errno[];
/** Why an effect of the facility's can fail. */
export const FAILURES = ['ENOSPC', 'ESRCH', 'EPERM', 'EINVAL', 'EBUSY', 'EIO'] as const satisfies readonly Code[];
const ACCESSES = ['write', 'readwrite', 'execute', 'io'] as const satisfies readonly SlotAccess[];
const REGISTERS = ['dr0', 'dr1', 'dr2', 'dr3', 'dr4', 'dr5', 'dr6', 'dr7'] as const;
/** The longest thing that memory is declared as: a megabyte. */
export const MOST_BYTES = 0x10_0000;

export function parseName(cursor: Cursor, what: string): Named {
  const spot = cursor.spot;
  return { ...spot, name: cursor.word(what) };
}

/** `a`, `a+4`, `0x1000`, `&label`. */
export function parseAddress(cursor: Cursor, what = 'an address'): AddressText {
  const spot = cursor.spot;
  if (cursor.peekKind() === 'number') return { ...spot, kind: 'number', value: cursor.value(what) };
  const kind = cursor.take('&') ? 'label' : 'name';
  if (cursor.peekKind() !== 'word') throw cursor.wanted(what, 'Addresses are a, a+4, 0x1000, or &label.');
  const name = cursor.next();
  const offset = cursor.take('+') ? cursor.number('a distance in bytes', 0, MOST_BYTES) : 0;
  return { ...spot, kind, name, offset };
}

/** A label, with or without its `&`. */
export function parseTarget(cursor: Cursor): AddressText {
  const target = parseAddress(cursor, 'a label');
  return target.kind === 'name' ? { ...target, kind: 'label' } : target;
}

/** `a`, `a:4`. */
export function parseRange(cursor: Cursor): RangeText {
  const address = parseAddress(cursor, 'what to touch');
  return { address, length: cursor.take(':') ? cursor.number('a length in bytes', 1, MOST_BYTES) : null };
}

/** `write a:4`, `io 0x60:1`. */
export function parseBreakpoint(cursor: Cursor): BreakpointText {
  const access = cursor.oneOf(ACCESSES, 'an access');
  return { access, range: parseRange(cursor) };
}

/** Whether {@link parseBreakpoint} would find its first word. */
export function atBreakpoint(cursor: Cursor): boolean {
  return (ACCESSES as readonly string[]).includes(cursor.peek());
}

/** `dr0` to `dr7`: its number. */
export function parseRegister(cursor: Cursor): number {
  return REGISTERS.indexOf(cursor.oneOf(REGISTERS, 'a register'));
}

/** Whether the next word names a register. */
export function atRegister(cursor: Cursor): boolean {
  return (REGISTERS as readonly string[]).includes(cursor.peek());
}

export function parseSignal(cursor: Cursor): SignalName {
  return cursor.oneOf(SIGNALS, 'a signal');
}

export function parseKernel(cursor: Cursor): KernelName {
  return cursor.oneOf(KERNELS, 'a kernel');
}

/** `0` to `7`; whether the machine has so many is the checker's question. */
export function parseCpu(cursor: Cursor): number {
  return cursor.number('a CPU', 0, 7);
}
