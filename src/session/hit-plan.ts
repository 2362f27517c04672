// Who does what with the hits of one watch: what the engine is asked to do in the kernel, and what is left to do here.
//
// A program sees one piece and one moment. So it tests conditions and counts only where one piece is all that is watched and nothing else: of
// several pieces one access may hit two, and a neighbour's hit is told from the watched bytes' by taking the instruction apart. Where reading the
// value in the trap would be a hit itself (reads are watched, with the kernel), conditions on it are tested here too.
import { type Condition, mentions } from '../conditions/index.js';
import type { EngineSession } from '../engines/contract.js';
import { ArmError } from '../engines/errors.js';
import type { Handling } from '../engines/handling.js';
import { pidOf } from '../engines/target-scope.js';
import type { WatchInfo } from '../model/hit.js';
import type { Cover } from '../registers/index.js';
import { coveredBytes } from './covered-bytes.js';
import { BadRequestError } from './errors.js';
import { filterBy, type HitFilter } from './hit-filter.js';
import type { WatchOptions } from './options.js';

/** What is to be done with the hits of one watch. */
export interface HitPlan {
  /** For the request; 0: each hit is reported as it is. */
  readonly handling: number;
  /** The engine keeps counts, and reports only what it does not count. */
  readonly byEngine: boolean;
  /** The engine leaves out hits, so that only it can tell what the access before one has left. */
  readonly filtered: boolean;
  /** What hits are still to be tested for when they are complete; null: nothing. */
  readonly filter: HitFilter | null;
}

/** What is asked for. */
export interface HitWish {
  readonly info: WatchInfo;
  readonly cover: Cover;
  readonly condition: Condition | null;
  readonly keep: NonNullable<WatchOptions['keep']>;
  /** A hit stops its thread. */
  readonly stops: boolean;
  /** Frames of its hits' stacks; 0: none. */
  readonly stackDepth: number;
  /** What the bytes held before anything could happen, where that is known and the watch is armed at once. */
  start(address: bigint, length: number): Uint8Array | null;
}

/**
 * The plan for `wish` under the engine of `session`. Throws ArmError for what the engine should be able to do and cannot, BadRequestError for
 * a condition that could only be tested at the hit.
 */
export function planHits(session: EngineSession, wish: HitWish): HitPlan {
  const { condition } = wish;
  const inEngine = condition !== null && mayTest(session, wish);
  const counts = (condition === null || inEngine) && mayCount(session, wish);
  const keep = wish.stops ? 'stops' : counts ? 'counts' : 'each';
  const plan = tryHandling(session, wish, { condition: inEngine ? condition : null, keep });
  const left = plan !== null && inEngine ? null : condition;
  if (left !== null && isOfTheMoment(left)) throw tooLate(session.capabilities.name);
  const filter = left === null ? null : filterBy(left);
  if (plan !== null) return { ...plan, byEngine: counts, filtered: counts || inEngine, filter };
  const asIs = tryHandling(session, wish, { condition: null, keep: wish.stops ? 'stops' : 'each' });
  if (asIs === null && wish.stops) throw new ArmError('unsupported', pidOf(session), new Error('this engine cannot stop at such a hit'));
  return { handling: asIs?.handling ?? 0, byEngine: false, filtered: false, filter };
}

/** Other memory and registers are as the access left them only at the hit. */
function isOfTheMoment(condition: Condition): boolean {
  const { memory, registers } = mentions(condition);
  return memory || registers;
}

function tooLate(engine: string): BadRequestError {
  return new BadRequestError(`engine ${engine} cannot look at other memory or at registers at such a hit`, {
    hint: 'The bpf and stop engines can, where one debug register covers all that is watched, and nothing else.',
  });
}

function isWhole({ info, cover }: HitWish): boolean {
  const [piece] = cover.pieces;
  return cover.pieces.length === 1 && (info.access === 'execute' || (piece?.address === info.address && piece.length === info.size));
}

function mayTest({ capabilities, target }: EngineSession, wish: HitWish): boolean {
  // Who reads from outside, while the thread stands, makes no hit by it.
  const mayRead = target === 'kernel' || wish.info.access !== 'readwrite' || capabilities.stopsTarget;
  return capabilities.handles.includes(wish.stops ? 'stops' : 'each') && isWhole(wish) && mayRead;
}

function mayCount({ capabilities, target }: EngineSession, wish: HitWish): boolean {
  // A program tells call chains of user code apart by frame pointers only, and these are not to be trusted.
  if (wish.stackDepth > 0 && target !== 'kernel') return false;
  const hasValues = wish.keep !== 'values' || target === 'kernel' || wish.info.access !== 'readwrite';
  return wish.keep !== 'each' && !wish.stops && capabilities.handles.includes('counts') && isWhole(wish) && hasValues;
}

/** For a request whose hits only stop their thread. Throws ArmError. */
export function stoppingAt(session: EngineSession, address: bigint, length: number): number {
  return session.prepare({ range: { address, length }, value: { offset: 0, size: length }, start: null, condition: null, keep: 'stops' });
}

/** Null where the engine cannot do it. */
function tryHandling(session: EngineSession, wish: HitWish, what: Pick<Handling, 'condition' | 'keep'>): Pick<HitPlan, 'handling'> | null {
  const { info, cover, start } = wish;
  // Where the engine reads values, those of all pieces come with a hit of one.
  const asIs = what.condition === null && what.keep === 'each' && cover.pieces.length === 1;
  const asReported = what.condition === null && what.keep !== 'stops';
  if (asIs || !session.capabilities.handles.includes(what.keep)) return asReported ? { handling: 0 } : null;
  const range = coveredBytes(cover);
  const value = { offset: Number(info.address - range.address), size: info.size };
  try {
    return { handling: session.prepare({ range, value, start: start(range.address, range.length), ...what }) };
  } catch (error) {
    if (error instanceof ArmError && error.failure === 'unsupported') return null;
    throw error;
  }
}
