// What this adapter can do, in the words of the protocol.
//
// The engine decides some of it, and is known only once there is a program: a client is told what all engines that stop threads can do, and
// by a `capabilities` event what is different.
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Client } from '../../session/debug/index.js';

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

/** What of an engine decides what a client may ask for. */
export type Abilities = Pick<Client['capabilities'], 'accesses' | 'slots' | 'stopsTarget'>;

/** Before there is a program: what the adapter can do where its engine can do all. */
export const UNKNOWN_ENGINE: Abilities = { accesses: ['write', 'readwrite', 'execute'], slots: 4, stopsTarget: true };

/** What this adapter can do with a program under this engine. */
export function capabilitiesOf({ accesses, stopsTarget }: Abilities): DebugProtocol.Capabilities {
  const breaks = accesses.includes('execute') && stopsTarget;
  const watches = accesses.some((access) => access !== 'execute');
  return {
    supportsConfigurationDoneRequest: true,
    supportsFunctionBreakpoints: breaks,
    supportsInstructionBreakpoints: breaks,
    supportsBreakpointLocationsRequest: breaks,
    supportsConditionalBreakpoints: true,
    supportsHitConditionalBreakpoints: true,
    supportsLogPoints: breaks,
    supportsDataBreakpoints: watches,
    supportsDataBreakpointBytes: watches,
    supportsEvaluateForHovers: true,
    supportsSetVariable: true,
    supportsSetExpression: true,
    supportsReadMemoryRequest: true,
    supportsWriteMemoryRequest: true,
    supportsDisassembleRequest: true,
    supportsSteppingGranularity: breaks,
    supportsExceptionInfoRequest: true,
    supportsModulesRequest: true,
    supportsCancelRequest: true,
    supportTerminateDebuggee: true,
    supportSuspendDebuggee: true,
    supportsTerminateRequest: true,
    supportsDelayedStackTraceLoading: true,
    supportsValueFormattingOptions: false,
    exceptionBreakpointFilters: [...SIGNAL_FILTERS],
  };
}

/** What is another now than it was: what a `capabilities` event tells. Null: nothing. */
export function changedCapabilities(before: Abilities, now: Abilities): DebugProtocol.Capabilities | null {
  const old = Object.entries(capabilitiesOf(before));
  const changed = Object.entries(capabilitiesOf(now)).filter(
    ([name, value]) => typeof value === 'boolean' && old.find(([other]) => other === name)?.[1] !== value,
  );
  return changed.length === 0 ? null : Object.fromEntries(changed);
}

/** How a data breakpoint may be asked for. */
export type DataAccess = 'write' | 'read' | 'readWrite';

/** What `dataBreakpointInfo` offers: x86 tells no reads from writes, so reads are there where both are. */
export function dataAccessesOf({ accesses }: Abilities): DataAccess[] {
  return [
    ...(accesses.includes('write') ? (['write'] as const) : []),
    ...(accesses.includes('readwrite') ? (['read', 'readWrite'] as const) : []),
  ];
}

/** Bytes that one register covers at most. */
const REGISTER_BYTES = 8;

/** Bytes that one data breakpoint can have: as many as all registers cover. */
export function mostBytesOf({ slots }: Abilities): number {
  return slots * REGISTER_BYTES;
}
