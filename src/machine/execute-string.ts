// REP MOVS and REP STOS: an iteration at a time, or in groups at whose end hits are reported late.
import { dataHits } from './cpu.js';
import type { Context, Cpu } from './cpu-state.js';
import type { Space } from './execute-access.js';
import { readMemory, writeMemory } from './memory.js';
import type { Instruction } from './program.js';

/** A string instruction. */
export type Repeating = Extract<Instruction, { readonly op: 'rep-movs' | 'rep-stos' }>;

/** What a group of iterations met. */
export interface Group {
  readonly bits: number;
  /** Iterations are left. */
  readonly more: boolean;
}

/**
 * Runs iterations until a hit is reported or none are left; `context.rep` counts them. A hit is reported `lag` iterations late, but never
 * after the end. While TF is set each iteration ends by itself. Null for a page fault.
 */
export function repeat(cpu: Cpu, context: Context, space: Space, instruction: Repeating): Group | null {
  let bits = 0;
  let late = 0;
  while (context.rep < instruction.count) {
    const hit = iterate(cpu, space, instruction, context.rep);
    if (hit === null) return null;
    context.rep++;
    if (bits !== 0) late++;
    bits |= hit;
    if (context.tf || (bits !== 0 && late >= instruction.lag)) break;
  }
  const more = context.rep < instruction.count;
  if (!more) context.rep = 0;
  return { bits, more };
}

function iterate(cpu: Cpu, { memory, layout }: Space, instruction: Repeating, iteration: number): number | null {
  const { length } = instruction;
  const offset = iteration * length;
  if (instruction.op === 'rep-stos') {
    const at = instruction.at + offset;
    return writeMemory(memory, layout, { at, length, value: instruction.value }) ? dataHits(cpu, 'write', at, length) : null;
  }
  const value = readMemory(memory, layout, instruction.from + offset, length);
  if (value === null || !writeMemory(memory, layout, { at: instruction.to + offset, length, value })) return null;
  return dataHits(cpu, 'read', instruction.from + offset, length) | dataHits(cpu, 'write', instruction.to + offset, length);
}
