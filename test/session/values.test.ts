// Old and new values of real programs: never wrong, and exact wherever the instruction shows them.
import { expect, test } from 'vitest';
import type { HitRecord } from '../../src/session/hit-record.js';
import { describeWith } from '../helpers/requirement.js';
import { observe, of } from './observed.js';

type Shown = number | string | boolean | null;

/** What each writer of value-types stores, as JSON shows it. */
const WRITTEN: Readonly<Record<string, readonly Shown[]>> = {
  int8: [1, -1, 127, -128, 0],
  int16: [1, -1, 32767, -32768, 0],
  int32: [1, -1, 2147483647, -2147483648, 0],
  int64: ['1', '-1', '9223372036854775807', '-9223372036854775808', '9007199254740993', '0'],
  uint8: [1, 255, 0],
  uint16: [1, 65535, 0],
  uint32: [1, 4294967295, 0],
  uint64: ['1', '18446744073709551615', '9007199254740993', '0'],
  float: [1.5, -0, 0.1, 3.4028235e38, 2.938736e-39, 'Infinity', 'NaN', 0],
  double: [1.5, -0, 0.1, 1.7976931348623157e308, 5.562684646268003e-309, '-Infinity', 'NaN', 0],
  bool: [true, false, true],
  char: ['a', 10, "'", '\\', 0, -1],
  enum: ['GREEN', 'BLUE', 'RED', 77],
};
const START: Readonly<Record<string, Shown>> = { int64: '0', uint64: '0', bool: false, enum: 'RED' };

/** Each hit's old value is the one before it, its new value the one written; null where registers show no such store. */
function expectChain(hits: readonly HitRecord[], start: Shown, written: readonly Shown[]): void {
  expect(hits).toHaveLength(written.length);
  for (const [i, hit] of hits.entries()) {
    expect([written[i], null]).toContainEqual(hit.newValue);
    expect([i === 0 ? start : written[i - 1], null]).toContainEqual(hit.oldValue);
  }
}

describeWith(['perf', 'gcc'], 'every type of value', () => {
  test.each(Object.entries(WRITTEN))('%s', async (type, written) => {
    const { hits, summary } = await observe('value-types', [`${type}_value`]);
    expectChain(hits, START[type] ?? 0, written);
    expect(hits.every(({ place }) => place.function === `write_${type}`)).toBe(true);
    expect(summary).toMatchObject({ hits: written.length, lost: 0, unseen_changes: 0 });
    // All of these but floats are stored from registers that perf shows.
    if (type !== 'float' && type !== 'double') {
      expect(hits.map(({ newValue }) => newValue)).toEqual(written);
      expect(hits.slice(1).map(({ oldValue }) => oldValue)).toEqual(written.slice(0, -1));
    }
  });

  test('long double is a number, as text', async () => {
    const { hits } = await observe('value-types', ['long_double_value']);
    expect(hits.length).toBeGreaterThanOrEqual(3);
    for (const { newValue } of hits) if (newValue !== null) expect(['1.5', '-2.25', '0']).toContain(newValue);
  });

  test('pointers are the addresses that were stored', async () => {
    const { hits } = await observe('value-types', ['pointer_value']);
    const [first, second, third] = hits.map(({ newValue }) => newValue);
    expect(hits).toHaveLength(3);
    expect(BigInt(String(second)) - BigInt(String(first))).toBe(1n);
    expect(third).toBe('0x0');
  });

  test("bit-fields are numbers, and neighbours' writes leave them the same", async () => {
    const names = ['low', 'middle', 'high'].map((name) => `bitfield_value.${name}`);
    const { hits, watches } = await observe('value-types', names);
    expect(watches.map(({ info }) => [info.size, info.type.kind])).toEqual([
      [1, 'bits'],
      [2, 'bits'],
      [1, 'bits'],
    ]);
    // The old value of the very first write may not be known.
    const changes = names.map((name) =>
      hits
        .filter(({ watch, sameValue, oldValue }) => watch.expression === name && !sameValue && oldValue !== null)
        .map(({ newValue }) => newValue),
    );
    expect(changes.slice(1)).toEqual([[127, 0], [-1]]);
    expect(hits.filter(({ watch }) => watch.expression === 'bitfield_value.low').at(-1)?.newValue).toBe(5);
    for (const expression of names) expect(hits.some(({ watch, sameValue }) => watch.expression === expression && sameValue)).toBe(true);
  });

  test('a struct of bit-fields is shown with its members', async () => {
    const { hits } = await observe('value-types', ['bitfield_value']);
    const expected = [
      { low: 5, middle: 0, high: 0 },
      { low: 5, middle: 127, high: 0 },
      { low: 5, middle: 127, high: -1 },
      { low: 5, middle: 0, high: -1 },
    ];
    // One assignment may take two stores; the values between are those of the program, too.
    expect(hits.map(({ newValue }) => newValue)).toEqual(expect.arrayContaining(expected));
    for (const [i, hit] of hits.entries()) if (i > 0) expect(hit.oldValue).toEqual(hits[i - 1]?.newValue);
  });

  test('the type can be chosen for an address', async () => {
    const named = await observe('same-value', (process) => [`0x${process.shown('shared').address.toString(16)}`], { watch: { as: 'u16' } });
    expect(named.watches[0]?.info).toMatchObject({ size: 2, type: { kind: 'unsigned' } });
    expect(new Set(named.hits.map(({ newValue }) => newValue))).toEqual(new Set([1, 2, 3]));
  });
});

