import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DwarfError } from '../error.js';
import { hashAt, hashOf, stringAt } from './text.js';

test('the hash of a string in a section is that of the decoded string', () => {
  const bytesOf = (text: string): number[] => [...percentBytes(text), 0];
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 400 }), (text) => {
      const clean = text.replaceAll('\0', '');
      const section = Uint8Array.from([7, ...bytesOf(clean)]);
      expect(stringAt(section, 1)).toBe(clean);
      expect(hashAt(section, 1)).toBe(hashOf(clean));
    }),
    { seed: 20070222 },
  );
});

test('strings outside the section or without a NUL are refused', () => {
  const section = Uint8Array.of(0x61, 0x62);
  expect(() => stringAt(section, 0)).toThrow(DwarfError);
  expect(() => stringAt(section, 2)).toThrow(DwarfError);
  expect(() => stringAt(section, -1)).toThrow(DwarfError);
});

/** UTF-8 by way of percent-encoding, which is another implementation than the one under test. */
function percentBytes(text: string): number[] {
  const encoded = encodeURIComponent(text);
  return [...encoded.matchAll(/%([0-9A-F]{2})|([^%])/g)].map(([, hex, plain]) =>
    hex === undefined ? (plain ?? '').charCodeAt(0) : parseInt(hex, 16),
  );
}
