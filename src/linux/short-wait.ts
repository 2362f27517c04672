// Looking for something again and again for a moment, where it comes sooner than a sleeping thread could be woken.
import { availableParallelism } from 'node:os';
import { schedYield } from './libc.js';

/** Where there is but one CPU, whoever is waited for could not run meanwhile. */
const IS_OF_USE = availableParallelism() > 1;

/** Calls `look` until it finds something, for `microseconds` at most; others that want this CPU have it in between. Null: nothing was found. */
export function lookFor<T>(look: () => T | null, microseconds: number): T | null {
  if (!IS_OF_USE) return look();
  const deadline = performance.now() + microseconds / 1000;
  for (;;) {
    const found = look();
    if (found !== null || performance.now() > deadline) return found;
    schedYield();
  }
}
