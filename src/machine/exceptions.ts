// Instructions that end in the kernel: INT3, INT n, ICEBP, SYSCALL, and a MOV of a debug register.
//
// They take along what the shadow of an SS load held back, each in its way (R-039; selftests/x86/mov_ss_trap.c of Linux):
//
//   INT3, INT n, SYSCALL   the held traps come at the first instruction of the kernel
//   ICEBP                  its own #DB absorbs them
//   a fault                drops them
import { endShadow, excepted, leftForKernel, type Running } from './boundary.js';
import { checkMoveDr } from './cpu.js';
import type { Outcome } from './cpu-state.js';
import { INSTRUCTION_BYTES } from './program.js';

const BREAKPOINT = 3;
const OVERFLOW = 4;
/** The system call of 32-bit programs, which 64-bit ones may use too. */
const SYSTEM_CALL = 128;

/** INT3. The handler runs without TF, the thread's saved flags keep it. */
export function breakpointInterrupt(running: Running): Outcome {
  return { kind: 'interrupt', vector: BREAKPOINT, dr6: leftForKernel(running) };
}

/** INT n. Gates that are not for user mode are #GP; INT 1 is one of them. */
export function interrupt(running: Running, vector: number): Outcome {
  if (vector !== BREAKPOINT && vector !== OVERFLOW && vector !== SYSTEM_CALL) return excepted(running, 'gp');
  return { kind: 'interrupt', vector, dr6: leftForKernel(running) };
}

/** SYSCALL; its flag mask clears TF in the kernel, so no single step follows it there. */
export function systemCall(running: Running): Outcome {
  return { kind: 'syscall', dr6: leftForKernel(running) };
}

/** ICEBP: the address behind it is saved, and DR6 shows no reason. */
export function icebp({ context }: Running): Outcome {
  context.pc += INSTRUCTION_BYTES;
  context.rf = false;
  endShadow(context);
  return { kind: 'icebp', dr6: 0 };
}

/** MOV to or from a debug register, in user mode. */
export function moveDr(running: Running, register: number): Outcome {
  const vector = checkMoveDr(running.cpu, register, true);
  return excepted(running, vector === 'ud' ? 'ud' : 'gp');
}
