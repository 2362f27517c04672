// Per-CPU variables: every CPU has its own copy, at the variable's address plus that CPU's offset. Written `runqueues@cpu1`.
//
//   kernels before 6.15     symbols from 0 on           copy = symbol + __per_cpu_offset[cpu]
//   since                   symbols within the image    the same; the offset is smaller by as much
//
// BTF describes these variables, by their distance from the start of their section.
import { HwbkptError } from '../../base/errors.js';
import { viewOf } from '../elf/elf-reader.js';
import type { Type } from '../types.js';
import { KERNEL_HALF } from './kernel-file-names.js';

/** A per-CPU variable cannot be watched the way it was written. */
export class PerCpuVariableError extends HwbkptError {
  readonly code = 'per-cpu-variable';
  readonly symbol: string;

  constructor(symbol: string, what: string, hint: string) {
    super(`${symbol} ${what}`, { hint });
    this.symbol = symbol;
  }
}

/** What is known of a name that may be a per-CPU variable's. Addresses are those of the running kernel, without a CPU's offset. */
export interface PerCpuFacts {
  /** Addresses of symbols of this name. */
  symbols(name: string): readonly bigint[];
  /** What BTF says of this name in the per-CPU section. */
  described(name: string): { readonly offset: number; readonly size: number; type(): Type } | null;
  /** Bytes of the kernel; null where they cannot be read. */
  read(address: bigint, length: number): Uint8Array | null;
  /** CPUs that there may be. */
  readonly cpus: readonly number[];
  /** Where the section begins, and a CPU's offset, where somebody can tell without the kernel's symbols. */
  readonly measured?: { start(): bigint | null; offset(cpu: number): bigint | null };
}

/** One CPU's copy of a variable. */
export interface PerCpuCopy {
  readonly address: bigint;
  /** Bytes; 0 where nobody says. */
  readonly size: number;
  readonly type: Type | null;
}

/** `runqueues@cpu1` taken apart; null for a name without a CPU. */
export function splitCpu(name: string): { readonly name: string; readonly cpu: number } | null {
  const parts = /^(.+)@cpu(\d{1,5})$/.exec(name);
  return parts === null ? null : { name: parts[1] ?? '', cpu: Number(parts[2]) };
}

export class PerCpu {
  readonly #facts: PerCpuFacts;

  constructor(facts: PerCpuFacts) {
    this.#facts = facts;
  }

  /** Whether every CPU has its own variable of this name. */
  has(name: string): boolean {
    return this.#facts.described(name) !== null || this.#symbol(name) !== null;
  }

  /** The copy of `name` that `cpu` has; null where nothing is called so. Throws PerCpuVariableError. */
  copy(name: string, cpu: number): PerCpuCopy | null {
    if (!this.has(name)) return null;
    const { cpus } = this.#facts;
    if (!cpus.includes(cpu))
      throw new PerCpuVariableError(name, `has no copy for CPU ${cpu}: there is no such CPU`, `CPUs here: ${cpus.join(', ')}.`);
    const described = this.#facts.described(name);
    const symbol = this.#symbol(name) ?? this.#byDescription(name);
    const address = BigInt.asUintN(64, symbol + this.#offset(name, cpu));
    return { address, size: described?.size ?? 0, type: described?.type() ?? null };
  }

  /** What to say of a per-CPU variable that is written without a CPU. */
  without(name: string): PerCpuVariableError {
    const { cpus } = this.#facts;
    const all = cpus.length > 1 ? ` to ${name}@cpu${cpus.at(-1)}` : '';
    return new PerCpuVariableError(name, 'is a per-CPU variable: every CPU has its own', `Write whose: ${name}@cpu${cpus[0] ?? 0}${all}.`);
  }

  /** The symbol's address, where the name is that of a per-CPU variable. */
  #symbol(name: string): bigint | null {
    const [start] = this.#facts.symbols('__per_cpu_start');
    const [end] = this.#facts.symbols('__per_cpu_end');
    const isDescribed = this.#facts.described(name) !== null;
    const isInside = (address: bigint) => start !== undefined && end !== undefined && address >= start && address < end;
    return this.#facts.symbols(name).find((address) => isDescribed || address < KERNEL_HALF || isInside(address)) ?? null;
  }

  #byDescription(name: string): bigint {
    const described = this.#facts.described(name);
    const start = this.#facts.symbols('__per_cpu_start')[0] ?? this.#facts.measured?.start() ?? null;
    if (described !== null && start !== null) return start + BigInt(described.offset);
    throw this.#hidden(name, 'where the per-CPU section begins (__per_cpu_start)');
  }

  #offset(name: string, cpu: number): bigint {
    const [table] = this.#facts.symbols('__per_cpu_offset');
    const bytes = table === undefined ? null : this.#facts.read(table + 8n * BigInt(cpu), 8);
    const offset = bytes === null ? (this.#facts.measured?.offset(cpu) ?? null) : viewOf(bytes).getBigUint64(0, true);
    if (offset === null) throw this.#hidden(name, 'where each CPU has its copies (__per_cpu_offset)');
    return offset;
  }

  #hidden(name: string, what: string): PerCpuVariableError {
    return new PerCpuVariableError(
      name,
      `is a per-CPU variable, and this kernel hides ${what}`,
      'Give its System.map or vmlinux with --vmlinux FILE; or find the address with `hwbkpt find --kernel`.',
    );
  }
}
