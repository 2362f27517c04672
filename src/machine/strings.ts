// REP MOVS and REP STOS: one iteration a step, and a hit that is reported some iterations late, but never after the end.
//
//   iteration   0    1    2    3    4    5    6    7      lag 2, watched: what iterations 3 and 4 write
//   step        |    |    |    |<-- one step -->|  |      both are in the report after iteration 5
//
// Processors look for data breakpoints after each iteration or, in their fast forms, after a group of them. A step here is one
// iteration; one that meets a slot goes on for `lag` more, whose hits it collects. So a report is never owed from one step to the next.
import { completed, excepted, type Running, repeating, touched } from './boundary.js';
import type { Outcome } from './cpu-state.js';
import { isMapped, readMemory, writeMemory } from './memory.js';
import type { Instruction } from './program.js';

type Move = Extract<Instruction, { readonly op: 'rep-movs' }>;
type Fill = Extract<Instruction, { readonly op: 'rep-stos' }>;

/** Slots met by iteration `index`; -1 where it faults and has no effect. */
type Iteration<T> = (running: Running, instruction: T, index: number) => number;

const FAULT = -1;

/** REP MOVS. */
export function repMove(running: Running, instruction: Move): Outcome {
  return group(running, instruction, moveElement);
}

/** REP STOS. */
export function repStore(running: Running, instruction: Fill): Outcome {
  return group(running, instruction, storeElement);
}

function group<T extends Move | Fill>(running: Running, instruction: T, iteration: Iteration<T>): Outcome {
  const { context } = running;
  const { count } = instruction;
  let hits = 0;
  let last = context.rep;
  while (context.rep < count && context.rep <= last) {
    const met = iteration(running, instruction, context.rep);
    if (met === FAULT) {
      // What completed iterations met comes first; the next attempt faults again.
      return hits === 0 ? excepted(running, 'pf') : repeating(running, hits);
    }
    // A single step ends after each iteration, so nothing is late then.
    if (hits === 0 && met !== 0 && !context.tf) last = context.rep + instruction.lag;
    hits |= met;
    context.rep++;
  }
  return context.rep < count ? repeating(running, hits) : completed(running, hits, context.tf);
}

function moveElement(running: Running, { from, to, length }: Move, index: number): number {
  const { memory, layout } = running;
  const source = from + index * length;
  const target = to + index * length;
  if (!isMapped(layout, target, length)) return FAULT;
  const value = readMemory(memory, layout, source, length);
  if (value === null) return FAULT;
  writeMemory(memory, layout, { at: target, length, value });
  return touched(running, 'read', source, length) | touched(running, 'write', target, length);
}

function storeElement(running: Running, { at, length, value }: Fill, index: number): number {
  const target = at + index * length;
  if (!writeMemory(running.memory, running.layout, { at: target, length, value })) return FAULT;
  return touched(running, 'write', target, length);
}
