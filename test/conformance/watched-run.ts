// Watches a program with one engine from "go" to its end, and keeps what was reported.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Armed, EngineSession, Reconciliation } from '../../src/engines/contract.js';
import { armDirectly, disarmDirectly, type Piece } from '../../src/engines/direct.js';
import type { Access, Inherit } from '../../src/model/access.js';
import type { ShownAddress } from '../helpers/target.js';
import type { ProgramSpec } from './programs.js';
import { Recorder } from './recorder.js';
import type { ConformanceWorld, EndedProgram, ProgramUnderTest } from './world.js';

/** How often (ms) reports are collected. */
const ROUND = 3;

/** A part of the target's memory. Cookies count from 1 in the order of a list. */
export interface WatchedPart {
  /** A variable that the program shows. */
  readonly name: string;
  /** Bytes from its start; default 0. */
  readonly offset?: number;
  /** Default: all of it, at most 8 bytes. */
  readonly length?: number;
  /** Default `write`. */
  readonly access?: Access;
}

export interface WatchOptions {
  readonly parts: readonly WatchedPart[];
  /** Default `threads`. */
  readonly inherit?: Inherit;
  /** Only the first thread. */
  readonly firstThreadOnly?: boolean;
  readonly stackDepth?: number;
}

/** The whole of it. */
export interface WatchedRun {
  readonly pid: number;
  /** How much the program writes. */
  readonly writes: number;
  readonly values: number;
  readonly armed: Armed;
  readonly recorder: Recorder;
  readonly books: Reconciliation;
  readonly ended: EndedProgram;
}

/** Something that shows where its variables lie. */
interface Shows {
  shown(name: string): ShownAddress;
}

/** The pieces that watch parts of a running program. */
export function piecesOf(target: Shows, parts: readonly WatchedPart[]): Piece[] {
  return parts.map(({ name, offset = 0, length, access = 'write' }, at) => {
    const { address, size } = target.shown(name);
    return { cookie: at + 1, address: address + BigInt(offset), length: length ?? Math.min(8, size), access };
  });
}

/** The piece that watches a part, with cookie 1. */
export function pieceOf(target: Shows, part: WatchedPart): Piece {
  const [piece] = piecesOf(target, [part]);
  if (piece === undefined) throw new Error('one piece was asked for');
  return piece;
}

/** Collects as long as `goesOn` says so. */
export async function collectWhile(session: EngineSession, recorder: Recorder, goesOn: () => boolean): Promise<void> {
  while (goesOn()) {
    session.collect(recorder, false);
    await sleep(ROUND);
  }
}

/** Starts a program, arms, lets it go, collects to its end, and closes the books. */
export async function watchRun(world: ConformanceWorld, spec: ProgramSpec, options: WatchOptions): Promise<WatchedRun> {
  await using program = await world.start(spec);
  await using session = openFor(program, options);
  const pieces = piecesOf(program, options.parts);
  const armed = armDirectly(session, pieces, { stackDepth: options.stackDepth ?? 0 });
  program.go();
  const recorder = new Recorder();
  await collectWhile(session, recorder, () => program.running);
  const books = closeBooks(session, recorder, pieces);
  const { pid, writes, values } = program;
  return { pid, writes, values, armed, recorder, books, ended: await program.finished };
}

function openFor(program: ProgramUnderTest, { inherit = 'threads', firstThreadOnly = false }: WatchOptions): EngineSession {
  return program.open(firstThreadOnly ? { tid: program.pid, inherit } : { inherit });
}

/** Disarms, collects the rest and reconciles. */
export function closeBooks(session: EngineSession, recorder: Recorder, pieces: readonly Piece[]): Reconciliation {
  disarmDirectly(
    session,
    pieces.map(({ cookie }) => cookie),
  );
  session.collect(recorder, true);
  return session.reconcile();
}
