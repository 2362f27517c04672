// BPF as it is used: each instruction of the assembler does what its name says in the running kernel; maps, rings and refusals.
import { describe, expect, test } from 'vitest';
import {
  Assembler,
  AssemblyError,
  BpfMap,
  BpfProgram,
  BpfRing,
  HELPER,
  R0,
  R1,
  R2,
  R3,
  R9,
  R10,
  SharedArray,
  VerifierError,
} from '../../src/linux/bpf/index.js';
import { describeWith } from '../helpers/requirement.js';

const MASK = 0xffff_ffff_ffff_ffffn;

/** What `code` leaves in r1 and r2 after r1 was `a` and r2 `b`. */
function computed(array: SharedArray, a: bigint, b: bigint, code: (asm: Assembler) => void): readonly [bigint, bigint] {
  const asm = new Assembler().mapValue(R9, array.fd).constant(R1, a).constant(R2, b);
  code(asm);
  asm.store(8, { base: R9, offset: 0 }, R1).store(8, { base: R9, offset: 8 }, R2);
  using program = new BpfProgram({ type: 'syscall', name: 'hwbkpt_test', code: asm.exit(0).assemble() });
  expect(program.run()).toBe(0);
  const words = new BigUint64Array(array.words.buffer, array.words.byteOffset, 2);
  return [words[0] ?? 0n, words[1] ?? 0n];
}

const A = 0xf123_4567_89ab_cdefn;
const B = 0x0000_0001_0000_0003n;

describeWith(['bpf'], 'the assembler', () => {
  test.each([
    ['add', A + B],
    ['sub', A - B],
    ['mul', A * B],
    ['div', A / B],
    ['mod', A % B],
    ['or', A | B],
    ['and', A & B],
    ['xor', A ^ B],
    ['lsh', A << 3n],
    ['rsh', A >> 3n],
    ['arsh', BigInt.asIntN(64, A) >> 3n],
  ] as const)('%s', (operation, expected) => {
    using array = new SharedArray('hwbkpt_test', 64);
    const [result] = computed(array, A, B, (asm) => {
      if (operation.endsWith('sh')) asm.compute('and', R2, 7);
      asm.compute(operation, R1, R2);
    });
    expect(result).toBe(expected & MASK);
  });

  test('negates, moves, and extends immediates with their sign', () => {
    using array = new SharedArray('hwbkpt_test', 64);
    expect(computed(array, 5n, 0n, (asm) => asm.negate(R1).move(R2, -2))).toEqual([MASK - 4n, MASK - 1n]);
    expect(computed(array, 5n, 7n, (asm) => asm.move(R1, R2))).toEqual([7n, 7n]);
  });

  test('divides by zero as the conditions say: 0, and for a remainder what is divided', () => {
    using array = new SharedArray('hwbkpt_test', 64);
    expect(computed(array, A, 0n, (asm) => asm.compute('div', R1, R2))).toEqual([0n, 0n]);
    expect(computed(array, A, 0n, (asm) => asm.compute('mod', R1, R2))).toEqual([A, 0n]);
  });

  test.each([
    ['==', [false, true, false]],
    ['!=', [true, false, true]],
    ['>', [false, false, true]],
    ['>=', [false, true, true]],
    ['<', [true, false, false]],
    ['<=', [true, true, false]],
    ['s>', [true, false, false]],
    ['s>=', [true, true, false]],
    ['s<', [false, false, true]],
    ['s<=', [false, true, true]],
  ] as const)('jumps where 1 or -1 %s the other', (operator, expected) => {
    using array = new SharedArray('hwbkpt_test', 64);
    const pairs = [
      [1n, MASK],
      [MASK, MASK],
      [MASK, 1n],
    ] as const;
    const answers = pairs.map(([a, b]) => {
      const [answer] = computed(array, a, b, (asm) => {
        const holds = asm.label();
        const done = asm.label();
        asm.jumpIf(R1, operator, R2, holds).move(R1, 0).jump(done).place(holds).move(R1, 1).place(done);
      });
      return answer === 1n;
    });
    expect(answers).toEqual(expected);
  });

  test.each([1, 2, 4, 8] as const)('stores and loads %i bytes', (size) => {
    using array = new SharedArray('hwbkpt_test', 64);
    const place = { base: R9, offset: 32 };
    const [loaded] = computed(array, A, 0n, (asm) => asm.store(size, place, R1).load(size, R1, place));
    expect(loaded).toBe(BigInt.asUintN(8 * size, A));
  });

  test('adds and swaps at once', () => {
    using array = new SharedArray('hwbkpt_test', 64);
    const place = { base: R9, offset: 32 };
    const swapped = computed(array, 40n, 2n, (asm) => asm.store(8, place, R1).addTo(place, R2).exchange(place, R1).load(8, R2, place));
    expect(swapped).toEqual([42n, 40n]);
  });

  test('calls helpers by their name', () => {
    using array = new SharedArray('hwbkpt_test', 64);
    const [ids] = computed(array, 0n, 0n, (asm) => asm.call('get_current_pid_tgid').move(R1, R0).move(R2, 0));
    expect(ids >> 32n).toBe(BigInt(process.pid));
  });
});

