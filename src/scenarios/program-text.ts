// Programs as a scenario writes them, before names have become addresses.
import type { SignalName } from '../machine/program.js';
import type { AddressText, Named, RangeText } from './address.js';
import type { Spot } from './scenario-error.js';

/** Instructions without operands. */
export const PLAIN = ['nop', 'prefetch', 'lea', 'masked-store', 'int3', 'icebp', 'cli', 'ret', 'fault'] as const;

/** One instruction. Values are at most 2^53 - 1. */
export type InstructionText =
  | { readonly op: 'plain'; readonly name: (typeof PLAIN)[number] }
  | {
      readonly op: 'access';
      readonly name: 'load' | 'store' | 'add' | 'locked-add' | 'xchg';
      readonly range: RangeText;
      readonly value: number;
    }
  | { readonly op: 'cmpxchg'; readonly range: RangeText; readonly expected: number; readonly value: number }
  | { readonly op: 'touch'; readonly name: 'clflush' | 'mov-ss'; readonly at: AddressText }
  | {
      readonly op: 'rep';
      readonly to: RangeText;
      /** Null: REP STOS of `value`. */
      readonly from: AddressText | null;
      readonly value: number;
      readonly count: number;
      readonly lag: number;
    }
  | { readonly op: 'io'; readonly direction: 'in' | 'out'; readonly port: number; readonly length: number; readonly count: number }
  | { readonly op: 'number'; readonly name: 'int' | 'mov-dr'; readonly value: number }
  | { readonly op: 'popf'; readonly tf: boolean }
  | { readonly op: 'go'; readonly name: 'jump' | 'call'; readonly to: AddressText }
  | { readonly op: 'loop'; readonly to: AddressText; readonly times: number }
  | { readonly op: 'syscall'; readonly call: CallText };

/** What a system call does. */
export type CallText =
  | { readonly name: 'work'; readonly actions: readonly ActionText[] }
  /** `as`: what the child is called in the script. */
  | { readonly name: 'fork' | 'vfork' | 'clone'; readonly child: AddressText; readonly as: Named | null }
  | { readonly name: 'exec'; readonly to: AddressText }
  | { readonly name: 'exit'; readonly status: number }
  | { readonly name: 'yield' | 'sigreturn' | 'vm86' }
  | { readonly name: 'raise'; readonly signal: SignalName }
  | { readonly name: 'sigaction'; readonly signal: SignalName; readonly action: 'default' | 'ignore' | AddressText }
  | { readonly name: 'sigmask'; readonly signal: SignalName; readonly blocked: boolean };

/** A step of the kernel's own. */
export type ActionText =
  | { readonly act: 'read' | 'write'; readonly range: RangeText; readonly value: number; readonly bytewise: boolean }
  | { readonly act: 'run'; readonly at: AddressText }
  /** `range`: what the probed instruction writes. */
  | { readonly act: 'kprobe'; readonly at: AddressText; readonly range: RangeText | null }
  | { readonly act: 'idle' };

/** A line of a program: an instruction and the labels that stand before it. */
export interface CodeLine extends Spot {
  readonly instruction: InstructionText;
  readonly text: string;
}

/** A label and the index of the instruction behind it. */
export interface LabelText extends Named {
  readonly index: number;
}

export interface ProgramText extends Named {
  /** Null: the next free page. */
  readonly at: bigint | null;
  readonly code: readonly CodeLine[];
  readonly labels: readonly LabelText[];
}
