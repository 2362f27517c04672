// A search comes back from its file as it was; a file that was changed anywhere does not come back at all.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BadSearchFileError } from './errors.js';
import type { Block } from './places.js';
import { decodeSearch, encodeSearch, type SearchState } from './search-file.js';

const target = fc.oneof(
  fc.record({ kind: fc.constant('process' as const), pid: fc.integer({ min: 1, max: 4_194_304 }), start: fc.string() }),
  fc.record({ kind: fc.constant('kernel' as const), boot: fc.string() }),
);

const state: fc.Arbitrary<SearchState> = fc.integer({ min: 1, max: 9 }).chain((size) => {
  const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
  const block = (common: boolean): fc.Arbitrary<Block> =>
    fc
      .tuple(fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }), fc.uniqueArray(fc.nat(), { minLength: 1, maxLength: 9 }))
      .chain(([base, offsets]) =>
        (common ? fc.constant(null) : bytes(size * offsets.length)).map((values) => ({ base, offsets: Uint32Array.from(offsets), values })),
      );
  return fc.boolean().chain((common) =>
    fc.record({
      target,
      type: fc.constantFrom('int32' as const, 'text' as const, 'bytes' as const),
      places: fc.record({
        size: fc.constant(size),
        blocks: fc.array(block(common), { maxLength: 5 }),
        common: common ? bytes(size) : fc.constant(null),
      }),
    }),
  );
});

test('comes back', () => {
  fc.assert(
    fc.property(state, (search) => {
      const written = encodeSearch(search);
      expect(decodeSearch(written, 'f')).toEqual(search);
      // At an odd place in a larger buffer, as a reader may have it.
      const moved = Buffer.concat([Buffer.alloc(3), written]).subarray(3);
      expect(decodeSearch(moved, 'f')).toEqual(search);
    }),
    { seed: 20070222 },
  );
});

test('damage is seen', () => {
  fc.assert(
    fc.property(state, fc.nat(), fc.integer({ min: 1, max: 255 }), (search, where, flip) => {
      const written = encodeSearch(search);
      const cut = written.slice(0, where % written.length);
      expect(() => decodeSearch(cut, '/run/find-7.search')).toThrow(BadSearchFileError);
      const at = where % written.length;
      written[at] = (written[at] ?? 0) ^ flip;
      expect(() => decodeSearch(written, '/run/find-7.search')).toThrow(/^\/run\/find-7\.search is damaged: /);
    }),
    { seed: 20070222, numRuns: 300 },
  );
});
