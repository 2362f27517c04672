// A piece is moved to other bytes on all threads without being closed, or stays where it was.
import { expect } from 'vitest';
import type { EngineEvent, EngineSession } from '../../src/engines/contract.js';
import { armDirectly, orderOf, type Piece } from '../../src/engines/direct.js';
import type { CaseBodies } from './engine-conformance.js';
import { CELL, hotThreads } from './programs.js';
import { Recorder } from './recorder.js';
import { closeBooks, collectWhile, pieceOf } from './watched-run.js';
import type { ProgramUnderTest } from './world.js';

const WRITES = 500;

function cell(program: ProgramUnderTest, thread: number, offset = 0): Piece {
  return pieceOf(program, { name: 'own', offset: CELL * thread + offset, length: 8 });
}

function move(session: EngineSession, piece: Piece): EngineEvent[] {
  return session.apply([{ type: 'move', effect: 77, piece: orderOf(session, piece, 0) }]);
}

export const MOVE_CASES: CaseBodies = {
  'an armed piece reports what is written at its new place, by threads there and to come': async (world) => {
    await using program = await world.start(hotThreads(4, WRITES));
    await using session = program.open({});
    armDirectly(session, [cell(program, 0)]);
    expect(move(session, cell(program, 3))).toEqual([{ type: 'done', effect: 77, armed: null }]);
    program.go();
    const recorder = new Recorder();
    await collectWhile(session, recorder, () => program.running);
    const books = closeBooks(session, recorder, [cell(program, 3)]);
    expect(books).toMatchObject({ counted: WRITES, delivered: WRITES, missing: 0 });
    expect(new Set(recorder.hits.map(({ tid }) => tid)).size).toBe(1);
  },

  'to where no breakpoint can be fails, and leaves it where it was': async (world) => {
    await using program = await world.start(hotThreads(2, WRITES));
    await using session = program.open({});
    armDirectly(session, [cell(program, 1)]);
    expect(move(session, cell(program, 0, 3))).toMatchObject([{ type: 'failed', effect: 77, code: 'EINVAL' }]);
    program.go();
    const recorder = new Recorder();
    await collectWhile(session, recorder, () => program.running);
    expect(closeBooks(session, recorder, [cell(program, 1)])).toMatchObject({ counted: WRITES, missing: 0 });
  },

  'takes no slot for the moment: all four can be moved': async (world) => {
    await using program = await world.start(hotThreads(2, 1));
    await using session = program.open({});
    const cells = [0, 1, 2, 3].map((thread) => ({ ...cell(program, thread), cookie: thread + 1 }));
    armDirectly(session, cells);
    for (const piece of cells)
      expect(move(session, { ...piece, address: piece.address + 8n })).toEqual([{ type: 'done', effect: 77, armed: null }]);
  },
};
