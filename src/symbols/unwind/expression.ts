// Evaluates the location expressions that unwind instructions use: of PLT entries, realigned stacks, hand-written code.
import { Cursor } from '../dwarf/bytes/cursor.js';
import { Op } from '../dwarf/codes/operations.js';
import { readConstantOperand } from '../dwarf/expression.js';
import { calculate, rearrange } from '../dwarf/locations/arithmetic.js';
import { jump } from '../dwarf/locations/jump.js';

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
  const constant = op === Op.addr ? cursor.u64() : readConstantOperand(cursor, op);
  if (constant !== null) return push(stack, constant);
  return calculate(stack, op) ?? rearrange(stack, op, () => cursor.u8()) ?? inFrame(op, cursor, stack, frame);
}

function push(stack: bigint[], value: bigint): boolean {
  stack.push(BigInt.asUintN(64, value));
  return true;
}

/** What looks at registers or memory, or goes on elsewhere. */
function inFrame(op: number, cursor: Cursor, stack: bigint[], frame: ExpressionFrame): boolean {
  if (op >= Op.breg0 && op <= Op.breg31) return pushKnown(stack, frame.register(op - Op.breg0) + cursor.sleb());
  switch (op) {
    case Op.bregx:
      return pushKnown(stack, frame.register(cursor.uleb()) + cursor.sleb());
    case Op.deref:
      return load(stack, frame, 8);
    case Op.derefSize:
      return load(stack, frame, cursor.u8());
    case Op.plusUconst: {
      const top = stack.pop();
      return top !== undefined && push(stack, top + cursor.ulebBig());
    }
    case Op.skip:
      return jump(cursor, true);
    case Op.bra:
      return jump(cursor, stack.pop() !== 0n);
    case Op.nop:
      return true;
    default:
      return false;
  }
}

function pushKnown(stack: bigint[], value: number): boolean {
  return Number.isFinite(value) && push(stack, BigInt(value));
}

function load(stack: bigint[], frame: ExpressionFrame, size: number): boolean {
  const address = stack.pop();
  if (address === undefined) return false;
  const word = frame.word(Number(address));
  return Number.isFinite(word) && push(stack, BigInt.asUintN(8 * Math.min(size, 8), BigInt(word)));
}
