import { describe, expect, test } from 'vitest';
import type { ThreadNews } from './lineage.js';
import { BirthWindows, UnfinishedError } from './unfinished.js';

const PID = 100;

function born(time: number, parentTid = 101, pid = PID): ThreadNews {
  return { kind: 'born', pid, tid: 200, parentTid, time };
}

function windows(inherit: 'threads' | 'children' = 'threads'): BirthWindows {
  const made = new BirthWindows({ pid: PID, tid: null, inherit });
  made.opened(101, 1_000_000, 1_010_000);
  return made;
}

describe('a birth', () => {
  test.each([[1_000_000], [1_005_000], [1_010_000], [1_060_000]])('reported at %i may have copied what was unfinished', (time) => {
    expect(() => windows().check([born(time)])).toThrow(UnfinishedError);
  });

  test.each([
    ['before', born(999_999)],
    ['long after', born(1_060_001)],
    ['by another thread', born(1_005_000, 102)],
  ])('%s has not', (_, news) => {
    expect(() => windows().check([news])).not.toThrow();
  });

  test('of a process counts where children inherit', () => {
    const child = born(1_005_000, 101, 300);
    expect(() => windows('threads').check([child])).not.toThrow();
    expect(() => windows('children').check([child])).toThrow(UnfinishedError);
  });

  test('counts by the last opening only', () => {
    const made = windows();
    made.opened(101, 3_000_000, 3_010_000);
    expect(() => made.check([born(1_005_000)])).not.toThrow();
    expect(() => made.check([{ kind: 'ended', tid: 101, time: 3_005_000 }])).not.toThrow();
  });
});
