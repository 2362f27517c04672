import { describe, expect, test } from 'vitest';
import { Screen } from './screen.js';

/** What hwbkpt writes before a line on a terminal of 10 columns. */
const CLEARED = `${' '.repeat(10)}\r\u001b[2K`;

describe('the screen that tests look at', () => {
  test('wraps late, like terminals', () => {
    expect(new Screen(10).write('0123456789\r\nnext').lines).toEqual(['0123456789', 'next']);
    expect(new Screen(10).write('0123456789x').lines).toEqual(['0123456789', 'x']);
  });

  test.each(['', 'a', '01234567', '012345678', '0123456789'])('a cleared line begins at column 0 after %j', (before) => {
    expect(new Screen(10).write(`${before}${CLEARED}line`).lines).toEqual(before === '' ? ['line'] : [before, 'line']);
  });

  test('draws over what it drew', () => {
    expect(new Screen(10).write('one\r\ntwo\r\n\u001b[2A\r\u001b[2Knew\r\n\u001b[0J').lines).toEqual(['new']);
  });
});
