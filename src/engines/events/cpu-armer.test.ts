import { describe, expect, test } from 'vitest';
import type { ArmOrder } from '../../facility/index.js';
import { ERRNO, LinuxError } from '../../linux/errno.js';
import type { EventTarget, PerfEvent } from '../../linux/perf-event.js';
import type { Armed } from '../contract.js';
import { Batch } from './batch.js';
import { CpuArmer } from './cpu-armer.js';

const PIECES = [1, 2].map((cookie): ArmOrder => {
  const where = { cookie, address: -4096, length: 8, access: 'write', scope: { kind: 'kernel' } } as const;
  return { ...where, inherit: 'none', inKernel: true, stackDepth: 0, handling: 0, tids: [] };
});

interface Attempt {
  readonly armed: () => Armed;
  readonly batch: Batch;
  readonly opened: readonly EventTarget[];
}

/** Arms two pieces on CPUs 0 to 3, of which some fail. */
function arm(failing: Readonly<Record<number, 'ENODEV' | 'ENOSPC'>>): Attempt {
  const opened: EventTarget[] = [];
  const open = (_: ArmOrder, target: EventTarget): PerfEvent => {
    const errno = failing[target.cpu];
    if (errno !== undefined) throw new LinuxError('perf_event_open', ERRNO[errno], `cpu ${target.cpu}`);
    opened.push(target);
    return { id: () => opened.length, [Symbol.dispose]: () => undefined } as unknown as PerfEvent;
  };
  const batch = new Batch({ attaches: true, attributes: () => new Uint8Array(0), open });
  return { armed: () => new CpuArmer(() => [0, 1, 2, 3]).arm(PIECES, batch), batch, opened };
}

describe('whole CPUs', () => {
  test('get every piece, for every thread', () => {
    const { armed, opened } = arm({});
    expect(armed()).toEqual({ threads: 0, cpus: 4, notCovered: [] });
    expect(opened).toEqual([0, 0, 1, 1, 2, 2, 3, 3].map((cpu) => ({ tid: -1, cpu })));
  });

  test('that are offline are named', () => {
    const { armed, batch } = arm({ 1: 'ENODEV', 3: 'ENODEV' });
    expect(armed()).toEqual({ threads: 0, cpus: 2, notCovered: ['cpu:1', 'cpu:3'] });
    expect(batch.opened.map(({ cpu, cookie }) => [cpu, cookie])).toEqual([
      [0, 1],
      [0, 2],
      [2, 1],
      [2, 2],
    ]);
  });

  test('are more than none', () => {
    const { armed } = arm({ 0: 'ENODEV', 1: 'ENODEV', 2: 'ENODEV', 3: 'ENODEV' });
    expect(armed).toThrow(/no CPU is online/);
  });

  test('without a free slot fail as a whole, and where is remembered', () => {
    const { armed, batch } = arm({ 2: 'ENOSPC' });
    expect(armed).toThrow(/ENOSPC/);
    expect(batch.tight).toEqual({ tid: -1, cpu: 2 });
  });
});
