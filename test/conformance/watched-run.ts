// Watches a fixture with one engine from "go" to its end, and keeps what was reported.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Armed, Engine, EngineSession, Reconciliation } from '../../src/engines/contract.js';
import { armDirectly, disarmDirectly, type Piece } from '../../src/engines/direct.js';
import type { Access, Inherit } from '../../src/model/access.js';
import type { Ended } from '../helpers/managed-process.js';
import { startTarget, type Target, type TargetOptions } from '../helpers/target.js';
import { Recorder } from './recorder.js';

/** How often (ms) reports are collected. */
const ROUND = 3;

/** A part of the target's memory. Cookies count from 1 in the order of a list. */
export interface WatchedPart {
  /** A variable that the fixture shows. */
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
  readonly armed: Armed;
  readonly recorder: Recorder;
  readonly books: Reconciliation;
  readonly ended: Ended;
  /** Numbers that the target printed as "NAME NUMBER", and "tid NAME NUMBER". */
  readonly printed: ReadonlyMap<string, number>;
}

/** The pieces that watch parts of a running fixture. */
export function piecesOf(target: Target, parts: readonly WatchedPart[]): Piece[] {
  return parts.map(({ name, offset = 0, length, access = 'write' }, at) => {
    const { address, size } = target.shown(name);
    return { cookie: at + 1, address: address + BigInt(offset), length: length ?? Math.min(8, size), access };
  });
}

/** Collects as long as `goesOn` says so. */
export async function collectWhile(session: EngineSession, recorder: Recorder, goesOn: () => boolean): Promise<void> {
  while (goesOn()) {
    session.collect(recorder, false);
    await sleep(ROUND);
  }
}

/** Starts a fixture, arms, lets it go, collects to its end, and closes the books. */
export async function watchRun(engine: Engine, fixture: string, options: WatchOptions & TargetOptions): Promise<WatchedRun> {
  await using target = await startTarget(fixture, options);
  const { inherit = 'threads', firstThreadOnly = false } = options;
  await using session = engine.open({ pid: target.pid, tid: firstThreadOnly ? target.pid : null, inherit });
  const pieces = piecesOf(target, options.parts);
  const armed = armDirectly(session, pieces, { stackDepth: options.stackDepth ?? 0 });
  target.go();
  const recorder = new Recorder();
  await collectWhile(session, recorder, () => target.running);
  const books = closeBooks(session, recorder, pieces);
  const ended = await target.finished;
  return { pid: target.pid, armed, recorder, books, ended, printed: numbersIn(ended.stdout) };
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

function numbersIn(stdout: string): Map<string, number> {
  return new Map([...stdout.matchAll(/^(.+) (\d+)$/gm)].map(([, name = '', value]) => [name, Number(value)]));
}
