// What goes into the rebuilding of an access and what comes out: two flat objects that the caller makes once and reuses for every hit.

/** One hit, as an engine that sees registers but no memory reports it. Halves are unsigned 32-bit numbers. */
export interface AccessSample {
  /** Where the thread was when the breakpoint trapped: the instruction after the access, or a REP instruction under way. */
  ipLo: number;
  ipHi: number;
  /** Words in the layout of registers.ts, from `registersOffset` on. */
  registers: Uint32Array;
  registersOffset: number;
  /** First address and length (1 to 32 bytes) of the watched range. */
  rangeLo: number;
  rangeHi: number;
  rangeSize: number;
  /** True when the breakpoint traps on writes only: an instruction that only reads cannot have caused the hit. */
  writesOnly: boolean;
  /** Bytes of the watched range before the hit (at least `rangeSize` of them), or null when they are not known. */
  old: Uint8Array | null;
  /** Whether the 8 bytes at RSP were sampled with the hit (PERF_SAMPLE_STACK_USER); it is what shows who made a call. */
  stackTopKnown: boolean;
  stackTopLo: number;
  stackTopHi: number;
}

/**
 * What a hit did. Offsets are in bytes from the start of the watched range and may be negative; parts outside the range are the caller's
 * to cut off.
 */
export interface RebuiltAccess {
  /**
   * `store`: the bytes at `offset` now hold `lo`, `hi`, and no other byte of the range changed.
   * `unchanged`: memory was read, or written with what it held.
   * `unknown`: not to be told from registers; with `placeKnown` only the bytes at `offset` can have changed.
   */
  kind: 'store' | 'unchanged' | 'unknown';
  /** Whether `offset` and `size` say where the access was; always with `store`. */
  placeKnown: boolean;
  offset: number;
  /** Bytes: 1 to 8 with `store`, else also more. */
  size: number;
  /** Of a store: the value's halves, little-endian, 0 beyond `size` bytes. */
  lo: number;
  hi: number;
  /** Of a store's value: a register, an operand in the code, or computed (from the old value or FLAGS). */
  source: 'registers' | 'instruction' | 'arithmetic';
  /** The instruction shows what it found in memory before it changed anything: `foundSize` (1 to 8) bytes at `foundOffset`. */
  foundKnown: boolean;
  foundOffset: number;
  foundSize: number;
  foundLo: number;
  foundHi: number;
  /** FLAGS contradict `sample.old`: memory had changed before this hit in a way that nobody saw. */
  oldDisproved: boolean;
  /** A `ret` made the access; which one is not known. */
  byReturn: boolean;
  /** Whether `instructionLo`, `instructionHi` is the address of the instruction that made the access. */
  instructionKnown: boolean;
  instructionLo: number;
  instructionHi: number;
}

/** A sample to fill in: no registers and no range but for what `fields` gives. */
export function newAccessSample(fields: Partial<AccessSample> = {}): AccessSample {
  return {
    ipLo: 0,
    ipHi: 0,
    registers: new Uint32Array(0),
    registersOffset: 0,
    rangeLo: 0,
    rangeHi: 0,
    rangeSize: 0,
    writesOnly: true,
    old: null,
    stackTopKnown: false,
    stackTopLo: 0,
    stackTopHi: 0,
    ...fields,
  };
}

/** An output object, `unknown` throughout. */
export function newRebuiltAccess(): RebuiltAccess {
  return {
    kind: 'unknown',
    placeKnown: false,
    offset: 0,
    size: 0,
    lo: 0,
    hi: 0,
    source: 'registers',
    foundKnown: false,
    foundOffset: 0,
    foundSize: 0,
    foundLo: 0,
    foundHi: 0,
    oldDisproved: false,
    byReturn: false,
    instructionKnown: false,
    instructionLo: 0,
    instructionHi: 0,
  };
}
