// Covers a range with a given number of slots by letting them watch bytes beside it; the caller drops the hits on those.
//
// A slot never crosses a boundary of 8, so the range is cut into its words of 8 and each word is covered on its own. For a word there
// are few sensible covers: an aligned run is watched whole, or its halves are covered.
import { as, type VirtualAddress } from '../base/brand.js';
import { alignDown, type Piece } from './alignment.js';
import type { SlotLength } from './lengths.js';
import { checkRange } from './range-errors.js';

/** Slots of one x86-64 CPU. */
export const SLOT_COUNT = 4;

interface Candidate {
  readonly pieces: readonly Piece[];
  /** Bytes watched beside the range. */
  readonly extra: number;
}

interface Bytes {
  readonly start: bigint;
  readonly end: bigint;
}

/**
 * At most `slots` pieces (0 to 4; more count as 4) that contain `length` bytes from `address` on: the fewest bytes beside the range, and among
 * those the fewest pieces; where that leaves a choice, the lower end is widened. Rising and disjoint. Undefined where no such cover exists.
 * Throws InvalidRangeError for a range that is empty or wraps.
 */
export function coverWidened(address: bigint, length: number, slots: number): Piece[] | undefined {
  const limit = Math.min(slots, SLOT_COUNT);
  // Also what keeps the search small: at most 4 words, of which only the first and the last have a choice.
  if (!(fewestSlots(address, length) <= limit)) return undefined;
  const range = { start: address, end: address + BigInt(length) };
  let covers: readonly Candidate[] = [{ pieces: [], extra: 0 }];
  for (let word = alignDown(address, 8); word < range.end; word += 8n) {
    const ofWord = coversWithin(word, 8, range);
    covers = covers.flatMap((before) => ofWord.map((cover) => join(before, cover)));
  }
  const best = covers.filter(({ pieces }) => pieces.length <= limit).reduce(better);
  return [...best.pieces];
}

/** The fewest slots that contain the range, however much they watch beside it: its words of 8. Throws like {@link coverWidened}. */
export function fewestSlots(address: bigint, length: number): number {
  checkRange(address, length);
  return Number(((address + BigInt(length) - 1n) >> 3n) - (address >> 3n)) + 1;
}

/** Every sensible cover of those bytes of `range` that lie in the aligned run of `length` bytes from `start` on. */
function coversWithin(start: bigint, length: SlotLength, range: Bytes): readonly Candidate[] {
  const extra = length - bytesOf(range, start, start + BigInt(length));
  if (extra === length) return [{ pieces: [], extra: 0 }];
  const whole = { pieces: [{ address: as<VirtualAddress>(start), length }], extra };
  if (extra === 0 || length === 1) return [whole];
  const half = (length / 2) as SlotLength;
  const lower = coversWithin(start, half, range);
  const upper = coversWithin(start + BigInt(half), half, range);
  return [whole, ...lower.flatMap((below) => upper.map((above) => join(below, above)))];
}

function bytesOf(range: Bytes, start: bigint, end: bigint): number {
  const from = range.start > start ? range.start : start;
  const to = range.end < end ? range.end : end;
  return to > from ? Number(to - from) : 0;
}

function join(a: Candidate, b: Candidate): Candidate {
  return { pieces: [...a.pieces, ...b.pieces], extra: a.extra + b.extra };
}

function better(a: Candidate, b: Candidate): Candidate {
  return b.extra < a.extra || (b.extra === a.extra && b.pieces.length < a.pieces.length) ? b : a;
}
