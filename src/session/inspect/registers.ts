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

/** DWARF's numbers 17 to 32: of floats and vectors, of which variables in one register need the low 64 bits. */
const VECTORS = Array.from({ length: 16 }, (_, i) => `xmm${i}`);
const ALL_BY_DWARF = [...BY_DWARF, ...VECTORS];
// XSAVE's area: 160 XMM0 .. XMM15, 16 bytes each | 512 XSTATE_BV, bit 1: the XMM registers are not as at the start
const VECTORS_AT = 160;
const VECTOR_SIZE = 16;
const STATE_AT = 512;
const STATE_OF_VECTORS = 2;

/** The registers of a thread as it stands, by name; of xmm0 to xmm15 the low 64 bits. */
export type ThreadRegisters = ReadonlyMap<string, bigint>;

/** From the words of Client.registers and the bytes of Client.extendedState. */
export function threadRegisters(words: BigUint64Array, extended: Uint8Array): ThreadRegisters {
  const view = new DataView(extended.buffer, extended.byteOffset, extended.length);
  const vectors = VECTORS.flatMap((name, i): [string, bigint][] => {
    const at = VECTORS_AT + i * VECTOR_SIZE;
    return at + VECTOR_SIZE > extended.length ? [] : [[name, view.getBigUint64(at, true)]];
  });
  return new Map([...NAMES.slice(0, USER_REGISTER_WORDS).map((name, i): [string, bigint] => [name, words[i] ?? 0n]), ...vectors]);
}

/** Of the innermost frame. */
export function frameRegisters(thread: ThreadRegisters): FrameRegisters {
  return ALL_BY_DWARF.map((name) => thread.get(name) ?? null);
}

/** Whether a register is one of floats and vectors, which is in the extended state. */
export function isVector(name: string): boolean {
  return VECTORS.includes(name);
}

/** The bytes of Client.extendedState with other low 64 bits in a vector register. */
export function withVector(extended: Uint8Array, name: string, value: bigint): Uint8Array {
  const changed = extended.slice();
  new DataView(changed.buffer).setBigUint64(VECTORS_AT + VECTORS.indexOf(name) * VECTOR_SIZE, BigInt.asUintN(64, value), true);
  if (changed.length > STATE_AT) changed[STATE_AT] = (changed[STATE_AT] ?? 0) | STATE_OF_VECTORS;
  return changed;
}

/** Register `name` in a frame; of what calls do not change (segments, flags only of the innermost) that of the thread. Null where it is not known. */
export function registerOf(
  name: string,
  thread: ThreadRegisters,
  frame: { readonly registers: FrameRegisters; readonly level: number },
): bigint | null {
  const number = ALL_BY_DWARF.indexOf(name);
  if (number >= 0) return frame.registers[number] ?? null;
  if (name === 'eflags' && frame.level > 0) return null;
  return thread.get(name) ?? null;
}

/** Names of all registers, in the order in which they are shown. */
export const REGISTER_LIST: readonly string[] = [...SHOWN, ...VECTORS];

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

/** DWARF register `number`, 0 to 32, by its name; null for others. */
export function registerName(number: number): string | null {
  return ALL_BY_DWARF[number] ?? null;
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
