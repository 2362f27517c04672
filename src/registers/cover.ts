// Plans which slots cover a range: byte for byte where the free slots suffice, else widened, else an error that says what would fit.
import { as, type VirtualAddress } from '../base/brand.js';
import type { SlotAccess } from './access.js';
import type { Piece } from './alignment.js';
import { coverExact, exactSlots } from './exact-cover.js';
import { CoverError, checkRange } from './range-errors.js';
import { coverWidened, fewestSlots, SLOT_COUNT } from './widened-cover.js';

/** What is to be covered, and with what. */
export interface CoverRequest {
  readonly address: bigint;
  /** Bytes, at least 1. For `execute` it has no influence: the breakpoint is on the instruction that starts at `address`. */
  readonly length: number;
  /** Free slots, 0 to 4; more count as 4. */
  readonly slots: number;
  readonly access: SlotAccess;
}

/** Slots to arm. `widened`: they also watch bytes beside the range, so hits there must be dropped. */
export interface Cover {
  readonly kind: 'exact' | 'widened';
  /** Rising, disjoint, each aligned to its length. */
  readonly pieces: readonly Piece[];
}

/**
 * The slots that cover `request`. An execute breakpoint is one piece of length 1 (as DR7 wants it; perf_event_open wants its own length).
 * Throws {@link CoverError} where the free slots do not suffice, InvalidRangeError for a range that is empty or wraps.
 */
export function planCover(request: CoverRequest): Cover {
  const { address, length, slots, access } = request;
  checkRange(address, length);
  const free = Math.min(slots, SLOT_COUNT);
  if (access === 'execute') return planExecute(address, free);
  if (exactSlots(address, length) <= free) return { kind: 'exact', pieces: coverExact(address, length) };
  const widened = coverWidened(address, length, free);
  if (widened !== undefined) return { kind: 'widened', pieces: widened };
  throw new CoverError(
    { address, length, slotsNeeded: fewestSlots(address, length), slotsFree: free, fitting: fittingBytes(address, free) },
    SLOT_COUNT,
  );
}

function planExecute(address: bigint, free: number): Cover {
  if (!(free >= 1)) throw new CoverError({ address, length: 1, slotsNeeded: 1, slotsFree: free, fitting: 0 }, SLOT_COUNT);
  return { kind: 'exact', pieces: [{ address: as<VirtualAddress>(address), length: 1 }] };
}

/** Bytes from `address` to the end of the last whole word of 8 that `free` slots reach. */
function fittingBytes(address: bigint, free: number): number {
  return free >= 1 ? 8 * free - Number(address & 7n) : 0;
}
