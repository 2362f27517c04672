// What stops threads for gdb, by what was agreed on.
import type { StopPolicy } from '../../session/debug/index.js';
import { ALL_SIGNALS } from './all-signals.js';
import type { Settings } from './settings.js';

/** `followsChildren`: they are there to be told of. */
export function policyOf(settings: Settings, followsChildren: boolean): StopPolicy {
  return {
    signals: new Set(ALL_SIGNALS.filter((signal) => !settings.passSignals.has(signal))),
    clones: false,
    forks: followsChildren && settings.forkEvents,
    execs: settings.execEvents,
    wholeProcess: !settings.nonStop,
  };
}
