// What a search reads from: the memory of a process, or the kernel's.

/** A run of memory. */
export interface Span {
  /** A multiple of 8. */
  readonly start: bigint;
  /** Bytes. */
  readonly length: number;
}

/** Memory that can be read in chunks. */
export interface MemorySource extends Disposable {
  /** What one {@link visit} may ask for at most. */
  readonly chunkBytes: number;

  /**
   * Reads up to `length` bytes at `address` and has `use` look at them, if there are any; `use` must not keep them. They begin at a multiple of 8 of
   * their buffer. Returns how many could be read: fewer than `length` where memory ends or may not be read.
   * Throws where nothing of this memory can be read any more: its process has ended, or may not be looked at.
   */
  visit(address: bigint, length: number, use: (bytes: Uint8Array) => void): number;
}

/** Follows a long search, and ends it. */
export interface Monitor {
  /** Bytes looked at so far, of how many. Throws to end the search. */
  progress(done: number, total: number): Promise<void>;
}
