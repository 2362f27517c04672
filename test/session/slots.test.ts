// The facility over the perf engine, on a live process: what is told, and who really has the registers.
import { closeSync, openSync, readSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { EngineEvent, EngineSession } from '../../src/engines/contract.js';
import { armDirectly, disarmDirectly } from '../../src/engines/direct.js';
import { PerfEngine } from '../../src/engines/perf/engine.js';
import { SimEngine } from '../../src/engines/sim/engine.js';
import { type HardwareEffect, linearOfU64 } from '../../src/facility/index.js';
import { attach } from '../../src/session/index.js';
import { type Placement, Slots, type SlotWish } from '../../src/session/slots.js';
import { hotThreads } from '../conformance/programs.js';
import { SimWorld } from '../conformance/sim-world.js';
import { piecesOf } from '../conformance/watched-run.js';
import { describeWith } from '../helpers/requirement.js';
import { startTarget, type Target } from '../helpers/target.js';

/** A program with cells, live or simulated. */
type Cells = Pick<Target, 'pid' | 'shown'>;

/** sizeof(struct cell) of hot-threads. */
const CELL = 64;

/** An engine that does everything at once, and nothing. */
function obedient(pid: number): EngineSession {
  const armed = { threads: 1, cpus: 1, notCovered: [] };
  const session: Partial<EngineSession> = {
    target: { pid, tid: null, inherit: 'threads' },
    capabilities: new SimEngine().capabilities,
    apply: (effects: readonly HardwareEffect[]): EngineEvent[] =>
      effects.map(({ type, effect }) => ({ type: 'done', effect, armed: type === 'arm' ? armed : null })),
    forget: () => undefined,
    capacity: () => null,
  };
  return session as EngineSession;
}

/** Slots, and everything that was told. */
class Told {
  readonly log: string[] = [];
  readonly slots: Slots;

  constructor(session: EngineSession) {
    this.slots = new Slots(session, {
      evicted: (request) => this.log.push(`${request} evicted`),
      installed: (request) => this.log.push(`${request} installed`),
      notice: (notice) =>
        this.log.push(
          notice.type === 'tell'
            ? `tell ${notice.request} ${notice.what} ${notice.cause}`
            : `refuse ${notice.request} ${notice.code} ${notice.candidates.join()}`,
        ),
    });
  }
}

/** Cells of the fixture; two of them beside each other are one wish of two pieces. */
function wish(target: Cells, cells: readonly number[], priority: number | null): SlotWish {
  const { address } = target.shown('own');
  const pieces = cells.map((cell) => ({ address: linearOfU64(address + BigInt(CELL * cell)), length: 8 }));
  return { pieces, access: 'write', stackDepth: 0, handling: 0, priority };
}

/** What several users of one process do, one after the other. */
function script(target: Cells, slots: Slots): Placement['kind'][] {
  const kinds: Placement['kind'][] = [];
  const ids: number[] = [];
  const ask = (cells: readonly number[], priority: number | null): void => {
    const placement = slots.request(wish(target, cells, priority));
    kinds.push(placement.kind);
    if (placement.kind === 'registered') ids.push(placement.request);
  };
  ask([0], null);
  ask([1], 20);
  ask([2, 3], 20);
  ask([4], 20);
  ask([4, 5], 90);
  ask([0], null);
  ask([6], null);
  ask([7], null);
  slots.withdraw(ids[4] ?? 0);
  slots.withdraw(ids[0] ?? 0);
  ask([8], 20);
  ask([9], 255);
  slots.withdraw(ids[5] ?? 0);
  slots.executed(target.pid);
  ask([0], null);
  return kinds;
}

/** The script is told on `session` as it is where everything is simply done. */
function expectAsObeyed(program: Parameters<typeof script>[0], session: EngineSession): void {
  const [told, made] = [new Told(session), new Told(obedient(program.pid))];
  expect(script(program, told.slots)).toEqual(script(program, made.slots));
  expect(told.log).toEqual(made.log);
  for (const what of ['evicted', 'room', 'restored', 'withdrawn', 'exec', 'refuse']) expect(made.log.join('\n')).toContain(what);
}

describe('the same script', () => {
  test('is told the same on a simulated program as where everything is simply done', async () => {
    await using program = await new SimWorld().start(hotThreads(4, 10));
    await using session = program.open({});
    expectAsObeyed(program, session);
  });
});

describeWith(['perf', 'gcc'], 'the same script', () => {
  test('is told the same on a live process as where everything is simply done', async () => {
    await using target = await startTarget('hot-threads', { args: ['--threads', '2', '--writes', '10'] });
    await using session = new PerfEngine().open({ pid: target.pid, tid: null, inherit: 'threads' });
    expectAsObeyed(target, session);
  });
});

describeWith(['perf', 'gcc'], 'strangers', () => {
  test('that hold registers are minded: the higher of two watches gets the one that is left, and the other when they go', async () => {
    await using target = await startTarget('hot-threads', { args: ['--threads', '2', '--writes', '10'] });
    await using stranger = new PerfEngine().open({ pid: target.pid, tid: null, inherit: 'threads' });
    armDirectly(
      stranger,
      piecesOf(
        target,
        [10, 11, 12].map((at) => ({ name: 'own', offset: CELL * at, length: 8 })),
      ),
    );
    await using session = new PerfEngine().open({ pid: target.pid, tid: null, inherit: 'threads' });
    const { slots, log } = new Told(session);
    slots.request(wish(target, [0], 20));
    slots.request(wish(target, [1], 90));
    expect(log).toEqual(['tell 1 installed asked', 'tell 1 uninstalled evicted', 'tell 2 installed asked', '1 evicted']);
    expect(slots.isKeptOut).toBe(true);
    expect(slots.request(wish(target, [2], null))).toMatchObject({ kind: 'refused', error: { failure: 'no-slot' } });
    disarmDirectly(stranger, [1, 2, 3]);
    slots.look();
    expect(slots.isKeptOut).toBe(false);
    expect(log.slice(-2)).toEqual(['tell 1 installed restored', '1 installed']);
  });

  test('that leave make room for a watch that is asked for again', async () => {
    await using target = await startTarget('hot-threads', { args: ['--threads', '2', '--writes', '10'] });
    await using stranger = new PerfEngine().open({ pid: target.pid, tid: null, inherit: 'threads' });
    armDirectly(
      stranger,
      piecesOf(
        target,
        [10, 11, 12, 13].map((at) => ({ name: 'own', offset: CELL * at, length: 8 })),
      ),
    );
    await using watched = await attach(target.pid);
    await expect(watched.watch('own[0].value')).rejects.toMatchObject({ code: 'no-slot' });
    await expect(watched.watch('own[0].value')).rejects.toMatchObject({ code: 'no-slot' });
    disarmDirectly(stranger, [1]);
    await watched.watch('own[0].value');
    await expect(watched.watch('own[1].value')).rejects.toMatchObject({ code: 'no-slot' });
  });
});

describeWith(['perf', 'gcc'], 'a watch of one thread', () => {
  test('lives as long as that thread and those that inherited it, and leaves nothing open', async () => {
    await using target = await startTarget('hot-threads', { args: ['--threads', '2', '--writes', '10'] });
    const { pid } = target;
    await using session = new PerfEngine().open({ pid, tid: pid, inherit: 'threads' });
    const { slots, log } = new Told(session);
    slots.request(wish(target, [0, 1, 2, 3], null));
    // As if it had made a thread, and ended before it.
    slots.note({ type: 'threadStarted', tid: 999_999, pid, parent: pid, how: 'thread' });
    slots.note({ type: 'exit', tid: pid });
    slots.catchUp();
    expect(log).toEqual(['tell 1 installed asked']);
    slots.note({ type: 'exit', tid: 999_999 });
    slots.catchUp();
    expect(log.slice(1)).toEqual(['tell 1 uninstalled exit']);
    await using another = new PerfEngine().open({ pid, tid: pid, inherit: 'none' });
    expect(armDirectly(another, piecesOf(target, [{ name: 'own', length: 8 }])).threads).toBe(1);
  });
});

describeWith(['perf', 'gcc'], 'a function whose execution is watched', () => {
  test('is in memory as it was, byte for byte: no breakpoint instruction', async () => {
    await using process = await startTarget('call-chain');
    await using target = await attach(process.pid);
    const first = await target.watch('middle', { access: 'execute' });
    const { address } = first.info;
    await first.close();
    const before = memoryOf(process.pid, address);
    const watch = await target.watch('middle', { access: 'execute' });
    expect(memoryOf(process.pid, address)).toEqual(before);
    process.go();
    await target.ended;
    expect(watch.hits).toBeGreaterThan(0);
  });
});

/** 64 bytes as another process reads them. */
function memoryOf(pid: number, address: bigint): Buffer {
  const fd = openSync(`/proc/${pid}/mem`, 'r');
  try {
    const bytes = Buffer.alloc(64);
    expect(readSync(fd, bytes, 0, bytes.length, address)).toBe(bytes.length);
    return bytes;
  } finally {
    closeSync(fd);
  }
}
