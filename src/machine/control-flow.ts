// JMP, LOOP, CALL and RET. Return addresses are part of the context, so they touch no memory that could be watched.
import { completed, excepted, type Running } from './boundary.js';
import type { Outcome } from './cpu-state.js';
import { INSTRUCTION_BYTES, type Instruction } from './program.js';

/** JMP. */
export function jump(running: Running, { to }: Extract<Instruction, { readonly op: 'jump' }>): Outcome {
  return completed(running, 0, running.context.tf, to);
}

/** LOOP: executed `times` times, and back to `to` after all but the last. */
export function loop(running: Running, { to, times }: Extract<Instruction, { readonly op: 'loop' }>): Outcome {
  const { context } = running;
  const passes = context.passes + 1;
  const again = passes < times;
  context.passes = again ? passes : 0;
  return completed(running, 0, context.tf, again ? to : context.pc + INSTRUCTION_BYTES);
}

/** CALL. */
export function call(running: Running, { to }: Extract<Instruction, { readonly op: 'call' }>): Outcome {
  const { context } = running;
  context.calls = [...context.calls, context.pc + INSTRUCTION_BYTES];
  return completed(running, 0, context.tf, to);
}

/** RET; with nothing to return to it reads beyond the stack: a page fault. */
export function ret(running: Running): Outcome {
  const { context } = running;
  const back = context.calls.at(-1);
  if (back !== undefined) context.calls = context.calls.slice(0, -1);
  return back === undefined ? excepted(running, 'pf') : completed(running, 0, context.tf, back);
}
