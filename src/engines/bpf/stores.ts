// Which instructions are plain stores, told to the programs by a table in shared memory: for those the value comes from registers.
//
//  Entry of 64 bytes, at ((ip ^ ip >> 12) mod 4096):
//   0 ip u64 (0: free) | 8 kind u32 | 12 bytes stored u32 | 16 slot of the value u32 | 20 slot of the base u32 | 24 slot of the index u32
//  28 shift of the index u32 | 32 displacement u64 | 40 immediate u64
//
// A program that meets an instruction whose entry is free takes the entry for it, as one whose value must be read, and asks once; the answer is
// written by this process. One that meets an entry of another instruction reads. Slots: 0-16 registers, 17 zero, 18 the immediate.
import { REGISTER_COUNT, type StoreForm } from '../../instructions/index.js';
import { SharedArray } from '../../linux/bpf/index.js';

const ENTRY_BYTES = 64;
export const ENTRY_SHIFT = 6;
export const ENTRY_MASK = 4095;
const ENTRIES = ENTRY_MASK + 1;

/** Byte offsets in an entry. */
export const ENTRY = { ip: 0, kind: 8, size: 12, value: 16, base: 20, index: 24, shift: 28, displacement: 32, immediate: 40 } as const;
export const KIND = { read: 0, store: 1 } as const;
export const ZERO_SLOT = REGISTER_COUNT;
export const IMMEDIATE_SLOT = REGISTER_COUNT + 1;

export class StoreTable implements Disposable {
  readonly #memory = new SharedArray('hwbkpt_stores', ENTRIES * ENTRY_BYTES);

  get fd(): number {
    return this.#memory.fd;
  }

  /** The instruction before `ip` is this plain store. Nothing happens where another instruction has the entry. */
  learn(ipLo: number, ipHi: number, form: StoreForm): void {
    const { words } = this.#memory;
    const at = entryOf(ipLo, ipHi) * (ENTRY_BYTES / 4);
    if (words[at] !== ipLo || words[at + 1] !== ipHi) return;
    const slot = (register: number): number => (register < 0 ? ZERO_SLOT : register);
    words[at + ENTRY.size / 4] = form.size;
    words[at + ENTRY.value / 4] = form.register < 0 ? IMMEDIATE_SLOT : form.register;
    words[at + ENTRY.base / 4] = slot(form.base);
    words[at + ENTRY.index / 4] = slot(form.index);
    words[at + ENTRY.shift / 4] = Math.log2(form.scale);
    words.set([form.dispLo, form.dispHi, form.immediateLo, form.immediateHi], at + ENTRY.displacement / 4);
    // Last: until then programs read.
    Atomics.store(words, at + ENTRY.kind / 4, KIND.store);
  }

  /** Code has changed: no entry holds. */
  forget(): void {
    const { words } = this.#memory;
    for (let at = 0; at < words.length; at += ENTRY_BYTES / 4) Atomics.store(words, at + ENTRY.kind / 4, KIND.read);
    for (let at = 0; at < words.length; at += ENTRY_BYTES / 4) words.fill(0, at, at + 2);
  }

  [Symbol.dispose](): void {
    this.#memory[Symbol.dispose]();
  }
}

/** Half an address at a time: the lower half decides. */
function entryOf(ipLo: number, ipHi: number): number {
  const shifted = (ipLo >>> 12) | (ipHi << 20);
  return ((ipLo ^ shifted) & ENTRY_MASK) >>> 0;
}
