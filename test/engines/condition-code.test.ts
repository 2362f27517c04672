// Conditions compiled for the kernel answer as the evaluator does: random ones, run by the kernel on random values.
import { readFileSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Condition, evaluator, type HitFacts, type Moment, type WatchedValue } from '../../src/conditions/index.js';
import { canCompile, emitCondition } from '../../src/engines/bpf/condition-code.js';
import { FRAME, SCRATCH, wordAt } from '../../src/engines/bpf/frame.js';
import { FLAG } from '../../src/engines/bpf/records.js';
import { parseCondition } from '../../src/expressions/index.js';
import { REGISTER_NAMES } from '../../src/instructions/index.js';
import { Assembler, BpfProgram, R1, R9, SharedArray } from '../../src/linux/bpf/index.js';
import { PAGE_SIZE } from '../../src/linux/mapping.js';
import { SelfTestMemory } from '../../src/linux/self-test-memory.js';
import { describeWith } from '../helpers/requirement.js';
import { conditions, MEMORY_BYTES, POINTED, POINTER_AT, TEXTS, TEXTS_AT, valueBits } from './made-conditions.js';

const SEED = 20070222;

// The array:  0 old u64 | 8 new u64 | 16 old is known u64 | 24 flags u64 | 32 processor, told u64
const WORDS = { old: 0, new: 2, oldKnown: 4, flags: 6, cpu: 8 } as const;

/** What registers hold, in the order of REGISTER_NAMES, and then the instruction pointer. */
const REGISTER_VALUES = Array.from({ length: REGISTER_NAMES.length + 1 }, (_, i) => BigInt.asUintN(64, BigInt(i * i - 5) << BigInt(2 * i)));

/** Memory that conditions read: numbers, texts that lie over each other at {@link TEXTS_AT}, and a pointer into it. */
function madeMemory(memory: SelfTestMemory): Uint8Array {
  const bytes = Uint8Array.from({ length: PAGE_SIZE }, (_, i) => (i < TEXTS_AT ? (i * 37) & 255 : 0));
  for (const [i, text] of TEXTS.entries()) bytes.set(Buffer.from(`${text}\0`), TEXTS_AT + i);
  new DataView(bytes.buffer).setBigUint64(POINTER_AT, memory.addressOf(POINTED), true);
  for (let at = 0; at < MEMORY_BYTES; at += 4) memory.store(at, new DataView(bytes.buffer).getUint32(at, true));
  return bytes;
}

function registerValueOf(name: string): bigint {
  const slot = REGISTER_NAMES.findIndex((known) => known === name || `r${known}` === name);
  return REGISTER_VALUES[slot < 0 ? REGISTER_NAMES.length : slot] ?? 0n;
}

/** One hit as the kernel's program sees it. */
interface Given {
  readonly old: bigint;
  readonly new: bigint;
  readonly oldKnown: boolean;
  readonly newKnown: boolean;
  readonly kernel: boolean;
}

/** Runs compiled conditions. */
class Kernel implements Disposable {
  readonly #array = new SharedArray('hwbkpt_test', 64);

