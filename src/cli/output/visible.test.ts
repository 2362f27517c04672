import fc from 'fast-check';
import { expect, test } from 'vitest';
import { visible } from './visible.js';

test('names as programs have them stay as they are', () => {
  expect(visible('std::vector<int>::push_back(int&&) naïve 日本')).toBe('std::vector<int>::push_back(int&&) naïve 日本');
});

test('what would act on a terminal is shown', () => {
  expect(visible('a\u001b[2Jb\r\nc\u0007\u009b31m\u202e')).toBe('a\\x1b[2Jb\\x0d\\x0ac\\x07\\x9b31m\\u202e');
});

test('no text makes a control character', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there.
      expect(visible(text)).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
    }),
    { seed: 20070222 },
  );
});
