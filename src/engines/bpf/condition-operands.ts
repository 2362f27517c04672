// Writes the code of whole numbers in conditions: two sides into r1 and r2, where comparisons find them. Uses r0 to r5.
import { assertNever } from '../../base/assert.js';
import type { Arithmetic, IntegerField, Operand } from '../../conditions/index.js';
import { type Assembler, type Label, R1, R2, R3, R4, type Register } from '../../linux/bpf/index.js';
import type { ConditionFrame } from './condition-frame.js';
import { emitReadWord } from './condition-reads.js';

type Leaf = Extract<Operand, { kind: 'value' | 'register' | 'number' | 'fact' }>;

/** Largest and smallest number that an instruction can hold. */
const MOST_IMMEDIATE = 0x7fff_ffffn;
const LEAST_IMMEDIATE = -0x8000_0000n;

export class OperandCode {
  readonly #asm: Assembler;
  readonly #frame: ConditionFrame;

  /** Where to go from a read that fails; set before each comparison. */
  unknown: Label;

  constructor(asm: Assembler, frame: ConditionFrame) {
    this.#asm = asm;
    this.#frame = frame;
    this.unknown = asm.label();
  }

  /** `operand` into r1. */
  one(operand: Operand): void {
    this.#operand(operand, 0);
  }

  /** `left` into r1 and `right` into r2; `depth`: how many sides wait already. */
  pair(left: Operand, right: Operand, depth = 0): void {
    if (isLeaf(right)) {
      this.#operand(left, depth);
      this.#leaf(right, R2);
    } else if (isLeaf(left)) {
      this.#operand(right, depth);
      this.#asm.move(R2, R1);
      this.#leaf(left, R1);
    } else if (taken(right) > taken(left)) {
      this.#waits(right, left, depth);
      this.#asm.load(8, R2, this.#frame.waiting(depth));
    } else {
      this.#waits(left, right, depth);
      this.#asm.move(R2, R1).load(8, R1, this.#frame.waiting(depth));
    }
  }

