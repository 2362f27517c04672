// The registers of a stopped thread: from the kernel's order to DWARF's numbers, and by their names.
import { HwbkptError } from '../../base/errors.js';
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

/** What a register may not be set to. */
export class RegisterValueRefusedError extends HwbkptError {
  readonly code = 'register-value-refused';
  readonly register: string;

  constructor(register: string, value: bigint, why: { readonly reason: string; readonly hint: string }) {
    super(`${register} cannot be set to 0x${value.toString(16)}: ${why.reason}`, { hint: why.hint });
    this.register = register;
  }
}

/** TF: the processor traps after each instruction. */
const TRAP_FLAG = 0x100n;
/** What orig_rax is outside of system calls: else the kernel begins an interrupted one anew, from wherever RIP is then. */
const NO_SYSTEM_CALL = 0xffff_ffff_ffff_ffffn;

/** DWARF register `number`, 0 to 16, by its name; null for others. */
export function registerName(number: number): string | null {
  return BY_DWARF[number] ?? null;
}

/** The words of Client.registers with another value in one of them. Throws RegisterValueRefusedError. */
export function withRegister(words: BigUint64Array, name: string, value: bigint): BigUint64Array {
  const index = NAMES.indexOf(name);
  if (index < 0)
    throw new RegisterValueRefusedError(name, value, {
      reason: 'there is no such register',
      hint: 'They are called rax, rbx, rip and so on.',
    });
  if (name === 'eflags' && (value & TRAP_FLAG) !== 0n)
    throw new RegisterValueRefusedError(name, value, {
      reason: 'its bit 8 lets the processor trap after each instruction, and the program would die of it without us',
      hint: 'Step with the debugger instead.',
    });
  const changed = words.slice();
  changed[index] = BigInt.asUintN(64, value);
  if (name === 'rip') changed[NAMES.indexOf('orig_rax')] = NO_SYSTEM_CALL;
  return changed;
}
