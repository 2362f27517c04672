// Reads the copy of the user's stack out of a record (stack-copy-code.ts writes it).
import { REGISTER_NAMES, REGISTER_WORDS } from '../../instructions/index.js';
import type { RawHit, UserStack } from '../reports.js';
import { PT_REGS } from './pt-regs.js';
import { STACK_COPY } from './records.js';

const TWO_32 = 0x1_0000_0000;

/** Reads into one object, which is good until the next one. */
export class StackCopyDecoder {
  readonly #kernelRegisters = new Uint32Array(REGISTER_WORDS);
  readonly #stack: UserStack = { ip: 0, registers: this.#kernelRegisters, registersAt: 0, words: this.#kernelRegisters, at: 0, length: 0 };

  /** The part begins at word `at`; `hit` is complete but for its stack. Null where nothing could be copied. */
  read(words: Uint32Array, at: number, hit: RawHit): UserStack | null {
    const stack = this.#stack;
    stack.length = words[at + STACK_COPY.length] ?? 0;
    if (stack.length === 0) return null;
    stack.words = words;
    stack.at = at + STACK_COPY.words;
    if (hit.kernel) this.#readKernel(words, at + STACK_COPY.registers);
    else {
      stack.ip = hit.ipHi * TWO_32 + hit.ipLo;
      stack.registers = hit.registers;
      stack.registersAt = hit.registersAt;
    }
    return stack;
  }

  /** struct pt_regs begins at word `at`. */
  #readKernel(words: Uint32Array, at: number): void {
    const ip = at + PT_REGS.ip / 4;
    this.#stack.ip = (words[ip + 1] ?? 0) * TWO_32 + (words[ip] ?? 0);
    for (const [i, name] of REGISTER_NAMES.entries()) {
      const from = at + PT_REGS[name] / 4;
      this.#kernelRegisters[2 * i] = words[from] ?? 0;
      this.#kernelRegisters[2 * i + 1] = words[from + 1] ?? 0;
    }
    this.#stack.registers = this.#kernelRegisters;
    this.#stack.registersAt = 0;
  }
}
