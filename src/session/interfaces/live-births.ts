// Births, ends and execs of real threads, as the facility and the virtual registers are to know them.
import { freshRegisters } from '../../facility/virtual/registers.js';
import type { LiveContext } from './live-context.js';
import { sortHits } from './live-hits.js';
import { tellOfBirth } from './live-stops.js';
import { newLiveThread } from './live-thread.js';
import type { Report } from './recorded.js';

/** A thread has begun. Its registers are fresh under all rules that a live kernel can follow; its requests are what they say they inherit. */
export function takeBirth(context: LiveContext, { pid, tid, parentPid, parentTid }: Extract<Report, { type: 'started' }>): void {
  if (context.threads.has(tid)) return;
  context.threads.set(tid, newLiveThread(tid, pid, parentTid));
  context.half.threads[tid] = freshRegisters(context.rules);
  context.takeIn({ type: 'threadStarted', tid, pid, parent: parentTid, how: pid === parentPid ? 'thread' : 'child' });
  context.emit({ type: 'born', tid, pid, parent: parentTid });
  tellOfBirth(context, tid);
}

/** A thread has ended: its registers end with it. */
export function takeEnd(context: LiveContext, tid: number): void {
  const thread = context.threads.get(tid);
  if (thread === undefined) return;
  // It has blocked the signal that would have stopped it: nobody can stand for these hits any more, but they happened.
  if (thread.pending.length > 0) sortHits(context, thread, thread.pending.splice(0), false);
  context.threads.delete(tid);
  context.words?.forget(tid);
  delete context.half.threads[tid];
  context.takeIn({ type: 'exit', tid });
  context.emit({ type: 'gone', tid });
}

/** Process `pid` runs another program, in thread `tid` alone: nothing of it is armed any more. */
export function takeExec(context: LiveContext, { pid, tid }: Extract<Report, { type: 'exec' }>): void {
  for (const thread of [...context.threads.values()]) {
    if (thread.pid === pid && thread.tid !== tid) takeEnd(context, thread.tid);
  }
  context.words?.forget(tid);
  context.half.threads[tid] = freshRegisters(context.rules);
  context.takeIn({ type: 'exec', pid });
  context.emit({ type: 'exec', pid, tid });
}
