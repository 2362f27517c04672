// Reads memory of stopped threads: what a hit has left with the number of the CPU that made it, and stacks.
//
// The kernel keeps that number in the thread's struct rseq (cpu_id, at byte 4), as of the last time that the thread ran code of its own. Where there
// is none, the CPU is not known and told as 0.
import { isErrno } from '../../linux/errno.js';
import { HitMemory } from '../../linux/hit-memory.js';
import { MemoryReader } from '../../linux/process-memory.js';
import type { Tracee } from './tracee.js';

const CPU_ID = 4n;
const PAGE = 4096n;

/** What was read; `bytes` null: not mapped, or nothing was to be read. */
export interface AtHit {
  readonly bytes: Uint8Array | null;
  readonly cpu: number;
}

export class TraceeMemory {
  readonly #hit = new HitMemory();
  readonly #reader = new MemoryReader();

  read({ process: { pid }, sequences }: Tracee, range: { readonly address: bigint; readonly length: number }): AtHit {
    const bytes = this.#hit.read(pid, range, sequences === null || sequences === undefined ? null : sequences + CPU_ID);
    return { bytes, cpu: this.#hit.word };
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
