// The registers of a stopped thread: from the kernel's order to DWARF's numbers, and by their names.
import { USER_REGISTER_WORDS } from '../../engines/control.js';
import type { FrameRegisters } from '../../symbols/unwind/caller.js';

/** struct user_regs_struct, in its order (linux/ptrace-control.ts draws it). */
const NAMES = [
  ...['r15', 'r14', 'r13', 'r12', 'rbp', 'rbx', 'r11', 'r10', 'r9', 'r8', 'rax', 'rcx', 'rdx', 'rsi', 'rdi', 'orig_rax', 'rip', 'cs'],
  ...['eflags', 'rsp', 'ss', 'fs_base', 'gs_base', 'ds', 'es', 'fs', 'gs'],
];
/** DWARF's numbers 0 to 16. */
const BY_DWARF = ['rax', 'rdx', 'rcx', 'rbx', 'rsi', 'rdi', 'rbp', 'rsp', 'r8', 'r9', 'r10', 'r11', 'r12', 'r13', 'r14', 'r15', 'rip'];
/** As people list them. */
const SHOWN = [
  ...['rax', 'rbx', 'rcx', 'rdx', 'rsi', 'rdi', 'rbp', 'rsp', 'r8', 'r9', 'r10', 'r11', 'r12', 'r13', 'r14', 'r15', 'rip', 'eflags'],
  ...['cs', 'ss', 'ds', 'es', 'fs', 'gs', 'fs_base', 'gs_base'],
];

/** The registers of a thread as it stands, by name. */
export type ThreadRegisters = ReadonlyMap<string, bigint>;

/** From the words of Client.registers. */
export function threadRegisters(words: BigUint64Array): ThreadRegisters {
  return new Map(NAMES.slice(0, USER_REGISTER_WORDS).map((name, i) => [name, words[i] ?? 0n]));
}

/** Of the innermost frame. */
export function frameRegisters(thread: ThreadRegisters): FrameRegisters {
  return BY_DWARF.map((name) => thread.get(name) ?? null);
}

/** Register `name` in a frame; of what calls do not change (segments, flags only of the innermost) that of the thread. Null where it is not known. */
export function registerOf(
  name: string,
  thread: ThreadRegisters,
  frame: { readonly registers: FrameRegisters; readonly level: number },
): bigint | null {
  const number = BY_DWARF.indexOf(name);
  if (number >= 0) return frame.registers[number] ?? null;
  if (name === 'eflags' && frame.level > 0) return null;
  return thread.get(name) ?? null;
}

/** Names of all registers, in the order in which they are shown. */
export const REGISTER_LIST: readonly string[] = SHOWN;
