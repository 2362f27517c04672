// Kwatch of January 2007: kernel watchpoints by debug-register number.
import { isKernelAddress, type Linear } from '../../facility/linear.js';
import { isEnabled } from '../../facility/virtual/registers.js';
import { bad, good, type Host, type Result } from '../host.js';

/** There are so many ports. */
const PORTS = 0x1_0000;

/** What register_kwatch takes. `type`: 0 execute, 1 write, 2 I/O, 3 read or write. */
export interface KwatchRequest {
  readonly address: Linear;
  readonly length: number;
  readonly type: number;
  /** Number of the handler; null is an error. */
  readonly handler: number | null;
}

/** register_kwatch: the number of the debug register. EINVAL, EBUSY where none is free. */
export function registerKwatch(host: Host, { address, length, type, handler }: KwatchRequest): Result<number> {
  if (![1, 2, 4].includes(length) || ![0, 1, 2, 3].includes(type)) return bad('EINVAL');
  if ((type === 0 && length !== 1) || handler === null) return bad('EINVAL');
  if (type === 2 ? address < 0 || address + length > PORTS || !host.enableIoBreakpoints() : !isKernelAddress(address)) return bad('EINVAL');
  const slot = allocateGlobal(host);
  if (slot === null) return bad('EBUSY');
  host.half.kwatch[slot] = { address, length, type, handler };
  host.changed(-1);
  return good(slot);
}

/** unregister_kwatch: a number out of range, or of a register that is not the kernel's, is ignored. */
export function unregisterKwatch(host: Host, slot: number): void {
  if (host.half.kwatch[slot] === null || host.half.kwatch[slot] === undefined) return;
  host.half.kwatch[slot] = null;
  host.changed(-1);
}

/** A register that nobody uses, from DR3 down, because gdb allocates from DR0 up. */
function allocateGlobal({ half }: Host): number | null {
  for (let slot = 3; slot >= 0; slot--) {
    if (half.kwatch[slot] !== null) continue;
    if (!half.threads.some(({ dr7Lo }) => isEnabled(dr7Lo, slot))) return slot;
  }
  return null;
}
