// The one error of this folder.
import { HwbkptError } from '../../base/errors.js';

/** The bytes are no type information of the kernel (BTF), or contradict themselves. */
export class BtfError extends HwbkptError {
  readonly code = 'bad-btf';

  /** `what` completes the sentence "the kernel's type information is damaged: ...". */
  constructor(what: string) {
    super(`the kernel's type information (BTF) is damaged: ${what}`, {
      hint: 'Types are not known then: give the size with the name or address (NAME:LENGTH), or a vmlinux with debug information (--vmlinux).',
    });
  }
}
