// Instructions as people read them, each made into text once.
import { joinU64 } from '../base/u64.js';
import { AddressTable } from './address-table.js';
import type { CodeSource } from './code-source.js';
import { type InstructionDecoder, LONGEST_INSTRUCTION } from './decoder.js';

/** Texts remembered; then all are forgotten. */
const MOST_TEXTS = 1 << 16;

/** One instruction. */
export interface InstructionText {
  readonly address: bigint;
  /** Intel's syntax: `add dword ptr [rdi+8], 1`. */
  readonly text: string;
}

/** Instructions by address. Two askings for one address give one object, until {@link clear}. */
export class InstructionTexts {
  readonly #decoder: InstructionDecoder;
  readonly #code: CodeSource;
  readonly #known = new AddressTable<{ readonly found: InstructionText | null }>();

  constructor(decoder: InstructionDecoder, code: CodeSource) {
    this.#decoder = decoder;
    this.#code = code;
  }

  /** The instruction that begins at the address given as halves; null where nothing can be read or decoded. */
  at(lo: number, hi: number): InstructionText | null {
    const known = this.#known.get(lo, hi);
    if (known !== undefined) return known.found;
    if (this.#known.size >= MOST_TEXTS) this.#known.clear();
    const found = this.#look(joinU64(lo, hi));
    this.#known.set(lo, hi, { found });
    return found;
  }

  /** Forgets all, because code has changed. */
  clear(): void {
    this.#known.clear();
  }

  #look(address: bigint): InstructionText | null {
    const bytes = this.#code.read(address, LONGEST_INSTRUCTION);
    const text = bytes === null ? null : this.#decoder.text(bytes, address);
    return text === null ? null : { address, text };
  }
}
