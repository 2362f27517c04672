import { describe, expect, test } from 'vitest';
import { joinU64 } from '../../base/u64.js';
import { type HardwareEffect, linearOfU64 } from '../../facility/index.js';
import { loadDecoder } from '../../instructions/index.js';
import { INSTRUCTION_BYTES, type Instruction } from '../../machine/index.js';
import type { EngineSession, EngineSink, RawHit } from '../contract.js';
import { ArmError } from '../errors.js';
import type { OwnTarget } from '../own-target.js';
import { DEAF } from '../reports.js';
import { encode } from './code.js';
import { SimEngine } from './engine.js';
import { SimulationError } from './simulation-error.js';

const COUNTER = 'fixtures/demo/counter.scn';

interface Seen {
  readonly tid: number;
  readonly kernel: boolean;
  readonly place: string | null;
}

function arm(target: OwnTarget, name: string, cookie = 1): HardwareEffect {
  const found = target.names.all.find((one) => one.name === name);
  if (found === undefined) throw new Error(`${name} is not there`);
  const scope = { kind: 'process', pid: target.pid } as const;
  const piece = {
    cookie,
    address: linearOfU64(found.address),
    length: found.size,
    access: 'write',
    scope,
    inherit: 'threads',
    stackDepth: 0,
    handling: 0,
    tids: [],
    inKernel: true,
  };
  return { type: 'arm', effect: cookie, piece } as HardwareEffect;
}

/** Runs `target` to its end. */
function watched(target: OwnTarget): Seen[] {
  const seen: Seen[] = [];
  const sink: EngineSink = {
    ...DEAF,
    hit: ({ tid, kernel, ipLo }: RawHit) => seen.push({ tid, kernel, place: target.names.place(BigInt(ipLo) - 1n).function }),
  };
  target.lifecycle.release();
  for (let round = 0; round < 100 && target.lifecycle.poll() === null; round++) target.session.collect(sink, false);
  return seen;
}

describe('the sim engine', () => {
  test('sees every write, of all threads and of the kernel, and the order is the same each time', () => {
    const runs = [0, 1].map(() => {
      const target = new SimEngine().launch([COUNTER], 'threads');
      expect(target.session.apply([arm(target, 'counter')])).toMatchObject([{ type: 'done', armed: { threads: 3 } }]);
      return watched(target);
    });
    const [first = [], second] = runs;
    expect(second).toEqual(first);
    expect(first.filter(({ place }) => place === 'count')).toHaveLength(10);
    expect(first.filter(({ tid }) => tid === 3).map(({ kernel }) => kernel)).toEqual([false, true]);
  });

  test('a disarmed piece reports nothing; memory can be read', () => {
    const target = new SimEngine().launch([COUNTER], 'threads');
    target.session.apply([arm(target, 'counter')]);
    target.session.apply([{ type: 'disarm', effect: 2, cookie: 1 }]);
    expect(watched(target)).toEqual([]);
    expect(target.lifecycle.poll()).toEqual({ kind: 'exited', status: 0 });
    const { address } = target.names.all.find(({ name }) => name === 'flag') ?? { address: 0n };
    expect(target.session.readMemory(target.pid, address, 4)).toEqual(Uint8Array.of(1, 0, 0, 0));
  });

  test('five pieces at once are refused, four are armed, and a fifth says how many slots there are', () => {
    const target = new SimEngine().launch([COUNTER], 'threads');
    const arms = [1, 2, 3, 4, 5].map((cookie): HardwareEffect => {
      const order = arm(target, 'counter', cookie);
      return order.type === 'arm' ? { ...order, piece: { ...order.piece, address: order.piece.address + 64 * cookie } } : order;
    });
    const kinds = (effects: readonly HardwareEffect[]): string[] => target.session.apply(effects).map(({ type }) => type);
    expect(kinds(arms)).toEqual(['capacity', 'failed', 'failed', 'failed', 'failed', 'failed']);
    expect(kinds(arms.slice(0, 4))).toEqual(['done', 'done', 'done', 'done']);
    expect(target.session.apply(arms.slice(4))).toMatchObject([
      { type: 'capacity', free: 4 },
      { type: 'failed', code: 'ENOSPC' },
    ]);
  });

  test('what is no scenario is named with its place', () => {
    expect(() => new SimEngine().launch(['nowhere.scn'], 'threads')).toThrow(SimulationError);
    expect(() => new SimEngine().launch(['package.json'], 'threads')).toThrow(/package\.json: line 1/);
  });
});