  load(condition: Condition): BpfProgram {
    const asm = new Assembler();
    const whenFalse = asm.label();
    asm.mapValue(R9, this.#array.fd);
    for (const [name, place] of Object.entries({ old: FRAME.oldValue, new: FRAME.newValue, oldKnown: FRAME.oldKnown, flags: FRAME.flags }))
      asm.load(8, R1, { base: R9, offset: WORDS[name as keyof typeof WORDS] * 4 }).store(8, place, R1);
    asm.call('get_smp_processor_id').store(8, { base: R9, offset: WORDS.cpu * 4 }, { register: 0 });
    for (const [slot, name] of [...REGISTER_NAMES.keys(), 'rip' as const].entries()) {
      const place = name === 'rip' ? FRAME.instructionPointer : wordAt(FRAME.registers, slot);
      asm.constant(R1, REGISTER_VALUES[slot] ?? 0n).store(8, place, R1);
    }
    const { oldValue: old, newValue, oldKnown, flags, registers, instructionPointer } = FRAME;
    const known = { old, new: newValue, oldKnown, flags, registers, instructionPointer };
    emitCondition(asm, condition, { ...known, memory: 'user', namespace: null, scratch: SCRATCH }, whenFalse);
    asm.exit(1).place(whenFalse).exit(0);
    return new BpfProgram({ type: 'syscall', name: 'hwbkpt_test', code: asm.assemble() });
  }

  /** Whether the hit passes, and on which processor that was told. */
  passes(program: BpfProgram, given: Given): { readonly passes: boolean; readonly cpu: number } {
    const { words } = this.#array;
    words.set(halves(given.old), WORDS.old);
    words.set(halves(given.new), WORDS.new);
    words[WORDS.oldKnown] = given.oldKnown ? 1 : 0;
    words[WORDS.flags] = (given.kernel ? FLAG.kernel : 0) | (given.newKnown ? FLAG.afterKnown : 0) | FLAG.exact;
    const passes = program.run() === 1;
    return { passes, cpu: this.#array.words[WORDS.cpu] ?? 0 };
  }

  [Symbol.dispose](): void {
    this.#array[Symbol.dispose]();
  }
}

function halves(value: bigint): [number, number] {
  return [Number(value & 0xffff_ffffn), Number(value >> 32n)];
}

function bytes(value: bigint): Uint8Array {
  return new Uint8Array(new BigUint64Array([value]).buffer);
}

const given: fc.Arbitrary<Given> = fc
  .record({
    old: valueBits,
    new: valueBits,
    same: fc.boolean(),
    oldKnown: fc.integer({ min: 0, max: 4 }),
    newKnown: fc.integer({ min: 0, max: 9 }),
    kernel: fc.boolean(),
  })
  .map(({ same, oldKnown, newKnown, ...rest }) => ({
    ...rest,
    new: same ? rest.old : rest.new,
    oldKnown: oldKnown > 0,
    newKnown: newKnown > 0,
  }));

const NAMES = ['worker', 'w', '', 'a name of 15 by', 'eight or', 'äöü'];
const INT: WatchedValue = {
  ...{ kind: 'integer', name: 'int', size: 4, truth: false, members: new Map() },
  field: { kind: 'integer', shift: 0, bits: 32, signed: true },
};

describeWith(['bpf'], 'conditions in the kernel', () => {
  let kernel: Kernel;
  let memory: SelfTestMemory;
  let moment: Moment;
  let own = '';

  beforeAll(() => {
    kernel = new Kernel();
    memory = new SelfTestMemory();
    const [bytes, base] = [madeMemory(memory), memory.addressOf(0)];
    moment = {
      read: (address, length) => {
        const at = Number(address - base);
        return at >= 0 && at + length <= bytes.length ? bytes.subarray(at, at + length) : null;
      },
      register: registerValueOf,
    };
    own = readFileSync('/proc/self/comm', 'utf8').trimEnd();
  });

  afterAll(() => {
    kernel[Symbol.dispose]();
    memory[Symbol.dispose]();
    writeFileSync('/proc/self/comm', own);
  });

  /** That kernel and evaluator agree; which answers there were. */
  function compare(condition: Condition, cases: readonly Given[], comm: string): Set<string> {
    const evaluate = evaluator(condition);
    const answers = new Set<string>();
    using program = kernel.load(condition);
    for (const one of cases) {
      const { passes, cpu } = kernel.passes(program, one);
      const hit: HitFacts = {
        ...{ tid: process.pid, pid: process.pid, cpu, kernel: one.kernel, comm },
        oldBytes: one.oldKnown ? bytes(one.old) : null,
        newBytes: one.newKnown ? bytes(one.new) : null,
        // In the kernel's code the registers are the kernel's.
        moment: one.kernel ? { ...moment, register: () => null } : moment,
      };
      const answer = evaluate(hit);
      answers.add(answer);
      if (passes !== (answer !== 'no')) expect({ one, passes }).toEqual({ one, passes: answer !== 'no' });
    }
    return answers;
  }

  test.each(NAMES)('pass what the evaluator lets pass, in a thread called %j', (name) => {
    // Nothing written would leave the name as it was.
    writeFileSync('/proc/self/comm', `${name}\0`);
    const answers = new Set<string>();
    fc.assert(
      fc.property(conditions(NAMES, memory.addressOf(0)), fc.array(given, { minLength: 20, maxLength: 20 }), (condition, cases) => {
        for (const answer of compare(condition, cases, name)) answers.add(answer);
      }),
      { seed: SEED, numRuns: 250 },
    );
    expect([...answers].sort()).toEqual(['no', 'unknown', 'yes']);
  });

  test('as long as conditions may be, the verifier takes them', () => {
    const terms = (count: number, separator: string, term: (i: number) => string): string =>
      Array.from({ length: count }, (_, i) => term(i)).join(separator);
    const longest = [
      terms(250, ' || ', (i) => `new == ${i * 3}`),
      terms(250, ' && ', (i) => `new != ${i * 3}`),
      terms(124, ' || ', (i) => `new > ${i} && old < ${i}`),
      terms(83, ' && ', (i) => `(new / old > ${i} || new % 7 == ${i % 7})`),
      `${terms(499, ' + ', () => 'new')} > 5`,
      `${'(new - ('.repeat(40)}old${'))'.repeat(40)} != 0`,
      terms(250, ' || ', (i) => `comm == "worker number ${i % 10}"`.replace('number ', '')),
    ];
    for (const text of longest)
      compare(parseCondition(text, INT), [{ old: 2n, new: 9n, oldKnown: true, newKnown: true, kernel: false }], own);
  });

  test('values of more than 8 bytes are refused', () => {
    expect(canCompile({ kind: 'not', of: { kind: 'bytes', comparison: '==', size: 9 } })).toBe(false);
    expect(canCompile({ kind: 'all', of: [{ kind: 'bytes', comparison: '==', size: 8 }] })).toBe(true);
  });
});
