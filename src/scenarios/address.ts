// Addresses as a scenario writes them: `a`, `a+4`, `0x7fffffffeff8`, `&label`, `&program.label`; and ranges, `a:4`.
import type { Spot } from './scenario-error.js';

/** A name, and where it is written. */
export interface Named extends Spot {
  readonly name: string;
}

/** An address or a plain value. */
export type AddressText =
  | (Spot & { readonly kind: 'number'; readonly value: bigint })
  /** Memory, or, where threads are meant, a thread. */
  | (Named & { readonly kind: 'name'; readonly offset: number })
  /** A place in a program: `&label`, or `&program.label` where two have it. */
  | (Named & { readonly kind: 'label'; readonly offset: number });

/** Bytes from an address on. */
export interface RangeText {
  readonly address: AddressText;
  /** Null: the whole of the memory named. */
  readonly length: number | null;
}
