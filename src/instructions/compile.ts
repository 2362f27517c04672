// Turns a decoded instruction into its plan: which kind it is, which memory it touches, what that leaves there.
import { highU32, lowU32 } from '../base/u64.js';
import type { CallTarget, InstructionPlan, MemoryAccess } from './access-plan.js';
import { memoryAccesses } from './compile-access.js';
import { type Decoded, layoutIndex } from './compile-registers.js';

/** The plan of an instruction, whose `ip` is its address. */
export function compileInstruction(decoded: Decoded): InstructionPlan {
  const { iced, instruction } = decoded;
  const at = { lo: lowU32(instruction.ip), hi: highU32(instruction.ip), length: instruction.length };
  if (instruction.mnemonic === iced.Mnemonic.Call) return { ...at, kind: 'call', target: callTarget(decoded) };
  if (!fallsThrough(decoded)) return { ...at, kind: 'leaves', reads: targetReads(decoded) };
  const accesses = writesFirst(memoryAccesses(decoded));
  if (isRepeated(decoded, accesses)) return { ...at, kind: 'repeat', accesses, narrow: accesses.some(({ address }) => address.narrow) };
  return { ...at, kind: 'accesses', accesses };
}

function fallsThrough({ iced: { FlowControl }, instruction }: Decoded): boolean {
  const flow = instruction.flowControl;
  return flow === FlowControl.Next || flow === FlowControl.ConditionalBranch || flow === FlowControl.XbeginXabortXend;
}

/** Where a jump or call reads its target; nothing for the others, and where the address does not follow from the registers after it. */
function targetReads(decoded: Decoded): readonly MemoryAccess[] {
  const { FlowControl } = decoded.iced;
  const flow = decoded.instruction.flowControl;
  if (flow !== FlowControl.IndirectBranch && flow !== FlowControl.IndirectCall) return [];
  return memoryAccesses(decoded).filter(({ write, verifiable }) => write === null && verifiable);
}

function callTarget(decoded: Decoded): CallTarget {
  const { iced, instruction } = decoded;
  if (instruction.opKind(0) === iced.OpKind.NearBranch64) {
    return { kind: 'direct', lo: lowU32(instruction.nearBranchTarget), hi: highU32(instruction.nearBranchTarget) };
  }
  const register = instruction.opKind(0) === iced.OpKind.Register ? layoutIndex(iced, instruction.opRegister(0)) : -1;
  return register < 0 ? { kind: 'memory', reads: targetReads(decoded) } : { kind: 'register', register };
}

/** Only string instructions have a step; a REP prefix elsewhere means something else or nothing. */
function isRepeated({ instruction }: Decoded, accesses: readonly MemoryAccess[]): boolean {
  return (instruction.hasRepPrefix || instruction.hasRepnePrefix) && accesses.some(({ address }) => address.step > 0);
}

function writesFirst(accesses: readonly MemoryAccess[]): readonly MemoryAccess[] {
  return [...accesses.filter(({ write }) => write !== null), ...accesses.filter(({ write }) => write === null)];
}
