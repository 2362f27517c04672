// Threads and processors that could not be armed are named: a program that makes threads faster than anybody has patience for, and CPUs that are
// offline.
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { BpfEngine } from '../../src/engines/bpf/engine.js';
import type { Engine } from '../../src/engines/contract.js';
import { armDirectly } from '../../src/engines/direct.js';
import { PerfEngine } from '../../src/engines/perf/engine.js';
import { threadIds } from '../../src/linux/procfs/process.js';
import { piecesOf } from '../conformance/watched-run.js';
import { lastCpuSwitch } from '../helpers/probes.js';
import { describeWith } from '../helpers/requirement.js';
import { startTarget } from '../helpers/target.js';

/** Without patience: one look at the threads, and no more. */
const ENGINES: readonly (readonly [string, (patience?: number) => Engine])[] = [
  ['perf', (patience) => new PerfEngine(patience)],
  ['bpf', (patience) => new BpfEngine(patience)],
];

describe.each(ENGINES)('engine %s', (name, make) => {
  describeWith(['gcc', 'perf', ...(name === 'bpf' ? (['bpf'] as const) : [])], 'on a program that makes threads all the time', () => {
    test('names the threads that it has not come to: thread:TID, new-threads', async () => {
      const codes = new Set<string>();
      for (let round = 0; round < 20; round++) {
        await using target = await startTarget('thread-churn', { args: ['--chains', '16', '--life', '20'] });
        await using session = make(0).open({ pid: target.pid, tid: null, inherit: 'threads' });
        const { threads, notCovered } = armDirectly(session, piecesOf(target, [{ name: 'counter' }]));
        expect(threads).toBeGreaterThan(0);
        for (const code of notCovered) codes.add(code.replace(/^thread:\d+$/, 'thread:TID'));
      }
      expect([...codes].filter((code) => !['thread:TID', 'new-threads'].includes(code))).toEqual([]);
      expect(codes).toContain('thread:TID');
    });

    test('names nobody where it has the time', async () => {
      await using target = await startTarget('thread-churn', { args: ['--chains', '4', '--life', '1000'] });
      await using session = make().open({ pid: target.pid, tid: null, inherit: 'threads' });
      expect(armDirectly(session, piecesOf(target, [{ name: 'counter' }])).notCovered).toEqual([]);
      expect(threadIds(target.pid).length).toBeGreaterThan(0);
    });
  });
});

const SWITCH = lastCpuSwitch();
const LAST = /cpu(\d+)/.exec(SWITCH.slice(SWITCH.lastIndexOf('/cpu')))?.[1] ?? '';

/** What `act` returns while the last processor is offline. */
async function whileOffline<T>(act: () => Promise<T>): Promise<T> {
  writeFileSync(SWITCH, '0');
  try {
    return await act();
  } finally {
    writeFileSync(SWITCH, '1');
  }
}

/** Where the kernel's constants begin, which nobody writes. */
function kernelAddress(): bigint {
  return BigInt(`0x${/^([0-9a-f]+) . __start_rodata$/m.exec(readFileSync('/proc/kallsyms', 'utf8'))?.[1] ?? '0'}`);
}

describeWith(['root', 'gcc', 'perf', 'bpf', 'privileged', 'hotplug'], 'a processor that is offline', () => {
  test('is named by an engine that arms each of them: cpu:N', async () => {
    const armed = await whileOffline(async () => {
      await using target = await startTarget('hot');
      await using session = new PerfEngine().open({ pid: target.pid, tid: null, inherit: 'threads' });
      return armDirectly(session, piecesOf(target, [{ name: 'counter' }]));
    });
    expect(armed.notCovered).toEqual([`cpu:${LAST}`]);
  });

  test('makes no difference to one event for all of them', async () => {
    const armed = await whileOffline(async () => {
      await using target = await startTarget('hot');
      await using session = new BpfEngine().open({ pid: target.pid, tid: null, inherit: 'threads' });
      return armDirectly(session, piecesOf(target, [{ name: 'counter' }]));
    });
    expect(armed.notCovered).toEqual([]);
  });

  test('is named where the kernel is watched: cpu:N', async () => {
    const armed = await whileOffline(async () => {
      await using session = new BpfEngine().openKernel();
      return armDirectly(session, [{ cookie: 1, address: kernelAddress(), length: 8, access: 'write' }]);
    });
    expect(armed.notCovered).toEqual([`cpu:${LAST}`]);
  });
});
