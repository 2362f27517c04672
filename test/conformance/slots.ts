// All pieces of a request are armed or none is, and what is given back can be taken again.
import { describe, expect, test } from 'vitest';
import type { Engine, EngineSession } from '../../src/engines/contract.js';
import { armDirectly, disarmDirectly, type Piece } from '../../src/engines/direct.js';
import { ArmError } from '../../src/engines/errors.js';
import { threadIds } from '../../src/linux/procfs/process.js';
import type { Inherit } from '../../src/model/access.js';
import { startTarget, type Target } from '../helpers/target.js';
import { Recorder } from './recorder.js';
import { collectWhile, piecesOf } from './watched-run.js';

function open(engine: Engine, target: Target, options: { tid?: number; inherit?: Inherit } = {}): EngineSession {
  return engine.open({ pid: target.pid, tid: options.tid ?? null, inherit: options.inherit ?? 'threads' });
}

/** `count` pieces at different addresses, with cookies from `from` on. */
function pieces(target: Target, count: number, from = 1): Piece[] {
  const parts = Array.from({ length: count }, (_, at) => ({ name: 'own', offset: 64 * at, length: 8 }));
  return piecesOf(target, parts).map((piece, at) => ({ ...piece, cookie: from + at }));
}

/** The failure of `action`, which must fail with an ArmError. */
function failureOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof ArmError) return error.failure;
    throw error;
  }
  return 'nothing failed';
}

export function slotConformance(engine: Engine): void {
  const { slots } = engine.capabilities;

  describe('slots', () => {
    test('one piece too many is refused, and those that are armed stay so', async () => {
      await using target = await startTarget('hot-threads', { args: ['--threads', '4', '--writes', '10'] });
      await using session = open(engine, target);
      armDirectly(session, pieces(target, slots));
      expect(failureOf(() => armDirectly(session, pieces(target, 1, 11)))).toBe('no-slot');
      target.go();
      const recorder = new Recorder();
      await collectWhile(session, recorder, () => target.running);
      session.collect(recorder, true);
      expect(recorder.count(({ cookie }) => cookie)).toEqual(new Map(pieces(target, slots).map(({ cookie }) => [cookie, 10])));
    });

    test('a request that does not fit as a whole leaves nothing armed', async () => {
      await using target = await startTarget('hot-threads', { args: ['--threads', '4', '--writes', '10'] });
      await using first = open(engine, target);
      await using second = open(engine, target);
      armDirectly(first, pieces(target, slots - 1));
      expect(failureOf(() => armDirectly(second, pieces(target, 2)))).toBe('no-slot');
      // The one that was free is free again.
      armDirectly(second, pieces(target, 1, 11));
    });

    test('one that fails at a later thread is undone on those before', async () => {
      await using target = await startTarget('hot-threads', { args: ['--threads', '4', '--writes', '10'] });
      await using taker = open(engine, target, { tid: threadsOf(target).at(-1) ?? 0, inherit: 'none' });
      armDirectly(taker, pieces(target, slots));
      await using session = open(engine, target);
      expect(failureOf(() => armDirectly(session, pieces(target, 1)))).toBe('no-slot');
      for (const tid of threadsOf(target).slice(0, -1)) {
        await using another = open(engine, target, { tid, inherit: 'none' });
        expect(armDirectly(another, pieces(target, slots)).threads).toBe(1);
      }
      const recorder = new Recorder();
      session.collect(recorder, true);
      expect(recorder.hits).toEqual([]);
    });

    test('what is disarmed or closed is free again, a hundred times', async () => {
      await using target = await startTarget('hot-threads', { args: ['--threads', '2', '--writes', '10'] });
      for (let round = 0; round < 50; round++) {
        await using session = open(engine, target);
        armDirectly(session, pieces(target, slots));
        disarmDirectly(
          session,
          pieces(target, slots).map(({ cookie }) => cookie),
        );
        armDirectly(session, pieces(target, slots, 11));
      }
    });

    test('a process that has ended is said to be gone', async () => {
      await using target = await startTarget('hot', { args: ['--writes', '10'] });
      await using session = open(engine, target);
      const [piece] = piecesOf(target, [{ name: 'counter' }]);
      target.go();
      await target.finished;
      expect(failureOf(() => armDirectly(session, piece === undefined ? [] : [piece]))).toBe('no-process');
      expect(failureOf(() => open(engine, target))).toBe('no-process');
    });
  });
}

function threadsOf(target: Target): number[] {
  return threadIds(target.pid);
}
