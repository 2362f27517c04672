// Reads memory of stopped threads: what a hit has left with the number of the CPU that made it, and stacks.
//
// The kernel keeps that number in the thread's struct rseq (cpu_id, at byte 4), as of the last time that the thread ran code of its own. Where there
// is none, the CPU is not known and told as 0.
import { isErrno } from '../../linux/errno.js';
import { HitMemory, type HitRange } from '../../linux/hit-memory.js';
import { MemoryReader } from '../../linux/process-memory.js';
import type { Tracee } from './tracee.js';

const CPU_ID = 4n;
const PAGE = 4096n;
const NOTHING: HitRange = { lo: 0, hi: 0, length: 0 };

export class TraceeMemory {
  readonly #hit = new HitMemory();
  readonly #reader = new MemoryReader();

  /** A range's bytes, the reader's only until the next call; null where they cannot be read, or are none. */
  read(pid: number, range: HitRange): Uint8Array | null {
    return this.#hit.read(pid, range, null);
  }

  /** The number of the CPU on which the thread last ran code of its own; 0 where that is not known. */
  cpuOf({ process: { pid }, sequences }: Tracee): number {
    if (sequences === null || sequences === undefined) return 0;
    this.#hit.read(pid, NOTHING, sequences + CPU_ID);
    return this.#hit.word;
  }

  /** As many of `length` bytes from `address` on as can be read. */
  copy(pid: number, address: bigint, length: number): Uint8Array {
    for (let size = length; size > 0; ) {
      try {
        return this.#reader.read(pid, address, size);
      } catch (error) {
        if (!(error instanceof RangeError) && !isErrno(error, 'EFAULT', 'ESRCH', 'EIO')) throw error;
        // Up to the end of the page before.
        const end = ((address + BigInt(size) - 1n) / PAGE) * PAGE;
        size = end > address ? Number(end - address) : 0;
      }
    }
    return new Uint8Array(0);
  }
}
