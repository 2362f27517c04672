// Instructions that touch memory or a port once: load, store, CLFLUSH, I/O, and the load of SS, which casts a shadow.
//
// A page fault comes before the access, so nothing was touched. A data breakpoint comes after it: the datum is overwritten by then.
import { completed, completedInShadow, excepted, type Running, repeating, touched } from './boundary.js';
import type { Outcome } from './cpu-state.js';
import { isMapped, writeMemory } from './memory.js';
import type { Instruction } from './program.js';

/** Bytes that MOV SS and POP SS read of their operand: a selector. */
const SELECTOR_BYTES = 2;
/** CLFLUSH is a load of the byte that it names: measured, a slot elsewhere in the line sees nothing. */
const FLUSHED_BYTES = 1;

/** MOV from memory, CMP with memory: seen by slots that see reads. */
export function load(running: Running, { at, length }: Extract<Instruction, { readonly op: 'load' }>): Outcome {
  return read(running, at, length);
}

/** MOV to memory, also of the value that is there already. */
export function store(running: Running, write: Extract<Instruction, { readonly op: 'store' }>): Outcome {
  if (!writeMemory(running.memory, running.layout, write)) return excepted(running, 'pf');
  return completed(running, touched(running, 'write', write.at, write.length), running.context.tf);
}

/** CLFLUSH: seen as a read, never as a write. */
export function clflush(running: Running, { at }: Extract<Instruction, { readonly op: 'clflush' }>): Outcome {
  return read(running, at, FLUSHED_BYTES);
}

/** IN and OUT, or one iteration of REP INS and REP OUTS, which trap after the iteration. The port is taken to be permitted. */
export function inOut(running: Running, { port, length, count }: Extract<Instruction, { readonly op: 'io' }>): Outcome {
  const { context } = running;
  if (count === 0) return completed(running, 0, context.tf);
  const hits = touched(running, 'io', port, length);
  context.rep++;
  return context.rep < count ? repeating(running, hits) : completed(running, hits, context.tf);
}

/** MOV SS and POP SS. */
export function loadSs(running: Running, { at }: Extract<Instruction, { readonly op: 'mov-ss' }>): Outcome {
  if (!isMapped(running.layout, at, SELECTOR_BYTES)) return excepted(running, 'pf');
  return completedInShadow(running, touched(running, 'read', at, SELECTOR_BYTES));
}

function read(running: Running, at: number, length: number): Outcome {
  if (!isMapped(running.layout, at, length)) return excepted(running, 'pf');
  return completed(running, touched(running, 'read', at, length), running.context.tf);
}
