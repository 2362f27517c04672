// The simulated machine's instructions as real x86-64 code, four bytes each: so that whoever rebuilds accesses from code and registers
// does for a simulated hit what it does for a live one.
//
//   store 8     3e 48 89 07      mov [rdi], rax        3e: a prefix without a meaning in 64-bit mode, to fill up to four bytes
//   store 4     3e 3e 89 07      mov [rdi], eax
//   store 2     3e 66 89 07      mov [rdi], ax
//   store 1     3e 3e 88 07      mov [rdi], al
import { highHalf, lowHalf } from '../../facility/index.js';
import { FLAG, REGISTER, REGISTER_WORDS } from '../../instructions/registers.js';
import { INSTRUCTION_BYTES, type Instruction } from '../../machine/index.js';

const FILL = 0x3e;
const NOP = [0x0f, 0x1f, 0x40, 0x00];

/** Four bytes that do to memory what `instruction` does, with the address in RDI (RSI: of a source) and the value in RAX. */
export function encode(instruction: Instruction): readonly number[] {
  switch (instruction.op) {
    case 'load':
      return filled([...sized(instruction.length, 0x8a, 0x8b), 0x07]);
    case 'store':
      return filled([...sized(instruction.length, 0x88, 0x89), 0x07]);
    case 'add':
      return filled([...sized(instruction.length, 0x00, 0x01), 0x07]);
    case 'xchg':
      return filled([...sized(instruction.length, 0x86, 0x87), 0x07]);
    case 'rep-movs':
      return filled([0xf3, ...sized(instruction.length, 0xa4, 0xa5)]);
    case 'rep-stos':
      return filled([0xf3, ...sized(instruction.length, 0xaa, 0xab)]);
    case 'jump':
      return filled([0xff, 0xe0]);
    case 'call':
      return filled([0xff, 0xd0]);
    case 'ret':
      return filled([0xc3]);
    case 'int3':
      return filled([0xcc]);
    case 'icebp':
      return filled([0xf1]);
    case 'syscall':
      return filled([0x0f, 0x05]);
    case 'fault':
      return filled([0x0f, 0x0b]);
    // What writes nothing, or nothing that can be told from registers.
    case 'nop':
    case 'no-access':
    case 'cmpxchg':
    case 'clflush':
    case 'io':
    case 'mov-ss':
    case 'int':
    case 'mov-dr':
    case 'cli':
    case 'popf':
    case 'loop':
      return NOP;
  }
}

/** Opcode for bytes or larger operands, with the prefix of the size. */
function sized(length: number, ofByte: number, ofWord: number): readonly number[] {
  if (length === 1) return [ofByte];
  if (length === 2) return [0x66, ofWord];
  return length === 4 ? [ofWord] : [0x48, ofWord];
}

function filled(code: readonly number[]): readonly number[] {
  return [...new Array<number>(Math.max(0, INSTRUCTION_BYTES - code.length)).fill(FILL), ...code];
}

/** What an instruction has done, as far as registers tell it. */
export interface Done {
  readonly instruction: Instruction | null;
  /** Iterations, where it repeats. */
  readonly iterations: number;
  /** What is in memory where it wrote. */
  readonly result: number;
}

/** Writes the registers that an instruction leaves behind, in the layout of instructions/registers.ts. */
export function leaveRegisters(registers: Uint32Array, { instruction, iterations, result }: Done): void {
  registers.fill(0, 0, REGISTER_WORDS);
  if (instruction === null) return;
  switch (instruction.op) {
    case 'add':
      registers[2 * REGISTER.flags] = flagsOfSum(BigInt(result), BigInt(instruction.value), instruction.length);
      put(registers, REGISTER.di, instruction.at);
      put(registers, REGISTER.ax, instruction.value);
      return;
    case 'store':
      put(registers, REGISTER.di, instruction.at);
      put(registers, REGISTER.ax, instruction.value);
      return;
    case 'load':
    case 'xchg':
      put(registers, REGISTER.di, instruction.at);
      return;
    case 'rep-stos':
      put(registers, REGISTER.di, instruction.at + iterations * instruction.length);
      put(registers, REGISTER.ax, instruction.value);
      put(registers, REGISTER.cx, instruction.count - iterations);
      return;
    case 'rep-movs':
      put(registers, REGISTER.di, instruction.to + iterations * instruction.length);
      put(registers, REGISTER.si, instruction.from + iterations * instruction.length);
      put(registers, REGISTER.cx, instruction.count - iterations);
      return;
    default:
  }
}

/** CF, PF, ZF, SF and OF after ADD of `addend` gave `sum`, both of `length` bytes. */
function flagsOfSum(sum: bigint, addend: bigint, length: number): number {
  const bits = 8 * length;
  const [result, added] = [BigInt.asUintN(bits, sum), BigInt.asUintN(bits, addend)];
  const before = BigInt.asUintN(bits, result - added);
  const sign = (value: bigint): boolean => value >> BigInt(bits - 1) === 1n;
  let flags = 0;
  if (result < added) flags |= FLAG.carry;
  if (hasEvenParity(Number(result & 0xffn))) flags |= FLAG.parity;
  if (result === 0n) flags |= FLAG.zero;
  if (sign(result)) flags |= FLAG.sign;
  if (sign(before) === sign(added) && sign(result) !== sign(added)) flags |= FLAG.overflow;
  return flags;
}

function hasEvenParity(byte: number): boolean {
  let ones = 0;
  for (let rest = byte; rest !== 0; rest >>>= 1) ones += rest & 1;
  return ones % 2 === 0;
}

function put(registers: Uint32Array, register: number, value: number): void {
  registers[2 * register] = lowHalf(value);
  registers[2 * register + 1] = highHalf(value);
}
