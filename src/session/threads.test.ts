import { describe, expect, test } from 'vitest';
import { ThreadBook } from './threads.js';

/** /proc as it is made here: threads of process 10. */
function madeBook(names: Record<number, string> = { 10: 'main', 11: 'worker' }): ThreadBook {
  return new ThreadBook({
    ids: (pid) => (pid === 10 ? Object.keys(names).map(Number) : []),
    name: (_, tid) => names[tid] ?? null,
  });
}

function armed(): ThreadBook {
  const book = madeBook();
  book.addExisting(10, null);
  return book;
}

describe('names', () => {
  test('of threads that were there are those of /proc, also when they have ended since', () => {
    const names: Record<number, string> = { 10: 'main' };
    const book = madeBook(names);
    book.addExisting(10, null);
    delete names[10];
    expect(book.comm(10, 10)).toBe('main');
  });

  test('of new threads are those of their makers', () => {
    const book = armed();
    book.started(10, 12, 11);
    expect(book.comm(10, 12)).toBe('worker');
  });

  test('change when a record says so', () => {
    const book = armed();
    book.renamed(11, 'other');
    book.renamed(99, 'nobody');
    expect(book.comm(10, 11)).toBe('other');
  });

  test('of threads that nobody reported are looked up at their first hit', () => {
    const book = madeBook({ 10: 'main', 13: 'late' });
    expect(book.comm(10, 13)).toBe('late');
    expect(book.comm(10, 14)).toBeNull();
    expect(book.seen).toBe(2);
  });
});

describe('threads', () => {
  test('are counted once, ended ones too', () => {
    const book = armed();
    book.addExisting(10, null);
    book.started(10, 12, 10);
    book.ended(12);
    expect(book.seen).toBe(3);
    expect(book.isEmpty).toBe(false);
    for (const tid of [10, 11]) book.ended(tid);
    expect([book.seen, book.isEmpty]).toEqual([3, true]);
  });

  test('that were found in /proc are not counted again when their record comes', () => {
    const book = armed();
    book.started(10, 11, 10);
    expect(book.seen).toBe(2);
    // A second record is of another thread with the same number: the end of the first was lost.
    book.started(10, 11, 10);
    expect(book.seen).toBe(3);
    expect(book.comm(10, 11)).toBe('main');
  });

  test('whose number comes back in another process are others', () => {
    const book = armed();
    book.started(20, 11, 10);
    expect(book.seen).toBe(3);
    expect(book.ended(11)).toBe(true);
    expect(book.ended(10)).toBe(true);
  });

  test('can be one only', () => {
    const book = madeBook();
    book.addExisting(10, 11);
    expect(book.seen).toBe(1);
  });
});

describe('the last thread of a process', () => {
  test('may be another than the first', () => {
    const book = armed();
    expect(book.ended(10)).toBe(false);
    expect(book.ended(11)).toBe(true);
    expect(book.ended(11)).toBe(false);
  });

  test('is the only one left by an exec', () => {
    const book = armed();
    book.started(10, 12, 11);
    book.executed(10);
    expect(book.ended(10)).toBe(true);
  });

  test('of a child is its own', () => {
    const book = armed();
    book.started(20, 20, 10);
    expect(book.ended(20)).toBe(true);
    expect(book.ended(11)).toBe(false);
  });
});
