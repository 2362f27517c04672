// ADD, XCHG and CMPXCHG with memory: one read and one write of the same bytes, seen by slots that see either.
import { completed, excepted, type Running, touched } from './boundary.js';
import type { Outcome } from './cpu-state.js';
import { readMemory, wrapValue, writeMemory } from './memory.js';
import type { Instruction } from './program.js';

/** ADD. Whether it is locked makes no difference here: an instruction of the machine is never interrupted by another CPU. */
export function add(running: Running, { at, length, value }: Extract<Instruction, { readonly op: 'add' }>): Outcome {
  return modify(running, at, length, (old) => old + value);
}

/** XCHG. */
export function exchange(running: Running, { at, length, value }: Extract<Instruction, { readonly op: 'xchg' }>): Outcome {
  return modify(running, at, length, () => value);
}

/** CMPXCHG: where it fails it writes back what it read, so it is a write all the same. */
export function compareExchange(running: Running, instruction: Extract<Instruction, { readonly op: 'cmpxchg' }>): Outcome {
  const { at, length, expected, value } = instruction;
  return modify(running, at, length, (old) => (old === wrapValue(expected, length) ? value : old));
}

function modify(running: Running, at: number, length: number, change: (old: number) => number): Outcome {
  const { memory, layout, context } = running;
  const old = readMemory(memory, layout, at, length);
  if (old === null) return excepted(running, 'pf');
  writeMemory(memory, layout, { at, length, value: change(old) });
  return completed(running, touched(running, 'write', at, length), context.tf);
}
