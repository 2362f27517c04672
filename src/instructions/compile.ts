// Turns a decoded instruction into its plan: which kind it is, which memory it touches, what that leaves there.
import type { Instruction, InstructionInfo } from 'iced-x86';
import { highU32, lowU32 } from '../base/u64.js';
import type { CallTarget, InstructionPlan, MemoryAccess } from './access-plan.js';
import { memoryAccesses } from './compile-access.js';
import { type Decoded, layoutIndex } from './compile-registers.js';
import type { Iced } from './decoder.js';

/** The plan of `instruction`, whose `ip` is its address. */
export function compileInstruction(iced: Iced, instruction: Instruction, info: InstructionInfo): InstructionPlan {
  const decoded: Decoded = { iced, instruction, info };
  const at = { lo: lowU32(instruction.ip), hi: highU32(instruction.ip), length: instruction.length };
  if (instruction.mnemonic === iced.Mnemonic.Call) return { ...at, kind: 'call', target: callTarget(decoded) };
  if (!fallsThrough(decoded)) return { ...at, kind: 'leaves' };
  const accesses = writesFirst(memoryAccesses(decoded));
  if (isRepeated(decoded, accesses)) return { ...at, kind: 'repeat', accesses, narrow: accesses.some(({ address }) => address.narrow) };
  return { ...at, kind: 'accesses', accesses };
}

function fallsThrough({ iced: { FlowControl }, instruction }: Decoded): boolean {
  const flow = instruction.flowControl;
  return flow === FlowControl.Next || flow === FlowControl.ConditionalBranch || flow === FlowControl.XbeginXabortXend;
}

function callTarget({ iced, instruction }: Decoded): CallTarget {
  if (instruction.opKind(0) === iced.OpKind.NearBranch64) {
    return { kind: 'direct', lo: lowU32(instruction.nearBranchTarget), hi: highU32(instruction.nearBranchTarget) };
  }
  const register = instruction.opKind(0) === iced.OpKind.Register ? layoutIndex(iced, instruction.opRegister(0)) : -1;
  return register < 0 ? { kind: 'memory' } : { kind: 'register', register };
}

/** Only string instructions have a step; a REP prefix elsewhere means something else or nothing. */
function isRepeated({ instruction }: Decoded, accesses: readonly MemoryAccess[]): boolean {
  return (instruction.hasRepPrefix || instruction.hasRepnePrefix) && accesses.some(({ address }) => address.step > 0);
}

function writesFirst(accesses: readonly MemoryAccess[]): readonly MemoryAccess[] {
  return [...accesses.filter(({ write }) => write !== null), ...accesses.filter(({ write }) => write === null)];
}
