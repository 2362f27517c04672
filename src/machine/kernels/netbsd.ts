// NetBSD: as the mail of December 2016 proposed it, and as it was merged in February 2017.
import { BSD_USER_END } from '../../facility/linear.js';
import type { Rules } from '../../facility/rules.js';

export const NETBSD: Rules = {
  kernel: 'netbsd',
  sharing: 'index',
  loading: 'return-to-user',
  loadOrder: 'disable-first',
  raw: {
    storage: 'words',
    userEnd: BSD_USER_END,
    checksDisabledAddress: true,
    checksAlignment: false,
    checksDisabledFields: false,
    refusedFields: 0,
    badValue: 'EINVAL',
    noSlot: 'EINVAL',
    ignoredDr7: 0,
    dr7ReadsBack: 'as-written',
    marksUse: 'any-access',
    // As captured at boot.
    freshDr7: 0x400,
    freshDr6: 0xffff_0ff0,
    refusesGeneralDetect: true,
    refusesUpperHalf: false,
  },
  life: { fork: 'nothing', exec: 'drop' },
  trap: {
    dr6: 'hardware',
    resetsDr6: false,
    dr6AtLoad: 'own',
    clearsDr6AfterReport: false,
    inKernel: 'ignored',
    callbacks: 'open',
    dr7: 'kept',
    executeSetsRf: false,
    dropsStale: false,
    watchesWhileStepping: true,
    stepHidesExecute: false,
    stepBit: 'last',
    stepWithHit: 'hit',
    forcesSignal: true,
    stopsAtHandler: false,
    mistakesTf: false,
  },
  codes: {
    data: 'TRAP_DBREG',
    execute: 'TRAP_DBREG',
    step: 'TRAP_TRACE',
    icebp: 'TRAP_TRACE',
    int3: 'TRAP_BRKPT',
    callStep: 'TRAP_TRACE',
    exec: 'TRAP_EXEC',
  },
  registersInContext: false,
};

/** The mail's interface: a table of index, condition and length for each LWP, nothing loaded while it is stepped. */
export const NETBSD_2016: Rules = {
  ...NETBSD,
  kernel: 'netbsd-2016',
  raw: {
    ...NETBSD.raw,
    // Condition 10 and length 10 are not implemented.
    refusedFields: 0x4f44,
    freshDr7: 0,
  },
  trap: { ...NETBSD.trap, watchesWhileStepping: false, dr6AtLoad: 'hits-cleared' },
  // The mail has no third kind of code.
  codes: {
    data: 'TRAP_TRACE',
    execute: 'TRAP_TRACE',
    step: 'TRAP_TRACE',
    icebp: 'TRAP_TRACE',
    int3: 'TRAP_BRKPT',
    callStep: 'TRAP_TRACE',
    exec: 'TRAP_EXEC',
  },
};

/** The same interface in its last days, from 18 January 2017: siginfo names the watchpoint, and stepping is no exception. */
export const NETBSD_2017_01: Rules = {
  ...NETBSD_2016,
  trap: { ...NETBSD_2016.trap, watchesWhileStepping: true },
  codes: { ...NETBSD_2016.codes, data: 'TRAP_HWWPT', execute: 'TRAP_HWWPT' },
};
