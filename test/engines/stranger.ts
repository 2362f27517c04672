// A program whose threads keep creating their successors, watched while a stranger has another breakpoint on its first thread.
import { expect } from 'vitest';
import type { Engine } from '../../src/engines/contract.js';
import { armDirectly } from '../../src/engines/direct.js';
import { PerfEngine } from '../../src/engines/perf/engine.js';
import { Recorder, storedNumber } from '../conformance/recorder.js';
import { closeBooks, collectWhile, piecesOf } from '../conformance/watched-run.js';
import { startTarget } from '../helpers/target.js';

/** Expects of `engine` that each write is reported once all the same. */
export async function expectEachOnceBesideStranger(engine: Engine): Promise<void> {
  const after = { start: 1_000_000, end: 1_000_800 };
  for (let round = 0; round < 5; round++) {
    await using target = await startTarget('thread-churn', { args: ['--chains', '3', '--life', '50', '--after', '800'] });
    await using stranger = new PerfEngine().open({ pid: target.pid, tid: target.pid, inherit: 'none' });
    armDirectly(stranger, piecesOf(target, [{ name: 'counter', offset: 8 }]));
    await using session = engine.open({ pid: target.pid, tid: null, inherit: 'threads' });
    const pieces = piecesOf(target, [{ name: 'counter' }]);
    armDirectly(session, pieces);
    target.go();
    const recorder = new Recorder();
    await collectWhile(session, recorder, () => target.running);
    const books = closeBooks(session, recorder, pieces);
    const numbers = recorder.hits.map((hit) => storedNumber(hit, after)).filter((number) => number !== null);
    expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: 800 }, (_, i) => after.start + i));
    expect(books.missing).toBe(0);
  }
}
