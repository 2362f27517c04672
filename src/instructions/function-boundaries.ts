// Instruction boundaries from the starts of functions on: the one way to know for certain which instruction ends at an address.
import type { CodeSource } from './code-source.js';
import { type InstructionDecoder, LONGEST_INSTRUCTION } from './decoder.js';

/** Farther than this from its symbol, code is no longer taken to belong to that function (bytes). */
const LONGEST_FUNCTION = 1 << 20;

/** Functions remembered; then all are forgotten. */
const MOST_FUNCTIONS = 256;

/** Decodes functions from their starts, as far as needed and once. */
export class FunctionBoundaries {
  readonly #decoder: InstructionDecoder;
  readonly #code: CodeSource;
  readonly #functions = new Map<bigint, number[]>();

  constructor(decoder: InstructionDecoder, code: CodeSource) {
    this.#decoder = decoder;
    this.#code = code;
  }

  /**
   * Start of the instruction that ends at `end` in the function that starts at `start`; null where decoding from there does not arrive
   * at `end` (data between the instructions, unreadable code).
   */
  before(start: bigint, end: bigint): bigint | null {
    const distance = Number(end - start);
    if (distance <= 0 || distance > LONGEST_FUNCTION) return null;
    const boundaries = this.#upTo(start, distance);
    const position = search(boundaries, distance);
    const previous = boundaries[position - 1];
    return boundaries[position] !== distance || previous === undefined ? null : start + BigInt(previous);
  }

  /** Forgets all code, because it has changed. */
  clear(): void {
    this.#functions.clear();
  }

  #upTo(start: bigint, distance: number): readonly number[] {
    const known = this.#functions.get(start) ?? [0];
    const from = known[known.length - 1] ?? 0;
    if (from >= distance) return known;
    const bytes = this.#code.read(start + BigInt(from), distance - from + LONGEST_INSTRUCTION);
    if (bytes === null) return known;
    for (const boundary of this.#decoder.boundaries(bytes, distance - from)) if (boundary > 0) known.push(from + boundary);
    if (this.#functions.size >= MOST_FUNCTIONS) this.#functions.clear();
    this.#functions.set(start, known);
    return known;
  }
}

/** Index of the first element that is not below `wanted` in an ascending array. */
function search(ascending: readonly number[], wanted: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ascending[middle] ?? 0) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