/** What `word` is after the i-th call, from what it was before it. */
const ATOMICS: Readonly<Record<string, (before: bigint, i: bigint) => bigint>> = {
  xchg: (_, i) => i,
  xadd: (before, i) => before + i,
  cmpxchg_success: (_, i) => i,
  cmpxchg_failure: (before) => before,
  lock_add: (before, i) => before + i,
  lock_sub: (before, i) => before - i,
  lock_or: (before, i) => before | i,
  lock_and: (before, i) => before & ~i,
  lock_xor: (before, i) => before ^ i,
  lock_inc: (before) => before + 1n,
  lock_dec: (before) => before - 1n,
  lock_neg: (before) => -before,
  lock_not: (before) => ~before,
  lock_bts: (before, i) => before | (1n << i),
  add: (before, i) => before + i,
  add_immediate: (before) => before + 3n,
  adc: (before, i) => before + i + 1n,
  shl: (before) => before * 2n,
  add_byte: (before, i) => (before & ~0xffn) | ((before + i) & 0xffn),
};
/** Those whose values the registers alone do not show; every other one is exact. */
const NOT_SHOWN = ['xchg', 'xadd', 'lock_bts', 'adc'];

describeWith(['perf', 'gcc'], 'read-modify-write instructions', () => {
  test('show what they did, or null', async () => {
    const { hits, summary } = await observe('atomics', ['word'], { fixture: { args: ['--count', '12'] } });
    expect(summary).toMatchObject({ lost: 0, unseen_changes: 0 });
    for (const [name, effect] of Object.entries(ATOMICS)) {
      const made = of(hits, `do_${name}`);
      expect(made).toHaveLength(12);
      let before = 1000n;
      const shown = { old: 0, now: 0 };
      for (const [i, hit] of made.entries()) {
        const after = effect(before, BigInt(i + 1));
        expect([`${before}`, null]).toContain(hit.oldValue);
        expect([`${after}`, null]).toContain(hit.newValue);
        if (hit.oldValue !== null) shown.old++;
        if (hit.newValue !== null) shown.now++;
        before = after;
      }
      const exact = !NOT_SHOWN.includes(name);
      if (exact) expect({ name, ...shown }).toEqual({ name, old: 12, now: 12 });
      // What it found shows in its register, so that each tells the one before it.
      if (name === 'xchg' || name === 'xadd')
        expect({ name, ...shown }).toMatchObject({ name, old: 12, now: expect.toSatisfy((n) => n >= 11) });
    }
  });
});

