// A search over made memory, with holes, chunks and changes, finds and keeps what a simple search does.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TooManyPlacesError } from './errors.js';
import type { MemorySource, Monitor, Span } from './memory-source.js';
import { narrow, type Test } from './narrow.js';
import { countPlaces, firstPlaces, type Places } from './places.js';
import { scan } from './scan.js';

const BASE = 0xffff_8000_0000_0000n;
const PAGE = 4096;
const QUIET: Monitor = { progress: async () => undefined };

/** Memory from BASE on, of which some pages cannot be read. */
class MadeMemory implements MemorySource {
  readonly chunkBytes: number;
  readonly bytes: Uint8Array;
  readonly holes: Set<number>;

  constructor(bytes: Uint8Array, chunkBytes: number, holes: readonly number[] = []) {
    this.bytes = bytes;
    this.chunkBytes = chunkBytes;
    this.holes = new Set(holes);
  }

  visit(address: bigint, length: number, use: (bytes: Uint8Array) => void): number {
    expect(length).toBeLessThanOrEqual(this.chunkBytes);
    expect(length).toBeGreaterThan(0);
    const from = Number(address - BASE);
    let end = from;
    while (end < from + length && end < this.bytes.length && !this.holes.has(Math.floor(end / PAGE))) end++;
    const got = Math.min(end, from + length) - from;
    if (got > 0) use(this.bytes.slice(from, from + got));
    return got;
  }

  [Symbol.dispose](): void {}
}

function all(places: Places): [number, string][] {
  return firstPlaces(places, Number.POSITIVE_INFINITY).map(({ address, value }) => [Number(address - BASE), value.join(' ')]);
}

/** Where `pattern` is, by looking at each place. */
function reference(memory: MadeMemory, spans: readonly Span[], pattern: Uint8Array, step: number): number[] {
  const readable = (at: number): boolean => at < memory.bytes.length && !memory.holes.has(Math.floor(at / PAGE));
  return spans.flatMap(({ start, length }) => {
    const from = Number(start - BASE);
    const places = Array.from({ length: Math.max(0, length - pattern.length + 1) }, (_, i) => from + i);
    return places.filter((at) => at % step === 0 && pattern.every((byte, k) => readable(at + k) && memory.bytes[at + k] === byte));
  });
}

/** Four pages of mostly zeros, with small numbers strewn in. */
const contents = fc.array(fc.tuple(fc.nat({ max: 4 * PAGE - 1 }), fc.integer({ min: 1, max: 3 })), { maxLength: 300 }).map((numbers) => {
  const bytes = new Uint8Array(4 * PAGE);
  for (const [at, value] of numbers) bytes[at] = value;
  return bytes;
});

const SPANS: readonly Span[] = [
  { start: BASE, length: PAGE },
  { start: BASE + BigInt(PAGE), length: 3 * PAGE },
];

describe('scan', () => {
  test.each([
    [4, 4],
    [1, 4],
    [2, 2],
    [1, 3],
    [1, 1],
    [8, 8],
  ] as const)('at multiples of %i, %i bytes', async (step, size) => {
    await fc.assert(
      fc.asyncProperty(
        contents,
        fc.nat({ max: 3 }),
        fc.constantFrom(1024, 4096, 6000 & ~7, 65536),
        fc.subarray([0, 1, 2, 3]),
        async (bytes, value, chunk, holes) => {
          const memory = new MadeMemory(bytes, chunk, holes);
          const pattern = Uint8Array.from({ length: size }, (_, i) => (i === 0 ? value : 0));
          const { places, read, unreadable } = await scan(memory, SPANS, { pattern, step }, QUIET);
          expect(all(places).map(([at]) => at)).toEqual(reference(memory, SPANS, pattern, step));
          expect(unreadable).toBe(holes.length * PAGE);
          expect(read).toBe((4 - holes.length) * PAGE);
        },
      ),
      { seed: 20070222, numRuns: 60 },
    );
  });

  test('says when there are too many', async () => {
    const memory = new MadeMemory(new Uint8Array(4 * PAGE), PAGE);
    const what = { pattern: new Uint8Array(4), step: 4, most: 4095 } as const;
    await expect(scan(memory, SPANS, what, QUIET)).rejects.toThrow(TooManyPlacesError);
    const { places } = await scan(memory, SPANS, { ...what, most: 4096 }, QUIET);
    expect(countPlaces(places)).toBe(4096);
  });

  test('ends when its monitor wants that', async () => {
    class SlowMemory extends MadeMemory {
      override visit(address: bigint, length: number, use: (bytes: Uint8Array) => void): number {
        const until = performance.now() + 30;
        while (performance.now() < until);
        return super.visit(address, length, use);
      }
    }
    const progress = async (done: number, total: number): Promise<void> => {
      throw new Error(`enough after ${done} of ${total}`);
    };
    const memory = new SlowMemory(new Uint8Array(4 * PAGE), PAGE);
    await expect(scan(memory, SPANS, { pattern: new Uint8Array(4), step: 4 }, { progress })).rejects.toThrow('enough after 4096 of 16384');
  });
});

describe('narrow', () => {
  const tests = fc.constantFrom<Test>(
    { kind: 'changed' },
    { kind: 'unchanged' },
    { kind: 'now', was: null, now: Uint8Array.of(1) },
    { kind: 'now', was: null, now: Uint8Array.of(0) },
    { kind: 'now', was: Uint8Array.of(2), now: Uint8Array.of(1) },
  );

  test('keeps what did as it was seen to do, step after step', async () => {
    const rounds = fc.array(fc.tuple(tests, contents, fc.subarray([0, 1, 2, 3], { maxLength: 1 })), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(contents, fc.nat({ max: 2 }), fc.constantFrom(64, 1024, 8192), rounds, async (bytes, value, chunk, steps) => {
        let places = (await scan(new MadeMemory(bytes, chunk), SPANS, { pattern: Uint8Array.of(value), step: 1 }, QUIET)).places;
        let left = new Map(all(places).map(([at]) => [at, value]));
        for (const [what, next, holes] of steps) {
          const memory = new MadeMemory(next, chunk, holes);
          const before = left;
          left = new Map();
          let gone = 0;
          for (const [at, last] of before) {
            const now = next[at] ?? 0;
            if (holes.includes(Math.floor(at / PAGE))) gone++;
            else if (passes(what, last, now)) left.set(at, now);
          }
          const narrowed = await narrow(memory, places, what, QUIET);
          places = narrowed.places;
          expect(new Map(all(places))).toEqual(new Map([...left].map(([at, now]) => [at, String(now)])));
          expect(narrowed.gone).toBe(gone);
        }
      }),
      { seed: 20070222, numRuns: 60 },
    );
  });

  test('a value that reaches into memory that is gone is gone', async () => {
    const bytes = new Uint8Array(4 * PAGE);
    bytes.set([1, 2, 3, 4], PAGE - 2);
    const pattern = Uint8Array.of(1, 2, 3, 4);
    const { places } = await scan(new MadeMemory(bytes, 8192), [{ start: BASE, length: 4 * PAGE }], { pattern, step: 1 }, QUIET);
    expect(all(places)).toEqual([[PAGE - 2, '1 2 3 4']]);
    const after = await narrow(new MadeMemory(bytes, 8192, [1]), places, { kind: 'unchanged' }, QUIET);
    expect([countPlaces(after.places), after.gone]).toEqual([0, 1]);
  });
});

function passes(what: Test, last: number, now: number): boolean {
  if (what.kind === 'now') return now === what.now[0] && (what.was === null || last === what.was[0]);
  return (now !== last) === (what.kind === 'changed');
}
