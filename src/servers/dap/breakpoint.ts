// One breakpoint that a client has set, with the watches that serve it.
import { HwbkptError } from '../../base/errors.js';
import type { ValueType } from '../../model/value.js';
import type { ClientWatch } from '../../session/debug/index.js';
import type { HitCondition } from './hit-condition.js';

export type BreakpointKind = 'line' | 'function' | 'instruction' | 'data';

/** What a client wants of a breakpoint. Two with the same key are the same one. */
export interface BreakpointWish {
  readonly kind: BreakpointKind;
  readonly key: string;
  readonly condition: string | null;
  readonly hitCondition: string | null;
  /** Instead of stopping, this is printed, with {EXPR} replaced; '' for data: what changed. Null: it stops. */
  readonly logMessage: string | null;
}

/** Where it is, once that is known. */
export interface BreakpointPlace {
  readonly file: string | null;
  readonly line: number | null;
  readonly address: bigint | null;
}

/** Data whose address is all that its watch knows. */
export interface ShownData {
  readonly label: string;
  readonly type: ValueType;
}

/** A breakpoint as it stands. */
export interface Breakpoint {
  readonly id: number;
  readonly wish: BreakpointWish;
  readonly hitCondition: HitCondition | null;
  place: BreakpointPlace;
  watches: readonly ClientWatch[];
  /** Why it is not armed, or what is to be said of it; null: nothing. */
  message: string | null;
  shown: ShownData | null;
  /** What the data held when it was armed, with all threads standing: the first hit's old value. Null: they ran, or not every hit is told. */
  start: Uint8Array | null;
  hits: number;
  /** What it leads to may be loaded later. */
  isMissing: boolean;
  /** What it leads to may be let go of again. */
  isLate: boolean;
}

/** Whether the hit that has just come stops the program, or is printed. Counts it. */
export function takeHit(breakpoint: Breakpoint): boolean {
  breakpoint.hits++;
  return breakpoint.hitCondition?.(breakpoint.hits) ?? true;
}

/** As the protocol describes it. */
export function described({ id, watches, message, place }: Breakpoint): object {
  const verified = watches.length > 0 && watches.every((watch) => watch.isArmed);
  const waits = watches.some((watch) => !watch.isArmed) ? 'It waits for debug registers that others hold.' : null;
  const text = message ?? waits;
  return {
    id,
    verified,
    ...(text === null ? {} : { message: text }),
    ...(place.line === null ? {} : { line: place.line }),
    ...(place.file === null ? {} : { source: { name: place.file.slice(place.file.lastIndexOf('/') + 1), path: place.file } }),
    ...(place.address === null ? {} : { instructionReference: `0x${place.address.toString(16)}` }),
  };
}

/** What is said of a breakpoint that cannot be armed. */
export function refusalText(error: unknown): string {
  if (!(error instanceof HwbkptError)) return error instanceof Error ? error.message : String(error);
  return error.hint === undefined || error.hint === '' ? error.message : `${error.message}. ${error.hint}`;
}
