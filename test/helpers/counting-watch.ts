// The plainest of all breakpoints: it counts the writes that user code makes.
import { packBreakpoint } from '../../src/linux/perf-event.js';

/** The attribute block of a counting breakpoint on writes to `length` bytes (1, 2, 4 or 8, aligned) by user code. */
export function countingWatch(address: bigint, length: number): Uint8Array {
  const nothing = { sampleType: 0, userRegisters: 0, interruptRegisters: 0, stackDepth: 0 };
  return packBreakpoint({ type: 'write', address, length, period: 0, flags: ['exclude_kernel'], ...nothing });
}
