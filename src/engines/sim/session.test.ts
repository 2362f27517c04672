import { describe, expect, test } from 'vitest';
import { linearOfU64 } from '../../facility/index.js';
import { loadDecoder } from '../../instructions/index.js';
import { INSTRUCTION_BYTES, type Instruction } from '../../machine/index.js';
import type { EngineSink, HardwareEffect, RawHit } from '../contract.js';
import type { OwnTarget } from '../own-target.js';
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
    inKernel: true,
  };
  return { type: 'arm', effect: cookie, piece } as HardwareEffect;
}

/** Runs `target` to its end. */
function watched(target: OwnTarget): Seen[] {
  const seen: Seen[] = [];
  const sink: EngineSink = {
    hit: ({ tid, kernel, ipLo }: RawHit) => seen.push({ tid, kernel, place: target.names.place(BigInt(ipLo) - 1n).function }),
    threadStarted: () => undefined,
    threadEnded: () => undefined,
    renamed: () => undefined,
    lost: () => undefined,
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
