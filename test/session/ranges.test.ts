// Watches of more than one register, unaligned ones, and ones that cover more than was asked.
import { expect, test } from 'vitest';
import { describeWith } from '../helpers/requirement.js';
import { byFunction, type Observed, observe, of, range } from './observed.js';

/** Stores of vector-stores of which each is one instruction that writes at once. */
const SINGLE = [
  ...['store_sse_aligned', 'store_sse_unaligned', 'store_sse_quad', 'store_sse_double', 'store_non_temporal', 'store_immediate'],
  ...['store_long', 'store_word', 'store_byte', 'store_straddling', 'store_stosq'],
];
const COUNT = 5;

/** Bytes `offset` to `offset + length` from the start of `area[2]`. */
function watchArea(offset: number, length: number): Promise<Observed> {
  return observe('vector-stores', (process) => [range(process, 'area[2]', offset, length)]);
}

function expectOnce({ hits, summary }: Observed, functions: readonly string[]): void {
  const counts = byFunction(hits);
  for (const name of functions) expect({ name, count: counts.get(name) }).toEqual({ name, count: COUNT });
  for (const name of SINGLE) if (!functions.includes(name)) expect({ name, count: counts.get(name) }).toEqual({ name, count: undefined });
  expect(summary).toMatchObject({ lost: 0, unseen_changes: 0 });
}

/** The bytes of a value shown as `01 02 ...`. */
function bytes(value: unknown): number[] | null {
  return typeof value === 'string' ? value.split(' ').map((byte) => Number.parseInt(byte, 16)) : null;
}

describeWith(['perf', 'gcc'], 'two registers on 16 bytes', () => {
  test('make one hit of a store that touches both', async () => {
    const observed = await watchArea(-8, 16);
    expect(observed.watches[0]?.arming).toMatchObject({ slots: 2, cover: 'exact' });
    expectOnce(observed, SINGLE);
    // Four bytes of each half change, and their neighbours stay what they were.
    for (const [i, { newValue, oldValue }] of of(observed.hits, 'store_straddling').entries()) {
      const [now, old] = [bytes(newValue), bytes(oldValue)];
      if (now === null) continue;
      expect(now.slice(4, 12)).toEqual(new Array(8).fill(i + 1));
      if (old !== null) expect([...now.slice(0, 4), ...now.slice(12)]).toEqual([...old.slice(0, 4), ...old.slice(12)]);
    }
  });

  test('show the value of a store that lies across both', async () => {
    const observed = await watchArea(-4, 8);
    expect(observed.watches[0]?.arming).toMatchObject({ slots: 2, cover: 'exact' });
    expectOnce(observed, SINGLE);
    const straddling = of(observed.hits, 'store_straddling');
    expect(straddling.map(({ newBytes }) => newBytes)).toEqual([1, 2, 3, 4, 5].map((i) => new Uint8Array(8).fill(i)));
  });

  test('make one hit of a store that touches one', async () => {
    const { hits } = await watchArea(0, 16);
    const quads = of(hits, 'store_non_temporal');
    expect(quads.map(({ newValue }) => bytes(newValue)?.slice(0, 8) ?? null)).toEqual(
      quads.map(({ newValue }, i) => (newValue === null ? null : new Array(8).fill(i + 1))),
    );
  });
});

describeWith(['perf', 'gcc'], 'four registers', () => {
  test('watch 32 bytes', async () => {
    const observed = await watchArea(-16, 32);
    expect(observed.watches[0]?.arming.slots).toBe(4);
    expectOnce(observed, SINGLE);
  });

  test('watch an unaligned range exactly', async () => {
    // 3 to 9 from the start: bytes 3, 4-7 and 8 in registers of their own.
    const observed = await watchArea(3, 6);
    expect(observed.watches[0]?.arming).toMatchObject({ slots: 3, cover: 'exact' });
    expectOnce(
      observed,
      SINGLE.filter((name) => !['store_word', 'store_byte'].includes(name)),
    );
  });

  test('watch more than was asked where that takes too many, and drop what is beside it', async () => {
    // Bytes 1 to 30: exactly covered by 1+2+4+8+8+4+2+1 = 8 registers.
    const observed = await watchArea(-15, 30);
    expect(observed.watches[0]?.arming).toMatchObject({ slots: 4, cover: 'widened' });
    expect(observed.watches[0]?.info.size).toBe(30);
    expectOnce(observed, SINGLE);
  });

  test('drop a neighbour’s hits', async () => {
    // 7 bytes, of which the lowest of area[2] is left out: registers for bytes 1, 2-3 and 4-7 are three, so nothing is widened yet.
    const exact = await watchArea(1, 7);
    expect(exact.watches[0]?.arming).toMatchObject({ slots: 3, cover: 'exact' });
    expectOnce(
      exact,
      SINGLE.filter((name) => name !== 'store_byte'),
    );
    // With one register free only, all 8 bytes are covered.
    const widened = await observe('vector-stores', (process) => [
      ...[-2, -4, -6].map((word) => range(process, 'area[2]', 8 * word + 56, 8)),
      range(process, 'area[2]', 1, 7),
    ]);
    const watch = widened.watches.at(-1);
    expect(watch?.arming).toMatchObject({ slots: 1, cover: 'widened' });
    const mine = { ...widened, hits: widened.hits.filter((hit) => hit.watch === watch?.info) };
    expectOnce(
      mine,
      SINGLE.filter((name) => name !== 'store_byte'),
    );
  });
});
