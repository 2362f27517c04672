// What a session takes of descriptors and locked memory, against what this process may have: refused with numbers before anything is armed.
import { resourceLimit } from '../../linux/limits.js';
import { readNames, readNumber } from '../../linux/procfs/read.js';

/** Locked memory does not suffice for the smallest rings. */
export class NoRingsError extends Error {
  constructor(cpus: number, bytesEach: number) {
    const allowed = resourceLimit('lockedMemory').soft / 1024;
    const free = readNumber('/proc/sys/kernel/perf_event_mlock_kb') ?? 0;
    super(
      `rings for ${cpus} CPUs need at least ${(cpus * bytesEach) / 1024} KiB of locked memory; this user may have ${allowed} KiB (ulimit -l) ` +
        `and ${cpus} x ${free} KiB (kernel.perf_event_mlock_kb) in all processes together`,
    );
  }
}

/** Open descriptors are limited, and these would be too many. */
export class TooManyDescriptorsError extends Error {
  readonly needed: number;
  readonly allowed: number;

  constructor(needed: number, allowed: number, why: string) {
    super(`${why} take ${needed} descriptors, ${allowed} are allowed (ulimit -Hn)`);
    this.needed = needed;
    this.allowed = allowed;
  }
}

/** What arming will open. */
export interface DescriptorPlan {
  readonly threads: number;
  /** Events of each thread for one piece: one for each CPU, or one for all. */
  readonly places: number;
  readonly pieces: number;
  /** Events beside those for pieces. */
  readonly others: number;
}

/** Throws TooManyDescriptorsError where `plan` goes beyond the limit. What is open now counts. */
export function checkDescriptors({ threads, places, pieces, others }: DescriptorPlan): void {
  const needed = places * threads * pieces + others;
  const allowed = resourceLimit('descriptors').soft - (readNames('/proc/self/fd')?.length ?? 0);
  if (needed <= allowed) return;
  const registers = `${pieces} register${pieces === 1 ? '' : 's'}`;
  const where = places === 1 ? '' : ` on ${places} CPUs`;
  throw new TooManyDescriptorsError(needed, Math.max(0, allowed), `${threads} threads${where} with ${registers} each`);
}
