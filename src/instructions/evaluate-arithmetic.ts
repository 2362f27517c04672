// The result of a read-modify-write: from the old bytes as far as they are known, checked against FLAGS, or from FLAGS alone.
import type { ArithmeticOperation, WriteEffect } from './access-plan.js';
import { compute, newComputation, shiftCount } from './arithmetic.js';
import { readOperand, sampledFlags } from './evaluate-address.js';
import { flagsAgree, resultIsZero } from './flags.js';
import { setPlace, setStore } from './outcome.js';
import type { AccessSample, RebuiltAccess } from './sample.js';
import { byteOf, newWord, setWord, type Word } from './word.js';

type Arithmetic = Extract<WriteEffect, { kind: 'arithmetic' }>;

/** Evaluates read-modify-writes at the place that `out.offset` and `out.size` (1, 2, 4 or 8) name. Not reentrant. */
export class ArithmeticEvaluator {
  readonly #computation = newComputation();
  readonly #clipped = newWord();

  /** Sets `out` to the store, or to unknown where the old value is missing or disproved. */
  evaluate({ operation, operand }: Arithmetic, sample: AccessSample, out: RebuiltAccess): void {
    const computation = this.#computation;
    const size = out.size;
    const from = Math.max(0, -out.offset);
    const to = sample.old === null ? from : Math.min(size, sample.rangeSize - out.offset);
    computation.operation = operation;
    computation.size = size;
    readOperand(sample, operand, size, computation.operand);
    if (isShift(operation) && shiftCount(computation) === 0) out.kind = 'unchanged';
    else if (from === 0 && to === size) this.#whole(sample, out);
    else this.#part(from, to, sample, out);
  }

  /** All of the operand's old bytes are known. */
  #whole(sample: AccessSample, out: RebuiltAccess): void {
    const computation = this.#computation;
    loadOld(sample, out, computation.old);
    compute(computation);
    if (flagsAgree(computation, sampledFlags(sample))) {
      setStore(out, computation.result, 'arithmetic');
    } else {
      out.oldDisproved = true;
      this.#withoutOld(sample, out);
    }
  }

  /** Bytes `from` to `to` - 1 of the operand lie in the range and are known; none when `from` is not below `to`. */
  #part(from: number, to: number, sample: AccessSample, out: RebuiltAccess): void {
    const computation = this.#computation;
    const independent = isBytewise(computation.operation) || (from === 0 && isUpward(computation.operation));
    if (from < to && independent) {
      loadOld(sample, out, computation.old);
      compute(computation);
      this.#clip(from, to, out);
    } else {
      this.#withoutOld(sample, out);
    }
  }

  /** Stores bytes `from` to `to` - 1 of the result: the others depend on bytes outside the range. */
  #clip(from: number, to: number, out: RebuiltAccess): void {
    const { result } = this.#computation;
    let lo = 0;
    let hi = 0;
    for (let index = from; index < to; index++) {
      const byte = byteOf(result, index);
      if (index - from < 4) lo |= byte << (8 * (index - from));
      else hi |= byte << (8 * (index - from - 4));
    }
    setPlace(out, out.offset + from, to - from);
    setWord(this.#clipped, lo, hi, out.size);
    setStore(out, this.#clipped, 'arithmetic');
  }

  #withoutOld(sample: AccessSample, out: RebuiltAccess): void {
    const { result } = this.#computation;
    if (!resultIsZero(this.#computation, sampledFlags(sample))) return;
    setWord(result, 0, 0, 8);
    setStore(out, result, 'arithmetic');
  }
}

/** The operand's bytes that lie in the range; 0 for the others. */
function loadOld({ old, rangeSize }: AccessSample, out: RebuiltAccess, word: Word): void {
  let lo = 0;
  let hi = 0;
  for (let index = 0; index < out.size; index++) {
    const position = out.offset + index;
    const byte = position >= 0 && position < rangeSize ? (old?.[position] ?? 0) : 0;
    if (index < 4) lo |= byte << (8 * index);
    else hi |= byte << (8 * (index - 4));
  }
  setWord(word, lo, hi, 8);
}

function isShift(operation: ArithmeticOperation): boolean {
  return operation === 'shl' || operation === 'shr' || operation === 'sar' || operation === 'rol' || operation === 'ror';
}

/** Each byte of the result depends on the same byte of the old value only. */
function isBytewise(operation: ArithmeticOperation): boolean {
  switch (operation) {
    case 'and':
    case 'or':
    case 'xor':
    case 'not':
    case 'bts':
    case 'btr':
    case 'btc':
      return true;
    default:
      return false;
  }
}

/** Each byte of the result depends on the same and lower bytes of the old value only. */
function isUpward(operation: ArithmeticOperation): boolean {
  switch (operation) {
    case 'add':
    case 'sub':
    case 'inc':
    case 'dec':
    case 'neg':
      return true;
    default:
      return false;
  }
}
