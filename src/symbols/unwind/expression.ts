// Evaluates the location expressions that unwind instructions use: of PLT entries, realigned stacks, hand-written code.
import { Cursor } from '../dwarf/bytes/cursor.js';

/** Operations carried out for one value; no real expression has as many. */
const MOST_STEPS = 1000;

/** What an expression looks at. NaN: not known. */
export interface ExpressionFrame {
  register(number: number): number;
  /** The 64-bit word at an address. */
  word(address: number): number;
}

/** The value that `block` computes, with `first` on its stack where that is given; NaN where it needs what is not known. Throws DwarfError. */
export function evaluate(block: Uint8Array, frame: ExpressionFrame, first: number | null = null): number {
  const stack: bigint[] = first === null ? [] : [BigInt(first)];
  const cursor = new Cursor(block);
  for (let steps = 0; !cursor.done; steps++) {
    if (steps > MOST_STEPS || !step(cursor, stack, frame)) return Number.NaN;
  }
  const top = stack.pop();
  return top === undefined ? Number.NaN : Number(top);
}

/** False where it cannot be carried out. */
function step(cursor: Cursor, stack: bigint[], frame: ExpressionFrame): boolean {
  const op = cursor.u8();
  const value = constantOf(op, cursor) ?? registerOf(op, cursor, frame);
  if (value !== null) {
    if (typeof value === 'number' && !Number.isFinite(value)) return false;
    stack.push(BigInt.asUintN(64, BigInt(value)));
    return true;
  }
  return move(op, cursor, stack) || compute(op, cursor, stack, frame);
}

function constantOf(op: number, cursor: Cursor): bigint | number | null {
  if (op >= 0x30 && op <= 0x4f) return op - 0x30;
  switch (op) {
    case 0x03:
    case 0x0e:
    case 0x0f:
      return cursor.u64();
    case 0x08:
      return cursor.u8();
    case 0x09:
      return cursor.s8();
    case 0x0a:
      return cursor.u16();
    case 0x0b:
      return (cursor.u16() << 16) >> 16;
    case 0x0c:
      return cursor.u32();
    case 0x0d:
      return cursor.u32() | 0;
    case 0x10:
      return cursor.ulebBig();
    case 0x11:
      return cursor.slebBig();
    default:
      return null;
  }
}

function registerOf(op: number, cursor: Cursor, frame: ExpressionFrame): number | null {
  if (op >= 0x70 && op <= 0x8f) return frame.register(op - 0x70) + cursor.sleb();
  return op === 0x92 ? frame.register(cursor.uleb()) + cursor.sleb() : null;
}

/** What only moves things, or the place of execution. */
function move(op: number, cursor: Cursor, stack: bigint[]): boolean {
  switch (op) {
    case 0x12:
      return copy(stack, 0);
    case 0x13:
      return stack.pop() !== undefined;
    case 0x14:
      return copy(stack, 1);
    case 0x15:
      return copy(stack, cursor.u8());
    case 0x16:
      return rotate(stack, 2);
    case 0x17:
      return rotate(stack, 3);
    case 0x2f:
      return jump(cursor, true);
    case 0x28:
      return jump(cursor, stack.pop() !== 0n);
    case 0x96:
      return true;
    default:
      return false;
  }
}

function copy(stack: bigint[], depth: number): boolean {
  const value = stack[stack.length - 1 - depth];
  if (value === undefined) return false;
  stack.push(value);
  return true;
}

/** The top goes `count` - 1 places down. */
function rotate(stack: bigint[], count: number): boolean {
  const top = stack.pop();
  if (top === undefined || stack.length < count - 1) return false;
  stack.splice(stack.length - count + 1, 0, top);
  return true;
}

function jump(cursor: Cursor, taken: boolean): boolean {
  const distance = (cursor.u16() << 16) >> 16;
  if (!taken) return true;
  const to = cursor.pos + distance;
  if (to < 0 || to > cursor.end) return false;
  cursor.pos = to;
  return true;
}

function compute(op: number, cursor: Cursor, stack: bigint[], frame: ExpressionFrame): boolean {
  const top = stack.pop();
  if (top === undefined) return false;
  const one = unary(op, top, cursor, frame);
  const result = one ?? binary(op, stack.pop(), top);
  if (result === null || (typeof result === 'number' && !Number.isFinite(result))) return false;
  stack.push(BigInt.asUintN(64, BigInt(result)));
  return true;
}

function unary(op: number, top: bigint, cursor: Cursor, frame: ExpressionFrame): bigint | number | null {
  switch (op) {
    case 0x06:
      return frame.word(Number(top));
    case 0x94: {
      const bits = 8 * Math.min(cursor.u8(), 8);
      const word = frame.word(Number(top));
      return Number.isFinite(word) ? BigInt.asUintN(bits, BigInt(word)) : word;
    }
    case 0x19:
      return BigInt.asIntN(64, top) < 0n ? -top : top;
    case 0x1f:
      return -top;
    case 0x20:
      return ~top;
    case 0x23:
      return top + cursor.ulebBig();
    default:
      return null;
  }
}

/** `under` is what lay below `top`. */
function binary(op: number, under: bigint | undefined, top: bigint): bigint | null {
  if (under === undefined) return null;
  const [a, b] = [BigInt.asIntN(64, under), BigInt.asIntN(64, top)];
  const shift = top > 63n ? 64n : top;
  switch (op) {
    case 0x1a:
      return under & top;
    case 0x1b:
      return b === 0n ? null : a / b;
    case 0x1c:
      return under - top;
    case 0x1d:
      return top === 0n ? null : under % top;
    case 0x1e:
      return under * top;
    case 0x21:
      return under | top;
    case 0x22:
      return under + top;
    case 0x24:
      return under << shift;
    case 0x25:
      return under >> shift;
    case 0x26:
      return a >> shift;
    case 0x27:
      return under ^ top;
    case 0x29:
      return BigInt(a === b);
    case 0x2a:
      return BigInt(a >= b);
    case 0x2b:
      return BigInt(a > b);
    case 0x2c:
      return BigInt(a <= b);
    case 0x2d:
      return BigInt(a < b);
    case 0x2e:
      return BigInt(a !== b);
    default:
      return null;
  }
}
