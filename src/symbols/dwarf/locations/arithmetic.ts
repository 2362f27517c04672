// The operations of location expressions that only touch the stack of 64-bit numbers. DWARF 5 sections 2.5.1.3 and 2.5.1.4.
import { Op } from '../codes/operations.js';

const BITS = 64n;

/** Signed: as numbers are compared, divided and shifted. */
function signed(value: bigint): bigint {
  return BigInt.asIntN(64, value);
}

const TWO: ReadonlyMap<number, (below: bigint, top: bigint) => bigint | null> = new Map([
  [Op.and, (a, b) => a & b],
  [Op.or, (a, b) => a | b],
  [Op.xor, (a, b) => a ^ b],
  [Op.plus, (a, b) => a + b],
  [Op.minus, (a, b) => a - b],
  [Op.mul, (a, b) => a * b],
  [Op.div, (a, b) => (b === 0n ? null : signed(a) / signed(b))],
  [Op.mod, (a, b) => (b === 0n ? null : a % b)],
  [Op.shl, (a, b) => (b >= BITS ? 0n : a << b)],
  [Op.shr, (a, b) => (b >= BITS ? 0n : a >> b)],
  [Op.shra, (a, b) => signed(a) >> (b >= BITS ? BITS - 1n : b)],
  [Op.eq, (a, b) => BigInt(a === b)],
  [Op.ne, (a, b) => BigInt(a !== b)],
  [Op.ge, (a, b) => BigInt(signed(a) >= signed(b))],
  [Op.gt, (a, b) => BigInt(signed(a) > signed(b))],
  [Op.le, (a, b) => BigInt(signed(a) <= signed(b))],
  [Op.lt, (a, b) => BigInt(signed(a) < signed(b))],
] as const);

const ONE: ReadonlyMap<number, (top: bigint) => bigint> = new Map([
  [Op.abs, (a) => (signed(a) < 0n ? -signed(a) : a)],
  [Op.neg, (a) => -a],
  [Op.not, (a) => ~a],
] as const);

/** Does `op` on `stack` (unsigned 64-bit numbers, the top last). Null: not one of these; false: it cannot be done (too few numbers, by zero). */
export function calculate(stack: bigint[], op: number): boolean | null {
  const one = ONE.get(op);
  const two = TWO.get(op);
  if (one === undefined && two === undefined) return null;
  const top = stack.pop();
  const below = two === undefined ? 0n : stack.pop();
  if (top === undefined || below === undefined) return false;
  const result = two === undefined ? one?.(top) : two(below, top);
  if (result === null || result === undefined) return false;
  stack.push(BigInt.asUintN(64, result));
  return true;
}

/** Does `op` if it only moves numbers of the stack about; results as of {@link calculate}. `operand`: of DW_OP_pick. */
export function rearrange(stack: bigint[], op: number, operand: () => number): boolean | null {
  const at = (depth: number): bigint | undefined => stack[stack.length - 1 - depth];
  switch (op) {
    case Op.dup:
      return pushed(stack, at(0));
    case Op.over:
      return pushed(stack, at(1));
    case Op.pick:
      return pushed(stack, at(operand()));
    case Op.drop:
      return stack.pop() !== undefined;
    case Op.swap:
      return turned(stack, 2);
    case Op.rot:
      return turned(stack, 3);
    default:
      return null;
  }
}

function pushed(stack: bigint[], value: bigint | undefined): boolean {
  if (value === undefined) return false;
  stack.push(value);
  return true;
}

/** The top goes below the `count - 1` numbers under it. */
function turned(stack: bigint[], count: number): boolean {
  const top = stack.length < count ? undefined : stack.pop();
  if (top === undefined) return false;
  stack.splice(stack.length - count + 1, 0, top);
  return true;
}
