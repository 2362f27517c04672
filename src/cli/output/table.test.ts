import { describe, expect, test } from 'vitest';
import { tableLines } from './table.js';

describe('tableLines', () => {
  test('aligns columns, two blanks apart, without blanks at the end of lines', () => {
    const rows = [
      ['COUNT', 'WATCH', 'PLACE'],
      ['1,000', 'a', 'main (a.c:1)'],
      ['2', 'longer', 'f'],
    ];
    expect(tableLines(rows, ['right', 'left', 'left'])).toEqual([
      'COUNT  WATCH   PLACE',
      '1,000  a       main (a.c:1)',
      '    2  longer  f',
    ]);
  });

  test('has nothing to say of no rows', () => {
    expect(tableLines([], ['left'])).toEqual([]);
  });
});
