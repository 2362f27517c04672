// A program made of operations, laid out in the tracee's code space: its bytes, its addresses, and what registers and stack must hold.
import type { RegisterName } from '../../../../src/linux/ptrace-control.js';
import type { Operation } from '../operation.js';
import { type Encoded, encode } from './encode.js';
import type { TraceeProgram } from './tracee-program.js';

/** Of the code space, and of the stack, for each thread that shares them. */
const PART_BYTES = 4096n;
const WORD = 8;
const INT3 = 0xcc;

/** Where everything is. `writeTo` puts it there. */
export class LoadedProgram {
  readonly start: bigint;
  /** The int3 behind the last operation. */
  readonly end: bigint;
  /** Of each operation, and {@link end}. */
  readonly instructions: readonly bigint[];
  readonly registers: Partial<Record<RegisterName, bigint>>;
  /** Where MOV SS finds its selector. */
  readonly selectors: readonly bigint[];
  readonly #bytes: readonly number[];
  readonly #popped: readonly bigint[];
  readonly #starts: readonly bigint[];
  readonly #stack: bigint;

  /** `place`: which part of the code space and the stack. Throws where two operations want the same register to hold different things. */
  constructor(operations: readonly Operation[], program: TraceeProgram, place: number) {
    const encoded = operations.map((operation) => encode(operation, program.addresses));
    this.start = program.code + PART_BYTES * BigInt(place);
    this.#bytes = encoded.flatMap(({ bytes }) => bytes);
    this.end = this.start + BigInt(this.#bytes.length);
    this.#starts = startsOf(encoded, this.start);
    this.instructions = [...encoded.map(({ preparation }, index) => (this.#starts[index] ?? 0n) + BigInt(preparation)), this.end];
    this.#popped = encoded.flatMap(({ popped }) => (popped === undefined ? [] : [popped]));
    this.#stack = program.stackTop - PART_BYTES * BigInt(place) - BigInt(WORD * this.#popped.length);
    this.registers = { ...mergedRegisters(encoded), rsp: this.#stack };
    this.selectors = operations.flatMap((operation) => (operation.op === 'load-ss' ? [program.addresses.data + BigInt(operation.at)] : []));
  }

  /** Hands every word of code and stack to `poke`. Int3 follows the code to the end of its word, as it does in the rest of the space. */
  writeTo(poke: (address: bigint, word: bigint) => void): void {
    for (let at = 0; at <= this.#bytes.length; at += WORD) {
      const bytes = Array.from({ length: WORD }, (_, index) => this.#bytes[at + index] ?? INT3);
      poke(this.start + BigInt(at), new DataView(Uint8Array.from(bytes).buffer).getBigUint64(0, true));
    }
    for (const [index, flags] of this.#popped.entries()) poke(this.#stack + BigInt(WORD * index), flags);
  }

  /** The operation that `address` belongs to, the number of operations for {@link end}; null outside. */
  indexOf(address: bigint): number | null {
    if (address < this.start || address > this.end) return null;
    return address === this.end ? this.#starts.length : this.#starts.findLastIndex((start) => start <= address);
  }
}

function startsOf(encoded: readonly Encoded[], start: bigint): bigint[] {
  let next = start;
  return encoded.map(({ bytes }) => {
    const own = next;
    next += BigInt(bytes.length);
    return own;
  });
}

function mergedRegisters(encoded: readonly Encoded[]): Partial<Record<RegisterName, bigint>> {
  const merged: Partial<Record<RegisterName, bigint>> = {};
  for (const [name, value] of encoded.flatMap(({ registers }) => Object.entries(registers ?? {}))) {
    const known = merged[name as RegisterName];
    if (known !== undefined && known !== value) throw new Error(`two operations need ${name}`);
    merged[name as RegisterName] = value;
  }
  return merged;
}
