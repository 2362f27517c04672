// The names of a kernel file at the addresses of the running kernel: moved by KASLR's offset, once it is certain that they are this kernel's.
import { readFileSync } from 'node:fs';
import { as, type FileAddress } from '../../base/brand.js';
import { HwbkptError } from '../../base/errors.js';
import type { Variable } from '../debug-info.js';
import { buildIdIn } from '../elf/notes.js';
import type { ElfSymbol } from '../elf/symbol.js';
import type { KernelFile } from './kernel-file.js';
import { asElfSymbol } from './kernel-listed.js';
import type { KernelSymbols } from './kernel-symbols.js';

/** The file is of another kernel than the one that runs. */
export class WrongVmlinuxError extends HwbkptError {
  readonly code = 'wrong-vmlinux';
  readonly file: string;

  constructor(file: string, why: string) {
    super(`${file} is not of the running kernel: ${why}`, {
      hint: 'Give the vmlinux or System.map of this very build (`uname -rv` says which it is): /boot/System.map-RELEASE, /usr/lib/debug/boot/vmlinux-RELEASE.',
    });
    this.file = file;
  }
}

/** Functions whose addresses are compared. */
const MOST_COMPARED = 64;
/** Fewer in common say nothing. */
const LEAST_COMPARED = 3;
/** Where the kernel's half of the addresses begins. Per-CPU symbols of kernels before 6.15 are offsets, far below, which KASLR does not move. */
export const KERNEL_HALF = 1n << 63n;

/** The file's names, moved. Throws WrongVmlinuxError, KernelAddressesHiddenError; look-ups throw nothing. */
export class KernelFileNames {
  readonly #file: KernelFile;
  readonly #bias: bigint;

  constructor(file: KernelFile, running: KernelSymbols, notes = '/sys/kernel/notes') {
    this.#file = file;
    checkBuildId(file, notes);
    this.#bias = biasOf(file, running);
    checkFunctions(file, running, this.#bias);
  }

  /** Whether types and lines are known. */
  get hasTypes(): boolean {
    return this.#file.kind === 'vmlinux' && this.#file.elf.level === 'debug-info';
  }

  /** What could not be read, as sentences. */
  get problems(): readonly string[] {
    return this.#file.kind === 'vmlinux' ? this.#file.elf.problems : [];
  }

  symbols(name: string): readonly ElfSymbol[] {
    const found = symbolsIn(this.#file, name);
    return found.map((symbol) => ({ ...symbol, address: this.#moved(symbol.address) }));
  }

  *symbolNames(kind: 'object' | 'function'): Iterable<string> {
    yield* namesIn(this.#file, kind);
  }

  variables(name: string): readonly Variable[] {
    if (this.#file.kind !== 'vmlinux') return [];
    return this.#file.elf.variables(name).map((variable) => moved(variable, (address) => this.#moved(address)));
  }

  variableNames(): Iterable<string> {
    return this.#file.kind === 'vmlinux' ? this.#file.elf.variableNames() : [];
  }

  /** Function, file and line of an address of the running kernel, as far as the file knows them. */
  placeOf(address: bigint): {
    readonly function: string | null;
    readonly start: bigint | null;
    readonly file: string | null;
    readonly line: number | null;
  } {
    if (this.#file.kind !== 'vmlinux') return { function: null, start: null, file: null, line: null };
    const at = as<FileAddress>(BigInt.asUintN(64, address - this.#bias));
    const found = this.#file.elf.functionAt(at);
    const source = this.#file.elf.lineAt(at);
    const start = found === null || found.start === null ? null : this.#moved(found.start);
    return { function: found?.name ?? null, start, file: source?.file ?? null, line: source?.line ?? null };
  }

  #moved(address: FileAddress): FileAddress {
    return address < KERNEL_HALF ? address : as<FileAddress>(BigInt.asUintN(64, address + this.#bias));
  }
}

function moved(variable: Variable, move: (address: FileAddress) => FileAddress): Variable {
  const { address } = variable;
  const { name, qualifiedName, function: owner, file, absence, external } = variable;
  const type = () => variable.type();
  return { name, qualifiedName, function: owner, file, absence, external, address: address === null ? null : move(address), type };
}

function symbolsIn(file: KernelFile, name: string): readonly ElfSymbol[] {
  return file.kind === 'vmlinux' ? file.elf.symbols(name) : file.list.find(name).map(asElfSymbol);
}

function namesIn(file: KernelFile, kind: 'object' | 'function'): Iterable<string> {
  return file.kind === 'vmlinux' ? file.elf.symbolNames(kind) : file.list.names(kind);
}

/** Each build has another id; files without one are judged by their functions alone. */
function checkBuildId(file: KernelFile, notes: string): void {
  const own = file.kind === 'vmlinux' ? file.elf.elf.buildId : null;
  const running = own === null ? null : runningBuildId(notes);
  if (own !== null && running !== null && own !== running)
    throw new WrongVmlinuxError(file.path, `its build-id is ${own}, that of the kernel ${running}`);
}

function runningBuildId(notes: string): string | null {
  try {
    return buildIdIn(readFileSync(notes));
  } catch {
    return null;
  }
}

function biasOf(file: KernelFile, running: KernelSymbols): bigint {
  for (const name of ['_stext', '_text']) {
    const there = symbolsIn(file, name)[0]?.address;
    const here = running.find(name)[0]?.address;
    if (there !== undefined && here !== undefined) return BigInt.asIntN(64, here - there);
  }
  throw new WrongVmlinuxError(file.path, 'it has no symbol _stext or _text');
}

/** Functions from all over the file must be where the kernel has them. */
function checkFunctions(file: KernelFile, running: KernelSymbols, bias: bigint): void {
  let same = 0;
  for (const name of sample([...namesIn(file, 'function')])) {
    const here = running.find(name).filter(({ module }) => module === '[kernel]');
    if (here.length === 0) continue;
    const there = symbolsIn(file, name).map(({ address }) => BigInt.asUintN(64, address + bias));
    const [first] = here;
    if (first !== undefined && !here.some(({ address }) => there.includes(address)))
      throw new WrongVmlinuxError(file.path, `it has ${name} at ${hex(there[0] ?? 0n)}, the kernel at ${hex(first.address)}`);
    same++;
  }
  if (same < LEAST_COMPARED) throw new WrongVmlinuxError(file.path, `it shares only ${same} functions with the kernel`);
}

/** At most {@link MOST_COMPARED} of them, spread evenly. */
function sample(names: readonly string[]): string[] {
  const step = Math.max(1, Math.floor(names.length / MOST_COMPARED));
  return names.filter((_, i) => i % step === 0).slice(0, MOST_COMPARED);
}

function hex(address: bigint): string {
  return `0x${address.toString(16)}`;
}
