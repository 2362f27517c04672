// What stops threads for several clients at once: the union of what they ask for, and whose business a stop is. Pure.
import { assertNever } from '../../base/assert.js';
import { STOP_ONLY_AT_HITS, type StopPolicy, type ThreadStop } from '../../engines/control.js';

/** What the engine is to stop for so that each of `policies` gets what it asks for. */
export function unionOf(policies: readonly StopPolicy[]): StopPolicy {
  return policies.reduce<StopPolicy>(
    (all, one) => ({
      signals: new Set([...all.signals, ...one.signals]),
      clones: all.clones || one.clones,
      forks: all.forks || one.forks,
      execs: all.execs || one.execs,
      wholeProcess: all.wholeProcess || one.wholeProcess,
    }),
    STOP_ONLY_AT_HITS,
  );
}

/** Whether `policy` asks for a stop of this cause. Hits, steps and interruptions are asked for otherwise. */
export function asksFor(policy: StopPolicy, { pid, tid, cause }: ThreadStop): boolean {
  switch (cause.kind) {
    case 'signal':
    case 'group-stop':
      return policy.signals.has(cause.signal);
    case 'clone':
      return policy.clones;
    case 'fork':
    case 'vfork':
      return policy.forks;
    case 'born':
      return pid === tid ? policy.forks : policy.clones;
    case 'exec':
      return policy.execs;
    case 'hit':
    case 'step':
    case 'interrupted':
      return false;
    default:
      return assertNever(cause);
  }
}
