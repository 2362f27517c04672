// What an engine does with hits before anybody sees them: pieces that are switched off, conditions, counts, and the bytes that a hit has left.
import { expect } from 'vitest';
import type { Condition, Operand } from '../../src/conditions/index.js';
import type { EngineSession } from '../../src/engines/contract.js';
import { armDirectly, orderOf, type Piece } from '../../src/engines/direct.js';
import type { Handling } from '../../src/engines/handling.js';
import type { CaseBodies } from './engine-conformance.js';
import { CELL, hot, hotThreads } from './programs.js';
import { Recorder } from './recorder.js';
import { closeBooks, collectWhile, pieceOf } from './watched-run.js';
import type { ProgramUnderTest } from './world.js';

const WRITES = 500;
const HOT_WRITES = 20_000;
/** One write in so many fulfils {@link EVERY_TENTH}. */
const TENTH = 10;

const NEW: Operand = {
  kind: 'value',
  which: 'new',
  offset: 0,
  unsigned: false,
  field: { kind: 'integer', shift: 0, bits: 64, signed: true },
};

function number(value: number): Operand {
  return { kind: 'number', value: BigInt(value), unsigned: false };
}

const EVERY_TENTH: Condition = {
  kind: 'integers',
  comparison: '==',
  left: { kind: 'arithmetic', operator: '%', left: NEW, right: number(TENTH), unsigned: false },
  right: number(0),
};

/** The piece that watches the variable of one thread of hot-threads. */
function cell(program: ProgramUnderTest, thread: number): Piece {
  return { ...pieceOf(program, { name: 'own', offset: CELL * thread, length: 8 }), cookie: thread + 1 };
}

/** Arms a piece of 8 bytes whose hits are handled as `how` says. */
function armHandled(session: EngineSession, piece: Piece, how: Pick<Handling, 'condition' | 'keep'>): void {
  const { address, length } = piece;
  const handling = session.prepare({ range: { address, length }, value: { offset: 0, size: length }, start: null, ...how });
  const order = { ...orderOf(session, piece, 0), handling };
  expect(session.apply([{ type: 'arm', effect: 1, piece: order }])).toMatchObject([{ type: 'done' }]);
}

async function runToEnd(program: ProgramUnderTest, session: EngineSession): Promise<Recorder> {
  program.go();
  const recorder = new Recorder();
  await collectWhile(session, recorder, () => program.running);
  return recorder;
}

function numberIn(bytes: Uint8Array | null): number {
  if (bytes === null) return Number.NaN;
  return Number(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getBigInt64(0, true));
}

export const HANDLING_CASES: CaseBodies = {
  'a piece that is paused hears nothing, one that is let go on hears all': async (world) => {
    await using program = await world.start(hotThreads(2, WRITES));
    await using session = program.open({});
    const cells = [cell(program, 0), cell(program, 1)];
    armDirectly(session, cells);
    session.pause([1, 2], true);
    session.pause([2], false);
    const recorder = await runToEnd(program, session);
    expect(closeBooks(session, recorder, cells)).toMatchObject({ counted: WRITES, missing: 0 });
    expect([...recorder.count(({ cookie }) => cookie)]).toEqual([[2, WRITES]]);
  },

  'a piece that is moved while it is paused stays paused': async (world) => {
    await using program = await world.start(hotThreads(2, WRITES));
    await using session = program.open({});
    armDirectly(session, [cell(program, 0)]);
    session.pause([1], true);
    const moved = { ...cell(program, 1), cookie: 1 };
    session.apply([{ type: 'move', effect: 2, piece: orderOf(session, moved, 0) }]);
    const recorder = await runToEnd(program, session);
    expect(closeBooks(session, recorder, [moved])).toMatchObject({ counted: 0, missing: 0 });
    expect(recorder.hits).toEqual([]);
  },

  'a hit brings the bytes that its access has left': async (world) => {
    await using program = await world.start(hot(HOT_WRITES));
    await using session = program.open({});
    const piece = pieceOf(program, { name: 'counter' });
    armHandled(session, piece, { condition: null, keep: 'each' });
    const recorder = await runToEnd(program, session);
    expect(closeBooks(session, recorder, [piece])).toMatchObject({ counted: HOT_WRITES, missing: 0 });
    expect(recorder.hits.map(({ after }) => numberIn(after))).toEqual(recorder.hits.map((hit) => world.stored(hit)));
  },

  'a condition leaves out the hits for which it does not hold, and no others': async (world) => {
    await using program = await world.start(hot(HOT_WRITES));
    await using session = program.open({});
    const piece = pieceOf(program, { name: 'counter' });
    armHandled(session, piece, { condition: EVERY_TENTH, keep: 'each' });
    const recorder = await runToEnd(program, session);
    expect(closeBooks(session, recorder, [piece])).toMatchObject({ counted: HOT_WRITES, missing: 0 });
    const expected = Array.from({ length: HOT_WRITES / TENTH }, (_, i) => TENTH * i);
    expect(recorder.hits.map((hit) => world.stored(hit))).toEqual(expected);
  },

  'counts are kept by thread and place, last value and all, and outlive their piece': async (world) => {
    await using program = await world.start(hotThreads(2, WRITES));
    await using session = program.open({});
    const cells = [cell(program, 0), cell(program, 1)];
    for (const piece of cells) armHandled(session, piece, { condition: null, keep: 'counts' });
    const recorder = await runToEnd(program, session);
    expect(closeBooks(session, recorder, cells)).toMatchObject({ counted: 2 * WRITES, missing: 0 });
    expect(recorder.hits).toEqual([]);
    const counts = session.counts();
    expect(counts.map(({ cookie, count }) => [cookie, count]).sort()).toEqual([
      [1, WRITES],
      [2, WRITES],
    ]);
    expect(new Set(counts.map(({ tid }) => tid)).size).toBe(2);
    expect(new Set(counts.map(({ ip }) => ip)).size).toBe(1);
    for (const { first, last } of counts) expect([numberIn(first), numberIn(last)]).toEqual([0, WRITES - 1]);
  },

  'a condition on counts leaves out the same': async (world) => {
    await using program = await world.start(hot(HOT_WRITES));
    await using session = program.open({});
    const piece = pieceOf(program, { name: 'counter' });
    armHandled(session, piece, { condition: EVERY_TENTH, keep: 'counts' });
    const recorder = await runToEnd(program, session);
    expect(closeBooks(session, recorder, [piece])).toMatchObject({ counted: HOT_WRITES, missing: 0 });
    expect(session.counts().reduce((sum, { count }) => sum + count, 0)).toBe(HOT_WRITES / TENTH);
  },
};
