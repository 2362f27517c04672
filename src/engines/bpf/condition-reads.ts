// Writes the code of conditions that reads memory at the hit: words into r1, and characters. What cannot be read makes the comparison unknown.
import { type Assembler, type Label, R0, R1, R2, R3, R10 } from '../../linux/bpf/index.js';
import type { ConditionFrame } from './condition-frame.js';

/** `size` bytes (1 to 8) at the address in r1 into r1, extended by zeros; jumps to `unknown` where they cannot be read. Uses r0 to r5. */
export function emitReadWord(asm: Assembler, frame: ConditionFrame, size: number, unknown: Label): void {
  const { word } = frame;
  asm.store(8, word, 0).move(R3, R1).move(R1, R10).compute('add', R1, word.offset).move(R2, size);
  asm.call(frame.memory === 'user' ? 'probe_read_user' : 'probe_read_kernel').jumpIf(R0, '!=', 0, unknown);
  asm.load(8, R1, word);
}

/** What is wanted of the characters at the address in r1. */
export interface TextRead {
  /** Bytes that are read, 1 to 64. */
  readonly length: number;
  /** They may end with a NUL before that, and then nothing behind it is read. */
  readonly isString: boolean;
}

/** Reads characters to where the frame has them, with zeros behind; jumps to `unknown` where they cannot be read. Uses r0 to r5. */
export function emitReadText(asm: Assembler, frame: ConditionFrame, { length, isString }: TextRead, unknown: Label): void {
  for (let eight = 0; 8 * eight < length; eight++) asm.store(8, frame.text(eight), 0);
  asm.move(R3, R1).move(R1, R10).compute('add', R1, frame.text(0).offset);
  if (!isString) {
    asm.move(R2, length).call(frame.memory === 'user' ? 'probe_read_user' : 'probe_read_kernel');
    asm.jumpIf(R0, '!=', 0, unknown);
    return;
  }
  // The kernel puts a NUL at the end of what it cuts off.
  asm.store(8, frame.text(Math.floor(length / 8)), 0).move(R2, length + 1);
  asm.call(frame.memory === 'user' ? 'probe_read_user_str' : 'probe_read_kernel_str').jumpIf(R0, 's<', 0, unknown);
}
