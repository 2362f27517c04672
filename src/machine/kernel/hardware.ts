// Makes the facility's effects true on the machine's CPUs.

import type { HardwareEffect } from '../../facility/events.js';
import type { Code } from '../../facility/index.js';
import { pieceOf } from '../../facility/state.js';
import type { Kernel } from './context.js';
import { changeOneSlot } from './one-slot.js';
import { reload, reloadAll } from './switch.js';

/** Carries `effect` out on every CPU it concerns, unless the script says otherwise. */
export function perform(kernel: Kernel, effect: HardwareEffect): Code | 'later' | null {
  const decision = kernel.script.decide(effect);
  if (decision === 'later') kernel.state.held.push(effect);
  if (decision !== null) return decision;
  apply(kernel, effect);
  return null;
}

/** Loads the CPUs that `effect` concerns: the kernel's pieces are on all of them, a thread's where it runs. */
export function apply(kernel: Kernel, effect: HardwareEffect): void {
  const scope = effect.type === 'disarm' ? pieceOf(kernel.state.half.broker, effect.cookie)?.scope : effect.piece.scope;
  if (scope?.kind === 'process') {
    for (const { tid, pid } of kernel.state.threads) if (pid === scope.pid) reload(kernel, tid);
  } else if (scope?.kind === 'thread') {
    for (const { tid } of kernel.state.threads) if (tid === scope.tid || isCovered(kernel, effect, tid)) reload(kernel, tid);
  } else if (!changeOneSlot(kernel, effect)) {
    reloadAll(kernel);
  }
}

/** Whether thread `tid` has the piece, perhaps inherited. The request may be forgotten by now: a disarm comes behind its withdrawal. */
function isCovered({ state }: Kernel, effect: HardwareEffect, tid: number): boolean {
  const cookie = effect.type === 'disarm' ? effect.cookie : effect.piece.cookie;
  return pieceOf(state.half.broker, cookie)?.tids.includes(tid) ?? false;
}