const PROGRAMS = 'test/conformance/programs';

/** Everything that a session says from now to the end of the program, one line each. */
function story(session: EngineSession, { lifecycle }: Pick<OwnTarget, 'lifecycle'>): string[] {
  const lines: string[] = [];
  const sink: EngineSink = {
    hit: ({ cookie, pid, tid, kernel }) => lines.push(`hit ${cookie} ${pid}/${tid}${kernel ? ' kernel' : ''}`),
    threadStarted: ({ pid, tid, parentPid, parentTid }) => lines.push(`start ${pid}/${tid} by ${parentPid}/${parentTid}`),
    threadEnded: ({ pid, tid }) => lines.push(`end ${pid}/${tid}`),
    renamed: ({ pid, tid, comm, exec }) => lines.push(`${exec ? 'exec' : 'name'} ${pid}/${tid} ${comm}`),
    lost: () => lines.push('lost'),
  };
  lifecycle.release();
  for (let round = 0; round < 1000 && lifecycle.poll() === null; round++) session.collect(sink, false);
  session.collect(sink, true);
  return lines;
}

describe('several sessions on one program', () => {
  test('each have their hits, and what one takes the other lacks until it is closed', async () => {
    const engine = new SimEngine();
    const target = engine.launch([COUNTER], 'threads');
    const second = engine.open({ pid: target.pid, tid: null, inherit: 'threads' });
    const third = engine.open({ pid: target.pid, tid: 3, inherit: 'none' });
    target.session.apply([arm(target, 'counter')]);
    second.apply([arm(target, 'counter', 7)]);
    third.apply([arm(target, 'flag', 1), arm(target, 'counter', 2)]);
    const lines = story(second, target);
    expect(lines.filter((line) => line.startsWith('hit 7'))).toHaveLength(12);
    expect(story(target.session, target).filter((line) => line.startsWith('hit 1'))).toHaveLength(12);
    expect(story(third, target).filter((line) => line.startsWith('hit'))).toEqual(['hit 2 1/3', 'hit 2 1/3 kernel']);
  });

  test('who asks where another has the slots is told how many are left, and has them when the other is closed', async () => {
    const engine = new SimEngine();
    const target = engine.launch([COUNTER], 'threads');
    const at = (cookie: number): HardwareEffect => {
      const order = arm(target, 'counter', cookie);
      return order.type === 'arm' ? { ...order, piece: { ...order.piece, address: order.piece.address + 64 * cookie } } : order;
    };
    {
      await using other = engine.open({ pid: target.pid, tid: 2, inherit: 'none' });
      other.apply([at(1), at(2), at(3)]);
      expect(target.session.apply([at(4), at(5)])).toMatchObject([{ type: 'capacity', free: 1 }, { code: 'ENOSPC' }, { code: 'ENOSPC' }]);
      expect(target.session.apply([at(4)])).toMatchObject([{ type: 'done' }]);
    }
    expect(target.session.capacity()).toMatchObject({ free: 4 });
    expect(target.session.apply([at(5), at(6), at(7)]).map(({ type }) => type)).toEqual(['done', 'done', 'done']);
  });

  test('there is nothing to open but what was launched and has not ended', () => {
    const engine = new SimEngine();
    expect(() => engine.open({ pid: 1, tid: null, inherit: 'none' })).toThrow(SimulationError);
    engine.launch([COUNTER], 'threads');
    for (const [pid, tid] of [
      [2, null],
      [1, 4],
      [77, null],
    ] as const)
      expect(() => engine.open({ pid, tid, inherit: 'none' })).toThrow(ArmError);
  });
});

