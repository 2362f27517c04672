// One instruction of a thread in user mode, by the processor's own rules: faults before it, traps after it, and what MOV SS holds back.
//
//   before:  instruction breakpoint, unless RF       -> fault, nothing executed
//   run:     accesses meet data breakpoints          -> bits, merged
//   after:   RF is clear; TF as it was before it     -> BS, merged with the bits
//            a shadow (MOV SS) keeps all of it until the next instruction has ended
import { STEP_BIT } from '../facility/virtual/registers.js';
import { executeHits, isGuarded } from './cpu.js';
import type { Context, Cpu, Outcome } from './cpu-state.js';
import { readAndWrite, type Space, touchData } from './execute-access.js';
import { repeat } from './execute-string.js';
import { INSTRUCTION_BYTES, type Instruction } from './program.js';

/** BD of DR6: a debug register is about to be accessed. */
const GENERAL_DETECT_BIT = 0x2000;

/** Runs `instruction` at `context.pc`. The bits are positive; DR6 itself is the caller's to change. */
export function execute(cpu: Cpu, context: Context, space: Space, instruction: Instruction): Outcome {
  // Just after an SS load an instruction breakpoint is missed.
  if (!context.rf && !context.shadow && context.rep === 0) {
    const hit = executeHits(cpu, context.pc);
    if (hit !== 0) return { kind: 'fault', dr6: hit };
  }
  if (instruction.op === 'mov-dr' && isGuarded(cpu)) return { kind: 'fault', dr6: GENERAL_DETECT_BIT };
  const ran = run(cpu, context, space, instruction);
  return ran.kind === 'exception' ? faulted(context, ran.vector) : ended(context, instruction, ran);
}

/** What an instruction did, before TF and the shadow are looked at. */
type Ran =
  | { readonly kind: 'done' | 'repeating' | 'syscall' | 'icebp'; readonly bits: number; readonly to: number }
  | { readonly kind: 'interrupt'; readonly vector: number; readonly to: number }
  | { readonly kind: 'exception'; readonly vector: 'gp' | 'pf' | 'ud' };

function run(cpu: Cpu, context: Context, space: Space, instruction: Instruction): Ran {
  const next = context.pc + INSTRUCTION_BYTES;
  switch (instruction.op) {
    case 'nop':
    case 'no-access':
    case 'popf':
      return { kind: 'done', bits: 0, to: next };
    case 'load':
    case 'mov-ss':
    case 'clflush':
    case 'store':
    case 'add':
    case 'xchg':
    case 'cmpxchg':
    case 'io': {
      const bits =
        instruction.op === 'load' || instruction.op === 'mov-ss' || instruction.op === 'clflush' || instruction.op === 'io'
          ? touchData(cpu, space, instruction)
          : readAndWrite(cpu, space, instruction);
      return bits === null ? { kind: 'exception', vector: 'pf' } : { kind: 'done', bits, to: next };
    }
    case 'rep-movs':
    case 'rep-stos': {
      const group = repeat(cpu, context, space, instruction);
      if (group === null) return { kind: 'exception', vector: 'pf' };
      return { kind: group.more ? 'repeating' : 'done', bits: group.bits, to: group.more ? context.pc : next };
    }
    case 'int3':
      return { kind: 'interrupt', vector: 3, to: next };
    case 'int':
      return instruction.vector === 1 ? { kind: 'exception', vector: 'gp' } : { kind: 'interrupt', vector: instruction.vector, to: next };
    case 'icebp':
      return { kind: 'icebp', bits: 0, to: next };
    case 'mov-dr':
    case 'cli':
      return { kind: 'exception', vector: 'gp' };
    case 'fault':
      return { kind: 'exception', vector: 'pf' };
    case 'syscall':
      return { kind: 'syscall', bits: 0, to: next };
    default:
      return { kind: 'done', bits: 0, to: flow(context, instruction, next) };
  }
}

/** Where control goes. */
function flow(
  context: Context,
  instruction: Extract<Instruction, { readonly op: 'jump' | 'loop' | 'call' | 'ret' }>,
  next: number,
): number {
  switch (instruction.op) {
    case 'jump':
      return instruction.to;
    case 'call':
      context.calls.push(next);
      return instruction.to;
    case 'ret':
      return context.calls.pop() ?? next;
    case 'loop':
      context.passes++;
      if (context.passes < instruction.times) return instruction.to;
      context.passes = 0;
      return next;
  }
}

/** A fault drops what a shadow held back, and comes again without it (T-L-10). */
function faulted(context: Context, vector: 'gp' | 'pf' | 'ud'): Outcome {
  context.shadow = false;
  context.held = 0;
  return { kind: 'exception', vector };
}

function ended(context: Context, instruction: Instruction, ran: Exclude<Ran, { readonly kind: 'exception' }>): Outcome {
  const { tf, held } = context;
  context.held = 0;
  context.pc = ran.to;
  if (instruction.op === 'popf') context.tf = instruction.tf;
  if (ran.kind === 'interrupt') {
    // INT n clears TF for the handler, so that it is not stepped; what was held back is taken in the kernel.
    settle(context);
    return { kind: 'interrupt', vector: ran.vector, dr6: held };
  }
  if (ran.kind === 'icebp') {
    settle(context);
    return { kind: 'icebp', dr6: held };
  }
  if (ran.kind === 'syscall') {
    settle(context);
    return { kind: 'syscall', dr6: held };
  }
  const bits = ran.bits | held | (tf ? STEP_BIT : 0);
  if (instruction.op === 'mov-ss') {
    context.shadow = true;
    context.held = bits;
    context.rf = false;
    return { kind: 'done', dr6: 0 };
  }
  context.shadow = false;
  // Between iterations the saved flags have RF.
  context.rf = ran.kind === 'repeating' && bits !== 0;
  return { kind: ran.kind, dr6: bits };
}

function settle(context: Context): void {
  context.shadow = false;
  context.rf = false;
}
