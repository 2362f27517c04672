// The kernel as a program: its names, places in its code, its memory.
import {
  type ConditionNames,
  parseExpression,
  type Resolved,
  resolveExpression,
  type SymbolScope,
  suggestions,
  UnknownSizeError,
  UnknownSymbolError,
} from '../expressions/index.js';
import type { CodeSource } from '../instructions/index.js';
import type { Place } from '../model/place.js';
import { sizeOfNamed, VALUE_TYPE_NAMES } from '../model/value-names.js';
import { possibleCpus } from '../symbols/live/kernel-cpus.js';
import { type KernelFile, openKernelFile } from '../symbols/live/kernel-file.js';
import { KERNEL_HALF, KernelFileNames } from '../symbols/live/kernel-file-names.js';
import { KernelModule } from '../symbols/live/kernel-module.js';
import { PerCpu, type PerCpuFacts } from '../symbols/live/kernel-per-cpu.js';
import { MeasuredPerCpu } from '../symbols/live/kernel-per-cpu-measured.js';
import { KernelSymbols } from '../symbols/live/kernel-symbols.js';
import { KernelTypes } from '../symbols/live/kernel-types.js';
import type { Type } from '../symbols/types.js';
import { BadRequestError } from './errors.js';
import { castScope, splitCast } from './kernel-cast.js';
import { KernelDataHiddenError, UnknownKernelNameError } from './kernel-errors.js';
import type { Program, ResolvedExpression, ResolveOptions } from './program.js';
import { shownType } from './resolve.js';

/** Where the kernel's memory and names come from. */
export interface KernelSources {
  /** Bytes of the kernel; null where they cannot be read. */
  read(address: bigint, length: number): Uint8Array | null;
  /** A vmlinux or System.map; null: none was given. */
  readonly vmlinux: string | null;
  /** Whether what the kernel hides of its per-CPU variables may be measured with BPF. */
  readonly measures?: boolean;
  /** Others only in tests. */
  readonly symbols?: KernelSymbols;
  readonly types?: KernelTypes;
}

/** Look-ups throw KernelAddressesHiddenError where the kernel shows no addresses. */
export class KernelProgram implements Program {
  readonly pid = null;
  /** Modules that come and go have names in the list that was read at the start, or none. */
  readonly generation = 0;
  readonly frames = null;
  readonly code: CodeSource;
  readonly #read: KernelSources['read'];
  readonly #list: KernelSymbols;
  readonly #types: KernelTypes;
  readonly #file: KernelFile | null;
  readonly #names: KernelFileNames | null;
  readonly #module: KernelModule;

