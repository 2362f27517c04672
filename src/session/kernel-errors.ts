// What can go wrong with a name of the kernel's, each with a stable code and advice.
import { HwbkptError } from '../base/errors.js';

/** The running kernel lists its functions only, so the name may be that of a variable it does not tell. */
export class KernelDataHiddenError extends HwbkptError {
  readonly code = 'kernel-data-hidden';
  readonly symbol: string;

  constructor(symbol: string) {
    super(
      `nothing called ${symbol} in the kernel's list of names, and this kernel hides its variables (it was built without KALLSYMS_ALL)`,
      {
        hint: [
          'Give a file that has them: --vmlinux /boot/System.map-RELEASE, or a vmlinux with debug information, of this very kernel;',
          'or find the address by the value it holds: hwbkpt find VALUE --kernel; or write 0xADDRESS:LENGTH.',
        ].join('\n'),
      },
    );
    this.symbol = symbol;
  }
}

/** Nothing of the kernel has this name. */
export class UnknownKernelNameError extends HwbkptError {
  readonly code = 'unknown-kernel-symbol';
  readonly symbol: string;
  /** Names that may have been meant, nearest first. */
  readonly near: readonly string[];

  constructor(symbol: string, near: readonly string[]) {
    super(`nothing called ${symbol} in the kernel`, {
      hint:
        near.length > 0
          ? `Did you mean ${near.join(', ')}?`
          : 'Look at the spelling; a name of a module is written MODULE.ko::NAME. An address works without names: 0xADDRESS:LENGTH.',
    });
    this.symbol = symbol;
    this.near = near;
  }
}

/** Why the kernel does not take a breakpoint on its own memory. */
export class KernelRefusalError extends HwbkptError {
  readonly code = 'kernel-refuses';
  readonly address: bigint;

  constructor(address: bigint, what: string, details: { readonly hint: string; readonly cause: unknown }) {
    super(`the kernel takes no breakpoint at 0x${address.toString(16)}: ${what}`, details);
    this.address = address;
  }
}
