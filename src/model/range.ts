// A run of bytes in one address space.
import type { VirtualAddress } from '../base/brand.js';

/** `length` bytes from `address` on; never wraps round the end of the address space. */
export interface Range {
  readonly address: VirtualAddress;
  /** Bytes, at least 1. */
  readonly length: number;
}
