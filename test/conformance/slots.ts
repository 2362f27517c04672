// All pieces of a request are armed or none is, and what is given back can be taken again.
import { expect } from 'vitest';
import { armDirectly, disarmDirectly, type Piece } from '../../src/engines/direct.js';
import { ArmError } from '../../src/engines/errors.js';
import type { CaseBodies } from './engine-conformance.js';
import { CELL, hot, hotThreads } from './programs.js';
import { Recorder } from './recorder.js';
import { collectWhile, pieceOf, piecesOf } from './watched-run.js';
import type { ProgramUnderTest } from './world.js';

/** `count` pieces at different addresses, with cookies from `from` on; the first is on cell `cell`. */
function pieces(program: ProgramUnderTest, count: number, { from = 1, cell = 0 } = {}): Piece[] {
  const parts = Array.from({ length: count }, (_, at) => ({ name: 'own', offset: CELL * (cell + at), length: 8 }));
  return piecesOf(program, parts).map((piece, at) => ({ ...piece, cookie: from + at }));
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

export const SLOT_CASES: CaseBodies = {
  'one piece too many is refused, and those that are armed stay so': async (world) => {
    const { slots } = world.capabilities;
    await using program = await world.start(hotThreads(4, 10));
    await using session = program.open({});
    armDirectly(session, pieces(program, slots));
    expect(failureOf(() => armDirectly(session, pieces(program, 1, { from: 11, cell: 8 })))).toBe('no-slot');
    program.go();
    const recorder = new Recorder();
    await collectWhile(session, recorder, () => program.running);
    session.collect(recorder, true);
    const expected = new Map(pieces(program, slots).map(({ cookie }) => [cookie, program.writes]));
    expect(recorder.count(({ cookie }) => cookie)).toEqual(expected);
  },

  'each piece takes a slot of its own, also for bytes that are watched already': async (world) => {
    const { slots } = world.capabilities;
    await using program = await world.start(hotThreads(4, 10));
    await using first = program.open({});
    await using second = program.open({});
    armDirectly(first, pieces(program, slots - 1));
    expect(failureOf(() => armDirectly(second, pieces(program, 2)))).toBe('no-slot');
    armDirectly(second, pieces(program, 1, { from: 11 }));
    expect(failureOf(() => armDirectly(first, pieces(program, 1, { from: 21 })))).toBe('no-slot');
  },

  'a request that does not fit as a whole leaves nothing armed': async (world) => {
    await using program = await world.start(hotThreads(4, 10));
    await using first = program.open({});
    await using second = program.open({});
    armDirectly(first, pieces(program, world.capabilities.slots - 1));
    expect(failureOf(() => armDirectly(second, pieces(program, 2, { from: 21, cell: 8 })))).toBe('no-slot');
    // The one that was free is free again: also for other bytes, which cannot share it with anything left behind.
    armDirectly(second, pieces(program, 1, { from: 11, cell: 12 }));
  },

  'one that fails at a later thread is undone on those before': async (world) => {
    const { slots } = world.capabilities;
    await using program = await world.start(hotThreads(4, 10));
    await using taker = program.open({ tid: program.threadIds().at(-1) ?? 0, inherit: 'none' });
    armDirectly(taker, pieces(program, slots));
    await using session = program.open({});
    expect(failureOf(() => armDirectly(session, pieces(program, 1)))).toBe('no-slot');
    for (const tid of program.threadIds().slice(0, -1)) {
      await using another = program.open({ tid, inherit: 'none' });
      expect(armDirectly(another, pieces(program, slots)).threads).toBe(1);
    }
    const recorder = new Recorder();
    session.collect(recorder, true);
    expect(recorder.hits).toEqual([]);
  },

  'what is disarmed or closed is free again, a hundred times': async (world) => {
    const { slots } = world.capabilities;
    await using program = await world.start(hotThreads(2, 10));
    for (let round = 0; round < 50; round++) {
      await using session = program.open({});
      armDirectly(session, pieces(program, slots));
      disarmDirectly(
        session,
        pieces(program, slots).map(({ cookie }) => cookie),
      );
      armDirectly(session, pieces(program, slots, { from: 11 }));
    }
  },

  'a process that has ended is said to be gone': async (world) => {
    await using program = await world.start(hot(10));
    await using session = program.open({});
    const piece = pieceOf(program, { name: 'counter' });
    program.go();
    await program.finished;
    expect(failureOf(() => armDirectly(session, [piece]))).toBe('no-process');
    expect(failureOf(() => program.open({}))).toBe('no-process');
  },
};
