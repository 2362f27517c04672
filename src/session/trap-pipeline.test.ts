import { describe, expect, test } from 'vitest';
import { bytesOf, kernelHit, type MadeHit, MICROSECOND, MILLISECOND, rawHit, START } from '../../test/session/made-hits.js';
import { as, type VirtualAddress } from '../base/brand.js';
import type { RawHit } from '../engines/contract.js';
import type { WatchInfo } from '../model/hit.js';
import type { HitRecord } from './hit-record.js';
import { Outbox } from './outbox.js';
import { PlaceCache } from './places.js';
import { RACE_WINDOW } from './race.js';
import { TrapPipeline, type TrapScope } from './trap-pipeline.js';

const us = (count: number) => count * MICROSECOND;
const ADDRESS = 0xffff_ffff_8200_0000n;

/** A watch of a long in memory that begins 4 bytes before it, as covered. */
class MadeTrapWatch {
  readonly outbox = new Outbox();
  readonly pipeline: TrapPipeline;
  readonly info: WatchInfo;

  constructor(options: Partial<Pick<TrapScope, 'memory' | 'filtered' | 'pieces'>> & { readonly access?: WatchInfo['access'] } = {}) {
    const { memory = 'kernel', filtered = false, pieces = 1, access = 'write' } = options;
    const type = { kind: 'signed', size: 8, name: 'long' } as const;
    this.info = { expression: 'made', address: as<VirtualAddress>(ADDRESS), size: 8, access, type };
    const context = {
      rebuilder: () => null,
      places: new PlaceCache((address) => ({
        function: 'f',
        file: null,
        line: null,
        module: '[kernel]',
        offset: Number(address & 0xfffn),
      })),
      outbox: this.outbox,
      readMemory: () => null,
      comm: () => 'book',
      stack: () => [],
    };
    const covered = { address: ADDRESS - 4n, length: 12 };
    this.pipeline = new TrapPipeline({ info: this.info, covered, pieces, memory, filtered }, context);
  }

  /** Hits of the kernel, each with the value read after it. */
  hits(...hits: (MadeHit & Partial<Pick<RawHit, 'exact' | 'before' | 'origin'>> & { readonly after?: bigint | null })[]): this {
    for (const { after = 0n, ...hit } of hits) this.pipeline.report({ ...kernelHit(hit), ...brought(hit), after: covered(after) });
    return this;
  }

  lines(): string[] {
    return this.outbox.take(() => false).map((item) => (item.kind === 'hit' ? line(item) : item.kind));
  }
}

function brought({ exact = false, before = null, origin = null }: Partial<Pick<RawHit, 'exact' | 'before' | 'origin'>>) {
  return { exact, before, origin };
}

function covered(value: bigint | null): Uint8Array | null {
  return value === null ? null : Uint8Array.from([0xee, 0xee, 0xee, 0xee, ...bytesOf(value, 8)]);
}

function line({ oldValue, newValue, valueSource, repeat }: HitRecord): string {
  return `${oldValue} -> ${newValue}${valueSource === null ? '' : ` ${valueSource}`}${repeat > 1 ? ` x${repeat}` : ''}`;
}

describe('values that the engine brings', () => {
  test('follow each other, with what memory held at the start', () => {
    const watch = new MadeTrapWatch();
    watch.pipeline.startAt(START - 3 * MILLISECOND, covered(7n));
    watch.hits({ time: 0, after: 8n }, { time: us(5), after: 9n, exact: true });
    expect(watch.lines()).toEqual(['7 -> 8 trap', '8 -> 9 registers']);
  });

  test('of a hit too soon after the first look have no old value', () => {
    const watch = new MadeTrapWatch();
    watch.pipeline.startAt(START - MILLISECOND, covered(8n));
    watch.hits({ time: 0, after: 8n }, { time: us(5), after: 9n });
    expect(watch.lines()).toEqual(['null -> 8 trap', '8 -> 9 trap']);
  });

  test('of hits before the first look are not told: the look itself may have made them', () => {
    const watch = new MadeTrapWatch({ access: 'readwrite' });
    watch.pipeline.startAt(START + 1, covered(7n));
    expect(watch.hits({ time: 0, after: 7n }).lines()).toEqual([]);
  });

  test('that the engine could not read are null, and so is the next old one', () => {
    const watch = new MadeTrapWatch();
    expect(watch.hits({ time: 0, after: null }, { time: us(5), after: 9n }).lines()).toEqual(['null -> null', 'null -> 9 trap']);
  });

  test('are the next old ones only if no hit is missing between', () => {
    const watch = new MadeTrapWatch();
    watch.hits({ time: 0, after: 1n });
    watch.pipeline.blind(START + us(1));
    watch.hits({ time: us(200), after: 3n });
    expect(watch.lines()).toEqual(['null -> 1 trap', 'null -> 3 trap']);
  });

  test('of filtered hits have the old value that the engine kept, or none', () => {
    const watch = new MadeTrapWatch({ filtered: true });
    watch.hits({ time: 0, after: 1n }, { time: us(5), after: 3n }, { time: us(10), after: 5n, before: bytesOf(4n, 8) });
    expect(watch.lines()).toEqual(['null -> 1 trap', 'null -> 3 trap', '4 -> 5 trap']);
  });

  test('are copies: the engine uses its buffers again', () => {
    const watch = new MadeTrapWatch();
    const after = covered(1n) as Uint8Array;
    const before = bytesOf(0n, 8);
    watch.pipeline.report({ ...kernelHit({ time: 0 }), after, before });
    after.fill(0xff);
    before.fill(0xff);
    expect(watch.lines()).toEqual(['0 -> 1 trap']);
  });

  test('are none for executed code', () => {
    const watch = new MadeTrapWatch({ access: 'execute' });
    expect(watch.hits({ time: 0 }).lines()).toEqual(['null -> null']);
  });
});

