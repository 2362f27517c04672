// Arms every thread of a process, also those that are born meanwhile: scans until nothing new is found.
//
// What is open on a thread when it makes another is inherited by it, so only threads born of a not yet armed parent have to be found. To
// tell the two apart in a program that keeps making threads, a scout event with switch records is put on each armed thread after its
// breakpoints: a thread that reports a switch through somebody else's scout has inherited that scout, and so everything opened before it.
import { threadIds } from '../../linux/procfs/process.js';

/** Scans in a row that must find nothing new. */
const CALM_SCANS = 2;
/** A process that has not come to rest by then is armed as far as it goes, and the rest is named. */
const PATIENCE_MS = 10_000;

/** What arming one thread takes; all of it may find that the thread has ended. */
export interface ThreadArmer {
  /** Opens the breakpoints on a thread; false when it has ended. `late`: it may have inherited some already. */
  armThread(tid: number, late: boolean): boolean;
  /** Opens a scout on a thread, if it is still there. */
  scoutThread(tid: number): void;
  /** Threads that have shown, since the last call, that they inherited a scout. */
  inheritors(): readonly number[];
  closeScouts(): void;
}

/** Arms all threads of `pid`; returns those that stayed without. `inherits`: new threads inherit from their parents. */
export function armAllThreads(
  pid: number,
  inherits: boolean,
  armer: ThreadArmer,
): { readonly covered: number; readonly missed: readonly number[] } {
  const covered = new Set<number>();
  for (const tid of threadIds(pid)) if (armer.armThread(tid, false)) covered.add(tid);
  let scouting = false;
  const deadline = performance.now() + PATIENCE_MS;
  try {
    for (let calm = 0; calm < CALM_SCANS; calm++) {
      let fresh = threadIds(pid).filter((tid) => !covered.has(tid));
      if (fresh.length === 0) continue;
      if (performance.now() > deadline) return { covered: alive(pid, covered), missed: fresh };
      calm = -1;
      if (!scouting && inherits) {
        scouting = true;
        for (const tid of covered) armer.scoutThread(tid);
      }
      for (const tid of armer.inheritors()) covered.add(tid);
      fresh = fresh.filter((tid) => !covered.has(tid));
      for (const tid of fresh) {
        if (!armer.armThread(tid, true)) continue;
        covered.add(tid);
        if (scouting) armer.scoutThread(tid);
      }
    }
  } finally {
    armer.closeScouts();
  }
  return { covered: alive(pid, covered), missed: [] };
}

function alive(pid: number, covered: ReadonlySet<number>): number {
  return threadIds(pid).filter((tid) => covered.has(tid)).length;
}
