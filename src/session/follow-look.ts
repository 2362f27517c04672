// Where the name of a watch leads now: to memory, or to the place on the way where it breaks off for the time being.
import {
  BadIndexError,
  type Followed,
  NullPointerError,
  ThreadLocalNotYetError,
  UnknownModuleError,
  UnreadablePointerError,
} from '../expressions/index.js';
import type { WatchOptions } from './options.js';
import type { Program, ResolvedExpression } from './program.js';

/**
 * `pointers`: those read on the way, each once; as long as they hold the same, the name means the same. `time`: when the look began, ns of
 * CLOCK_MONOTONIC.
 */
export type Look = { readonly pointers: readonly Followed[]; readonly time: number } & (
  | { readonly kind: 'found'; readonly place: ResolvedExpression }
  | { readonly kind: 'broken'; readonly break: Break }
);

/** Why the way ends before the memory that is meant. */
export type Break =
  /** `reason`: for people. */
  | { readonly kind: 'pointer'; readonly reason: string; readonly error: unknown }
  | { readonly kind: 'library'; readonly library: string; readonly error: unknown };

/** Looks. Throws the errors of names that no change of memory and no library of that name would mend. */
export function lookAlong(program: Program, expression: string, { access = 'write', as }: WatchOptions): Look {
  const followed: Followed[] = [];
  const time = Number(process.hrtime.bigint());
  try {
    const place = program.resolve(expression, { access, as: as ?? null, followed });
    const pointers = eachOnce(followed);
    if (isThere(program, place.address)) return { kind: 'found', place, pointers, time };
    const reason = `nothing is mapped at 0x${place.address.toString(16)}`;
    return { kind: 'broken', break: { kind: 'pointer', reason, error: new Error(reason) }, pointers, time };
  } catch (error) {
    const found = breakOf(error);
    if (found === null) throw error;
    return { kind: 'broken', break: found, pointers: eachOnce(followed), time };
  }
}

/** A library that is just being loaded is mapped before its memory is what it will be. */
function isThere(program: Program, address: bigint): boolean {
  return program.isMapped(address) && program.isInPlace(address);
}

/** What may become better; null where it will not. */
function breakOf(error: unknown): Break | null {
  if (error instanceof UnknownModuleError) return { kind: 'library', library: error.module, error };
  const mends = [NullPointerError, UnreadablePointerError, BadIndexError, ThreadLocalNotYetError].some((one) => error instanceof one);
  return mends && error instanceof Error ? { kind: 'pointer', reason: error.message, error } : null;
}

/** One pointer may be read twice on the way. */
function eachOnce(followed: readonly Followed[]): Followed[] {
  return [...new Map(followed.map((pointer) => [pointer.address, pointer])).values()];
}

/** Whether two looks lead the same way: by pointers at the same places, to the same memory. */
export function leadsTheSameWay(a: Look, b: Look): boolean {
  if (a.pointers.length !== b.pointers.length || a.pointers.some(({ address }, i) => address !== b.pointers[i]?.address)) return false;
  if (a.kind === 'found') return b.kind === 'found' && a.place.address === b.place.address && a.place.size === b.place.size;
  return b.kind === 'broken' && sameBreak(a.break, b.break);
}

function sameBreak(a: Break, b: Break): boolean {
  if (a.kind === 'library') return b.kind === 'library' && a.library === b.library;
  return b.kind === 'pointer' && a.reason === b.reason;
}
