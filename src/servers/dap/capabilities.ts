// What this adapter can do, in the words of the protocol.
import type { DebugProtocol } from '@vscode/debugprotocol';

/** Signals that stop the program where the client leaves the filter `fatal` on: those that end a program unless it handles them, and mean a fault. */
export const FATAL_SIGNALS: readonly number[] = [4, 5, 6, 7, 8, 11, 31];
/** Those that programs live with: timers, children, windows, urgent data, and glibc's own. */
const EVERYDAY_SIGNALS: readonly number[] = [14, 17, 23, 26, 27, 28, 29, 32, 33];
/** SIGKILL stops nobody; SIGSTOP and its like are told otherwise. */
const NEVER: readonly number[] = [9, 18, 19, 20, 21, 22];

export const SIGNAL_FILTERS: readonly DebugProtocol.ExceptionBreakpointsFilter[] = [
  {
    filter: 'fatal',
    label: 'Faults',
    description: 'SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS',
    default: true,
  },
  { filter: 'other', label: 'Other signals', description: 'All but those of timers, children and windows', default: false },
];

/** The signals that filters with these names ask for. */
export function signalsOf(filters: readonly string[]): Set<number> {
  const others = Array.from({ length: 64 }, (_, i) => i + 1).filter(
    (signal) => !FATAL_SIGNALS.includes(signal) && !EVERYDAY_SIGNALS.includes(signal) && !NEVER.includes(signal),
  );
  return new Set([...(filters.includes('fatal') ? FATAL_SIGNALS : []), ...(filters.includes('other') ? others : [])]);
}

export const CAPABILITIES: DebugProtocol.Capabilities = {
  supportsConfigurationDoneRequest: true,
  supportsFunctionBreakpoints: true,
  supportsConditionalBreakpoints: true,
  supportsHitConditionalBreakpoints: true,
  supportsLogPoints: true,
  supportsInstructionBreakpoints: true,
  supportsDataBreakpoints: true,
  supportsDataBreakpointBytes: true,
  supportsEvaluateForHovers: true,
  supportsSetVariable: true,
  supportsSetExpression: true,
  supportsReadMemoryRequest: true,
  supportsWriteMemoryRequest: true,
  supportsDisassembleRequest: true,
  supportsSteppingGranularity: true,
  supportsExceptionInfoRequest: true,
  supportsModulesRequest: true,
  supportTerminateDebuggee: true,
  supportsTerminateRequest: true,
  supportsDelayedStackTraceLoading: true,
  supportsValueFormattingOptions: false,
  exceptionBreakpointFilters: [...SIGNAL_FILTERS],
};
