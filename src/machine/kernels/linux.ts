// Today's Linux: breakpoints are perf events with a charge, ptrace's registers are stubs of such events (requirements section 6).
import { LINUX_USER_END } from '../../facility/linear.js';
import type { Rules } from '../../facility/rules.js';

export const LINUX: Rules = {
  kernel: 'linux',
  sharing: 'charges',
  loading: 'switch',
  loadOrder: 'disable-first',
  raw: {
    storage: 'stubs',
    userEnd: LINUX_USER_END,
    checksDisabledAddress: true,
    checksAlignment: true,
    checksDisabledFields: true,
    refusedFields: 0x5554,
    badValue: 'EINVAL',
    noSlot: 'ENOSPC',
    // DR_CONTROL_RESERVED's lower half.
    ignoredDr7: 0xfc00,
    dr7ReadsBack: 'as-written',
    marksUse: 'enabled',
    freshDr7: 0,
    freshDr6: 0xffff_0ff0,
    refusesGeneralDetect: false,
    refusesUpperHalf: false,
  },
  life: { fork: 'read-back', exec: 'drop' },
  trap: {
    dr6: 'last',
    resetsDr6: true,
    inKernel: 'ignored',
    dr7: 'kept',
    executeSetsRf: true,
    dropsStale: false,
    watchesWhileStepping: true,
    stepHidesExecute: true,
    stepBit: 'last',
    forcesSignal: true,
    stopsAtHandler: true,
  },
  codes: {
    data: 'TRAP_HWBKPT',
    execute: 'TRAP_HWBKPT',
    step: 'TRAP_TRACE',
    icebp: 'TRAP_BRKPT',
    int3: 'SI_KERNEL',
    callStep: 'TRAP_BRKPT',
  },
  registersInContext: false,
};
