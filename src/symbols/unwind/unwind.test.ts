import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rowAt } from './cfa-program.js';
import { readHead } from './entries.js';
import { evaluate } from './expression.js';
import { frameRule } from './frame-rule.js';
import { FrameTable } from './frame-table.js';
import { StackCopy } from './stack-copy.js';
import { type UnwindCode, Unwinder } from './unwinder.js';

const SEED = 20070222;
const SECTION = 0x4000;
const CODE = 0x1000;
const NOTHING = { register: () => Number.NaN, word: () => Number.NaN };

function u32(value: number): number[] {
  return [value & 0xff, (value >> 8) & 0xff, (value >> 16) & 0xff, (value >>> 24) & 0xff];
}

/** An entry with its length, padded with nops. */
function entry(body: readonly number[]): number[] {
  const padded = [...body, ...Array.from({ length: -body.length & 3 }, () => 0)];
  return [...u32(padded.length), ...padded];
}

/** A CIE as gcc writes it: CFA = sp + 8, return address below it; then FDEs, with their instructions. */
function ehFrame(...functions: readonly { readonly at: number; readonly length: number; readonly code: readonly number[] }[]): Uint8Array {
  const letters = [...'zR\0'].map((letter) => letter.charCodeAt(0));
  const bytes = entry([...u32(0), 1, ...letters, 1, 0x78, 16, 1, 0x1b, 0x0c, 7, 8, 0x90, 1]);
  for (const { at, length, code } of functions) {
    const here = bytes.length;
    bytes.push(...entry([...u32(here + 4), ...u32(at - (SECTION + here + 8)), ...u32(length), 0, ...code]));
  }
  return Uint8Array.from([...bytes, ...u32(0)]);
}

function tableOf(bytes: Uint8Array): FrameTable {
  return new FrameTable({ kind: 'eh_frame', bytes, address: SECTION });
}

/** push %rbp; mov %rsp, %rbp; ...; ret */
const WITH_POINTER = [0x41, 0x0e, 16, 0x86, 2, 0x43, 0x0d, 6, 0x48, 0x0c, 7, 8];

describe('tables', () => {
  test('the entry of an address, and none beside it', () => {
    const table = tableOf(ehFrame({ at: CODE, length: 16, code: [] }, { at: CODE + 32, length: 8, code: [] }));
    expect([CODE, CODE + 15, CODE + 32].map((at) => table.find(at)?.start)).toEqual([CODE, CODE, CODE + 32]);
    expect([CODE - 1, CODE + 16, CODE + 31, CODE + 40].map((at) => table.find(at))).toEqual([null, null, null, null]);
  });

  test('rows change with the address', () => {
    const table = tableOf(ehFrame({ at: CODE, length: 32, code: WITH_POINTER }));
    const cfaAt = (address: number): unknown => {
      const fde = table.find(address);
      return fde === null ? null : rowAt(table.section, fde, address).cfa;
    };
    expect(cfaAt(CODE)).toEqual({ kind: 'register', register: 7, offset: 8 });
    expect(cfaAt(CODE + 1)).toEqual({ kind: 'register', register: 7, offset: 16 });
    expect(cfaAt(CODE + 3)).toEqual({ kind: 'register', register: 7, offset: 16 });
    expect(cfaAt(CODE + 4)).toEqual({ kind: 'register', register: 6, offset: 16 });
    expect(cfaAt(CODE + 12)).toEqual({ kind: 'register', register: 7, offset: 8 });
  });

  test('states are remembered and restored', () => {
    // remember, forget the offset of bx, restore it
    const code = [0x83, 2, 0x41, 0x0a, 0xc3, 0x0e, 64, 0x41, 0x0b];
    const table = tableOf(ehFrame({ at: CODE, length: 8, code }));
    const rowOf = (address: number) => {
      const fde = table.find(address);
      return fde === null ? null : rowAt(table.section, fde, address);
    };
    expect(rowOf(CODE + 1)?.rules.has(3)).toBe(false);
    expect(rowOf(CODE + 1)?.cfa).toMatchObject({ offset: 64 });
    expect(rowOf(CODE + 2)?.rules.get(3)).toEqual({ kind: 'offset', offset: -16 });
    expect(rowOf(CODE + 2)?.cfa).toMatchObject({ offset: 8 });
  });
});

describe('expressions', () => {
  test('of a PLT entry', () => {
    // sp + 8 + ((ip & 15) >= 11) << 3
    const block = Uint8Array.from([0x77, 8, 0x80, 0, 0x3f, 0x1a, 0x3b, 0x2a, 0x33, 0x24, 0x22]);
    const at = (ip: number): number => evaluate(block, { register: (n) => (n === 7 ? 0x7000 : ip), word: NOTHING.word });
    expect([at(0x1000), at(0x100b)]).toEqual([0x7008, 0x7010]);
  });

  test('that never end, or need what is not known, are not known', () => {
    expect(evaluate(Uint8Array.from([0x2f, 0xfd, 0xff]), NOTHING)).toBeNaN();
    expect(evaluate(Uint8Array.from([0x77, 0]), NOTHING)).toBeNaN();
    expect(evaluate(Uint8Array.from([0x22]), NOTHING)).toBeNaN();
    expect(evaluate(new Uint8Array(0), NOTHING)).toBeNaN();
  });
});

