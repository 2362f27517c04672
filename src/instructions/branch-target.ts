// Where jumps and calls through registers and memory, and returns, lead: an address, or in words why it cannot be said.
import type { Instruction, Register } from 'iced-x86';
import type { Iced } from './decoder.js';
import type { StoppedThread } from './stopped-thread.js';
import { type UserWord, userWord } from './user-registers.js';

/** One decoded instruction. */
interface Decoded {
  readonly iced: Iced;
  readonly instruction: Instruction;
}

const NARROW = 'it has an operand-size prefix, which processors treat differently';

/** Of `jmp r/m64` and `call r/m64`. */
export function indirectTarget(decoded: Decoded, thread: StoppedThread): bigint | string {
  const { iced, instruction } = decoded;
  if (instruction.code !== iced.Code.Jmp_rm64 && instruction.code !== iced.Code.Call_rm64) return NARROW;
  if (instruction.opKind(0) === iced.OpKind.Register) {
    const value = registerValue(decoded, instruction.opRegister(0), thread.registers);
    return value ?? 'it jumps through a register that is not known here';
  }
  return wordInMemory(decoded, thread, 8);
}

/** Of far jumps and calls, whose target in memory begins with the offset. Segments of user code begin at 0. */
export function farTarget(decoded: Decoded, thread: StoppedThread): bigint | string {
  const { Code } = decoded.iced;
  switch (decoded.instruction.code) {
    case Code.Jmp_m1664:
    case Code.Call_m1664:
      return wordInMemory(decoded, thread, 8);
    case Code.Jmp_m1632:
    case Code.Call_m1632:
      return wordInMemory(decoded, thread, 4);
    default:
      return NARROW;
  }
}

/** Of near and far returns and of iret: what is on top of the stack. */
export function returnTarget({ iced, instruction }: Decoded, thread: StoppedThread): bigint | string {
  const { Code } = iced;
  const stack = userWord(thread.registers, 'rsp');
  switch (instruction.code) {
    case Code.Retnq:
    case Code.Retnq_imm16:
    case Code.Retfq:
    case Code.Retfq_imm16:
    case Code.Iretq:
      return readWord(thread, stack, 8);
    case Code.Retfd:
    case Code.Retfd_imm16:
    case Code.Iretd:
      return readWord(thread, stack, 4);
    case Code.Retnw:
    case Code.Retnw_imm16:
    case Code.Retfw:
    case Code.Retfw_imm16:
    case Code.Iretw:
      return NARROW;
    default:
      return 'it returns in a way that only the kernel may';
  }
}

function wordInMemory(decoded: Decoded, thread: StoppedThread, size: 4 | 8): bigint | string {
  const address = operandAddress(decoded, thread.registers);
  return address === null ? 'it reads its target by a register that is not known here' : readWord(thread, address, size);
}

/** Little-endian. */
function readWord(thread: StoppedThread, address: bigint, size: 4 | 8): bigint | string {
  const bytes = thread.readMemory(address, size);
  if (bytes === null || bytes.length < size) return `its target stands at 0x${address.toString(16)}, which cannot be read`;
  const view = new DataView(bytes.buffer, bytes.byteOffset, size);
  return size === 8 ? view.getBigUint64(0, true) : BigInt(view.getUint32(0, true));
}

/** segment base + (base + index * scale + displacement, cut to the address size); null where a register is none of the general ones. */
function operandAddress(decoded: Decoded, registers: BigUint64Array): bigint | null {
  const { iced, instruction } = decoded;
  const { Register: R } = iced;
  const { memoryBase, memoryIndex } = instruction;
  const start = segmentBase(decoded, registers);
  // The library has added the instruction pointer to such a displacement already.
  if (memoryBase === R.RIP || memoryBase === R.EIP) return BigInt.asUintN(64, start + instruction.memoryDisplacement);
  const base = memoryBase === R.None ? 0n : registerValue(decoded, memoryBase, registers);
  const index = memoryIndex === R.None ? 0n : registerValue(decoded, memoryIndex, registers);
  if (base === null || index === null) return null;
  const effective = base + index * BigInt(instruction.memoryIndexScale) + instruction.memoryDisplacement;
  const isNarrow = [memoryBase, memoryIndex].some((register) => register !== R.None && iced.RegisterExt.size(register) === 4);
  return BigInt.asUintN(64, start + BigInt.asUintN(isNarrow ? 32 : 64, effective));
}

function segmentBase({ iced: { Register: R }, instruction }: Decoded, registers: BigUint64Array): bigint {
  if (instruction.memorySegment === R.FS) return userWord(registers, 'fsBase');
  return instruction.memorySegment === R.GS ? userWord(registers, 'gsBase') : 0n;
}

/** A 64-bit register, or the lower half of one. */
function registerValue({ iced }: Decoded, register: Register, registers: BigUint64Array): bigint | null {
  const full = iced.RegisterExt.fullRegister(register);
  const name = wordName(iced, full);
  if (name === null) return null;
  const value = userWord(registers, name);
  return iced.RegisterExt.size(register) === 4 ? BigInt.asUintN(32, value) : value;
}

/** The library numbers RAX to R15 as instructions encode them. */
const ENCODED: readonly UserWord[] = [
  ...(['rax', 'rcx', 'rdx', 'rbx', 'rsp', 'rbp', 'rsi', 'rdi'] as const),
  ...(['r8', 'r9', 'r10', 'r11', 'r12', 'r13', 'r14', 'r15'] as const),
];

function wordName({ Register: R }: Iced, full: Register): UserWord | null {
  return ENCODED[full - R.RAX] ?? null;
}
