// What the search of a process and that of the kernel have in common: memory in parts, and names for what lies in it.
import type { MemorySource, Span } from './memory-source.js';

/** Where a place lies, for people. */
export interface Location {
  /** `heap`, `stack`, a file, `data` ...; null where nothing is there any more. */
  readonly region: string | null;
  /** `counter`, `table+0x10`; null where no symbol covers the place. */
  readonly symbol: string | null;
}

/** The memory of a process, or the kernel's. */
export interface SearchedMemory extends Disposable {
  readonly source: MemorySource;
  /**
   * What to read of the part that `--in` names. `zeros`: the value is made of zeros, so that memory which was never written holds it too.
   * Throws NothingToSearchError, and errors of permission.
   */
  spans(part: string, zeros: boolean): Span[];
  /** Never throws. */
  locate(address: bigint): Location;
}
