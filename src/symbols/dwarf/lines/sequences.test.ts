import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NumberList } from '../bytes/growable.js';
import { Sequences } from './sequences.js';

/** Sequences from lists of addresses; the last of each list is its end mark. */
function sequencesOf(...lists: readonly (readonly number[])[]): Sequences {
  const addresses = new NumberList();
  const sequences = new Sequences();
  for (const list of lists) {
    for (const address of list) addresses.push(address);
    sequences.end(addresses);
  }
  sequences.seal(addresses);
  return sequences;
}

test('finds the last row at or before an address, within its sequence', () => {
  const sequences = sequencesOf([0x20, 0x24, 0x24, 0x30], [0x10, 0x18]);
  const rows = [0x0f, 0x10, 0x17, 0x18, 0x20, 0x23, 0x24, 0x2f, 0x30].map((address) => sequences.rowAt(address));
  expect(rows).toEqual([-1, 4, 4, -1, 0, 0, 2, 2, -1]);
});

test('leaves out sequences of dropped functions', () => {
  expect(sequencesOf([0, 8, 16]).rowAt(4)).toBe(-1);
  expect(sequencesOf([2 ** 53 - 1, 2 ** 53 + 10]).rowAt(2 ** 53 - 1)).toBe(-1);
});

test('puts rows that are out of order in order, equal addresses in theirs', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 20 }),
      fc.integer({ min: 1, max: 59 }),
      (rows, address) => {
        const last = Math.max(...rows.filter((row) => row <= address), 0);
        const expected = address < Math.min(...rows) ? -1 : rows.lastIndexOf(last);
        expect(sequencesOf([...rows, 60]).rowAt(address)).toBe(expected);
      },
    ),
    { seed: 20070222 },
  );
});
