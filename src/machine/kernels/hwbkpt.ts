// The design's own kernel: one facility for kernel and user mode, as argued for in 2007 (S0; requirements section 2.1 and 5; DESIGN.md section 5).
import { LINUX_USER_END } from '../../facility/linear.js';
import type { Rules } from '../../facility/rules.js';

export const HWBKPT: Rules = {
  kernel: 'hwbkpt',
  sharing: 'priority',
  loading: 'switch',
  loadOrder: 'disable-first',
  raw: {
    storage: 'requests',
    userEnd: LINUX_USER_END,
    checksDisabledAddress: true,
    checksAlignment: true,
    // A slot that is off is withdrawn before fields are looked at.
    checksDisabledFields: false,
    // R/W=10 in any length, execute with LEN other than 0.
    refusedFields: 0x5554,
    badValue: 'EIO',
    // At once, where it is set.
    noSlot: 'ENOSPC',
    ignoredDr7: 0xfc00,
    dr7ReadsBack: 'as-written',
    marksUse: 'enabled',
    freshDr7: 0,
    freshDr6: 0,
    refusesGeneralDetect: false,
    refusesUpperHalf: false,
  },
  life: { fork: 'nothing', exec: 'drop' },
  trap: {
    dr6: 'gathered',
    resetsDr6: true,
    dr6AtLoad: 'kept',
    clearsDr6AfterReport: false,
    inKernel: 'reported',
    callbacks: 'registers-off',
    dr7: 'kept',
    executeSetsRf: true,
    dropsStale: false,
    watchesWhileStepping: true,
    stepHidesExecute: false,
    stepBit: 'sticky',
    stepWithHit: 'step',
    forcesSignal: true,
    stopsAtHandler: true,
    mistakesTf: false,
  },
  codes: {
    data: 'TRAP_BRKPT',
    execute: 'TRAP_BRKPT',
    step: 'TRAP_BRKPT',
    icebp: 'TRAP_BRKPT',
    int3: 'SI_KERNEL',
    callStep: 'TRAP_BRKPT',
    exec: null,
  },
  registersInContext: false,
};
