// Linux of early 2007 on x86-64, with Kwatch on top: the state of things that the seed mails talk about (requirements sections 3 and 4).
import { LINUX_USER_END } from '../../facility/linear.js';
import type { Rules } from '../../facility/rules.js';

export const LINUX_2_6_20: Rules = {
  kernel: 'linux-2.6.20',
  sharing: 'kwatch',
  loading: 'lazy',
  loadOrder: 'addresses-first',
  raw: {
    storage: 'words',
    // TASK_SIZE - 3.
    userEnd: LINUX_USER_END - 3,
    checksDisabledAddress: true,
    checksAlignment: false,
    checksDisabledFields: true,
    // The mask of x86-64: by oversight it lets execute with LEN=10 pass.
    refusedFields: 0x5454,
    badValue: 'EIO',
    noSlot: 'EBUSY',
    ignoredDr7: 0xfc00,
    dr7ReadsBack: 'as-used',
    marksUse: 'enabled',
    freshDr7: 0,
    freshDr6: 0,
    refusesGeneralDetect: false,
    refusesUpperHalf: false,
  },
  // The thread struct and TIF_DEBUG are copied.
  life: { fork: 'copy', exec: 'drop' },
  trap: {
    dr6: 'hardware',
    // By Kwatch's #DB path.
    resetsDr6: true,
    dr6AtLoad: 'kept',
    clearsDr6AfterReport: false,
    inKernel: 'reported',
    callbacks: 'once-at-a-time',
    dr7: 'until-signal',
    executeSetsRf: false,
    dropsStale: true,
    watchesWhileStepping: true,
    stepHidesExecute: false,
    stepBit: 'last',
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

/** The rule of ia64 for children, on the same machine: `arch ia64` of a scenario. */
export const LINUX_2_6_20_IA64: Rules = { ...LINUX_2_6_20, life: { ...LINUX_2_6_20.life, fork: 'nothing' } };
