// The places that are left, kept compactly: for each run of memory its base and 4 bytes a place, and the value last seen there only where values
// are not all the same.

/** Places within one run of memory. */
export interface Block {
  /** What the offsets count from. */
  readonly base: bigint;
  /** Ascending, bytes. */
  readonly offsets: Uint32Array;
  /** The value last seen at each, `size` bytes a place; null where {@link Places.common} says it for all. */
  readonly values: Uint8Array | null;
}

/** All places that are left. Immutable. */
export interface Places {
  /** Bytes of the value at each. */
  readonly size: number;
  /** Ascending. None is empty. */
  readonly blocks: readonly Block[];
  /** What every place held when last seen; null where they differ. */
  readonly common: Uint8Array | null;
}

/** A place with what it held when last seen. */
export interface Place {
  readonly address: bigint;
  readonly value: Uint8Array;
}

/** How many there are. */
export function countPlaces({ blocks }: Places): number {
  return blocks.reduce((sum, { offsets }) => sum + offsets.length, 0);
}

/** The first `most` places, ascending. */
export function firstPlaces(places: Places, most: number): Place[] {
  const first: Place[] = [];
  for (const block of places.blocks) {
    for (let i = 0; i < block.offsets.length && first.length < most; i++) {
      first.push({ address: block.base + BigInt(block.offsets[i] ?? 0), value: lastValue(places, block, i) });
    }
    if (first.length >= most) break;
  }
  return first;
}

/** What place `index` of `block` held when last seen. */
export function lastValue({ size, common }: Places, { values }: Block, index: number): Uint8Array {
  return common ?? values?.slice(index * size, (index + 1) * size) ?? new Uint8Array(size);
}
