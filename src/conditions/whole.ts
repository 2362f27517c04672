// Whole numbers of 64 bits for the hot path: a JavaScript number wherever that is exact, and a bigint only beyond 2^53.
//
// The form is canonical, so that === is equality; < and the like compare numbers and bigints as they are. Every operation yields the value that
// 64 bits hold, as signed or unsigned as it is told. A negative number among unsigned ones is what its bits are there.

/** A number where it is a safe integer, else a bigint; from -2^63 up, below 2^64. */
export type Whole = number | bigint;

const TWO_32 = 0x1_0000_0000;

/** A bigint in canonical form. */
export function whole(value: bigint): Whole {
  return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
}

function wrapped(value: bigint, unsigned: boolean): Whole {
  return whole(unsigned ? BigInt.asUintN(64, value) : BigInt.asIntN(64, value));
}

/** What the bits of `value` are among unsigned, or signed, numbers. */
function taken(value: Whole, unsigned: boolean): Whole {
  if (typeof value === 'number' && (value >= 0 || !unsigned)) return value;
  return wrapped(BigInt(value), unsigned);
}

/** Whether a result made with numbers is what 64 bits hold. */
function isRight(value: number, unsigned: boolean): boolean {
  return Number.isSafeInteger(value) && (value >= 0 || !unsigned);
}

export function sum(a: Whole, b: Whole, unsigned: boolean): Whole {
  if (typeof a === 'number' && typeof b === 'number') {
    const value = a + b;
    if (isRight(value, unsigned)) return value;
  }
  return wrapped(BigInt(a) + BigInt(b), unsigned);
}

export function difference(a: Whole, b: Whole, unsigned: boolean): Whole {
  if (typeof a === 'number' && typeof b === 'number') {
    const value = a - b;
    if (isRight(value, unsigned)) return value;
  }
  return wrapped(BigInt(a) - BigInt(b), unsigned);
}

export function product(a: Whole, b: Whole, unsigned: boolean): Whole {
  if (typeof a === 'number' && typeof b === 'number') {
    const value = a * b;
    if (isRight(value, unsigned)) return value;
  }
  return wrapped(BigInt(a) * BigInt(b), unsigned);
}

/** Rounded towards 0; 0 where `b` is 0. */
export function quotient(a: Whole, b: Whole, unsigned: boolean): Whole {
  const above = taken(a, unsigned);
  const below = taken(b, unsigned);
  if (below === 0) return 0;
  if (typeof above === 'number' && typeof below === 'number') return (above - (above % below)) / below;
  return wrapped(BigInt(above) / BigInt(below), unsigned);
}

/** With the sign of `a`; `a` where `b` is 0. */
export function remainder(a: Whole, b: Whole, unsigned: boolean): Whole {
  const above = taken(a, unsigned);
  const below = taken(b, unsigned);
  if (below === 0) return above;
  if (typeof above === 'number' && typeof below === 'number') return above % below;
  return wrapped(BigInt(above) % BigInt(below), unsigned);
}

/** How the bits of two halves are put together. */
type Bits = (a: number, b: number) => number;

/** Of numbers up to 2^53 in two's complement: bits 32 and above, and those below. */
function byHalves(a: number, b: number, bits: Bits): Whole {
  const value = bits(Math.floor(a / TWO_32), Math.floor(b / TWO_32)) * TWO_32 + (bits(a, b) >>> 0);
  // -2^53 can come of it, which is exact and yet no safe integer.
  return Number.isSafeInteger(value) ? value : BigInt(value);
}

const AND: Bits = (a, b) => a & b;
const OR: Bits = (a, b) => a | b;
const XOR: Bits = (a, b) => a ^ b;

export function conjunction(a: Whole, b: Whole, unsigned: boolean): Whole {
  if (typeof a === 'number' && typeof b === 'number') return taken(byHalves(a, b, AND), unsigned);
  return wrapped(BigInt(a) & BigInt(b), unsigned);
}

export function disjunction(a: Whole, b: Whole, unsigned: boolean): Whole {
  if (typeof a === 'number' && typeof b === 'number') return taken(byHalves(a, b, OR), unsigned);
  return wrapped(BigInt(a) | BigInt(b), unsigned);
}

export function exclusion(a: Whole, b: Whole, unsigned: boolean): Whole {
  if (typeof a === 'number' && typeof b === 'number') return taken(byHalves(a, b, XOR), unsigned);
  return wrapped(BigInt(a) ^ BigInt(b), unsigned);
}

/** The count of a shift: its lowest 6 bits. */
function shiftCount(value: Whole): number {
  return typeof value === 'number' ? value & 63 : Number(value & 63n);
}

export function shiftedLeft(a: Whole, b: Whole, unsigned: boolean): Whole {
  const count = shiftCount(b);
  if (typeof a === 'number') {
    const value = a * 2 ** count;
    if (isRight(value, unsigned)) return value;
  }
  return wrapped(BigInt(a) << BigInt(count), unsigned);
}

/** The sign goes on from above where `a` is signed. */
export function shiftedRight(a: Whole, b: Whole, unsigned: boolean): Whole {
  const above = taken(a, unsigned);
  const count = shiftCount(b);
  return typeof above === 'number' ? Math.floor(above / 2 ** count) : wrapped(above >> BigInt(count), unsigned);
}

export function negated(value: Whole, unsigned: boolean): Whole {
  return difference(0, value, unsigned);
}

export function inverted(value: Whole, unsigned: boolean): Whole {
  return difference(-1, value, unsigned);
}
