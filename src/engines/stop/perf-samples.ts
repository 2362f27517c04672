// What a thread's breakpoints have caught, from a ring that they share: each hit with its moment, CPU, place and registers, the kernel's too.
//
// The ring belongs to an event that does nothing else, as a mapping keeps its event open, and so a breakpoint's register taken. Where too little
// memory may be locked for one more ring, there is none: then counters tell how often, and the thread as it stands tells where.
import { isErrno } from '../../linux/errno.js';
import type { PerfEvent } from '../../linux/perf-event.js';
import { ThreadRing } from '../../linux/thread-ring.js';
import { leaderAttributes, MISC, RECORD, STOP_AT } from '../events/layout.js';
import { openEvent } from '../events/open-event.js';
import type { SeenHit } from './seen-hit.js';

/** Data pages where the kernel's accesses are sampled, of which one system call may make many; and where they are not. */
const PAGES = { kernel: 4, user: 1 } as const;

export class PerfSamples implements Disposable {
  readonly leader: PerfEvent;
  readonly ring: ThreadRing;

  private constructor(leader: PerfEvent, ring: ThreadRing) {
    this.leader = leader;
    this.ring = ring;
  }

  /** Of thread `tid`; null where it has ended, or no more memory may be locked. Throws LinuxError. */
  static open(tid: number, inKernel: boolean): PerfSamples | null {
    const leader = openEvent(leaderAttributes(), { tid, cpu: -1 }, { output: undefined, patient: false });
    if (leader === null) return null;
    try {
      return new PerfSamples(leader, new ThreadRing(leader.fd, inKernel ? PAGES.kernel : PAGES.user));
    } catch (error) {
      leader[Symbol.dispose]();
      if (isErrno(error, 'EPERM', 'ENOMEM')) return null;
      throw error;
    }
  }

  [Symbol.dispose](): void {
    this.ring[Symbol.dispose]();
    this.leader[Symbol.dispose]();
  }
}

/** Whether the record at `at` is a hit. */
export function isSample(words: Uint32Array, at: number): boolean {
  return words[at] === RECORD.SAMPLE;
}

/** ns of CLOCK_MONOTONIC. */
export function sampleTime(words: Uint32Array, at: number): number {
  return (words[at + STOP_AT.TIME + 1] ?? 0) * 0x1_0000_0000 + (words[at + STOP_AT.TIME] ?? 0);
}

/** Fills `seen` from a sample; returns the id of the event. Ids are below 2^32 in any life of a machine. */
export function readSample(words: Uint32Array, at: number, seen: SeenHit): number {
  seen.ipLo = words[at + STOP_AT.IP] ?? 0;
  seen.ipHi = words[at + STOP_AT.IP + 1] ?? 0;
  seen.timeLo = words[at + STOP_AT.TIME] ?? 0;
  seen.timeHi = words[at + STOP_AT.TIME + 1] ?? 0;
  seen.cpu = words[at + STOP_AT.CPU] ?? 0;
  seen.kernel = ((words[at + 1] ?? 0) & MISC.CPUMODE) === MISC.KERNEL;
  seen.registers = words;
  seen.registersAt = at + STOP_AT.REGISTERS;
  return words[at + STOP_AT.IDENTIFIER] ?? 0;
}
