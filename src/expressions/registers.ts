// Registers in expressions: they mean something where a thread stands still, and an error that says so everywhere else.
import { nearNames } from '../base/near.js';
import { RegisterError } from './errors.js';

const REGISTERS = 'rax rbx rcx rdx rsi rdi rbp rsp r8 r9 r10 r11 r12 r13 r14 r15 rip fs_base gs_base'.split(' ');
/** gdb's names for whatever the processor calls them. */
const ROLES: ReadonlyMap<string, string> = new Map([
  ['sp', 'rsp'],
  ['fp', 'rbp'],
  ['pc', 'rip'],
]);

/** What the processor calls `name`. */
export function registerNamed(name: string): string {
  return ROLES.get(name) ?? name;
}

/** What `$name` holds. Throws RegisterError. */
export function registerValue(name: string, registers: ((name: string) => bigint | null) | null): bigint {
  const known = registerNamed(name);
  if (!REGISTERS.includes(known)) throw new RegisterError(name, 'unknown', nearNames(name, REGISTERS));
  const value = registers?.(known) ?? null;
  if (value === null) throw new RegisterError(name, 'no-frame');
  return value;
}