describeWith(['perf', 'gcc'], 'stores that are no plain ones', () => {
  const word = (i: number) => 0x0101010101010101n * BigInt(i);
  /** What each leaves in the 8 bytes where it is not the i-th word; the bytes above are those of the store before. */
  const NARROW: Readonly<Record<string, (i: number, before: bigint) => bigint>> = {
    store_immediate: () => 42n,
    store_long: (i, before) => (before & ~0xffffffffn) | (word(i) & 0xffffffffn),
    store_word: (i, before) => (before & ~0xffffn) | (word(i) & 0xffffn),
    store_byte: (i, before) => (before & ~0xffn) | (word(i) & 0xffn),
    store_straddling: (i, before) => (before & ~0xffffffffn) | (word(i) & 0xffffffffn),
  };
  /** In the order of the fixture; those that store byte by byte are left out, as every byte may be a hit. */
  const WHOLE = [
    ...['store_sse_aligned', 'store_sse_unaligned', 'store_sse_quad', 'store_sse_double', 'store_non_temporal', 'store_immediate'],
    ...['store_long', 'store_word', 'store_byte', 'store_straddling', 'store_stosq', 'store_rep_stosq'],
  ];
  const FROM_REGISTERS = [
    'store_non_temporal',
    'store_immediate',
    'store_long',
    'store_word',
    'store_byte',
    'store_straddling',
    'store_stosq',
  ];

  test('show what they stored, or null', async () => {
    const { hits, counts, summary } = await observe(
      'vector-stores',
      (process) => [`0x${process.shown('area[2]').address.toString(16)}:8`],
      { watch: { as: 'u64' } },
    );
    expect(summary).toMatchObject({ lost: 0, unseen_changes: 0 });
    let before = word(5);
    for (const name of WHOLE) {
      const made = of(hits, name);
      expect({ name, count: made.length }).toEqual({ name, count: counts.get(name) });
      for (const [i, hit] of made.entries()) {
        const after = NARROW[name]?.(i + 1, before) ?? word(i + 1);
        expect([`${after}`, null]).toContain(hit.newValue);
        if (FROM_REGISTERS.includes(name)) expect(hit.newValue).toBe(`${after}`);
        before = after;
      }
    }
    const possible = new Set([...Array.from({ length: 6 }, (_, i) => `${word(i)}`), null]);
    for (const name of ['store_avx', 'store_rep_movsq', 'library_memcpy', 'library_memset']) {
      for (const { newValue } of of(hits, name)) expect(possible).toContain(newValue);
    }
    // Byte by byte: at any time some bytes are of one word, the others of the one before.
    for (const name of ['store_rep_stosb', 'store_rep_movsb']) {
      for (const { newValue } of of(hits, name)) {
        if (newValue !== null)
          expect(
            new Set(
              BigInt(newValue as string)
                .toString(16)
                .padStart(16, '0')
                .match(/../g),
            ).size,
          ).toBeLessThanOrEqual(2);
      }
    }
  });
});

describeWith(['perf', 'gcc'], 'writes that change nothing', () => {
  test('are hits, and marked (R-042)', async () => {
    const { hits, counts } = await observe('same-value', ['shared']);
    expect(hits).toHaveLength(counts.get('put') ?? -1);
    expect(hits.filter(({ sameValue }) => !sameValue)).toHaveLength(counts.get('changes') ?? -1);
    const round = ['1', '1', '1', '2', '2', '3'];
    expect(hits.map(({ newValue }) => newValue)).toEqual([round, round, round, round, round].flat());
    expect(hits.slice(1).map(({ oldValue }) => oldValue)).toEqual(hits.slice(0, -1).map(({ newValue }) => newValue));
  });

  test('reads are told from writes', async () => {
    const { hits, counts } = await observe('same-value', ['shared'], { watch: { access: 'readwrite' } });
    const reads = of(hits, 'look');
    expect(reads).toHaveLength(counts.get('look') ?? -1);
    for (const read of reads) expect(read).toMatchObject({ oldValue: '3', newValue: '3', valueSource: 'unchanged', sameValue: true });
    expect(of(hits, 'put')).toHaveLength(counts.get('put') ?? -1);
  });
});
