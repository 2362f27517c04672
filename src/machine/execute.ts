// One instruction of a thread in user mode, by the rules of the processor: nothing here knows of an operating system.
import { assertNever } from '../base/assert.js';
import { clflush, inOut, load, loadSs, store } from './accesses.js';
import { breakpointBefore, completed, excepted, type Place, type Running } from './boundary.js';
import { call, jump, loop, ret } from './control-flow.js';
import type { Context, Cpu, Outcome } from './cpu-state.js';
import { breakpointInterrupt, icebp, interrupt, moveDr, systemCall } from './exceptions.js';
import type { Instruction } from './program.js';
import { add, compareExchange, exchange } from './read-modify-write.js';
import { repMove, repStore } from './strings.js';

export type { Place } from './boundary.js';

/**
 * Executes `instruction`, which lies at `context.pc`, or one group of iterations of it; changes `context` and memory. DR6 stays as it is:
 * the outcome's bits, in positive polarity, are for raise. After `fault` and `exception` the thread is still on the instruction.
 */
export function execute(cpu: Cpu, context: Context, place: Place, instruction: Instruction): Outcome {
  const running: Running = { cpu, context, memory: place.memory, layout: place.layout, model: place.model };
  return breakpointBefore(running) ?? perform(running, instruction);
}

function perform(running: Running, instruction: Instruction): Outcome {
  const { tf } = running.context;
  switch (instruction.op) {
    case 'nop':
    case 'no-access':
      return completed(running, 0, tf);
    case 'load':
      return load(running, instruction);
    case 'store':
      return store(running, instruction);
    case 'clflush':
      return clflush(running, instruction);
    case 'io':
      return inOut(running, instruction);
    case 'mov-ss':
      return loadSs(running, instruction);
    case 'add':
      return add(running, instruction);
    case 'xchg':
      return exchange(running, instruction);
    case 'cmpxchg':
      return compareExchange(running, instruction);
    case 'rep-movs':
      return repMove(running, instruction);
    case 'rep-stos':
      return repStore(running, instruction);
    case 'jump':
      return jump(running, instruction);
    case 'loop':
      return loop(running, instruction);
    case 'call':
      return call(running, instruction);
    case 'ret':
      return ret(running);
    case 'popf':
      return popFlags(running, instruction.tf);
    case 'int3':
      return breakpointInterrupt(running);
    case 'int':
      return interrupt(running, instruction.vector);
    case 'icebp':
      return icebp(running);
    case 'syscall':
      return systemCall(running);
    case 'mov-dr':
      return moveDr(running, instruction.register);
    case 'cli':
      // Privileged, as long as IOPL is 0.
      return excepted(running, 'gp');
    case 'fault':
      return excepted(running, 'pf');
    default:
      return assertNever(instruction);
  }
}

/** The trap depends on TF before the instruction: a POPF that sets it is not followed by one, a POPF that clears it is. */
function popFlags(running: Running, tf: boolean): Outcome {
  const stepped = running.context.tf;
  running.context.tf = tf;
  return completed(running, 0, stepped);
}
