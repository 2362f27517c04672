// The end of an instruction: what becomes of RF, TF, the shadow of an SS load and the traps that wait for the boundary.
//
// Slots met on the way travel as one number:
//
//   bit 19-16                    3-0
//       slots not enabled B0-B3, enabled slots
import { STEP_BIT, TRAP_BITS } from '../facility/virtual/registers.js';
import { type CpuModel, DEFAULT_MODEL } from './cpu.js';
import type { Context, Cpu, Outcome } from './cpu-state.js';
import { type DataAccess, dataHits, disabledDataHits, disabledExecuteHits, executeHits } from './hits.js';
import type { Memory, MemoryLayout } from './memory.js';
import { INSTRUCTION_BYTES } from './program.js';

/** Where a thread's accesses go, and on what kind of processor. */
export interface Place {
  readonly memory: Memory;
  readonly layout: MemoryLayout;
  /** {@link DEFAULT_MODEL} where it is left out. */
  readonly model?: CpuModel | undefined;
}

/** A thread on a processor. */
export interface Running extends Place {
  readonly cpu: Cpu;
  readonly context: Context;
}

const DISABLED_SHIFT = 16;
const DONE: Outcome = Object.freeze({ kind: 'done', dr6: 0 });
const REPEATING: Outcome = Object.freeze({ kind: 'repeating', dr6: 0 });
const PAGE_FAULT: Outcome = Object.freeze({ kind: 'exception', vector: 'pf' });

/** The slots that a data or I/O access of the running instruction meets. */
export function touched({ cpu, model = DEFAULT_MODEL }: Running, access: DataAccess, address: number, length: number): number {
  const hits = dataHits(cpu, access, address, length);
  return model.reportsDisabledSlots ? hits | (disabledDataHits(cpu, access, address, length) << DISABLED_SHIFT) : hits;
}

/** The instruction-breakpoint fault before the instruction at `pc`, if there is one. */
export function breakpointBefore({ cpu, context, model = DEFAULT_MODEL }: Running): Outcome | null {
  if (context.rf) return null;
  const hits = executeHits(cpu, context.pc);
  if (hits === 0 || (context.shadow && model.breakpointInShadow === 'missed')) return null;
  const held = model.breakpointInShadow === 'merges' ? context.held : 0;
  endShadow(context);
  const others = model.reportsDisabledSlots ? disabledExecuteHits(cpu, context.pc) : 0;
  return { kind: 'fault', dr6: hits | held | others };
}

/** The instruction completed, met `hits`, and began with TF as `stepped` says. `next`: where the thread goes on. */
export function completed({ context }: Running, hits: number, stepped: boolean, next = context.pc + INSTRUCTION_BYTES): Outcome {
  context.pc = next;
  context.rf = false;
  context.rep = 0;
  const dr6 = atBoundary(context, hits, stepped);
  return dr6 === 0 ? DONE : { kind: 'done', dr6 };
}

/** Iterations of a REP instruction ended and more follow. What interrupts it here saves RF = 1. */
export function repeating({ context }: Running, hits: number): Outcome {
  context.rf = true;
  const dr6 = atBoundary(context, hits, context.tf);
  return dr6 === 0 ? REPEATING : { kind: 'repeating', dr6 };
}

/**
 * An SS load completed: its traps wait for the end of the next instruction, and its single step does not happen. Where the next
 * one loads SS too they wait on, as measured; the manual promises the shadow for the first only.
 */
export function completedInShadow({ context }: Running, hits: number): Outcome {
  context.pc += INSTRUCTION_BYTES;
  context.rf = false;
  context.shadow = true;
  context.held |= reported(hits);
  return DONE;
}

/** Leaves user mode by an instruction that completes into the kernel; what a shadow held back arrives there. No single step. */
export function leftForKernel({ context }: Running): number {
  const held = context.held;
  context.pc += INSTRUCTION_BYTES;
  context.rf = false;
  endShadow(context);
  return held;
}

/** The instruction was not executed. What a shadow held back is lost, and RF is saved as 1. */
export function excepted({ context }: Running, vector: 'gp' | 'pf' | 'ud'): Outcome {
  context.rf = true;
  endShadow(context);
  return vector === 'pf' ? PAGE_FAULT : { kind: 'exception', vector };
}

/** Ends the shadow; what it held back is the caller's, or lost. */
export function endShadow(context: Context): void {
  context.shadow = false;
  context.held = 0;
}

/** All reasons of one boundary in one exception. */
function atBoundary(context: Context, hits: number, stepped: boolean): number {
  const dr6 = reported(hits) | context.held | (stepped ? STEP_BIT : 0);
  endShadow(context);
  // A slot that is not enabled makes no exception, but shows in one that there is anyway.
  return dr6 === 0 ? 0 : dr6 | (hits >>> DISABLED_SHIFT);
}

/** DR6 bits of the slots that were met, none where no enabled one was. */
function reported(hits: number): number {
  const enabled = hits & TRAP_BITS;
  return enabled === 0 ? 0 : enabled | (hits >>> DISABLED_SHIFT);
}
