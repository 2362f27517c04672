// The engine sessions under a live kernel, and what they are told to do with hits.
import type { EngineSession } from '../../engines/contract.js';
import type { Control } from '../../engines/control.js';
import { type Linear, type Scope, u64OfLinear } from '../../facility/index.js';

/** Where breakpoints go. */
export interface Sessions {
  /** Of the target's threads; it stops them. */
  readonly threads: EngineSession;
  readonly control: Control;
  /** Of the whole kernel; null: its addresses cannot be watched, and requests for them are answered EPERM. */
  readonly kernel: EngineSession | null;
}

/** `stops`: each hit stands its thread; `each`: it is logged, and the thread goes on. */
export type Keep = 'each' | 'stops';

/** The session for a scope; null where there is none. */
export function sessionFor({ threads, kernel }: Sessions, scope: Scope): EngineSession | null {
  return scope.kind === 'kernel' ? kernel : threads;
}

/** The number that has `session` treat hits of these bytes so. Throws ArmError. */
export function handlingFor(session: EngineSession, piece: { readonly address: Linear; readonly length: number }, keep: Keep): number {
  const { address, length } = piece;
  const range = { address: u64OfLinear(address), length };
  return session.prepare({ range, value: { offset: 0, size: length }, start: null, condition: null, keep });
}
