// What a session tells in one round, kept in order: nothing may be asked of a session from inside a call of its own.
import type { ProcessEnd, ThreadStop } from '../../engines/control.js';
import type { EngineSink, RawHit } from '../../engines/reports.js';
import type { PendingHit } from './live-thread.js';

/** One report. */
export type Report =
  | { readonly type: 'hit'; readonly pid: number; readonly tid: number; readonly hit: PendingHit }
  | { readonly type: 'started'; readonly pid: number; readonly tid: number; readonly parentPid: number; readonly parentTid: number }
  | { readonly type: 'ended'; readonly tid: number }
  | { readonly type: 'exec'; readonly pid: number; readonly tid: number }
  | { readonly type: 'stopped'; readonly stop: ThreadStop }
  | { readonly type: 'process-ended'; readonly end: ProcessEnd }
  | { readonly type: 'lost'; readonly count: number };

const WORD = 2n ** 32n;

/** A sink that puts everything into `reports`. */
export function recorder(reports: Report[]): EngineSink {
  return {
    hit: (hit) => reports.push({ type: 'hit', pid: hit.pid, tid: hit.tid, hit: copyOf(hit) }),
    threadStarted: ({ pid, tid, parentPid, parentTid }) => reports.push({ type: 'started', pid, tid, parentPid, parentTid }),
    threadEnded: ({ tid }) => reports.push({ type: 'ended', tid }),
    renamed: ({ pid, tid, exec }) => {
      if (exec) reports.push({ type: 'exec', pid, tid });
    },
    stopped: (stop) => reports.push({ type: 'stopped', stop }),
    processEnded: (end) => reports.push({ type: 'process-ended', end }),
    lost: ({ count }) => reports.push({ type: 'lost', count }),
  };
}

function copyOf({ cookie, ipLo, ipHi, timeLo, timeHi, kernel, after }: RawHit): PendingHit {
  const ip = BigInt(ipHi >>> 0) * WORD + BigInt(ipLo >>> 0);
  const time = BigInt(timeHi >>> 0) * WORD + BigInt(timeLo >>> 0);
  return { cookie, ip, kernel, after: after?.slice() ?? null, time };
}
