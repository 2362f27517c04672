// The programs that threads of the simulated machine run: instructions with addresses, and what the kernel does in their system calls.
import type { Linear } from '../facility/linear.js';

/** One instruction. Every one is INSTRUCTION_BYTES long; `at` are linear addresses, any alignment; lengths in bytes. */
export type Instruction =
  | { readonly op: 'nop' }
  | { readonly op: 'load'; readonly at: Linear; readonly length: number }
  | { readonly op: 'store'; readonly at: Linear; readonly length: number; readonly value: number }
  /** Read, change, write: `add`, locked or not, `xchg`, and `cmpxchg`, which counts as a write also where it fails. */
  | { readonly op: 'add'; readonly at: Linear; readonly length: number; readonly value: number; readonly locked: boolean }
  | { readonly op: 'xchg'; readonly at: Linear; readonly length: number; readonly value: number }
  | { readonly op: 'cmpxchg'; readonly at: Linear; readonly length: number; readonly expected: number; readonly value: number }
  /** Touches the line for readwrite breakpoints only. */
  | { readonly op: 'clflush'; readonly at: Linear }
  /** PREFETCH, LEA, a vector store whose mask is all zero: touch nothing. */
  | { readonly op: 'no-access'; readonly name: 'prefetch' | 'lea' | 'masked-store' }
  /** REP MOVS: `count` elements of `length` bytes, upwards. `lag`: iterations a hit may be reported late. */
  | {
      readonly op: 'rep-movs';
      readonly from: Linear;
      readonly to: Linear;
      readonly length: number;
      readonly count: number;
      readonly lag: number;
    }
  | {
      readonly op: 'rep-stos';
      readonly at: Linear;
      readonly length: number;
      readonly count: number;
      readonly value: number;
      readonly lag: number;
    }
  /** Port I/O; with `count` > 1 REP INS or OUTS, which traps after its first iteration. */
  | { readonly op: 'io'; readonly direction: 'in' | 'out'; readonly port: number; readonly length: number; readonly count: number }
  /** Loads SS from memory (MOV SS or POP SS): exceptions wait for the end of the next instruction. */
  | { readonly op: 'mov-ss'; readonly at: Linear }
  | { readonly op: 'int3' }
  /** INT n: 1 is #GP from user mode, 3 the two-byte breakpoint, 4 INTO's vector, 128 a system call. */
  | { readonly op: 'int'; readonly vector: number }
  | { readonly op: 'icebp' }
  /** A MOV to or from a debug register: #GP in user mode. */
  | { readonly op: 'mov-dr'; readonly register: number }
  /** CLI: #GP in user mode. */
  | { readonly op: 'cli' }
  /** POPF with TF as given; RF cannot be set by it. */
  | { readonly op: 'popf'; readonly tf: boolean }
  | { readonly op: 'jump'; readonly to: Linear }
  /** Goes back to `to` until it has been passed `times` times. */
  | { readonly op: 'loop'; readonly to: Linear; readonly times: number }
  | { readonly op: 'call'; readonly to: Linear }
  | { readonly op: 'ret' }
  | { readonly op: 'syscall'; readonly call: SystemCall }
  /** Touches an address that is not mapped: a page fault that ends in SIGSEGV. */
  | { readonly op: 'fault' };

/** Bytes from one instruction to the next. */
export const INSTRUCTION_BYTES = 4;

/** What a system call does. Its actions are single steps in kernel mode: another CPU may run between any two of them. */
export type SystemCall =
  /** Copies and other kernel work: each action on its own. */
  | { readonly name: 'work'; readonly actions: readonly KernelAction[] }
  /** `child`: where it begins; `clearsHandlers`: CLONE_CLEAR_SIGHAND. */
  | { readonly name: 'fork' | 'vfork' | 'clone'; readonly child: Linear; readonly clearsHandlers?: boolean }
  | { readonly name: 'exec'; readonly to: Linear }
  | { readonly name: 'exit'; readonly status: number }
  | { readonly name: 'yield' }
  /** A signal to the thread itself. */
  | { readonly name: 'raise'; readonly signal: SignalName }
  /** `handler`: where it starts. */
  | { readonly name: 'sigaction'; readonly signal: SignalName; readonly action: 'default' | 'ignore' | 'handler'; readonly handler: Linear }
  | { readonly name: 'sigmask'; readonly signal: SignalName; readonly blocked: boolean }
  /** The end of a handler. */
  | { readonly name: 'sigreturn' }
  /** Enters virtual-8086 mode: debug exceptions are the vm86 monitor's from now on. */
  | { readonly name: 'vm86' };

/** Signals the machine knows. */
export type SignalName = 'SIGTRAP' | 'SIGSTOP' | 'SIGUSR1' | 'SIGIO' | 'SIGSEGV' | 'SIGKILL' | 'SIGTERM';

/** A step of the kernel's own. */
export type KernelAction =
  /** The kernel reads or writes memory, the user's or its own; `bytewise`: one access a byte, as a string copy makes. */
  | { readonly act: 'read' | 'write'; readonly at: Linear; readonly length: number; readonly value: number; readonly bytewise: boolean }
  /** A probed instruction of the kernel's: kprobes steps it, and the step may also write `length` bytes at `data` (0: none; ). */
  | { readonly act: 'kprobe'; readonly at: Linear; readonly data: Linear; readonly length: number }
  /** An instruction of the kernel at this address runs. */
  | { readonly act: 'run'; readonly at: Linear }
  /** Nothing that can be seen. */
  | { readonly act: 'idle' };

/** A program: its instructions lie one after the other from `base`. */
export interface Program {
  readonly name: string;
  readonly base: Linear;
  readonly code: readonly Instruction[];
}

/** The instruction at `address` in one of `programs`, or null. */
export function instructionAt(programs: readonly Program[], address: Linear): Instruction | null {
  for (const { base, code } of programs) {
    const index = (address - base) / INSTRUCTION_BYTES;
    if (Number.isInteger(index) && index >= 0 && index < code.length) return code[index] ?? null;
  }
  return null;
}
