// A piece is moved to other bytes on all threads without being closed, or stays where it was.
import { describe, expect, test } from 'vitest';
import type { Engine, EngineEvent, EngineSession } from '../../src/engines/contract.js';
import { armDirectly, orderOf, type Piece } from '../../src/engines/direct.js';
import { startTarget, type Target } from '../helpers/target.js';
import { Recorder } from './recorder.js';
import { closeBooks, collectWhile, piecesOf } from './watched-run.js';

const WRITES = 500;
/** sizeof(struct cell) of hot-threads. */
const CELL = 64;

function cell(target: Target, thread: number, offset = 0): Piece {
  const [piece] = piecesOf(target, [{ name: 'own', offset: CELL * thread + offset, length: 8 }]);
  if (piece === undefined) throw new Error('one piece was asked for');
  return piece;
}

function move(session: EngineSession, piece: Piece): EngineEvent[] {
  return session.apply([{ type: 'move', effect: 77, piece: orderOf(session, piece, 0) }]);
}

export function moveConformance(engine: Engine): void {
  describe('moving', () => {
    test('an armed piece reports what is written at its new place, by threads there and to come', async () => {
      await using target = await startTarget('hot-threads', { args: ['--threads', '4', '--writes', String(WRITES)] });
      await using session = engine.open({ pid: target.pid, tid: null, inherit: 'threads' });
      armDirectly(session, [cell(target, 0)]);
      expect(move(session, cell(target, 3))).toEqual([{ type: 'done', effect: 77, armed: null }]);
      target.go();
      const recorder = new Recorder();
      await collectWhile(session, recorder, () => target.running);
      expect(closeBooks(session, recorder, [cell(target, 3)])).toMatchObject({ counted: WRITES, delivered: WRITES, missing: 0 });
      expect(new Set(recorder.hits.map(({ tid }) => tid)).size).toBe(1);
    });

    test('to where no breakpoint can be fails, and leaves it where it was', async () => {
      await using target = await startTarget('hot-threads', { args: ['--threads', '2', '--writes', String(WRITES)] });
      await using session = engine.open({ pid: target.pid, tid: null, inherit: 'threads' });
      armDirectly(session, [cell(target, 1)]);
      expect(move(session, cell(target, 0, 3))).toMatchObject([{ type: 'failed', effect: 77, code: 'EINVAL' }]);
      target.go();
      const recorder = new Recorder();
      await collectWhile(session, recorder, () => target.running);
      expect(closeBooks(session, recorder, [cell(target, 1)])).toMatchObject({ counted: WRITES, missing: 0 });
    });

    test('takes no slot for the moment: all four can be moved', async () => {
      await using target = await startTarget('hot-threads', { args: ['--threads', '2', '--writes', '1'] });
      await using session = engine.open({ pid: target.pid, tid: null, inherit: 'threads' });
      const cells = [0, 1, 2, 3].map((thread) => ({ ...cell(target, thread), cookie: thread + 1 }));
      armDirectly(session, cells);
      for (const piece of cells)
        expect(move(session, { ...piece, address: piece.address + 8n })).toEqual([{ type: 'done', effect: 77, armed: null }]);
    });
  });
}