/** Code where `table` says; a stack of 64-bit words at 0x7000. */
function setting(table: FrameTable, words: readonly number[]): { unwinder: Unwinder; copy: StackCopy } {
  const code: UnwindCode = {
    rule: (address) => {
      const fde = table.find(address);
      if (fde !== null) return frameRule(rowAt(table.section, fde, address), fde.cie);
      return address >= 0x1000 && address < 0x3000 ? 'untold' : 'no-code';
    },
  };
  const copy = new StackCopy();
  copy.set(new Uint32Array(BigUint64Array.from(words, BigInt).buffer), 0, { start: 0x7000, length: 8 * words.length });
  return { unwinder: new Unwinder(code, 16), copy };
}

function registers(ip: number, more: Readonly<Record<number, number>> = {}): Float64Array {
  const values = new Float64Array(17).fill(Number.NaN);
  values[7] = 0x7000;
  values[16] = ip;
  for (const [number, value] of Object.entries(more)) values[Number(number)] = value;
  return values;
}

function walked({ unwinder, copy }: ReturnType<typeof setting>, from: Float64Array, most = 16): { frames: number[]; end: string } {
  const { addresses, count, end } = unwinder.walk(from, copy, most);
  return { frames: [...addresses.subarray(0, count)], end };
}

describe('walks', () => {
  const table = tableOf(
    ehFrame(
      { at: CODE, length: 16, code: [] },
      { at: CODE + 32, length: 32, code: WITH_POINTER },
      { at: CODE + 96, length: 8, code: [0x07, 16] },
    ),
  );

  test('by the tables, to the frame that nobody called', () => {
    // a leaf, called by a function with a frame pointer at 0x7008, called by the outermost one
    const made = setting(table, [CODE + 40, 0x1234, CODE + 98]);
    expect(walked(made, registers(CODE + 4, { 6: 0x7008 }))).toEqual({ frames: [CODE + 4, CODE + 40, CODE + 98], end: 'complete' });
    expect(walked(made, registers(CODE + 4, { 6: 0x7008 }), 2)).toEqual({ frames: [CODE + 4, CODE + 40], end: 'depth' });
  });

  test('say where they end', () => {
    expect(walked(setting(table, []), registers(CODE + 4))).toEqual({ frames: [CODE + 4], end: 'copy-too-short' });
    expect(walked(setting(table, [0x9999]), registers(CODE + 4))).toEqual({ frames: [CODE + 4], end: 'broken' });
    expect(walked(setting(table, [0]), registers(CODE + 4))).toEqual({ frames: [CODE + 4], end: 'complete' });
    expect(walked(setting(table, [CODE + 40]), registers(CODE + 4))).toEqual({ frames: [CODE + 4, CODE + 40], end: 'no-rule' });
  });

  test('follow frame pointers only where no table tells', () => {
    const made = setting(table, [0, 0x7010, 0x2008, 0, CODE + 98]);
    expect(walked(made, registers(0x2000, { 6: 0x7008 }))).toEqual({ frames: [0x2000, 0x2008], end: 'no-rule' });
    expect(walked(setting(table, [0, 0, CODE + 98]), registers(0x2000, { 6: 0x7008 }))).toEqual({
      frames: [0x2000, CODE + 98],
      end: 'complete',
    });
  });
});

describe('broken tables', () => {
  test('never throw, loop, or read outside the copy', () => {
    const good = ehFrame({ at: CODE, length: 16, code: [] }, { at: CODE + 32, length: 32, code: WITH_POINTER });
    const change = fc.tuple(fc.nat(good.length - 1), fc.nat(255));
    const property = fc.property(fc.array(change, { minLength: 1, maxLength: 8 }), (changes) => {
      const bytes = good.slice();
      for (const [at, value] of changes) bytes[at] = value;
      const code = tableOf(bytes);
      const source: UnwindCode = { rule: (address) => ruleOrNot(code, address) };
      const copy = new StackCopy();
      copy.set(new Uint32Array(64).fill(CODE), 0, { start: 0x7000, length: 256 });
      const { count } = new Unwinder(source, 64).walk(registers(CODE + 40, { 6: 0x7010 }), copy);
      expect(count).toBeLessThanOrEqual(64);
      expect(count).toBeGreaterThan(0);
    });
    fc.assert(property, { seed: SEED, numRuns: 5000 });
  });

  test('an entry that is longer than its section is none', () => {
    expect(() => readHead({ kind: 'eh_frame', bytes: Uint8Array.from(u32(100)), address: 0 }, 0)).toThrow(
      /longer than the section|ends early/,
    );
  });
});

function ruleOrNot(table: FrameTable, address: number): ReturnType<UnwindCode['rule']> {
  const fde = table.find(address);
  if (fde === null) return 'untold';
  try {
    return frameRule(rowAt(table.section, fde, address), fde.cie);
  } catch {
    return 'untold';
  }
}
