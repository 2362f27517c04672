// The jumps of a function that read where to go from memory: what may have led to one of its labels, or from a stub to a function.
import type { InstructionPlan } from './access-plan.js';
import type { CodeSource, FunctionStart } from './code-source.js';
import type { InstructionDecoder } from './decoder.js';

/** Code of a function looked at, bytes; without a symbol (stubs have none) much less. */
const LONGEST_FUNCTION = 1 << 16;
const LONGEST_STUB = 16;
/** Functions remembered; then all are forgotten. */
const MOST_FUNCTIONS = 4096;

export class Jumps {
  readonly #parts: { readonly decoder: InstructionDecoder; readonly code: CodeSource; readonly functionStart: FunctionStart };
  readonly #plan: (address: bigint) => InstructionPlan | null;
  readonly #known = new Map<bigint, readonly InstructionPlan[]>();

  /** `plan`: of the instruction at an address. */
  constructor(
    parts: { readonly decoder: InstructionDecoder; readonly code: CodeSource; readonly functionStart: FunctionStart },
    plan: (address: bigint) => InstructionPlan | null,
  ) {
    this.#parts = parts;
    this.#plan = plan;
  }

  /** Those of the function that begins at `start`, each with what it reads. */
  of(start: bigint): readonly InstructionPlan[] {
    const known = this.#known.get(start);
    if (known !== undefined) return known;
    if (this.#known.size >= MOST_FUNCTIONS) this.#known.clear();
    const found = this.#look(start);
    this.#known.set(start, found);
    return found;
  }

  /** Forgets all, because code has changed. */
  clear(): void {
    this.#known.clear();
  }

  #look(start: bigint): InstructionPlan[] {
    const { decoder, code } = this.#parts;
    const bytes = code.read(start, this.#length(start));
    if (bytes === null) return [];
    const plans = decoder.jumps(bytes).map((offset) => this.#plan(start + BigInt(offset)));
    return plans.filter((plan) => plan?.kind === 'leaves').filter((plan) => plan.reads.length > 0);
  }

  /** By doubling, then halving: symbols tell only whether an address is still of the function. */
  #length(start: bigint): number {
    const isInside = (length: number): boolean => this.#parts.functionStart(start + BigInt(length - 1)) === start;
    if (!isInside(1)) return LONGEST_STUB;
    let inside = 1;
    while (inside < LONGEST_FUNCTION && isInside(2 * inside)) inside *= 2;
    for (let step = inside / 2; step >= 1 && inside < LONGEST_FUNCTION; step /= 2) if (isInside(inside + step)) inside += step;
    return inside;
  }
}
