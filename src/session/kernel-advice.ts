// Why the kernel refuses a breakpoint on its own memory or code, and what can be done.
import { assertNever } from '../base/assert.js';
import type { HwbkptError } from '../base/errors.js';
import { ArmError } from '../engines/errors.js';
import { likelySlotHolders } from '../engines/host/facts.js';
import type { WatchInfo } from '../model/hit.js';
import { holderText } from './diagnostics.js';
import { CannotArmError, NoPermissionError, NoSlotError } from './errors.js';
import { KernelRefusalError } from './kernel-errors.js';

/** What was asked for, and what the kernel can do. */
export interface KernelWish {
  readonly info: Pick<WatchInfo, 'expression' | 'address' | 'access'>;
  /** Whether the kernel has KPROBES; asked only where that matters. */
  hasKprobes(): boolean;
}

/** The engine's failure as an error with advice. Other errors pass unchanged. */
export function explainKernelRefusal(error: unknown, wish: KernelWish): unknown {
  return error instanceof ArmError ? explained(error, wish) : error;
}

function explained(cause: ArmError, { info, hasKprobes }: KernelWish): HwbkptError {
  const text = cause.cause instanceof Error ? cause.cause.message : cause.message;
  switch (cause.failure) {
    case 'invalid':
      return new KernelRefusalError(info.address, ...(info.access === 'execute' ? refusedCode(hasKprobes(), cause) : refusedData(cause)));
    case 'no-permission':
      return new NoPermissionError(`may not watch the kernel: ${text}`, {
        hint: 'Breakpoints on kernel addresses need CAP_SYS_ADMIN beside CAP_BPF and CAP_PERFMON: run hwbkpt as root, outside a user namespace.',
        cause,
      });
    case 'no-slot':
      return new NoSlotError(`no free debug register for ${info.expression}: on some CPU all 4 are taken`, {
        hint: `A kernel watch needs its registers on every CPU, beside those that any process has there. ${holders()}`,
        cause,
      });
    case 'no-process':
    case 'no-resources':
    case 'unsupported':
      return new CannotArmError(`the kernel cannot be watched here: ${text}`, { hint: 'Run `hwbkpt doctor` to see what works.', cause });
    default:
      return assertNever(cause.failure);
  }
}

function holders(): string {
  const found = likelySlotHolders(process.pid);
  return found.length === 0 ? 'This user sees nobody who holds any.' : `Likely holders: ${found.map(holderText).join('; ')}.`;
}

type Refused = [what: string, details: { readonly hint: string; readonly cause: unknown }];

function refusedData(cause: ArmError): Refused {
  return [
    'it lies where the code that handles debug exceptions needs memory of its own',
    { hint: 'Such are the CPU entry area, the per-CPU offset table, the GDT, the TSS, per-CPU TLB state, and the shadow of DR7.', cause },
  ];
}

function refusedCode(hasKprobes: boolean, cause: ArmError): Refused {
  if (!hasKprobes)
    return [
      'it was built without KPROBES, and so has no list of the code that must not be interrupted',
      { hint: 'Instruction breakpoints in the kernel need a kernel with CONFIG_KPROBES. Data can be watched without.', cause },
    ];
  return [
    'this code must not be interrupted (entry code, noinstr functions, the kprobes blacklist)',
    { hint: 'See /sys/kernel/debug/kprobes/blacklist; a function that it calls or that calls it may do.', cause },
  ];
}
