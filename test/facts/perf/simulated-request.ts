// A request of a case in the words of the simulated machine's perf_event_open.
import { linearOfU64 } from '../../../src/facility/linear.js';
import type { Result } from '../../../src/interfaces/host.js';
import type { PerfBreakpoint } from '../../../src/interfaces/linux-perf/index.js';
import type { BreakpointRequest, Errno, EventFlag } from './request.js';

/** Everything of a request but whose event it is. Throws for what the machine has not. */
export function attributesOf(request: BreakpointRequest): Omit<PerfBreakpoint, 'tid' | 'cpu' | 'privileged'> {
  if (request.vectorRegister === true) throw new Error('the simulated machine has no vector registers');
  const has = (flag: EventFlag): boolean => request.flags.includes(flag);
  return {
    address: linearOfU64(request.address),
    length: request.length,
    type: request.access,
    disabled: has('disabled'),
    excludeKernel: has('exclude_kernel'),
    excludeUser: has('exclude_user'),
    inherit: inheritOf(has('inherit'), has('inherit_thread')),
    sigtrap: has('sigtrap'),
    removeOnExec: has('remove_on_exec'),
    enableOnExec: has('enable_on_exec'),
    branchStack: request.branchStack ?? false,
    period: request.period ?? 0,
    signalData: request.signalData ?? 0n,
    frequency: has('freq'),
    preciseIp: request.preciseIp ?? 0,
    config: request.config ?? 0n,
    kind: request.type ?? 'breakpoint',
  };
}

function inheritOf(inherit: boolean, threadsOnly: boolean): PerfBreakpoint['inherit'] {
  if (threadsOnly) return inherit ? 'threads' : 'threads-alone';
  return inherit ? 'children' : 'none';
}

/** The refusal, or null. */
export function refusalOf(result: Result<unknown>): Errno | null {
  return result.ok ? null : (result.errno as Errno);
}
