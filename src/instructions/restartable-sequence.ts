// A thread that is stopped inside a restartable sequence (rseq(2)) does not go on there: the kernel takes it to the sequence's abort handler.
//
//   struct rseq: 0 cpu_id_start u32 | 4 cpu_id u32 | 8 rseq_cs u64 (0: in no sequence)
//   struct rseq_cs: 0 version u32 | 4 flags u32 | 8 start_ip u64 | 16 post_commit_offset u64 | 24 abort_ip u64
import type { StoppedThread } from './stopped-thread.js';
import { userWord } from './user-registers.js';

/** Where the kernel takes the thread instead of letting it go on; null where it is in no sequence. */
export function abortAddress(thread: StoppedThread): bigint | null {
  if (thread.restartable === null) return null;
  const sequence = words(thread, thread.restartable + 8n, 1)?.[0] ?? 0n;
  if (sequence === 0n) return null;
  const [start = 0n, length = 0n, abort = 0n] = words(thread, sequence + 8n, 3) ?? [];
  const inside = BigInt.asUintN(64, userWord(thread.registers, 'rip') - start);
  return inside < length ? abort : null;
}

function words(thread: StoppedThread, address: bigint, count: number): bigint[] | null {
  const bytes = thread.readMemory(address, 8 * count);
  if (bytes === null || bytes.length < 8 * count) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Array.from({ length: count }, (_, index) => view.getBigUint64(8 * index, true));
}