describe('a program that changes', () => {
  test('children are told, named, and watched where that was asked for, also by a watch of one thread', () => {
    for (const inherit of ['children', 'threads', 'none'] as const) {
      for (const tid of [null, 1]) {
        const engine = new SimEngine();
        const target = engine.launch([`${PROGRAMS}/threads-fork-read.scn`], 'none');
        const session = engine.open({ pid: target.pid, tid, inherit });
        session.apply([arm(target, 'shared')]);
        const lines = story(session, target);
        expect(lines).toContain('start 1/4 by 1/1');
        expect(lines).toContain('name 1/4 late_writer');
        expect(lines).toContain('start 5/5 by 1/1');
        expect(lines).toContain('name 5/5 child_writer');
        expect(lines.filter((line) => line === 'hit 1 1/4')).toHaveLength(inherit === 'none' ? 0 : 400);
        expect(lines.filter((line) => line === 'hit 1 5/5')).toHaveLength(inherit === 'children' ? 400 : 0);
        expect(lines.filter((line) => line === 'hit 1 1/2')).toHaveLength(tid === null ? 400 : 0);
        expect(lines.filter((line) => line === 'end 5/5')).toHaveLength(inherit === 'children' ? 1 : 0);
      }
    }
  });

  test('an exec of a child is told only where children are watched, and takes nothing away from its parent', () => {
    const lines = (['threads', 'children'] as const).map((inherit) => {
      const target = new SimEngine().launch([`${PROGRAMS}/child-exec.scn`], inherit);
      target.session.apply([arm(target, 'shared')]);
      return story(target.session, target).sort();
    });
    expect(lines).toEqual([
      ['end 1/1', 'hit 1 1/1', 'start 2/2 by 1/1'],
      ['end 1/1', 'end 2/2', 'exec 2/2 other', 'hit 1 1/1', 'hit 1 2/2', 'start 2/2 by 1/1'],
    ]);
  });

  test('call chains have as many frames as were asked for, innermost first', () => {
    for (const stackDepth of [1, 2, 3, 9]) {
      const target = new SimEngine().launch([`${PROGRAMS}/hot-framed.scn`], 'threads');
      const order = arm(target, 'counter');
      if (order.type === 'arm') target.session.apply([{ ...order, piece: { ...order.piece, stackDepth } }]);
      const functions = new Set<string>();
      const sink: EngineSink = {
        ...DEAF,
        hit: ({ stack }) => {
          const [marker, ...frames] = Array.from({ length: (stack?.length ?? 0) / 2 }, (_, at) =>
            joinU64(stack?.[2 * at] ?? 0, stack?.[2 * at + 1] ?? 0),
          );
          expect(marker).toBe(0xffff_ffff_ffff_fe00n);
          functions.add(frames.map((address) => target.names.place(address - 1n).function).join(' '));
        },
      };
      target.lifecycle.release();
      while (target.lifecycle.poll() === null) target.session.collect(sink, false);
      expect([...functions]).toEqual([['bump', 'middle', 'again'].slice(0, stackDepth).join(' ')]);
    }
  });

  test('a round ends at an exec, so that the new program can be watched from its first instruction', () => {
    const target = new SimEngine().launch([`${PROGRAMS}/exec-arm-again.scn`], 'threads');
    target.session.apply([arm(target, 'shared')]);
    target.lifecycle.release();
    const seen: string[] = [];
    const sink: EngineSink = {
      ...DEAF,
      hit: ({ cookie }) => seen.push(`${cookie}`),
      renamed: ({ comm }) => seen.push(comm),
    };
    target.session.collect(sink, false);
    expect(seen).toEqual(['1', '1', '1', 'signals-status']);
    target.session.forget([1]);
    target.session.apply([arm(target, 'shared', 2)]);
    expect(story(target.session, target).filter((line) => line.startsWith('hit 2'))).toHaveLength(200);
    expect(target.session.reconcile()).toEqual({ counted: 203, delivered: 203, duplicates: 0, missing: 0 });
  });
});

describe('code', () => {
  const at = 0x40_4000;
  const every: readonly Instruction[] = [
    ...[1, 2, 4, 8].flatMap((length): Instruction[] => [
      { op: 'load', at, length },
      { op: 'store', at, length, value: 1 },
      { op: 'add', at, length, value: 1, locked: false },
      { op: 'xchg', at, length, value: 1 },
      { op: 'rep-movs', from: at, to: at, length, count: 2, lag: 0 },
      { op: 'rep-stos', at, length, count: 2, value: 1, lag: 0 },
    ]),
    { op: 'nop' },
    { op: 'jump', to: at },
    { op: 'call', to: at },
    { op: 'ret' },
    { op: 'int3' },
    { op: 'icebp' },
    { op: 'fault' },
    { op: 'syscall', call: { name: 'yield' } },
  ];

  test.each(every)('$op $length is one instruction of four bytes', async (instruction) => {
    const decoder = await loadDecoder();
    const code = Uint8Array.from([...encode(instruction), ...encode({ op: 'nop' })]);
    expect([...decoder.boundaries(code, code.length)]).toEqual([0, INSTRUCTION_BYTES, 2 * INSTRUCTION_BYTES]);
  });
});
