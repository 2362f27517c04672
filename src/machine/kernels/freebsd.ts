// FreeBSD: the tracer writes the processor's registers of a thread as they are.
import { BSD_USER_END } from '../../facility/linear.js';
import type { Rules } from '../../facility/rules.js';

export const FREEBSD: Rules = {
  kernel: 'freebsd',
  sharing: 'index',
  loading: 'switch',
  loadOrder: 'disable-first',
  raw: {
    storage: 'words',
    userEnd: BSD_USER_END,
    checksDisabledAddress: false,
    checksAlignment: false,
    checksDisabledFields: true,
    // Access 10 in any register, enabled or not.
    refusedFields: 0x4444,
    badValue: 'EINVAL',
    noSlot: 'EINVAL',
    ignoredDr7: 0,
    dr7ReadsBack: 'as-written',
    marksUse: 'any-access',
    freshDr7: 0,
    freshDr6: 0,
    refusesGeneralDetect: false,
    refusesUpperHalf: true,
  },
  life: { fork: 'nothing', exec: 'drop' },
  trap: {
    dr6: 'hardware',
    resetsDr6: true,
    dr6AtLoad: 'kept',
    clearsDr6AfterReport: true,
    inKernel: 'ignored',
    callbacks: 'open',
    dr7: 'kept',
    executeSetsRf: false,
    dropsStale: false,
    watchesWhileStepping: true,
    stepHidesExecute: false,
    stepBit: 'last',
    stepWithHit: 'step',
    forcesSignal: true,
    stopsAtHandler: false,
    mistakesTf: false,
  },
  codes: {
    data: 'TRAP_TRACE',
    execute: 'TRAP_TRACE',
    step: 'TRAP_TRACE',
    icebp: 'TRAP_TRACE',
    int3: 'TRAP_BRKPT',
    callStep: 'TRAP_TRACE',
    exec: null,
  },
  // S1's remark (R-131); not confirmed in today's source (R-708).
  registersInContext: true,
};
