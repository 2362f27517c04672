// The one error of this folder: an ELF file that cannot be read, with the file, the reason and what to do.
import { HwbkptError } from '../../base/errors.js';

/** Why an ELF file, or a part of it, cannot be read. */
export type ElfReason = 'not-elf' | 'truncated' | 'corrupt' | '32-bit' | 'big-endian' | 'other-machine' | 'compression';

const HINTS: Record<ElfReason, string> = {
  'not-elf': 'Name a program or shared library in the ELF format (`file NAME` tells what it is).',
  truncated: 'The file is shorter than its own headers say: was it copied, built or downloaded completely?',
  corrupt: 'Compare with `readelf -a`; rebuild or reinstall the file. Addresses (0xADDR:LEN) work without it.',
  '32-bit': 'hwbkpt reads 64-bit programs only. Watch a 64-bit build of the program.',
  'big-endian': 'hwbkpt reads x86-64 programs only.',
  'other-machine': 'hwbkpt reads x86-64 programs only: run it on the machine that runs the program, with a build for it.',
  compression: 'Rewrite the file with `objcopy --decompress-debug-sections`.',
};

/** An ELF file that is broken, or of a kind that hwbkpt does not read. */
export class ElfError extends HwbkptError {
  readonly code = 'bad-elf';
  /** As the caller named it. */
  readonly file: string;
  readonly reason: ElfReason;

  /** `what` completes the sentence "FILE: ...". */
  constructor(file: string, reason: ElfReason, what: string, cause?: unknown) {
    super(`${file}: ${what}`, { hint: HINTS[reason], cause });
    this.file = file;
    this.reason = reason;
  }
}
