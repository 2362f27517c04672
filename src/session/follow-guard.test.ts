import { describe, expect, test } from 'vitest';
import { as, type VirtualAddress } from '../base/brand.js';
import { newRawHit, type RawHit } from '../engines/reports.js';
import { FollowGuard, PathNewsBox } from './follow-guard.js';

const ADDRESS = as<VirtualAddress>(0x1000n);
const A = 0x7f00_0000_1000n;
const B = 0x7f00_0000_2000n;

/** A pointer that holds A, and what comes of writes to it. */
class Guarded {
  readonly news = new PathNewsBox();
  readonly guard = new FollowGuard(
    { expression: 'p', address: ADDRESS, size: 8, access: 'write', type: { kind: 'pointer', size: 8, name: 'p' } },
    { pid: 1, news: this.news, rebuilder: () => null },
  );

  constructor() {
    this.guard.hold(A, 0);
    this.news.include(this.guard, true);
  }

  /** `after`: what the engine read after it; null: it reads nothing, and the kernel made the write. */
  write(time: number, after: bigint | null, more: Partial<RawHit> = {}): void {
    const bytes = after === null ? null : new Uint8Array(new BigUint64Array([after]).buffer);
    this.guard.report({ ...newRawHit(), pid: 1, timeLo: time, kernel: true, after: bytes, ...more });
  }
}

describe('news of a guarded pointer', () => {
  test('the first change, and where it leads meanwhile', () => {
    const guarded = new Guarded();
    expect(guarded.news.take()).toBeNull();
    guarded.write(5, B);
    expect(guarded.news.isAstray(6)).toBe(true);
    guarded.write(7, A);
    expect(guarded.news.isAstray(8)).toBe(false);
    expect(guarded.news.take()).toEqual({ first: 5, changed: true });
    expect(guarded.news.take()).toBeNull();
  });

  test('none where it is written with what it holds', () => {
    const { news } = writes([
      [1, A],
      [2, A],
    ]);
    expect(news.isEmpty).toBe(true);
  });

  test('one write of nobody knows what may have changed nothing; of two the first may have', () => {
    expect(writes([[1, null]]).news.take()).toEqual({ first: 1, changed: false });
    expect(
      writes([
        [1, null],
        [2, null],
      ]).news.take(),
    ).toEqual({ first: 1, changed: true });
  });

  test('what it holds after a look is no news', () => {
    const guarded = writes([[1, B]]);
    guarded.guard.hold(B, 1);
    expect(guarded.news.isAstray(2)).toBe(false);
    guarded.news.take();
    guarded.write(2, B);
    expect(guarded.news.isEmpty).toBe(true);
  });

  test('none of other processes, nor of before and after it was armed', () => {
    const guarded = new Guarded();
    guarded.guard.open(10);
    guarded.guard.close(20);
    guarded.write(9, B);
    guarded.write(21, B);
    guarded.write(15, B, { pid: 2 });
    expect(guarded.news.isEmpty).toBe(true);
    guarded.write(20, B);
    expect(guarded.news.take()).toEqual({ first: 20, changed: true });
    expect(guarded.news.isAstray(21)).toBe(false);
  });

  test('a look does not change what reports say that are older than it', () => {
    const guarded = writes([[10, B]]);
    // It held A again when somebody looked, by a write that is not reported yet.
    guarded.guard.hold(A, 20);
    expect(guarded.news.isAstray(15)).toBe(true);
    expect(guarded.news.isAstray(21)).toBe(false);
    guarded.write(18, A);
    expect(guarded.news.isAstray(19)).toBe(false);
    guarded.write(30, B);
    expect(guarded.news.isAstray(31)).toBe(true);
  });
});

function writes(all: readonly (readonly [number, bigint | null])[]): Guarded {
  const guarded = new Guarded();
  for (const [time, after] of all) guarded.write(time, after);
  return guarded;
}