describe('what cannot be assembled', () => {
  test.each([
    ['an immediate of more than 32 bits', () => new Assembler().move(R1, 2 ** 31)],
    ['a fraction', () => new Assembler().compute('add', R1, 0.5)],
    ['an offset out of reach', () => new Assembler().load(8, R1, { base: R10, offset: -40_000 })],
    ['a label placed twice', () => twice(new Assembler())],
    ['a label that is nowhere', () => nowhere(new Assembler())],
  ])('%s', (_, write) => {
    expect(write).toThrow(AssemblyError);
  });

  test('a constant is two instructions, everything else one', () => {
    expect(new Assembler().constant(R1, A).move(R0, 0).exit().assemble()).toEqual(
      Uint8Array.of(
        ...[0x18, 1, 0, 0, 0xef, 0xcd, 0xab, 0x89],
        ...[0, 0, 0, 0, 0x67, 0x45, 0x23, 0xf1],
        ...[0xb7, 0, 0, 0, 0, 0, 0, 0],
        ...[0x95, 0, 0, 0, 0, 0, 0, 0],
      ),
    );
  });

  test('helpers are numbered as the kernel numbers them', () => {
    expect(new Set(Object.values(HELPER).map(({ number }) => number)).size).toBe(Object.keys(HELPER).length);
  });
});

function twice(asm: Assembler): void {
  const label = asm.label();
  asm.place(label).place(label);
}

function nowhere(asm: Assembler): void {
  asm.jump(asm.label()).exit(0).assemble();
}

describeWith(['bpf'], 'a program that the verifier refuses', () => {
  test('leaves an error with what it says', () => {
    const code = new Assembler().load(8, R0, { base: R3, offset: 0 }).exit().assemble();
    const load = (): BpfProgram => new BpfProgram({ type: 'syscall', name: 'hwbkpt_test', code });
    expect(load).toThrow(VerifierError);
    expect(load).toThrow(/R3 !read_ok/);
  });
});

describeWith(['bpf'], 'a map', () => {
  test('keeps what is put into it, by key', () => {
    using map = new BpfMap({ type: 'hash', name: 'hwbkpt_test', keySize: 4, valueSize: 8, entries: 16 });
    const value = new Uint8Array(8);
    expect(map.lookup(Uint8Array.of(1, 0, 0, 0), value)).toBe(false);
    for (const key of [1, 2, 3]) map.update(Uint8Array.of(key, 0, 0, 0), new Uint8Array(8).fill(key));
    expect(map.lookup(Uint8Array.of(2, 0, 0, 0), value)).toBe(true);
    expect(value).toEqual(new Uint8Array(8).fill(2));
    expect([...map.keys()].map(([first]) => first).sort()).toEqual([1, 2, 3]);
    expect(map.delete(Uint8Array.of(2, 0, 0, 0))).toBe(true);
    expect(map.delete(Uint8Array.of(2, 0, 0, 0))).toBe(false);
    expect([...map.keys()]).toHaveLength(2);
  });
});

/** Puts `count` records with the numbers from 0 up into the ring; every third is discarded. */
function fill(ring: BpfRing, array: SharedArray, count: number): void {
  const asm = new Assembler();
  const full = asm.label();
  const dropped = asm.label();
  const next = { base: R9, offset: 0 };
  asm.mapValue(R9, array.fd).map(R1, ring.fd).move(R2, 8).move(R3, 0).call('ringbuf_reserve').jumpIf(R0, '==', 0, full);
  asm.load(8, R1, next).store(8, { base: R0, offset: 0 }, R1).compute('add', R1, 1).store(8, next, R1);
  asm.compute('sub', R1, 1).compute('mod', R1, 3).move(R3, R1).move(R1, R0).move(R2, 1).jumpIf(R3, '==', 2, dropped);
  asm.call('ringbuf_submit').exit(0).place(dropped).call('ringbuf_discard').exit(0).place(full).exit(1);
  using program = new BpfProgram({ type: 'syscall', name: 'hwbkpt_test', code: asm.assemble() });
  for (let i = 0; i < count; i++) expect(program.run()).toBe(0);
}

describeWith(['bpf'], 'the ring', () => {
  test('shows records in order, without those discarded, also where it begins again, and keeps what is left for later', () => {
    using ring = new BpfRing('hwbkpt_test', 4096);
    using array = new SharedArray('hwbkpt_test', 8);
    const seen: number[] = [];
    for (let round = 0; round < 5; round++) {
      fill(ring, array, 150);
      const stopAt = 150 * round + 100;
      const take = (limit: number): number =>
        ring.read((words, at) => {
          const number = words[at] ?? 0;
          if (number > limit) return false;
          seen.push(number);
          return true;
        });
      expect(take(stopAt)).toBeGreaterThan(0);
      expect(take(Number.POSITIVE_INFINITY)).toBeGreaterThan(0);
    }
    expect(seen).toEqual(Array.from({ length: 750 }, (_, i) => i).filter((number) => number % 3 !== 2));
  });
});
