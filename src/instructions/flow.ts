// Where instructions lead: what a step over a line of source code has to know of each instruction of that line.
import type { Instruction } from 'iced-x86';
import type { Iced } from './decoder.js';

/** One instruction by where it leads. */
export interface FlowInstruction {
  /** Bytes from the first one asked for. */
  readonly offset: number;
  readonly length: number;
  /** `next`: to the one behind it. `jump` and `branch` (which may also lead there) have a target unless it is computed. */
  readonly kind: 'next' | 'jump' | 'branch' | 'call' | 'return';
  readonly target: bigint | null;
}

/** How `instruction`, which begins at `offset`, goes on. */
export function flowOf({ FlowControl }: Iced, instruction: Instruction, offset: number): FlowInstruction {
  const { length, nearBranchTarget } = instruction;
  switch (instruction.flowControl) {
    case FlowControl.UnconditionalBranch:
      return { offset, length, kind: 'jump', target: nearBranchTarget };
    case FlowControl.IndirectBranch:
      return { offset, length, kind: 'jump', target: null };
    case FlowControl.ConditionalBranch:
    case FlowControl.XbeginXabortXend:
      return { offset, length, kind: 'branch', target: nearBranchTarget };
    case FlowControl.Return:
      return { offset, length, kind: 'return', target: null };
    case FlowControl.Call:
      // SYSCALL is a call to iced: it goes on behind itself all the same.
      return instruction.isCallNear
        ? { offset, length, kind: 'call', target: nearBranchTarget }
        : { offset, length, kind: 'next', target: null };
    case FlowControl.IndirectCall:
      return { offset, length, kind: 'call', target: null };
    default:
      return { offset, length, kind: 'next', target: null };
  }
}
