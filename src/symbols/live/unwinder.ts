// Unwinding in a live process: the rule for an address is in the tables of the module that is mapped there.
import { type FrameRule, savedAround } from '../unwind/frame-rule.js';
import { UnwindTables } from '../unwind/tables.js';
import { type UnwindCode, Unwinder, type WithoutRule } from '../unwind/unwinder.js';
import type { ModuleFile } from './module-file.js';
import type { ProcessImage } from './process-image.js';

/** What unwinding looks at in a process. */
export type UnwoundImage = Pick<ProcessImage, 'moduleAt' | 'isExecutable' | 'readCode'>;

/** `mov $15, %rax; syscall` and the shorter form with %eax: what a signal handler returns to (rt_sigreturn), where no table says so. */
const SIGNAL_RETURNS = [
  [0x48, 0xc7, 0xc0, 0x0f, 0, 0, 0, 0x0f, 0x05],
  [0xb8, 0x0f, 0, 0, 0, 0x0f, 0x05],
];
/**
 * struct ucontext on the stack when the handler has returned: distances from the stack pointer (arch/x86/include/uapi/asm/sigcontext.h), by
 * DWARF's numbers of the registers.
 *
 *     0 flags | 8 link | 16 stack, 24 bytes | 40 r8 .. r15 | 104 rdi rsi rbp rbx rdx rax rcx rsp rip
 */
const IN_UCONTEXT = [144, 136, 152, 128, 112, 104, 120, 160, 40, 48, 56, 64, 72, 80, 88, 96, 168];

/** An unwinder of at most `most` frames over `image`. Call its `forget` whenever other code may be mapped. */
export function processUnwinder(image: UnwoundImage, most: number): Unwinder {
  return new Unwinder(unwindCode(image), most);
}

/** What tells how to leave each frame of `image`. Not remembered. */
export function unwindCode(image: UnwoundImage): UnwindCode {
  const tables = new WeakMap<ModuleFile, UnwindTables>();
  return { rule: (address) => ruleAt(image, tables, address) };
}

function ruleAt(image: UnwoundImage, tables: WeakMap<ModuleFile, UnwindTables>, address: number): FrameRule | WithoutRule {
  if (!Number.isSafeInteger(address) || address < 0) return 'no-code';
  const at = BigInt(address);
  const module = image.moduleAt(at);
  const file = module?.file ?? null;
  const told = module === null || file === null ? null : tablesOf(file, tables).rule(Number(module.toFile(at)));
  if (told !== null) return told;
  if (!image.isExecutable(at)) return 'no-code';
  return isSignalReturn(image, at) ? savedAround(IN_UCONTEXT) : 'untold';
}

function tablesOf(file: ModuleFile, known: WeakMap<ModuleFile, UnwindTables>): UnwindTables {
  let tables = known.get(file);
  if (tables === undefined) {
    tables = new UnwindTables(() => [file.elf]);
    known.set(file, tables);
  }
  return tables;
}

/** The address before the instruction is asked for, because the handler's frame seems to have been called from there. */
function isSignalReturn(image: UnwoundImage, before: bigint): boolean {
  const code = image.readCode(before + 1n, 9);
  return code !== null && SIGNAL_RETURNS.some((bytes) => bytes.every((byte, i) => code[i] === byte));
}
