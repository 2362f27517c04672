// Which threads and processes an engine must cover, by inherit policy.
import { expect } from 'vitest';
import type { Inherit } from '../../src/model/access.js';
import type { CaseBodies } from './engine-conformance.js';
import { WRITERS } from './programs.js';
import { type WatchedRun, watchRun } from './watched-run.js';
import type { ConformanceWorld } from './world.js';

const SHARED = [{ name: 'shared' }];

/** Two threads that are there, a late one, a child process, and the kernel. */
function writers(world: ConformanceWorld, inherit: Inherit, firstThreadOnly = false): Promise<WatchedRun> {
  return watchRun(world, WRITERS, { parts: SHARED, inherit, firstThreadOnly });
}

/** User-mode hits of each writer that had any. */
function writesByName({ recorder, ended }: WatchedRun): Record<string, number> {
  const names = new Map([...ended.printed].filter(([name]) => name.startsWith('tid ')).map(([name, tid]) => [tid, name.slice(4)]));
  const counts: Record<string, number> = {};
  for (const { tid, kernel } of recorder.hits) {
    const name = names.get(tid) ?? `unknown thread ${tid}`;
    if (!kernel) counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

export const THREAD_CASES: CaseBodies = {
  'threads: those that are there and those made later, not the child': async (world) => {
    const run = await writers(world, 'threads');
    expect(writesByName(run)).toEqual({ early_a: run.writes, early_b: run.writes, late_writer: run.writes });
    expect(run.armed).toMatchObject({ threads: 3, notCovered: [] });
    expect(run.ended.status).toBe(7);
  },

  'children: the child process too': async (world) => {
    const run = await writers(world, 'children');
    const { writes } = run;
    expect(writesByName(run)).toEqual({ early_a: writes, early_b: writes, late_writer: writes, child_writer: writes });
    const number = run.ended.printed.get('tid child_writer');
    expect(run.recorder.hits.find(({ tid }) => tid === number)?.pid).toBe(number);
  },

  'none: only those that are there': async (world) => {
    const run = await writers(world, 'none');
    expect(writesByName(run)).toEqual({ early_a: run.writes, early_b: run.writes });
    expect(run.armed.threads).toBe(3);
  },

  'one thread: nobody else': async (world) => {
    const run = await writers(world, 'none', true);
    expect(writesByName(run)).toEqual({});
    expect(run.armed.threads).toBe(1);
  },

  'births and ends are told, each once': async (world) => {
    const { recorder, ended, pid } = await writers(world, 'threads');
    const { printed } = ended;
    const late = printed.get('tid late_writer') ?? 0;
    const child = printed.get('tid child_writer') ?? 0;
    const time: unknown = expect.any(BigInt);
    expect(recorder.started.filter(({ tid }) => tid === late)).toEqual([{ pid, tid: late, parentPid: pid, parentTid: pid, time }]);
    expect(recorder.started.filter(({ tid }) => tid === child)).toEqual([{ pid: child, tid: child, parentPid: pid, parentTid: pid, time }]);
    const early = [printed.get('tid early_a'), printed.get('tid early_b')];
    for (const tid of [...early, late, pid]) expect(recorder.ended.filter((thread) => thread.tid === tid)).toHaveLength(1);
  },

  'what the kernel writes for them, if the engine sees that, marked as such': async (world) => {
    const { recorder, pid } = await writers(world, 'threads');
    const byKernel = recorder.hits.filter(({ kernel }) => kernel);
    // One for each byte, or for each piece of a copy, as the processor's copy loop has it.
    if (world.capabilities.kernelWrites) expect(byKernel.length).toBeGreaterThanOrEqual(20);
    else expect(byKernel).toEqual([]);
    for (const { tid, ip } of byKernel) expect({ tid, high: ip >> 63n }).toEqual({ tid: pid, high: 1n });
  },
};
