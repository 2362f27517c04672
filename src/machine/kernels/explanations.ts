// What each rule of a kernel means, in a sentence, and each value that has a name of its own: docs/kernels.md shows them. The compiler demands a text
// for every field of `Rules` and for every such value.
import type { Errno, Rules, SigCode } from '../../facility/rules.js';

/** One rule: what it says, without a full stop, and what its values mean. Errors, signal codes, numbers and yes or no need no explanation. */
export interface RuleText {
  readonly what: string;
  readonly values?: Readonly<Record<string, string>>;
}

/** The brackets keep a union in one piece: all its values are keys of one record. */
type TextOf<Value> = [Value] extends [Errno | SigCode | null]
  ? RuleText
  : [Value] extends [string]
    ? { readonly what: string; readonly values: Readonly<Record<Value, string>> }
    : RuleText;

type TextsOf<Group> = { readonly [Field in keyof Group]: TextOf<Group[Field]> };

/** A text for each field of `Rules`, in groups as there. */
export type Explanations = {
  readonly [Field in Exclude<keyof Rules, 'kernel'>]: Rules[Field] extends object ? TextsOf<Rules[Field]> : TextOf<Rules[Field]>;
};

export const EXPLANATIONS: Explanations = {
  sharing: {
    what: 'how users share the four registers',
    values: {
      priority: 'kernel and threads compete by priority; losers wait (R-342)',
      charges: 'admitted while the count allows it, never evicted (R-562)',
      kwatch: 'the kernel takes whole registers from DR3 down, threads use the others by number (R-203)',
      index: 'the register i of a thread is the register i of the processor; a kernel user takes all of them (R-136)',
    },
  },
  loading: {
    what: 'when a processor gets the registers of a thread',
    values: {
      switch: 'at every switch; a thread without any leaves none armed',
      lazy: 'at a switch to a thread that has some; others keep what is there (R-123)',
      'return-to-user': 'at the end of the way back to user mode (R-134, R-615)',
    },
  },
  loadOrder: {
    what: 'in which order they are written',
    values: {
      'disable-first': 'the control register is cleared first',
      'addresses-first': 'a new address is, for a moment, armed under the old control register (R-124)',
    },
  },
  raw: {
    storage: {
      what: 'what becomes of the registers that a tracer writes',
      values: {
        requests: 'each enabled one is a request among others (R-346)',
        stubs: 'each one ever written has a charge, enabled or not (R-507)',
        words: 'they are words, loaded as they are',
      },
    },
    userEnd: { what: 'addresses from here on are refused' },
    checksDisabledAddress: { what: 'an address is looked at in a register that is not enabled' },
    checksAlignment: { what: 'an address that its length does not divide is refused' },
    checksDisabledFields: { what: 'access and length are looked at in a register that is not enabled' },
    refusedFields: { what: 'accesses and lengths that are refused (R-221)' },
    badValue: { what: 'error for a bad address or DR7' },
    noSlot: { what: 'error where no register is free' },
    ignoredDr7: { what: 'bits of DR7 that are cleared before it is looked at' },
    dr7ReadsBack: {
      what: 'what DR7 reads back as',
      values: { 'as-written': 'what the tracer wrote', 'as-used': 'without the bits that were cleared' },
    },
    marksUse: {
      what: 'when a thread counts as one that has registers to load',
      values: { enabled: 'while one is enabled (R-205)', 'any-access': 'once a tracer read or wrote them (R-611)' },
    },
    freshDr7: { what: 'DR7 of a thread that never used it' },
    freshDr6: { what: 'DR6 of a thread that never used it' },
    refusesGeneralDetect: { what: 'GD in DR7 is an error' },
    refusesUpperHalf: { what: 'bits 32 to 63 of DR6 and DR7 are an error' },
  },
  life: {
    fork: {
      what: 'what a child has of the registers of its parent',
      values: {
        nothing: 'none',
        copy: 'all, and armed (R-120)',
        'read-back': 'DR6 and DR7 read like those of the parent, and nothing is armed (R-551)',
      },
    },
    exec: { what: 'what a new program has of those before it', values: { drop: 'none', keep: 'all' } },
  },
  trap: {
    dr6: {
      what: 'what the DR6 of a thread shows',
      values: {
        gathered: 'all hits since the last report (R-105, R-304)',
        last: 'the last exception (R-532)',
        hardware: 'the register of the processor, which nobody but the tracer clears (R-615, R-222)',
      },
    },
    resetsDr6: { what: 'the handler puts DR6 back to its reset value' },
    dr6AtLoad: {
      what: 'DR6 when registers are loaded',
      values: {
        kept: 'as it is',
        'hits-cleared': 'its low bits cleared (R-602)',
        own: 'that of the thread (R-615)',
      },
    },
    clearsDr6AfterReport: { what: 'what DR6 shows is cleared when the thread goes on from its report (R-706)' },
    inKernel: {
      what: 'what becomes of a hit while the kernel runs for the thread',
      values: { reported: 'reported on the way back to user mode (R-108)', ignored: 'nothing (R-537, R-616)' },
    },
    callbacks: {
      what: 'what happens to a hit while a callback runs',
      values: {
        'registers-off': 'no register is armed meanwhile (R-327)',
        'once-at-a-time': 'a callback that meets its own breakpoint is not called again (R-208)',
        open: 'the same as always',
      },
    },
    dr7: {
      what: 'whether breakpoints stay on after a hit',
      values: {
        kept: 'yes',
        'until-signal': 'all are off until the signal is delivered (R-106)',
        'each-until-signal': 'those that were hit are off until the signal is delivered',
      },
    },
    executeSetsRf: { what: 'the kernel lets the thread pass an instruction breakpoint that it has hit (R-036, R-617)' },
    dropsStale: { what: 'an exception that the DR7 of the thread does not explain ends a lazy leak (R-123)' },
    watchesWhileStepping: { what: 'data breakpoints are loaded for a thread that is stepped (R-133)' },
    stepHidesExecute: { what: 'where a step ends at an instruction breakpoint, the step alone is told (R-536)' },
    stepBit: {
      what: 'the step bit of DR6',
      values: { sticky: 'stays until the tracer clears it (R-307)', last: 'goes with the next exception (R-532)' },
    },
    stepWithHit: {
      what: 'what SIGTRAP says where a step and a hit are one exception (R-530, R-616)',
      values: { step: 'the code of a step', hit: 'the code of a hit' },
    },
    forcesSignal: { what: 'SIGTRAP comes though the thread blocks or ignores it (R-109, R-538)' },
    stopsAtHandler: { what: 'a thread that is stepped stops at the first instruction of its signal handler' },
    mistakesTf: { what: "a step after one over POPF takes TF for the thread's own, which then stays" },
  },
  codes: {
    data: { what: 'data breakpoint' },
    execute: { what: 'instruction breakpoint' },
    step: { what: 'single step' },
    icebp: { what: 'ICEBP' },
    int3: { what: 'INT3' },
    callStep: { what: 'step over a system call' },
    exec: { what: 'exec, where the tracer asked for no event' },
  },
  registersInContext: { what: 'the thread finds debug registers in its own machine context (R-131)' },
};
