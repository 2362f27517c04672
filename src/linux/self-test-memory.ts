// A page of this process's own memory with a known address, to fire breakpoints on.
import { Mapping, PAGE_SIZE } from './mapping.js';

export class SelfTestMemory extends Mapping {
  #words: Uint32Array | null;

  constructor() {
    super(PAGE_SIZE, null);
    this.#words = new Uint32Array(this.view());
  }

  /** Where byte `offset` lies. */
  addressOf(offset: number): bigint {
    return this.address() + BigInt(offset);
  }

  /** Writes a 32-bit word at byte `offset` (a multiple of 4). */
  store(offset: number, value: number): void {
    if (this.#words !== null) Atomics.store(this.#words, offset >> 2, value);
  }

  /** Reads the 32-bit word at byte `offset`. */
  load(offset: number): number {
    return this.#words === null ? 0 : Atomics.load(this.#words, offset >> 2);
  }

  protected release(): void {
    this.#words = null;
  }
}
