// Which threads and processes an engine must cover, by inherit policy.
import { describe, expect, test } from 'vitest';
import type { Engine } from '../../src/engines/contract.js';
import type { Inherit } from '../../src/model/access.js';
import { type WatchedRun, watchRun } from './watched-run.js';

const SHARED = [{ name: 'shared' }];
const COUNT = 400;

/** Two threads that are there, a late one, a child process, and the kernel, one after the other. */
function writers(engine: Engine, inherit: Inherit, firstThreadOnly = false): Promise<WatchedRun> {
  const args = ['--tids', '--count', String(COUNT), '--reads', '20'];
  return watchRun(engine, 'threads-fork-read', { parts: SHARED, inherit, firstThreadOnly, args });
}

/** User-mode hits of each writer that had any. */
function writesByName({ recorder, printed }: WatchedRun): Record<string, number> {
  const names = new Map([...printed].filter(([name]) => name.startsWith('tid ')).map(([name, tid]) => [tid, name.slice(4)]));
  const counts: Record<string, number> = {};
  for (const { tid, kernel } of recorder.hits) {
    const name = names.get(tid) ?? `unknown thread ${tid}`;
    if (!kernel) counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

export function threadConformance(engine: Engine): void {
  describe('threads', () => {
    test('threads: those that are there and those made later, not the child', async () => {
      const run = await writers(engine, 'threads');
      expect(writesByName(run)).toEqual({ early_a: COUNT, early_b: COUNT, late_writer: COUNT });
      expect(run.armed).toMatchObject({ threads: 3, notCovered: [] });
      expect(run.ended.status).toBe(7);
    });

    test('children: the child process too', async () => {
      const run = await writers(engine, 'children');
      expect(writesByName(run)).toEqual({ early_a: COUNT, early_b: COUNT, late_writer: COUNT, child_writer: COUNT });
      const child = run.recorder.hits.find(({ tid }) => tid === run.printed.get('tid child_writer'));
      expect(child?.pid).toBe(run.printed.get('tid child_writer'));
    });

    test('none: only those that are there', async () => {
      const run = await writers(engine, 'none');
      expect(writesByName(run)).toEqual({ early_a: COUNT, early_b: COUNT });
      expect(run.armed.threads).toBe(3);
    });

    test('one thread: nobody else', async () => {
      const run = await writers(engine, 'none', true);
      expect(writesByName(run)).toEqual({});
      expect(run.armed.threads).toBe(1);
    });

    test('births and ends are told, each once', async () => {
      const { recorder, printed, pid } = await writers(engine, 'threads');
      const late = printed.get('tid late_writer') ?? 0;
      const child = printed.get('tid child_writer') ?? 0;
      const time: unknown = expect.any(BigInt);
      expect(recorder.started.filter(({ tid }) => tid === late)).toEqual([{ pid, tid: late, parentPid: pid, parentTid: pid, time }]);
      expect(recorder.started.filter(({ tid }) => tid === child)).toEqual([
        { pid: child, tid: child, parentPid: pid, parentTid: pid, time },
      ]);
      const early = [printed.get('tid early_a'), printed.get('tid early_b')];
      for (const tid of [...early, late, pid]) expect(recorder.ended.filter((thread) => thread.tid === tid)).toHaveLength(1);
    });

    test('what the kernel writes for them, if the engine sees that, marked as such', async () => {
      const { recorder, pid } = await writers(engine, 'threads');
      const byKernel = recorder.hits.filter(({ kernel }) => kernel);
      // One for each byte, or for each piece of a copy, as the processor's copy loop has it.
      if (engine.capabilities.kernelWrites) expect(byKernel.length).toBeGreaterThanOrEqual(20);
      else expect(byKernel).toEqual([]);
      for (const { tid, ip } of byKernel) expect({ tid, high: ip >> 63n }).toEqual({ tid: pid, high: 1n });
    });
  });
}
