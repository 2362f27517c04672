// Events that `--quiet` does not silence: without them the hits printed would be taken for all there were.
import type { TargetEvent } from '../model/hit.js';

type Kind = TargetEvent['kind'];

const FOLLOWING: readonly Kind[] = ['re-aimed', 'waiting-for-pointer', 'waiting-for-library', 'waiting-for-call', 'frame-ended'];

const OWNERS: readonly Kind[] = ['owner-left', 'attached-again'];

const WARNINGS: readonly Kind[] = ['lost', 'throttled', 'unseen-change', 'watch-ended', 'waiting', 'evicted', ...OWNERS, ...FOLLOWING];

/** Whether events of this kind are told all the same. */
export function isWarning(kind: Kind): boolean {
  return WARNINGS.includes(kind);
}
