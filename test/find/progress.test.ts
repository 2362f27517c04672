// Ctrl-C ends a search between two of its turns, and what it was before stays.
import { expect, test } from 'vitest';
import { Progress } from '../../src/cli/find/progress.js';
import { InterruptedError } from '../../src/session/find/index.js';

test.each(['SIGINT', 'SIGTERM'] as const)('%s', async (signal) => {
  let told = 0;
  using progress = new Progress(() => told++);
  await progress.progress(1_000_000, 8_000_000);
  expect(progress.interrupted).toBe(false);
  // Comes while the search has its turn, and is taken when it gives others theirs.
  setImmediate(() => process.emit(signal, signal));
  await expect(progress.progress(2_000_000, 8_000_000)).rejects.toThrow(InterruptedError);
  await expect(progress.progress(2_000_000, 8_000_000)).rejects.toThrow('interrupted after 2 MB of 8 MB');
  expect([progress.interrupted, told]).toEqual([true, 1]);
});
