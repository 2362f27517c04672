// Programs that keep making threads while they are being armed: after that every write is reported once.
import { expect } from 'vitest';
import type { CaseBodies } from './engine-conformance.js';
import { churn } from './programs.js';
import { storedNumber } from './recorder.js';
import { watchRun } from './watched-run.js';
import type { ConformanceWorld } from './world.js';

/** Written after arming, each number once. */
const AFTER = { start: 1_000_000, end: 1_001_500 };

interface Churn {
  /** Threads at a time, each followed by another. */
  readonly chains: number;
  /** How long (us) each lives, beside its writes. */
  readonly life: number;
  /** Pieces armed together; the one that is written is the last. */
  readonly pieces: number;
  readonly times: number;
}

const CHURNS: readonly Churn[] = [
  { chains: 1, life: 0, pieces: 1, times: 5 },
  { chains: 1, life: 50, pieces: 2, times: 5 },
  { chains: 2, life: 20, pieces: 4, times: 5 },
  { chains: 4, life: 0, pieces: 1, times: 5 },
  { chains: 4, life: 1000, pieces: 3, times: 5 },
  { chains: 8, life: 100, pieces: 4, times: 4 },
  { chains: 16, life: 0, pieces: 1, times: 2 },
  { chains: 32, life: 500, pieces: 2, times: 2 },
];

/** The numbers that were not reported exactly once. */
async function wrongNumbers(world: ConformanceWorld, { chains, life, pieces }: Churn): Promise<number[]> {
  // The other pieces lie beside the variable, where nothing is ever written.
  const beside = Array.from({ length: pieces - 1 }, (_, at) => ({ name: 'counter', offset: 8 * (at + 1) }));
  const program = churn(chains, life, AFTER.end - AFTER.start);
  const { recorder, books, armed, ended } = await watchRun(world, program, { parts: [...beside, { name: 'counter' }] });
  expect(ended.printed.get('writes_after_go')).toBe(AFTER.end - AFTER.start);
  expect(armed.notCovered).toEqual([]);
  expect(recorder.losses).toEqual([]);
  expect(books.missing).toBe(0);
  const seen = new Map<number, number>();
  for (const hit of recorder.hits) {
    const number = storedNumber(hit, AFTER);
    if (number !== null && hit.cookie === pieces) seen.set(number, (seen.get(number) ?? 0) + 1);
  }
  return Array.from({ length: AFTER.end - AFTER.start }, (_, i) => AFTER.start + i).filter((number) => seen.get(number) !== 1);
}

function titleOf({ chains, life, pieces, times }: Churn): string {
  return `${chains} chains of threads that live ${life} us, ${pieces} pieces, ${times} times`;
}

export const CHURN_CASES: CaseBodies = Object.fromEntries(
  CHURNS.map((one) => [
    titleOf(one),
    async (world: ConformanceWorld): Promise<void> => {
      for (let time = 0; time < one.times; time++) expect(await wrongNumbers(world, one)).toEqual([]);
    },
  ]),
);