  /** `first` waits in the frame while `second` comes into r1. */
  #waits(first: Operand, second: Operand, depth: number): void {
    this.#operand(first, depth);
    this.#asm.store(8, this.#frame.waiting(depth), R1);
    this.#operand(second, depth + 1);
  }

  /** Into r1. */
  #operand(operand: Operand, depth: number): void {
    switch (operand.kind) {
      case 'value':
      case 'register':
      case 'number':
      case 'fact':
        this.#leaf(operand, R1);
        return;
      case 'memory':
        this.#operand(operand.address, depth);
        emitReadWord(this.#asm, this.#frame, operand.size, this.unknown);
        this.#field(operand.field, R1);
        return;
      case 'arithmetic':
        this.pair(operand.left, operand.right, depth);
        this.#arithmetic(operand.operator, operand.unsigned);
        return;
      case 'negated':
        this.#operand(operand.of, depth);
        this.#asm.negate(R1);
        return;
      case 'inverted':
        this.#operand(operand.of, depth);
        this.#asm.compute('xor', R1, -1);
        return;
      default:
        assertNever(operand);
    }
  }

  /** Into `to`; no other register changes. */
  #leaf(leaf: Leaf, to: Register): void {
    switch (leaf.kind) {
      case 'value':
        this.#asm.load(8, to, this.#frame.value(leaf.which));
        this.#field({ ...leaf.field, shift: leaf.field.shift + 8 * leaf.offset }, to);
        return;
      case 'register':
        this.#asm.load(8, to, this.#frame.register(leaf.register));
        return;
      case 'number':
        emitNumber(this.#asm, to, leaf.value);
        return;
      case 'fact':
        this.#fact(leaf.fact, to);
        return;
      default:
        assertNever(leaf);
    }
  }

  #fact(fact: Extract<Leaf, { kind: 'fact' }>['fact'], to: Register): void {
    switch (fact) {
      case 'tid':
      case 'pid':
        this.#asm.load(4, to, this.#frame[fact]);
        return;
      case 'cpu':
        this.#asm.load(8, to, this.#frame.cpu);
        return;
      case 'kernel':
        this.#asm.load(8, to, this.#frame.flags).compute('and', to, 1);
        return;
      default:
        assertNever(fact);
    }
  }

  /** Up to the top, which cuts off what is above, and down again, which extends by the sign or by zeros. */
  #field({ shift, bits, signed }: IntegerField, to: Register): void {
    const up = 64 - shift - bits;
    const down = 64 - bits;
    if (up > 0) this.#asm.compute('lsh', to, up);
    if (down > 0) this.#asm.compute(signed ? 'arsh' : 'rsh', to, down);
  }

  /** r1 = r1 `operator` r2. */
  #arithmetic(operator: Arithmetic, unsigned: boolean): void {
    const asm = this.#asm;
    switch (operator) {
      case '/':
      case '%':
        if (unsigned) asm.compute(operator === '/' ? 'div' : 'mod', R1, R2);
        else this.#signedDivision(operator);
        return;
      case '<<':
      case '>>':
        asm.compute('and', R2, 63).compute(operator === '<<' ? 'lsh' : unsigned ? 'rsh' : 'arsh', R1, R2);
        return;
      default:
        asm.compute(OPERATIONS[operator], R1, R2);
    }
  }

  /**
   * By magnitudes, because the kernel's own signed division is of Linux 6.6. What division does about zero is right as it is: 0, and the
   * remainder of x is x. (x ^ s) - s, where s is -1 or 0, is -x or x.
   */
  #signedDivision(operator: '/' | '%'): void {
    const asm = this.#asm;
    for (const [sign, value] of [
      [R3, R1],
      [R4, R2],
    ] as const)
      asm.move(sign, value).compute('arsh', sign, 63).compute('xor', value, sign).compute('sub', value, sign);
    if (operator === '/') asm.compute('div', R1, R2).compute('xor', R3, R4);
    else asm.compute('mod', R1, R2);
    asm.compute('xor', R1, R3).compute('sub', R1, R3);
  }
}

const OPERATIONS: Readonly<Record<Exclude<Arithmetic, '/' | '%' | '<<' | '>>'>, 'add' | 'sub' | 'mul' | 'and' | 'or' | 'xor'>> = {
  '+': 'add',
  '-': 'sub',
  '*': 'mul',
  '&': 'and',
  '|': 'or',
  '^': 'xor',
};

/** The 64 bits of `value` into `to`, in as few instructions as they take. */
export function emitNumber(asm: Assembler, to: Register, value: bigint): void {
  const signed = BigInt.asIntN(64, value);
  if (signed >= LEAST_IMMEDIATE && signed <= MOST_IMMEDIATE) asm.move(to, Number(signed));
  else asm.constant(to, signed);
}

function isLeaf(operand: Operand): operand is Operand & Leaf {
  return operand.kind === 'value' || operand.kind === 'register' || operand.kind === 'number' || operand.kind === 'fact';
}

/** How many places in the frame an operand takes. */
function taken(operand: Operand): number {
  switch (operand.kind) {
    case 'value':
    case 'register':
    case 'number':
    case 'fact':
      return 0;
    case 'memory':
      return taken(operand.address);
    case 'negated':
    case 'inverted':
      return taken(operand.of);
    case 'arithmetic': {
      const [left, right] = [taken(operand.left), taken(operand.right)];
      if (isLeaf(operand.left) || isLeaf(operand.right)) return Math.max(left, right);
      return left === right ? left + 1 : Math.max(left, right);
    }
    default:
      return assertNever(operand);
  }
}

/** Whether it can be below 0. */
export function mayBeNegative(operand: Operand): boolean {
  switch (operand.kind) {
    case 'value':
    case 'memory':
      return operand.field.signed;
    case 'number':
      return operand.value < 0n;
    case 'fact':
      return false;
    default:
      return !operand.unsigned;
  }
}
