// Brings the pages in that a condition reads: what is not there at the hit cannot be read by the kernel's program.
import { type Condition, mentions, touch } from '../conditions/index.js';
import type { WatchInfo } from '../model/hit.js';

/** Reads all that `condition` would read now, with `read` from process `pid`. */
export function touchPages(
  condition: Condition | null,
  { address, size, access }: WatchInfo,
  { pid, read }: { readonly pid: number; read(address: bigint, length: number): Uint8Array | null },
): void {
  if (condition === null || !mentions(condition).memory) return;
  const bytes = access === 'execute' ? null : read(address, size);
  const nobody = { tid: pid, pid, cpu: 0, kernel: false, comm: null };
  touch(condition, { ...nobody, oldBytes: bytes, newBytes: bytes, moment: { read, register: () => null } });
}
