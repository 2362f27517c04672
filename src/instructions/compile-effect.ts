// What an instruction leaves in the memory it writes, and what it shows of the memory it reads.
import type { Mnemonic, UsedMemory } from 'iced-x86';
import { joinU64 } from '../base/u64.js';
import type { ArithmeticOperation, FoundRule, Operand, WriteEffect } from './access-plan.js';
import { type Decoded, plainOperand, registerPart } from './compile-registers.js';
import type { Iced } from './decoder.js';
import { REGISTER } from './registers.js';

const OPAQUE: WriteEffect = { kind: 'opaque' };
const NOTHING_FOUND: FoundRule = { kind: 'none' };
const NO_OPERAND: Operand = { kind: 'none' };
const ACCUMULATOR = { register: REGISTER.ax, high: false } as const;

/** The effect on `memory`, which the instruction writes. What is not known for certain is `opaque`. */
export function writeEffect(decoded: Decoded, memory: UsedMemory): WriteEffect {
  const { Mnemonic: M } = decoded.iced;
  const { mnemonic } = decoded.instruction;
  const operation = arithmeticOperations(decoded.iced).get(mnemonic);
  if (operation !== undefined) return arithmeticEffect(decoded, operation, decoded.iced.MemorySizeExt.size(memory.memorySize));
  switch (mnemonic) {
    case M.Mov:
    case M.Movnti:
      return storeEffect(decoded, 1, false);
    case M.Movbe:
      return storeEffect(decoded, 1, true);
    case M.Push:
      return pushEffect(decoded, memory);
    case M.Pushf:
    case M.Pushfq:
      return { kind: 'flags' };
    case M.Xchg:
    case M.Xadd:
      return exchangeEffect(decoded);
    case M.Cmpxchg:
      return compareExchangeEffect(decoded);
    case M.Cmpxchg8b:
      return { kind: 'compare-exchange-pair', half: 4 };
    case M.Cmpxchg16b:
      return { kind: 'compare-exchange-pair', half: 8 };
    case M.Stosb:
    case M.Stosw:
    case M.Stosd:
    case M.Stosq:
      return { kind: 'fill' };
    default:
      return conditionEffect(decoded);
  }
}

/** What the read shows of the memory it found. */
export function foundRule(decoded: Decoded): FoundRule {
  const { iced, instruction } = decoded;
  const { Mnemonic: M } = iced;
  switch (instruction.mnemonic) {
    case M.Mov:
    case M.Movzx:
    case M.Movsx:
    case M.Movsxd:
    case M.Pop:
      return loadRule(decoded, false);
    case M.Movbe:
      return loadRule(decoded, true);
    case M.Lodsb:
    case M.Lodsw:
    case M.Lodsd:
    case M.Lodsq:
      return { kind: 'register', part: ACCUMULATOR, swapped: false };
    case M.Cmp: {
      const operand = plainOperand(decoded, 0) ?? plainOperand(decoded, 1);
      return operand === null ? NOTHING_FOUND : { kind: 'equal', operand };
    }
    default:
      return NOTHING_FOUND;
  }
}

function loadRule(decoded: Decoded, swapped: boolean): FoundRule {
  const part = registerPart(decoded, 0);
  return part === null ? NOTHING_FOUND : { kind: 'register', part, swapped };
}

function storeEffect(decoded: Decoded, source: number, swapped: boolean): WriteEffect {
  const operand = plainOperand(decoded, source);
  if (operand === null) return OPAQUE;
  if (operand.kind === 'immediate') return { kind: 'immediate', lo: operand.lo, hi: operand.hi };
  return { kind: 'register', part: { register: operand.register, high: operand.high }, swapped };
}

function pushEffect(decoded: Decoded, memory: UsedMemory): WriteEffect {
  const part = registerPart(decoded, 0);
  if (part?.register !== REGISTER.sp) return storeEffect(decoded, 0, false);
  return { kind: 'stack-pointer', add: decoded.iced.MemorySizeExt.size(memory.memorySize) };
}

function exchangeEffect(decoded: Decoded): WriteEffect {
  const part = registerPart(decoded, 1) ?? registerPart(decoded, 0);
  return part === null ? OPAQUE : { kind: 'exchange', part };
}

function compareExchangeEffect(decoded: Decoded): WriteEffect {
  const source = registerPart(decoded, 1);
  return source === null ? OPAQUE : { kind: 'compare-exchange', source };
}

/** setcc is the only instruction with one operand, a condition and a write to memory. */
function conditionEffect({ instruction }: Decoded): WriteEffect {
  const code = instruction.conditionCode;
  return instruction.opCount === 1 && code !== 0 ? { kind: 'condition', code: code - 1 } : OPAQUE;
}

function arithmeticEffect(decoded: Decoded, operation: ArithmeticOperation, size: number): WriteEffect {
  const { iced, instruction } = decoded;
  if (instruction.opCount > 2 || instruction.opKind(0) !== iced.OpKind.Memory) return OPAQUE;
  if (instruction.opCount === 1) return { kind: 'arithmetic', operation, operand: NO_OPERAND };
  const operand = plainOperand(decoded, 1);
  if (operand === null) return OPAQUE;
  if (operand.kind === 'immediate' && overwrites(operation, operand, size)) return { kind: 'immediate', lo: operand.lo, hi: operand.hi };
  return { kind: 'arithmetic', operation, operand };
}

/** `and m, 0` and `or m, -1` need no old value: compilers use them as short stores. */
function overwrites(operation: ArithmeticOperation, { lo, hi }: { readonly lo: number; readonly hi: number }, size: number): boolean {
  const mask = BigInt.asUintN(8 * size, -1n);
  const value = joinU64(lo, hi) & mask;
  return (operation === 'and' && value === 0n) || (operation === 'or' && value === mask);
}

let operations: ReadonlyMap<Mnemonic, ArithmeticOperation> | null = null;

function arithmeticOperations({ Mnemonic: M }: Iced): ReadonlyMap<Mnemonic, ArithmeticOperation> {
  operations ??= new Map<Mnemonic, ArithmeticOperation>([
    [M.Add, 'add'],
    [M.Sub, 'sub'],
    [M.And, 'and'],
    [M.Or, 'or'],
    [M.Xor, 'xor'],
    [M.Inc, 'inc'],
    [M.Dec, 'dec'],
    [M.Neg, 'neg'],
    [M.Not, 'not'],
    [M.Shl, 'shl'],
    [M.Sal, 'shl'],
    [M.Shr, 'shr'],
    [M.Sar, 'sar'],
    [M.Rol, 'rol'],
    [M.Ror, 'ror'],
    [M.Bts, 'bts'],
    [M.Btr, 'btr'],
    [M.Btc, 'btc'],
  ]);
  return operations;
}
