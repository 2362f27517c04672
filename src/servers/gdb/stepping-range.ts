// Whether a thread that is stepped through a range of addresses is still in it.
import { USER_WORD } from '../../protocols/rsp/index.js';
import type { RegisterCache } from './register-cache.js';
import type { Thread } from './threads.js';

/** Of a thread that has just made a step. */
export async function isInRange({ action, tid }: Thread, registers: RegisterCache): Promise<boolean> {
  if (action?.kind !== 'step' || action.range === null) return false;
  const rip = (await registers.user(tid))[USER_WORD.rip] ?? 0n;
  return rip >= action.range.start && rip < action.range.end;
}