  /** Throws NotAKernelFileError, WrongVmlinuxError, ElfError, KernelAddressesHiddenError: all about the file. */
  constructor({ read, vmlinux, measures = false, symbols = new KernelSymbols(), types = new KernelTypes() }: KernelSources) {
    this.#read = read;
    this.#list = symbols;
    this.#types = types;
    this.#file = vmlinux === null ? null : openKernelFile(vmlinux);
    try {
      this.#names = this.#file === null ? null : new KernelFileNames(this.#file, this.#list);
    } catch (error) {
      this.#file?.[Symbol.dispose]();
      throw error;
    }
    this.#module = new KernelModule(this.#list, { file: this.#names, types, perCpu: new PerCpu(this.#perCpuFacts(measures)) });
    this.code = { read: (address, length) => this.#readCode(address, length) };
  }

  #perCpuFacts(measures: boolean): PerCpuFacts {
    const symbols = (name: string) => [...(this.#names?.symbols(name) ?? []), ...this.#list.find(name)].map(({ address }) => address);
    const described: PerCpuFacts['described'] = (name) =>
      this.#types.variables(name).find(({ section }) => section === '.data..percpu') ?? null;
    const facts = { symbols, described, read: this.#read, cpus: possibleCpus() };
    if (!measures) return facts;
    return { ...facts, measured: new MeasuredPerCpu({ ...facts, symbols: this.#list, types: this.#types }) };
  }

  /**
   * NAME, NAME.a[2].b, NAME@cpu1, 0xADDR:LEN, or 0xADDR.a where `--as` gives it a type. Throws the errors of expressions/, UnknownKernelNameError,
   * KernelDataHiddenError, PerCpuVariableError, KernelAddressesHiddenError, and BadRequestError.
   */
  resolve(expression: string, options: ResolveOptions): ResolvedExpression {
    const cast = this.#castType(options);
    const shown = { ...options, as: cast === null ? options.as : null };
    const resolved = this.#resolve(expression, shown, cast);
    if (resolved.address < KERNEL_HALF)
      throw new BadRequestError(`0x${resolved.address.toString(16)} is an address of a process, not of the kernel`, {
        hint: 'Say whose: --pid PID in place of --kernel.',
      });
    return { address: resolved.address, size: resolved.size, type: shownType(resolved, shown) };
  }

  conditionNames(expression: string, options: ResolveOptions): ConditionNames {
    const cast = this.#castType(options);
    if (options.access === 'execute' || (options.as !== null && cast === null)) return { scope: this.#scope, type: null };
    const { type, bits } = this.#resolve(expression, { ...options, as: null }, cast);
    return { scope: this.#scope, type: bits === null ? type : null };
  }

  /** What `--as` names in C's words: `struct ratelimit_state`, `atomic_t`. */
  #castType({ as }: ResolveOptions): Type | null {
    if (as === null || sizeOfNamed(as) !== null || as === 'hex') return null;
    const type = this.#types.typeNamed(as);
    if (type !== null) return type;
    const why = this.#types.areThere ? '' : ': this kernel does not describe its types (it was built without BTF)';
    throw new BadRequestError(`the kernel has no type ${JSON.stringify(as)}${why}`, {
      hint: `Write it as C does: struct NAME, union NAME, enum NAME, or a typedef's name; or one of ${VALUE_TYPE_NAMES.join(', ')}.`,
    });
  }

  #resolve(text: string, { as, access }: ResolveOptions, cast: Type | null): Resolved {
    const want = access === 'execute' ? 'code' : 'data';
    const { text: plain, scope } = cast === null ? { text, scope: this.#scope } : this.#cast(text, cast);
    const addressSize = as === null ? null : sizeOfNamed(as);
    const expression = parseExpression(plain);
    try {
      return resolveExpression(expression, scope, { want, memory: this.code, ...(addressSize === null ? {} : { addressSize }) });
    } catch (error) {
      if (error instanceof UnknownSymbolError) throw this.#unknown(error, want);
      // The list tells no sizes; the type does.
      if (!(error instanceof UnknownSizeError) || addressSize === null || expression.kind !== 'name') throw error;
      return resolveExpression({ ...expression, length: addressSize }, scope, { want, memory: this.code });
    }
  }

  get #scope(): SymbolScope {
    return { modules: [this.#module] };
  }

  /** The name or address before the first member has the type. */
  #cast(text: string, type: Type): { readonly text: string; readonly scope: SymbolScope } {
    const { root, rest } = splitCast(text);
    const { address } = this.#resolve(`${root}:1`, { access: 'write', as: null }, null);
    return castScope({ root, rest, address, type });
  }

  #unknown({ symbol }: UnknownSymbolError, want: 'data' | 'code'): Error {
    if (want === 'data' && this.#names === null && !this.#listsData) return new KernelDataHiddenError(symbol);
    return new UnknownKernelNameError(symbol, suggestions(symbol.replace(/@cpu\d+$/, ''), [this.#module], want));
  }

  /** Whether the running kernel lists its variables (CONFIG_KALLSYMS_ALL): these two every kernel has. */
  get #listsData(): boolean {
    return ['init_task', 'jiffies_64'].some((name) => this.#list.find(name).length > 0);
  }

  /** Whether the kernel has KPROBES, by which it knows where instruction breakpoints may be; one that shows no addresses is taken to have them. */
  get hasKprobes(): boolean {
    try {
      return this.#list.find('register_kprobe').length > 0;
    } catch {
      return true;
    }
  }

  place(address: bigint, kernel: boolean): Place {
    if (!kernel) return { function: null, file: null, line: null, module: null, offset: null };
    const listed = this.#list.place(address);
    const told = this.#names?.placeOf(address);
    if (told === undefined || listed.module !== '[kernel]') return listed;
    const { file, line } = told;
    if (listed.function !== null || told.function === null) return { ...listed, file, line };
    const offset = told.start === null ? null : Number(address - told.start);
    return { ...listed, function: told.function, offset, file, line };
  }

  functionStart(address: bigint): bigint | null {
    const { offset } = this.#list.place(address);
    return offset === null ? null : address - BigInt(offset);
  }

  #readCode(address: bigint, length: number): Uint8Array | null {
    return this.#read(address, length);
  }

  /** Nothing that names depend on changes while the kernel runs, but for its modules: those are looked up as they were. */
  refresh(): boolean {
    return false;
  }

  reopen(): void {}

  isMapped(address: bigint): boolean {
    return this.#read(address, 1) !== null;
  }

  isInPlace(address: bigint): boolean {
    return this.isMapped(address);
  }

  [Symbol.dispose](): void {
    this.#file?.[Symbol.dispose]();
  }
}
