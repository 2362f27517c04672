// Compiles conditions for the kernel: to jumps, without a loop. The evaluator of conditions/ gives the same answers; a test holds them together.
//
// A hit passes where its condition may hold: where it does, or where what is not known could make it. Kleene's logic makes that simple. `a && b`
// may hold where both may, `a || b` where one may, and `!a` where `a` may fail; so unknowns matter only at the comparisons.
import { assertNever } from '../../base/assert.js';
import { type Comparison, type Condition, type FloatOperand, mentions, type Operand, utf8, type Which } from '../../conditions/index.js';
import { type Assembler, type Label, R1, R2 } from '../../linux/bpf/index.js';
import { emitFloatOrder, floatOrder } from './condition-floats.js';
import { type ConditionEnvironment, ConditionFrame } from './condition-frame.js';
import { emitNumber, mayBeNegative, OperandCode } from './condition-operands.js';
import { emitReadText, emitReadWord } from './condition-reads.js';

export type { ConditionEnvironment } from './condition-frame.js';

/** The widest value of which old and new can be compared here. */
const MOST_BYTES = 8;

/** Whether the kernel can test `condition`: not, where it compares values of more than 8 bytes. */
export function canCompile(condition: Condition): boolean {
  switch (condition.kind) {
    case 'all':
    case 'any':
      return condition.of.every(canCompile);
    case 'not':
      return canCompile(condition.of);
    case 'bytes':
      return condition.size <= MOST_BYTES;
    default:
      return true;
  }
}

/**
 * Jumps to `whenFalse` where the condition surely does not hold; else falls through. There is always a way to both, as the verifier wants it.
 * Uses r0 to r5 and the environment's scratch area. For conditions that {@link canCompile}, of at most some 500 terms.
 */
export function emitCondition(asm: Assembler, condition: Condition, environment: ConditionEnvironment, whenFalse: Label): void {
  const frame = new ConditionFrame(environment);
  frame.emitFacts(asm, condition);
  new ConditionCode(asm, frame).emit(condition, { wanted: true, when: false, to: whenFalse });
}

/**
 * What the code of a condition is to do: jump to `to` where the condition may be `wanted` (`when` true), or where it surely is not (`when` false);
 * else fall through.
 */
interface Jump {
  readonly wanted: boolean;
  readonly when: boolean;
  readonly to: Label;
}

const OPPOSITE: Readonly<Record<Comparison, Comparison>> = { '==': '!=', '!=': '==', '<': '>=', '>=': '<', '>': '<=', '<=': '>' };
const MIRRORED: Readonly<Record<Comparison, Comparison>> = { '==': '==', '!=': '!=', '<': '>', '>=': '<=', '>': '<', '<=': '>=' };

class ConditionCode {
  readonly #asm: Assembler;
  readonly #frame: ConditionFrame;
  readonly #operands: OperandCode;

  constructor(asm: Assembler, frame: ConditionFrame) {
    this.#asm = asm;
    this.#frame = frame;
    this.#operands = new OperandCode(asm, frame);
  }

  emit(condition: Condition, jump: Jump): void {
    switch (condition.kind) {
      case 'all':
      case 'any':
        // Not all are true where any is false.
        this.#several(condition.of, (condition.kind === 'all') === jump.wanted, jump);
        return;
      case 'not':
        this.emit(condition.of, { ...jump, wanted: !jump.wanted });
        return;
      default:
        this.#comparison(condition, jump);
    }
  }

