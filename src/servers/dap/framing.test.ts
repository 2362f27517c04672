import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FrameReader, framed } from './framing.js';

function reader(): { readonly reader: FrameReader; readonly messages: unknown[]; garbled: number } {
  const seen = { messages: [] as unknown[], garbled: 0 };
  const sink = { message: (value: unknown) => void seen.messages.push(value), garbled: () => void seen.garbled++ };
  return Object.assign(seen, { reader: new FrameReader(sink) });
}

describe('frames', () => {
  test('come out as they went in, however the stream is cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.dictionary(fc.string(), fc.jsonValue()), { maxLength: 5 }),
        fc.infiniteStream(fc.nat(40)),
        (messages, sizes) => {
          const seen = reader();
          const bytes = Buffer.concat(messages.map(framed));
          for (let at = 0; at < bytes.length; ) {
            const size = 1 + (sizes.next().value ?? 0);
            expect(seen.reader.push(bytes.subarray(at, at + size))).toBe(true);
            at += size;
          }
          expect(seen.messages).toEqual(messages.map((message) => JSON.parse(JSON.stringify(message))));
        },
      ),
      { seed: 20070222 },
    );
  });

  test('that hold no JSON are left out, and the next one is read', () => {
    const seen = reader();
    expect(seen.reader.push(Buffer.from('Content-Length: 3\r\n\r\n{"aContent-Length: 2\r\n\r\n{}'))).toBe(true);
    expect(seen.garbled).toBe(1);
    expect(seen.messages).toEqual([{}]);
  });

  test('may be empty, and may have other lines in their headers', () => {
    const seen = reader();
    expect(seen.reader.push(Buffer.from('Content-Length: 0\r\n\r\ncontent-type: x\r\nContent-Length: 4\r\n\r\nnull'))).toBe(true);
    expect(seen.messages).toEqual([null]);
  });

  test.each([
    ['a header without a length', 'Content-Type: text\r\n\r\n'],
    ['a length that is no number', 'Content-Length: -4\r\n\r\n'],
    ['a length beyond all messages', 'Content-Length: 999999999\r\n\r\n'],
    ['a header that never ends', 'x'.repeat(5000)],
  ])('end with %s', (_what, text) => {
    expect(reader().reader.push(Buffer.from(text))).toBe(false);
  });
});