describe('hits of two CPUs', () => {
  test('that are near each other are racy, both of them, and have no old value', () => {
    const watch = new MadeTrapWatch();
    watch.hits({ time: 0, after: 1n }, { time: us(200), after: 2n }, { time: us(205), cpu: 1, tid: 2, after: 2n });
    expect(watch.lines()).toEqual(['null -> 1 trap', 'null -> 2 racy', 'null -> 2 racy']);
  });

  test('keep what the engine is sure of', () => {
    const watch = new MadeTrapWatch();
    watch.hits({ time: 0, after: 1n, exact: true }, { time: us(5), cpu: 1, tid: 2, after: 2n, exact: true });
    expect(watch.lines()).toEqual(['null -> 1 registers', 'null -> 2 registers']);
  });

  test('that are far from each other follow each other', () => {
    const watch = new MadeTrapWatch();
    watch.hits({ time: 0, after: 1n }, { time: RACE_WINDOW, cpu: 1, tid: 2, after: 2n });
    expect(watch.lines()).toEqual(['null -> 1 trap', '1 -> 2 trap']);
  });

  test('of one thread that has moved are in order', () => {
    const watch = new MadeTrapWatch();
    expect(watch.hits({ time: 0, after: 1n }, { time: us(5), cpu: 1, after: 2n }).lines()).toEqual(['null -> 1 trap', '1 -> 2 trap']);
  });

  test('of their idle threads are not: those are all called thread 0', () => {
    const watch = new MadeTrapWatch();
    watch.hits({ time: 0, pid: 0, tid: 0, after: 1n }, { time: us(5), pid: 0, tid: 0, cpu: 1, after: 2n });
    expect(watch.lines()).toEqual(['null -> 1 racy', 'null -> 2 racy']);
  });

  test('in two processes are in two memories, but in one where the kernel is watched', () => {
    const kernel = new MadeTrapWatch();
    const process = new MadeTrapWatch({ memory: 'process' });
    const hits = [
      { time: 0, after: 1n },
      { time: us(5), pid: 2, tid: 2, cpu: 1, after: 2n },
    ];
    expect(kernel.hits(...hits).lines()).toEqual(['null -> 1 racy', 'null -> 2 racy']);
    expect(process.hits(...hits).lines()).toEqual(['null -> 1 trap', 'null -> 2 trap']);
  });
});

describe('hits', () => {
  test('name who made them', () => {
    const watch = new MadeTrapWatch();
    watch.hits({ time: 0, origin: { comm: 'sh', cgroup: 0xffff_ffffn } });
    expect(watch.outbox.take(() => false)).toMatchObject([{ comm: 'sh', cgroup: '#4294967295', kernel: true }]);
  });

  test('have the place of the instruction before the reported address', () => {
    const watch = new MadeTrapWatch();
    watch.hits({ time: 0, step: 0x10 } as MadeHit);
    expect(watch.outbox.take(() => false)).toMatchObject([{ place: { function: 'f', offset: 0xf } }]);
  });

  test('of two pieces by one access are one', () => {
    const watch = new MadeTrapWatch({ pieces: 2 });
    watch.hits({ time: 0, cookie: 1, after: 1n }, { time: 100, cookie: 2, after: 1n });
    expect(watch.lines()).toEqual(['null -> 1 trap']);
  });

  test('by steps of one copy of the kernel into a process are one, with the value after the last step', () => {
    const watch = new MadeTrapWatch({ memory: 'process' });
    const steps = [0, 1, 2].map((step) => ({ time: us(5 * step), at: step, after: BigInt(step + 1) }));
    expect(watch.hits(...steps).lines()).toEqual(['null -> 3 trap x3']);
  });

  test('of a process go on from where its parent was', () => {
    const watch = new MadeTrapWatch({ memory: 'process' });
    watch.pipeline.start(1, covered(7n));
    watch.pipeline.fork({ pid: 1, tid: 1 }, 2);
    watch.pipeline.report({ ...rawHit({ time: 0, pid: 2, tid: 2 }), after: covered(8n) });
    watch.pipeline.forget(2);
    watch.pipeline.report({ ...rawHit({ time: us(5), pid: 2, tid: 2 }), after: covered(9n) });
    expect(watch.lines()).toEqual(['7 -> 8 trap', 'null -> 9 trap']);
  });

  test('outside the time in which the watch had the pieces are not its', () => {
    const watch = new MadeTrapWatch();
    watch.pipeline.open(START);
    watch.pipeline.close(START + us(10));
    for (const time of [-1, 0, us(10), us(11)]) watch.pipeline.reportShared({ ...kernelHit({ time }), after: covered(BigInt(time)) });
    expect(watch.lines()).toHaveLength(2);
  });
});
