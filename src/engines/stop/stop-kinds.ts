// What kind of a stop a wait status speaks of: stops.ts draws the words.
import { PTRACE_EVENT } from '../../linux/ptrace.js';
import type { StandingAt } from './tracee.js';

export const SIGTRAP = 5;

/** A stop for a signal, or one of the others. */
export interface PtraceStop {
  readonly signal: number;
  readonly event: number;
}

/** How a thread makes another. */
export type Birth = 'clone' | 'fork' | 'vfork';

/** How a thread stands at a stop. */
export function standingAt({ signal, event }: PtraceStop): StandingAt {
  if (event === 0) return 'signal';
  return event === PTRACE_EVENT.STOP && signal !== SIGTRAP ? 'group' : 'event';
}

/** The birth that a PTRACE_EVENT_* tells of; null for others. */
export function birthOf(event: number): Birth | null {
  switch (event) {
    case PTRACE_EVENT.CLONE:
      return 'clone';
    case PTRACE_EVENT.FORK:
      return 'fork';
    case PTRACE_EVENT.VFORK:
      return 'vfork';
    default:
      return null;
  }
}
