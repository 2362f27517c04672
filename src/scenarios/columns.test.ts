import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { setColumns } from './columns.js';

describe('columns', () => {
  test('are as wide as their text', () => {
    expect(
      setColumns(
        ['a', 'b'],
        [
          ['1', 'two'],
          ['', '3'],
        ],
        { total: 40, least: 1 },
      ),
    ).toEqual(['a | b', '--+----', '1 | two', '  | 3']);
  });

  test('break between words, and within one that is too long', () => {
    expect(setColumns(['x'], [['one two'], ['abcdefgh']], { total: 5, least: 3 })).toEqual(['x', '-----', 'one', 'two', 'abcde', 'fgh']);
  });

  test('fit the width and lose no word', () => {
    const word = fc.stringMatching(/^[a-z]{1,9}$/);
    const row = fc.array(fc.array(word, { maxLength: 6 }), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 5 }), (rows) => {
        const texts = rows.map((cells) => cells.map((words) => words.join(' ')));
        const lines = setColumns(['a', 'b', 'c'], texts, { total: 36, least: 9 });
        for (const line of lines) expect(line.length).toBeLessThanOrEqual(36);
        const count = (text: string): number => (text.match(/[a-z]+/g) ?? []).length;
        expect(count(lines.slice(2).join(' '))).toBe(count(texts.flat().join(' ')));
      }),
      { seed: 20070222 },
    );
  });
});
