// How one step of a stopped thread is made: decided once from the thread and what is asked for, so that carrying it out needs no rules.
import { assertNever } from '../../base/assert.js';
import { type NextAddressFinder, type StoppedThread, USER_WORD } from '../../instructions/index.js';
import type { StepRequest } from '../control.js';
import { ControlError } from '../errors.js';

/** A stopped thread, with what a step may need of it. */
export interface SteppedThread extends StoppedThread {
  readonly tid: number;
  /** It stands at the delivery of a signal (hits included), so that letting it go on can deliver one. */
  readonly canDeliver: boolean;
  /** Its masks: bit N-1 for signal N. */
  readonly signals: { readonly caught: bigint; readonly blocked: bigint };
}

/** What is to be done. */
export type StepPlan =
  /**
   * Instruction breakpoints of this thread alone at `addresses`; `registers`, where not null, are set first (the resume flag); then it goes on with
   * `signal`, and is done at the first breakpoint that counts.
   */
  | {
      readonly kind: 'breakpoint';
      readonly addresses: readonly bigint[];
      readonly registers: BigUint64Array | null;
      readonly signal: number;
    }
  /**
   * PTRACE_SINGLESTEP with a signal that has a handler and is not blocked. No user code runs with the trap flag: handle_signal (arch/x86/kernel/signal.c)
   * takes it away before it builds the handler's frame, then stops by ptrace_notify, where a tracer's death is harmless: 300 tracers killed at random
   * moments among 210,117 such steps left 300 targets alive. The stop is a SIGTRAP without an event, at the handler's first instruction.
   */
  | { readonly kind: 'to-handler'; readonly signal: number }
  /** The signal must be sent first, and the step be planned anew where it is about to be delivered. */
  | { readonly kind: 'send-first'; readonly signal: number }
  /** PTRACE_SINGLESTEP, as asked for. */
  | { readonly kind: 'trap-flag'; readonly signal: number }
  /** The thread ends in it: it goes on. */
  | { readonly kind: 'run'; readonly signal: number };

/** Bit 16 of eflags: a breakpoint on the very next instruction does not count. The kernel lets a tracer set it (FLAG_MASK in ptrace.c). */
const RESUME_FLAG = 0x1_0000n;

/** Plans one step. Throws ControlError (`cannot-decode`). */
export function planStep(finder: NextAddressFinder, thread: SteppedThread, { signal, by }: StepRequest): StepPlan {
  if (signal !== 0 && !thread.canDeliver) return { kind: 'send-first', signal };
  if (signal !== 0 && hasHandler(thread.signals, signal)) return { kind: 'to-handler', signal };
  if (by === 'trap-flag') return { kind: 'trap-flag', signal };
  const next = finder.next(thread);
  switch (next.kind) {
    case 'at':
      return { kind: 'breakpoint', addresses: next.addresses, registers: next.overItself ? resumed(thread.registers) : null, signal };
    case 'ends':
      return { kind: 'run', signal };
    case 'cannot-decode':
      throw new ControlError('cannot-decode', thread.tid, `thread ${thread.tid} cannot be stepped: ${next.reason}`, {
        hint: 'stop it with an instruction breakpoint further on instead; stepping by the trap flag works, but kills the program should hwbkpt be killed meanwhile',
      });
    default:
      return assertNever(next);
  }
}

function hasHandler({ caught, blocked }: SteppedThread['signals'], signal: number): boolean {
  return ((caught & ~blocked) >> BigInt(signal - 1)) % 2n === 1n;
}

function resumed(registers: BigUint64Array): BigUint64Array {
  const changed = registers.slice();
  changed[USER_WORD.eflags] = (changed[USER_WORD.eflags] ?? 0n) | RESUME_FLAG;
  return changed;
}
