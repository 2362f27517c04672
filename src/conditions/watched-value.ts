// What a condition can know of the value it is about: how to read it, and what it is called in errors.
import type { IntegerField } from './condition.js';

/** A watched value, as conditions see it. `name`: its type, for people. */
export type WatchedValue =
  | {
      readonly kind: 'integer';
      readonly name: string;
      readonly field: IntegerField;
      /** Bytes that hold the field, 1 to 8. */
      readonly size: number;
      /** It is a truth: anything but 0 is true. */
      readonly truth: boolean;
      /** Names that stand for numbers: the members of an enumeration. */
      readonly members: ReadonlyMap<string, bigint>;
    }
  | { readonly kind: 'float'; readonly name: string; readonly size: 4 | 8 }
  /** Only whether it changed can be told. `size`: 1 to 32 bytes. */
  | { readonly kind: 'bytes'; readonly name: string; readonly size: number }
  /** There is none: execution is watched. */
  | { readonly kind: 'none' };
