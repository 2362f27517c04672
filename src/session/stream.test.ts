import { describe, expect, test } from 'vitest';
import { BoundedStream } from './stream.js';

async function all<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of stream) items.push(item);
  return items;
}

function filled(...items: number[]): BoundedStream<number> {
  const stream = new BoundedStream<number>(100);
  for (const item of items) stream.push(item);
  return stream;
}

describe('a reader', () => {
  test('gets what is there, what comes, and the end', async () => {
    const stream = filled(1, 2);
    const read = all(stream);
    await Promise.resolve();
    stream.push(3);
    stream.end();
    stream.push(4);
    expect(await read).toEqual([1, 2, 3]);
    expect(stream.missed).toBe(0);
  });

  test('gets what came before the end although it reads after it', async () => {
    const stream = filled(1, 2);
    stream.end();
    expect(await all(stream)).toEqual([1, 2]);
    expect(await all(stream)).toEqual([]);
  });

  test('who stops leaves the rest to the next one', async () => {
    const stream = filled(1, 2, 3, 4);
    for await (const item of stream) if (item === 2) break;
    stream.end();
    expect(await all(stream)).toEqual([3, 4]);
  });

  test('who has stopped gets nothing more', async () => {
    const stream = filled(1);
    const iterator = stream[Symbol.asyncIterator]();
    await iterator.return?.();
    expect(await iterator.next()).toEqual({ value: undefined, done: true });
    expect(await stream[Symbol.asyncIterator]().next()).toEqual({ value: 1, done: false });
  });

  test('may be one of several: each item goes to one of them', async () => {
    const stream = new BoundedStream<number>(100);
    const readers = [all(stream), all(stream)];
    await Promise.resolve();
    for (let i = 0; i < 10; i++) stream.push(i);
    stream.end();
    const [a = [], b = []] = await Promise.all(readers);
    expect([...a, ...b].sort((x, y) => x - y)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(Math.min(a.length, b.length)).toBeGreaterThan(0);
  });

  test('gets what is left, then the failure', async () => {
    const stream = filled(1);
    stream.end({ error: new Error('broken') });
    const iterator = stream[Symbol.asyncIterator]();
    expect(await iterator.next()).toEqual({ value: 1, done: false });
    await expect(iterator.next()).rejects.toThrow('broken');
  });

  test('who waits gets the failure at once', async () => {
    const stream = new BoundedStream<number>(1);
    const waiting = stream[Symbol.asyncIterator]().next();
    stream.end({ error: new Error('broken') });
    await expect(waiting).rejects.toThrow('broken');
  });
});

describe('a stream that is full', () => {
  test('counts what does not fit, and takes more once something was read', async () => {
    const stream = new BoundedStream<number>(3);
    for (let i = 0; i < 5; i++) stream.push(i);
    expect(stream.missed).toBe(2);
    const iterator = stream[Symbol.asyncIterator]();
    await iterator.next();
    stream.push(5);
    stream.push(6);
    expect(stream.missed).toBe(3);
    stream.end();
    expect(await all(stream)).toEqual([1, 2, 5]);
  });

  test('gives each item that arrives to a reader who waits, whatever its capacity', async () => {
    const stream = new BoundedStream<number>(0);
    const waiting = stream[Symbol.asyncIterator]().next();
    stream.push(1);
    stream.push(2);
    expect(await waiting).toEqual({ value: 1, done: false });
    expect(stream.missed).toBe(1);
  });
});
