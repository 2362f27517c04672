import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeFrame, FrameReader, MOST_FRAME } from './framing.js';

/** All of `frames` in one, cut at `cuts`. */
function cutUp(frames: readonly Uint8Array[], cuts: readonly number[]): Uint8Array[] {
  const all = Uint8Array.from(frames.flatMap((frame) => [...frame]));
  const ends = [...new Set(cuts.map((cut) => cut % (all.length + 1)))].sort((a, b) => a - b);
  return [...ends, all.length].map((end, at) => all.slice(ends[at - 1] ?? 0, end));
}

describe('frames', () => {
  test('come out as they went in, however the stream is cut', () => {
    const texts = fc.array(fc.string({ unit: 'grapheme', maxLength: 40 }), { maxLength: 6 });
    const property = fc.property(texts, fc.array(fc.nat(), { maxLength: 8 }), (sent, cuts) => {
      const reader = new FrameReader();
      const got = cutUp(sent.map(encodeFrame), cuts).flatMap((piece) => reader.push(piece));
      expect(got).toEqual(sent);
      expect(reader.problem).toBeNull();
    });
    fc.assert(property, { seed: 20070222 });
  });

  test('beyond the limit end the conversation, and nothing is kept of them', () => {
    const reader = new FrameReader();
    const head = new Uint8Array(4);
    new DataView(head.buffer).setUint32(0, MOST_FRAME + 1, true);
    expect(reader.push(head)).toEqual([]);
    expect(reader.problem).toContain(String(MOST_FRAME));
    expect(reader.push(encodeFrame('hello'))).toEqual([]);
  });

  test('a sender is told that a message is too long', () => {
    expect(() => encodeFrame('x'.repeat(MOST_FRAME + 1))).toThrow(RangeError);
  });
});
