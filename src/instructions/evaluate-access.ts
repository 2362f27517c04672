// What one memory access did, read from the registers of one sample: the value it left, or the value it showed.
import { assertNever } from '../base/assert.js';
import type { FoundRule, MemoryAccess, RegisterPart, WriteEffect } from './access-plan.js';
import { readOperand, readPart, registerHi, registerLo, sampledFlags, touchesRange } from './evaluate-address.js';
import { ArithmeticEvaluator } from './evaluate-arithmetic.js';
import { conditionHolds } from './flags.js';
import { setFound, setPlace, setStore } from './outcome.js';
import { FLAG, REGISTER } from './registers.js';
import type { AccessSample, RebuiltAccess } from './sample.js';
import { newWord, setWord, swapBytes } from './word.js';

/** pushf stores FLAGS without RF (bit 16) and VM (bit 17). */
const PUSHED_FLAGS = 0xfc_ffff;

const ACCUMULATOR: RegisterPart = { register: REGISTER.ax, high: false };
const BASE: RegisterPart = { register: REGISTER.bx, high: false };
const COUNTER: RegisterPart = { register: REGISTER.cx, high: false };
const DATA: RegisterPart = { register: REGISTER.dx, high: false };

/** Evaluates accesses that are known to touch the watched range. Keeps scratch values only; not reentrant. */
export class AccessEvaluator {
  readonly #word = newWord();
  readonly #arithmetic = new ArithmeticEvaluator();

  /** Says in `out` what `access` did at `offset` bytes from the range's start. `out` must be reset. */
  evaluate(access: MemoryAccess, offset: number, sample: AccessSample, out: RebuiltAccess): void {
    setPlace(out, offset, access.size);
    if (access.write !== null) {
      this.#write(access.write, sample, out);
    } else {
      out.kind = 'unchanged';
      this.#found(access.found, sample, out);
    }
  }

  #write(effect: WriteEffect, sample: AccessSample, out: RebuiltAccess): void {
    const word = this.#word;
    const size = out.size;
    switch (effect.kind) {
      case 'register':
        readPart(sample, effect.part, size, word);
        if (effect.swapped) swapBytes(word, size);
        setStore(out, word, 'registers');
        break;
      case 'stack-pointer':
        this.#stackPointer(effect.add, sample, out);
        break;
      case 'immediate':
        setWord(word, effect.lo, effect.hi, size);
        setStore(out, word, 'instruction');
        break;
      case 'flags':
        setWord(word, sampledFlags(sample) & PUSHED_FLAGS, 0, size);
        setStore(out, word, 'registers');
        break;
      case 'condition':
        setWord(word, conditionHolds(effect.code, sampledFlags(sample)) ? 1 : 0, 0, size);
        setStore(out, word, 'registers');
        break;
      case 'fill':
        readPart(sample, ACCUMULATOR, size, word);
        setStore(out, word, 'registers');
        break;
      case 'arithmetic':
        this.#arithmetic.evaluate(effect, sample, out);
        break;
      case 'exchange':
        readPart(sample, effect.part, size, word);
        setFound(out, word);
        break;
      case 'compare-exchange':
        this.#compareExchange(effect.source, sample, out);
        break;
      case 'compare-exchange-pair':
        if (effect.half === 4) this.#compareExchange8(sample, out);
        else this.#compareExchange16(sample, out);
        break;
      case 'opaque':
        break;
      default:
        assertNever(effect);
    }
  }

  #stackPointer(add: number, sample: AccessSample, out: RebuiltAccess): void {
    const lo = registerLo(sample, REGISTER.sp) + add;
    setWord(this.#word, lo, registerHi(sample, REGISTER.sp) + (lo >= 2 ** 32 ? 1 : 0), out.size);
    setStore(out, this.#word, 'registers');
  }

  /** Equal (ZF): the accumulator, unchanged, is what was found, and the source was stored. Else the accumulator now holds what was found. */
  #compareExchange(source: RegisterPart, sample: AccessSample, out: RebuiltAccess): void {
    readPart(sample, ACCUMULATOR, out.size, this.#word);
    setFound(out, this.#word);
    if (!isZeroFlag(sample)) {
      out.kind = 'unchanged';
      return;
    }
    readPart(sample, source, out.size, this.#word);
    setStore(out, this.#word, 'registers');
  }

  #compareExchange8(sample: AccessSample, out: RebuiltAccess): void {
    setWord(this.#word, registerLo(sample, REGISTER.ax), registerLo(sample, REGISTER.dx), 8);
    setFound(out, this.#word);
    if (!isZeroFlag(sample)) {
      out.kind = 'unchanged';
      return;
    }
    setWord(this.#word, registerLo(sample, REGISTER.bx), registerLo(sample, REGISTER.cx), 8);
    setStore(out, this.#word, 'registers');
  }

  /** A result holds 8 bytes, so it tells of the half that is watched; where both are, only what was found can be told. */
  #compareExchange16(sample: AccessSample, out: RebuiltAccess): void {
    const whole = out.offset;
    const low = touchesRange(sample, whole, 8);
    const both = low && touchesRange(sample, whole + 8, 8);
    setPlace(out, low ? whole : whole + 8, 8);
    readPart(sample, low ? ACCUMULATOR : DATA, 8, this.#word);
    setFound(out, this.#word);
    if (!isZeroFlag(sample)) {
      out.kind = 'unchanged';
    } else if (both) {
      setPlace(out, whole, 16);
    } else {
      readPart(sample, low ? BASE : COUNTER, 8, this.#word);
      setStore(out, this.#word, 'registers');
    }
  }

  #found(rule: FoundRule, sample: AccessSample, out: RebuiltAccess): void {
    const word = this.#word;
    switch (rule.kind) {
      case 'register':
        readPart(sample, rule.part, out.size, word);
        if (rule.swapped) swapBytes(word, out.size);
        setFound(out, word);
        break;
      case 'equal':
        if (!isZeroFlag(sample)) break;
        readOperand(sample, rule.operand, out.size, word);
        setFound(out, word);
        break;
      case 'none':
        break;
      default:
        assertNever(rule);
    }
  }
}

function isZeroFlag(sample: AccessSample): boolean {
  return (sampledFlags(sample) & FLAG.zero) !== 0;
}
