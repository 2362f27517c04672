import { describe, expect, test } from 'vitest';
import {
  type Abilities,
  capabilitiesOf,
  changedCapabilities,
  dataAccessesOf,
  mostBytesOf,
  signalsOf,
  UNKNOWN_ENGINE,
} from './capabilities.js';
import { newSession } from './handlers.js';

/** The requests that each capability of the protocol stands for. */
const REQUESTS: Readonly<Record<string, readonly string[]>> = {
  supportsConfigurationDoneRequest: ['configurationDone'],
  supportsFunctionBreakpoints: ['setFunctionBreakpoints'],
  supportsInstructionBreakpoints: ['setInstructionBreakpoints'],
  supportsBreakpointLocationsRequest: ['breakpointLocations'],
  supportsDataBreakpoints: ['dataBreakpointInfo', 'setDataBreakpoints'],
  supportsSetVariable: ['setVariable'],
  supportsSetExpression: ['setExpression'],
  supportsReadMemoryRequest: ['readMemory'],
  supportsWriteMemoryRequest: ['writeMemory'],
  supportsDisassembleRequest: ['disassemble'],
  supportsExceptionInfoRequest: ['exceptionInfo'],
  supportsModulesRequest: ['modules'],
  supportsTerminateRequest: ['terminate'],
  supportsCancelRequest: ['cancel'],
  exceptionBreakpointFilters: ['setExceptionBreakpoints'],
};
/** Arguments and answers of requests, each tried in test/dap. */
const FEATURES = [
  ...['supportsConditionalBreakpoints', 'supportsHitConditionalBreakpoints', 'supportsLogPoints', 'supportsDataBreakpointBytes'],
  ...['supportsEvaluateForHovers', 'supportsSteppingGranularity', 'supportTerminateDebuggee', 'supportSuspendDebuggee'],
  'supportsDelayedStackTraceLoading',
];
/** What every adapter has. */
const ALWAYS = [
  ...['initialize', 'launch', 'attach', 'disconnect', 'setBreakpoints', 'threads', 'stackTrace', 'scopes', 'variables', 'evaluate'],
  ...['continue', 'next', 'stepIn', 'stepOut', 'pause'],
];

const announced = (abilities: Abilities): string[] =>
  Object.entries(capabilitiesOf(abilities)).flatMap(([name, value]) => (value === false ? [] : [name]));

function served(): string[] {
  const peer = { event: () => undefined, afterAnswer: () => undefined, cancel: () => undefined };
  const { handlers } = newSession(peer, () => Promise.reject(new Error('there is no program here')));
  return [...handlers.keys()];
}

describe('what is announced', () => {
  test('is served, and what is served is announced', () => {
    const names = announced(UNKNOWN_ENGINE);
    expect(names.filter((name) => REQUESTS[name] === undefined && !FEATURES.includes(name))).toEqual([]);
    expect([...names.flatMap((name) => REQUESTS[name] ?? []), ...ALWAYS].sort()).toEqual(served().sort());
  });

  test('is what the engine can do', () => {
    const onlyWrites: Abilities = { accesses: ['write'], slots: 1, stopsTarget: true };
    expect(announced(onlyWrites)).not.toContain('supportsInstructionBreakpoints');
    expect(announced(onlyWrites)).toContain('supportsDataBreakpoints');
    expect(changedCapabilities(UNKNOWN_ENGINE, onlyWrites)).toMatchObject({ supportsFunctionBreakpoints: false, supportsLogPoints: false });
    expect(changedCapabilities(UNKNOWN_ENGINE, onlyWrites)).not.toHaveProperty('supportsDataBreakpoints');
    expect(changedCapabilities(UNKNOWN_ENGINE, { ...UNKNOWN_ENGINE, slots: 2 })).toBeNull();
    expect([dataAccessesOf(onlyWrites), mostBytesOf(onlyWrites)]).toEqual([['write'], 8]);
    expect([dataAccessesOf(UNKNOWN_ENGINE), mostBytesOf(UNKNOWN_ENGINE)]).toEqual([['write', 'read', 'readWrite'], 32]);
    const onlyCode: Abilities = { accesses: ['execute'], slots: 4, stopsTarget: true };
    expect(announced(onlyCode)).not.toContain('supportsDataBreakpoints');
  });
});

test('filters name the signals that stop: faults, or what programs do not live with', () => {
  expect([...signalsOf(['fatal'])]).toContain(11);
  expect(signalsOf([]).size).toBe(0);
  const other = signalsOf(['other']);
  expect([other.has(10), other.has(15), other.has(11), other.has(17), other.has(9), other.has(19), other.has(33)]).toEqual([
    true,
    true,
    false,
    false,
    false,
    false,
    false,
  ]);
});
