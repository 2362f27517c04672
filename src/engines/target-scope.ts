// What a session's target is to the facility: the scope of its requests.
import type { Scope } from '../facility/index.js';
import type { Inherit } from '../model/access.js';
import type { EngineSession } from './contract.js';

/** The scope of all requests of a session. */
export function scopeOf({ target }: Pick<EngineSession, 'target'>): Scope {
  if (target === 'kernel') return { kind: 'kernel' };
  const { pid, tid } = target;
  return tid === null ? { kind: 'process', pid } : { kind: 'thread', pid, tid };
}

/** What its threads take along; the kernel has nobody to inherit from. */
export function inheritOf({ target }: Pick<EngineSession, 'target'>): Inherit {
  return target === 'kernel' ? 'none' : target.inherit;
}

/** The process that errors speak of; 0 is the kernel. */
export function pidOf({ target }: Pick<EngineSession, 'target'>): number {
  return target === 'kernel' ? 0 : target.pid;
}
