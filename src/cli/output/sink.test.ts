import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import type { Outcome } from './channel.js';
import { LineSink, type SinkOptions } from './sink.js';

/** A reader that takes what `takes` says, write by write, and everything once that is used up. */
class Reader implements Disposable {
  readonly fd = -1;
  text = '';
  disposed = false;
  writes = 0;
  readonly #takes: Outcome[];

  constructor(...takes: Outcome[]) {
    this.#takes = takes;
  }

  write(bytes: Uint8Array): Outcome {
    this.writes++;
    const outcome = this.#takes.shift() ?? bytes.length;
    if (typeof outcome !== 'number') return outcome;
    const taken = Math.min(outcome, bytes.length);
    this.text += Buffer.from(bytes.subarray(0, taken)).toString('utf8');
    return taken;
  }

  [Symbol.dispose](): void {
    this.disposed = true;
  }
}

const ALONE: SinkOptions['lineStart'] = { kind: 'none', needed: () => '', reached: () => undefined, disturbed: false };

function sinkTo(channel: SinkOptions['channel'], more: Partial<SinkOptions> = {}): LineSink {
  return new LineSink({ channel, name: 'a test', lineStart: ALONE, onGone: () => undefined, ...more });
}

describe('a reader who keeps up', () => {
  test('gets lines at once, in order', () => {
    const reader = new Reader();
    const sink = sinkTo(reader);
    sink.line('one');
    sink.offer('two');
    expect(reader.text).toBe('');
    sink.push();
    expect(reader.text).toBe('one\ntwo\n');
    expect(reader.writes).toBe(1);
  });

  test('gets the rest at the end, and then nothing more', async () => {
    const reader = new Reader();
    const sink = sinkTo(reader);
    sink.line('last');
    await sink.end();
    sink.line('too late');
    sink.push();
    expect(reader.text).toBe('last\n');
    expect(reader.disposed).toBe(true);
  });

  test('gets a drawing after the lines before it', () => {
    const reader = new Reader();
    const sink = sinkTo(reader);
    sink.line('a line');
    expect(sink.draw('[drawing]\n')).toBe(true);
    expect(reader.text).toBe('a line\n[drawing]\n');
  });
});

describe('a slow reader', () => {
  test('gets every byte of every line, however little it takes at a time', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: 'grapheme' }).map((line) => line.replaceAll('\n', ' '))),
        fc.array(fc.oneof(fc.constant<Outcome>('full'), fc.integer({ min: 1, max: 40 }))),
        async (lines, takes) => {
          const reader = new BytesReader(takes);
          const sink = sinkTo(reader);
          for (const line of lines) {
            sink.line(line);
            sink.push();
          }
          await sink.end();
          expect(Buffer.concat(reader.pieces).toString('utf8')).toBe(lines.map((line) => `${line}\n`).join(''));
        },
      ),
      { seed: 20070222, numRuns: 60 },
    );
  });

  test('makes hits wait, and beyond the limit has them dropped and counted; other lines are kept', async () => {
    const reader = new Reader('full');
    const sink = sinkTo(reader, { mostWaiting: 10 });
    for (let i = 0; i < 10; i++) {
      sink.offer(`hit ${i}`);
      sink.push();
    }
    sink.line('summary');
    expect(sink.dropped).toBe(7);
    await sink.end();
    expect(reader.text).toBe('hit 0\nhit 1\nhit 2\nsummary\n');
  });

  test('is not drawn for', () => {
    const sink = sinkTo(new Reader('full'));
    sink.line('waits');
    sink.push();
    expect(sink.draw('[drawing]\n')).toBe(false);
  });
});

describe('a reader who goes', () => {
  test('is told of once, and what comes after is nobody’s', async () => {
    const onGone = vi.fn();
    const reader = new Reader(3, 'gone');
    const sink = sinkTo(reader, { onGone });
    sink.line('never read');
    sink.push();
    sink.line('nor this');
    sink.push();
    await sink.end();
    expect(sink.gone).toBe(true);
    expect(sink.failure).toBeNull();
    await new Promise((resolve) => setImmediate(resolve));
    expect(onGone).toHaveBeenCalledTimes(1);
    expect(reader.text).toBe('nev');
  });

  test('a device that fails is an error that names the output', () => {
    const failing = {
      fd: -1,
      write: (): Outcome => {
        throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
      },
      [Symbol.dispose]: () => undefined,
    };
    const sink = sinkTo(failing, { name: 'hits.log' });
    sink.line('a hit');
    sink.push();
    expect(sink.gone).toBe(true);
    expect(sink.failure?.message).toBe('cannot write to hits.log: no space is left');
    expect(sink.failure?.code).toBe('output');
  });
});

describe('an output shared with the target', () => {
  test('each piece begins with what the line start asks for, and is small enough to stay in one piece', async () => {
    const reader = new Reader();
    const reached = vi.fn();
    const sink = sinkTo(reader, { lineStart: { kind: 'terminal', needed: () => '<clear>', reached, disturbed: true } });
    const line = 'x'.repeat(1500);
    for (let i = 0; i < 3; i++) sink.line(line);
    await sink.end();
    expect(reader.text).toBe(`<clear>${line}\n${line}\n<clear>${line}\n`);
    expect(reached).toHaveBeenCalledTimes(2);
  });

  test('lines that need a newline before them are held back, and then all come at once', async () => {
    const reader = new Reader();
    const sink = sinkTo(reader, { lineStart: { kind: 'stream', needed: () => '\n', reached: () => undefined, disturbed: true } });
    sink.line('first');
    sink.push();
    sink.line('second');
    sink.push();
    expect(reader.text).toBe('');
    await vi.waitFor(() => expect(reader.text).toBe('\nfirst\nsecond\n'));
  });

  test('lines that need none are not', () => {
    const reader = new Reader();
    const sink = sinkTo(reader, { lineStart: { kind: 'stream', needed: () => '', reached: () => undefined, disturbed: false } });
    sink.line('first');
    sink.push();
    expect(reader.text).toBe('first\n');
  });
});

/** Keeps bytes, because a slow reader may cut a character in two. */
class BytesReader implements Disposable {
  readonly fd = -1;
  readonly pieces: Buffer[] = [];
  readonly #takes: Outcome[];

  constructor(takes: readonly Outcome[]) {
    this.#takes = [...takes];
  }

  write(bytes: Uint8Array): Outcome {
    const outcome = this.#takes.shift() ?? bytes.length;
    if (typeof outcome !== 'number') return outcome;
    const taken = Math.min(outcome, bytes.length);
    this.pieces.push(Buffer.from(bytes.subarray(0, taken)));
    return taken;
  }

  [Symbol.dispose](): void {}
}
