// The instruction before an address. x86 code cannot be read backwards, so three ways are tried, the surest first:
//
//   function    decode from the start of the function: certain
//   agreement   decode from every byte of a window before the address: x86 decoding falls into step with the real instructions within a
//               few of them, so when nearly all paths arrive through the same last instruction, that is the one
//   candidates  everything of 1 to 15 bytes that ends at the address; only the registers of a hit can choose
import type { InstructionPlan } from './access-plan.js';
import type { CodeSource, FunctionStart } from './code-source.js';
import { type InstructionDecoder, LONGEST_INSTRUCTION } from './decoder.js';
import { FunctionBoundaries } from './function-boundaries.js';

/** Bytes before the address from which paths are started, and how many of the nearest do not vote: they have not fallen into step. */
const WINDOW = 256;
const TOO_NEAR = 48;

/** With fewer paths than this, agreement means nothing. */
const FEWEST_VOTERS = 48;

/** Share of all paths that must arrive through the same instruction, and none through another. */
const AGREEMENT = 0.5;

/** The instructions that may be the one before an address, and how they were found. One, unless `certainty` is `candidates`. */
export interface PreviousInstructions {
  readonly certainty: 'function' | 'agreement' | 'candidates';
  readonly plans: readonly InstructionPlan[];
}

/** Finds instructions before addresses. Nothing is cached but the boundaries of functions. */
export class PreviousInstructionFinder {
  readonly #decoder: InstructionDecoder;
  readonly #code: CodeSource;
  readonly #functionStart: FunctionStart;
  readonly #boundaries: FunctionBoundaries;

  constructor(decoder: InstructionDecoder, code: CodeSource, functionStart: FunctionStart) {
    this.#decoder = decoder;
    this.#code = code;
    this.#functionStart = functionStart;
    this.#boundaries = new FunctionBoundaries(decoder, code);
  }

  /** The instructions that may end at `address`; none where nothing can be read or decoded there. */
  before(address: bigint): PreviousInstructions {
    const start = this.#functionStart(address - 1n);
    const certain = start === null ? null : this.#boundaries.before(start, address);
    if (certain !== null) return { certainty: 'function', plans: this.#plans([certain]) };
    const agreed = agreedLength(this.#decoder.lengths(this.#bytesBefore(address, WINDOW)));
    if (agreed > 0) return { certainty: 'agreement', plans: this.#plans([address - BigInt(agreed)]) };
    return { certainty: 'candidates', plans: this.#candidates(address) };
  }

  /** The instruction that begins at `address`, or null. */
  at(address: bigint): InstructionPlan | null {
    const bytes = this.#code.read(address, LONGEST_INSTRUCTION);
    return bytes === null ? null : this.#decoder.plan(bytes, address);
  }

  /** Forgets all code, because it has changed. */
  clear(): void {
    this.#boundaries.clear();
  }

  #candidates(address: bigint): InstructionPlan[] {
    const starts: bigint[] = [];
    const lengths = this.#decoder.lengths(this.#bytesBefore(address, LONGEST_INSTRUCTION));
    for (const [offset, length] of lengths.entries()) {
      if (length > 0 && offset + length === lengths.length) starts.push(address - BigInt(length));
    }
    return this.#plans(starts);
  }

  #plans(starts: readonly bigint[]): InstructionPlan[] {
    return starts.map((start) => this.at(start)).filter((plan) => plan !== null);
  }

  /** Up to `most` bytes that end at the address: as many as lie in readable memory. */
  #bytesBefore(address: bigint, most: number): Uint8Array {
    for (let length = Math.min(most, Number(address)); length > 0; length--) {
      const bytes = this.#code.read(address - BigInt(length), length);
      if (bytes !== null && bytes.length === length) return bytes;
    }
    return new Uint8Array(0);
  }
}

/**
 * Length of the instruction through which the paths over `lengths` (of the instruction at each offset) arrive at their end, or 0
 * where too few arrive or two arrive differently.
 */
function agreedLength(lengths: Uint8Array): number {
  const end = lengths.length;
  const voters = Math.max(0, end - TOO_NEAR);
  // arrivals[offset]: length of the last instruction on the path from there, 0 where it goes astray or past the end.
  const arrivals = new Uint8Array(end);
  for (let offset = end - 1; offset >= 0; offset--) {
    const length = lengths[offset] ?? 0;
    const next = offset + length;
    arrivals[offset] = length === 0 || next > end ? 0 : next === end ? length : (arrivals[next] ?? 0);
  }
  const votes = arrivals.subarray(0, voters).filter((length) => length > 0);
  const [first = 0] = votes;
  return voters >= FEWEST_VOTERS && votes.length > voters * AGREEMENT && votes.every((length) => length === first) ? first : 0;
}