  /** `every`: they pass together, else one of them is enough. */
  #several(parts: readonly Condition[], every: boolean, jump: Jump): void {
    const last = parts.at(-1);
    if (last === undefined) {
      this.#constant(every, jump);
      return;
    }
    const through = this.#asm.label();
    // Of all, one that does not pass decides; of any, one that does.
    const decided: Jump = { ...jump, when: !every, to: jump.when === !every ? jump.to : through };
    for (const part of parts.slice(0, -1)) this.emit(part, decided);
    this.emit(last, jump);
    this.#asm.place(through);
  }

  /** A jump that both ways seem possible of: what surely is not reached would be refused. */
  #constant(passes: boolean, { when, to }: Pick<Jump, 'when' | 'to'>): void {
    this.#asm.move(R1, passes === when ? 1 : 0).jumpIf(R1, '!=', 0, to);
  }

  #comparison(condition: Exclude<Condition, { kind: 'all' | 'any' | 'not' }>, jump: Jump): void {
    const through = this.#asm.label();
    const unknown = jump.when ? jump.to : through;
    this.#frame.emitLacks(this.#asm, mentions(condition), unknown);
    this.#operands.unknown = unknown;
    // Jumps where the comparison holds, or where it does not.
    const holds = jump.wanted === jump.when;
    switch (condition.kind) {
      case 'integers':
        this.#integers(condition, holds ? condition.comparison : OPPOSITE[condition.comparison], { to: jump.to, through });
        break;
      case 'floats':
        this.#floats(condition, holds, { to: jump.to, through });
        break;
      case 'bytes':
        this.#bytes(condition.size, (condition.comparison === '==') === holds, jump.to);
        break;
      case 'text':
        this.#text(condition, (condition.comparison === '==') === holds, { to: jump.to, through });
        break;
      case 'comm':
        this.#comm(condition.text, (condition.comparison === '==') === holds, { to: jump.to, through });
        break;
      default:
        assertNever(condition);
    }
    this.#asm.place(through);
  }

  #integers({ left, right }: { readonly left: Operand; readonly right: Operand }, comparison: Comparison, { to, through }: Targets): void {
    this.#operands.pair(left, right);
    const unsigned = left.unsigned || right.unsigned;
    // A negative number beside an unsigned one is less than that, whatever its bits would be there.
    if (unsigned && mayBeNegative(left)) this.#asm.jumpIf(R1, 's<', 0, isOfLess(comparison) ? to : through);
    if (unsigned && mayBeNegative(right)) this.#asm.jumpIf(R2, 's<', 0, isOfLess(MIRRORED[comparison]) ? to : through);
    this.#asm.jumpIf(R1, unsigned || comparison === '==' || comparison === '!=' ? comparison : `s${comparison}`, R2, to);
  }

  #floats({ comparison, left, right }: Extract<Condition, { kind: 'floats' }>, holds: boolean, { to, through }: Targets): void {
    // With a NaN only != holds.
    const whenNaN = (comparison === '!=') === holds ? to : through;
    // Both are read before either is looked at: what cannot be read decides before a NaN does.
    this.#float(left);
    this.#asm.store(8, this.#frame.waiting(0), R1);
    this.#float(right);
    this.#asm.move(R2, R1).load(8, R1, this.#frame.waiting(0));
    if (left.kind !== 'number') emitFloatOrder(this.#asm, left.size, R1, whenNaN);
    if (right.kind !== 'number') emitFloatOrder(this.#asm, right.size, R2, whenNaN);
    const wanted = holds ? comparison : OPPOSITE[comparison];
    this.#asm.jumpIf(R1, wanted === '==' || wanted === '!=' ? wanted : `s${wanted}`, R2, to);
  }

  /** A float into r1: its bits, and of a number what it is ordered by. */
  #float(of: FloatOperand): void {
    if (of.kind === 'number') {
      emitNumber(this.#asm, R1, floatOrder(of));
      return;
    }
    if (of.kind === 'value') this.#valueFrom(of.which, of.offset);
    else {
      this.#operands.one(of.address);
      emitReadWord(this.#asm, this.#frame, of.size, this.#operands.unknown);
    }
  }

  /** The value from byte `offset` on into r1. */
  #valueFrom(which: Which, offset: number): void {
    this.#asm.load(8, R1, this.#frame.value(which));
    if (offset > 0) this.#asm.compute('rsh', R1, 8 * offset);
  }

  #bytes(size: number, equal: boolean, to: Label): void {
    if (size > MOST_BYTES) throw new RangeError(`values of ${size} bytes cannot be compared in the kernel`);
    this.#asm.load(8, R1, this.#frame.value('old')).load(8, R2, this.#frame.value('new'));
    // Only the value's own bytes.
    if (size < MOST_BYTES)
      this.#asm
        .compute('xor', R1, R2)
        .compute('lsh', R1, 8 * (MOST_BYTES - size))
        .move(R2, 0);
    this.#asm.jumpIf(R1, equal ? '==' : '!=', R2, to);
  }

  /** Up to the text's end and the zero behind it; what follows means nothing. */
  #comm(text: string, equal: boolean, { to, through }: Targets): void {
    const bytes = [...utf8(text), 0];
    this.#characters(bytes, { equal, to, through }, (eight) => this.#asm.load(8, R1, this.#frame.comm(eight === 0 ? 0 : 1)));
  }

  /** A text that fills all of its array has no NUL behind it. */
  #text({ of, text }: Extract<Condition, { kind: 'text' }>, equal: boolean, { to, through }: Targets): void {
    const most = of.size ?? Number.POSITIVE_INFINITY;
    if (text.length > most) {
      this.#constant(!equal, { when: true, to });
      return;
    }
    const bytes = text.length < most ? [...text, 0] : text;
    if (of.kind === 'value') {
      this.#characters(bytes, { equal, to, through }, () => this.#valueFrom(of.which, of.offset));
      return;
    }
    this.#operands.one(of.address);
    emitReadText(this.#asm, this.#frame, { length: bytes.length, isString: of.size === null }, this.#operands.unknown);
    this.#characters(bytes, { equal, to, through }, (eight) => this.#asm.load(8, R1, this.#frame.text(eight)));
  }

  /** Compares `bytes` with what `load` brings into r1, eight at a time; bytes beyond them do not matter. */
  #characters(
    bytes: readonly number[],
    { equal, to, through }: Targets & { readonly equal: boolean },
    load: (eight: number) => void,
  ): void {
    const last = Math.ceil(bytes.length / MOST_BYTES) - 1;
    for (let eight = 0; eight <= last; eight++) {
      load(eight);
      this.#word(bytes.slice(MOST_BYTES * eight, MOST_BYTES * (eight + 1)));
      if (eight < last) this.#asm.jumpIf(R1, '!=', R2, equal ? through : to);
    }
    this.#asm.jumpIf(R1, equal ? '==' : '!=', R2, to);
  }

  /** Leaves as many bytes in r1 as `bytes` has, and `bytes` in r2. */
  #word(bytes: readonly number[]): void {
    const surplus = 8 * (MOST_BYTES - bytes.length);
    if (surplus > 0) this.#asm.compute('lsh', R1, surplus).compute('rsh', R1, surplus);
    emitNumber(
      this.#asm,
      R2,
      bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n),
    );
  }
}

/** Where a comparison jumps, and where it ends. */
interface Targets {
  readonly to: Label;
  readonly through: Label;
}

/** Whether it holds for what is less. */
function isOfLess(comparison: Comparison): boolean {
  return comparison === '<' || comparison === '<=' || comparison === '!=';
}
