import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isRead, newRingMemory, RingWriter, readRing } from './report-ring.js';

/** A writer that never sleeps. */
function writerOf(memory: ReturnType<typeof newRingMemory>): RingWriter {
  return new RingWriter(memory, () => undefined);
}

function record(body: readonly number[]): { words: Uint32Array; size: number } {
  return { words: Uint32Array.of(0, ...body), size: body.length + 1 };
}

describe('a ring', () => {
  test('gives back what was written, in order, however it wraps around and whenever it is read', () => {
    const actions = fc.array(
      fc.oneof(
        fc.record({ kind: fc.constant('write' as const), size: fc.integer({ min: 1, max: 8000 }) }),
        fc.record({ kind: fc.constant('read' as const) }),
      ),
      { minLength: 1, maxLength: 300 },
    );
    fc.assert(
      fc.property(actions, (all) => {
        const memory = newRingMemory();
        const writer = writerOf(memory);
        const [written, read]: [string[], string[]] = [[], []];
        const take = (): void => {
          readRing(memory, (type, words, at) => {
            const size = (words[at] ?? 0) >>> 8;
            read.push(`${type} ${size} ${words[at + 1]} ${words[at + size - 1]}`);
          });
        };
        for (const [number, action] of all.entries()) {
          if (action.kind === 'read') {
            writer.flush();
            take();
            continue;
          }
          const body = new Array<number>(action.size).fill(number);
          const { words, size } = record(body);
          writer.write(1 + (number % 255), words, size);
          written.push(`${1 + (number % 255)} ${size} ${number} ${number}`);
        }
        while (writer.isFull || !isRead(memory)) {
          writer.flush();
          take();
        }
        expect(read).toEqual(written);
      }),
      { seed: 20070222, numRuns: 40 },
    );
  });

  test('says when it is full, and loses nothing of what comes then', () => {
    const memory = newRingMemory();
    const writer = writerOf(memory);
    let written = 0;
    for (; !writer.isFull; written++) writer.write(1, record([written, ...new Array<number>(6000).fill(0)]).words, 6002);
    writer.write(2, record([written++]).words, 2);
    expect(writer.isRead).toBe(false);
    const seen: number[] = [];
    while (!writer.isRead) {
      readRing(memory, (_, words, at) => seen.push(words[at + 1] ?? -1));
      writer.flush();
    }
    expect(seen).toEqual(Array.from({ length: written }, (_, i) => i));
  });
});
