// Where what a walk over a whole file has found is kept for the next time: given from outside, because it takes a file system.

/** What an index is of: entries by name. `types`: definitions of classes and enumerations; `type-names`: all that a cast may name. */
export type IndexPart = 'variables' | 'types' | 'type-names';

/** Keeps the parts of one file's index. Neither method throws: what cannot be kept or read again is made again. */
export interface IndexStore {
  /** What was saved for this very file by this version of hwbkpt, on an address that is a multiple of 8; null where nothing was. */
  readonly load: (part: IndexPart) => Uint8Array | null;
  readonly save: (part: IndexPart, bytes: Uint8Array) => void;
}
