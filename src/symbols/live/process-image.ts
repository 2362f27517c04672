// What a live process has loaded, and what is known about it: addresses to places, names to addresses, code bytes.

import { HwbkptError } from '../../base/errors.js';
import { addressKeyOf } from '../../base/u64.js';
import { entryPoint } from '../../linux/procfs/auxv.js';
import { executablePath } from '../../linux/procfs/process.js';
import { readText } from '../../linux/procfs/read.js';
import type { ThreadBlock, ThreadOwner } from '../thread-block.js';
import type { DebugSearch } from './debug-search.js';
import { type LinkMapEntry, linkMap } from './link-map.js';
import { lacksNeeded, linkOrder } from './link-order.js';
import type { LiveModule } from './live-module.js';
import { type MappedRange, parseMaps, rangeAt } from './maps.js';
import { readProcessMemory } from './memory.js';
import { ModuleLoader } from './module-loader.js';
import { type CodePlace, NOWHERE, placeIn, placesIn } from './place.js';
import { ThreadDb } from './thread-db.js';
import { ownerOf, type ThreadPointer } from './thread-list.js';
import { threadBlock } from './thread-local.js';

/** Places remembered; a program that hits at more is remembered afresh. */
const MOST_PLACES = 65_536;

/** The mappings of a process cannot be read: it has ended, or belongs to somebody else. */
export class NoProcessImageError extends HwbkptError {
  readonly code = 'no-process-image';
  readonly pid: number;

  constructor(pid: number) {
    super(`the memory map of process ${pid} cannot be read`, {
      hint: `See whether it is still there (\`ps -p ${pid}\`), and whether it is yours: other users' processes need root or CAP_SYS_PTRACE.`,
    });
    this.pid = pid;
  }
}

/** Look-ups are synchronous and cached; they see the process as it was at the last {@link refresh}. */
export class ProcessImage implements Disposable {
  readonly pid: number;
  readonly #loader: ModuleLoader;
  readonly #places = new Map<number, CodePlace>();
  #text = '';
  #ranges: readonly MappedRange[] = [];
  #byAddress: readonly LiveModule[] = [];
  #modules: readonly LiveModule[] = [];
  #program: LiveModule | null = null;
  /** Undefined: not looked for since something was loaded. */
  #threadDb: ThreadDb | null | undefined;
  readonly #read = (address: bigint, length: number): Uint8Array | null => readProcessMemory(this.pid, address, length);

  /** Reads the process's memory map. Throws {@link NoProcessImageError}. */
  constructor(pid: number, search?: DebugSearch) {
    this.pid = pid;
    this.#loader = new ModuleLoader(pid, search);
    this.refresh();
  }

  /** The program, then its libraries in the order in which the dynamic linker looks for names. */
  get modules(): readonly LiveModule[] {
    return this.#modules;
  }

  get program(): LiveModule | null {
    return this.#program;
  }

  /** Reads the memory map again. True where something was mapped or unmapped since. Throws {@link NoProcessImageError}. */
  refresh(): boolean {
    const text = readText(`/proc/${this.pid}/maps`);
    if (text === null) throw new NoProcessImageError(this.pid);
    if (text === this.#text) return false;
    this.#text = text;
    this.#ranges = parseMaps(text);
    const entry = entryPoint(this.pid);
    const loaded = this.#loader.load(this.#ranges, entry);
    // A new thread's stack or more heap changes nothing about places.
    if (!sameModules(loaded, this.#byAddress)) {
      this.#byAddress = loaded;
      this.#places.clear();
      this.#threadDb = undefined;
    }
    this.#program = this.#findProgram(entry);
    const complete = this.#byAddress.filter((module) => module.complete);
    this.#modules = linkOrder(
      complete,
      this.#program,
      this.#readLinkMap().map(({ dynamic }) => dynamic),
    );
    return true;
  }

  /** The module that `address` belongs to, its .bss included; or null. */
  moduleAt(address: bigint): LiveModule | null {
    let low = 0;
    let high = this.#byAddress.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#byAddress[middle]?.start ?? 0n) <= address) low = middle + 1;
      else high = middle;
    }
    const module = this.#byAddress[low - 1];
    return module?.contains(address) === true ? module : null;
  }

  /** Where in the code `address` is. Never throws; what is not known is null. */
  place(address: bigint): CodePlace {
    const key = addressKeyOf(address);
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    const module = this.moduleAt(address);
    const place = module === null ? NOWHERE : placeIn(module, address);
    if (this.#places.size >= MOST_PLACES) this.#places.clear();
    this.#places.set(key, place);
    return place;
  }

  /** {@link place}, with the calls that were inlined there: innermost first. Not remembered. */
  places(address: bigint): readonly CodePlace[] {
    const module = this.moduleAt(address);
    return module === null ? [NOWHERE] : placesIn(module, address);
  }

  /** First instruction of the function that contains `address`, or null where nothing tells. */
  functionStart(address: bigint): bigint | null {
    const module = this.moduleAt(address);
    const start = module?.file?.functionStart(module.toFile(address)) ?? null;
    return module === null || start === null ? null : module.toVirtual(start);
  }

  /**
   * `length` bytes of code at `address`; fewer where the mapping ends, null where there is no code to read. From the module's file
   * where that is what is mapped: debuggers change the memory. Else from memory.
   */
  readCode(address: bigint, length: number): Uint8Array | null {
    const range = rangeAt(this.#ranges, address);
    if (range === null) return readProcessMemory(this.pid, address, length);
    const file = this.moduleAt(address)?.file ?? null;
    const wanted = Math.min(length, Number(range.end - address));
    if (file !== null && range.executable && !range.writable && range.path.startsWith('/')) {
      const bytes = file.fileBytes(range.offset + Number(address - range.start), wanted);
      if (bytes.length > 0) return bytes;
    }
    return readProcessMemory(this.pid, address, wanted);
  }

  /** Where `owner` (null: the only thread) has its copies of the thread-local variables of `module`. Looks at the threads as they are now. */
  threadBlock(module: LiveModule, owner: ThreadOwner | null): ThreadBlock {
    // The linker maps a library before it lists it.
    const linkMap = this.#readLinkMap();
    return threadBlock({ pid: this.pid, modules: this.#modules, linkMap, db: this.#db }, module, owner);
  }

  /** The thread below whose thread pointer `address` is near enough to be in its static blocks; null where none is, or nobody tells. */
  threadOwning(address: bigint): ThreadPointer | null {
    const range = rangeAt(this.#ranges, address);
    // Statically linked programs have the first thread's in their heap.
    const isHeap = range?.path === '[heap]' && this.#program?.file?.elf.interpreter !== null;
    if (isHeap || this.moduleAt(address) !== null) return null;
    return this.#db === null ? null : ownerOf(this.#db, this.pid, address);
  }

  get #db(): ThreadDb | null {
    if (this.#threadDb === undefined) this.#threadDb = ThreadDb.of(this.#modules, this.#read);
    return this.#threadDb;
  }

  /** The module that the dynamic linker describes at `linkMap`; null where there is none. */
  moduleOfLinkMap(linkMap: bigint): LiveModule | null {
    const entry = this.#readLinkMap().find(({ at }) => at === linkMap);
    return entry === undefined ? null : this.moduleAt(entry.dynamic);
  }

  /** Whether a library is still missing that the program, or one of its libraries, is started with, as of the last {@link refresh}. */
  get lacksModules(): boolean {
    return lacksNeeded(this.#modules);
  }

  /** Whether the byte at `address` is mapped, as of the last {@link refresh}. */
  isMapped(address: bigint): boolean {
    return rangeAt(this.#ranges, address) !== null;
  }

  /** Whether the byte at `address` may be run, as of the last {@link refresh}. */
  isExecutable(address: bigint): boolean {
    return rangeAt(this.#ranges, address)?.executable === true;
  }

  [Symbol.dispose](): void {
    this.#loader[Symbol.dispose]();
    this.#places.clear();
  }

  /** By its entry point; a 32-bit program's is not found that way. */
  #findProgram(entry: bigint | null): LiveModule | null {
    const byEntry = entry === null ? null : this.moduleAt(entry);
    if (byEntry !== null) return byEntry;
    const path = executablePath(this.pid);
    return this.#byAddress.find((module) => module.path === path) ?? null;
  }

  #readLinkMap(): LinkMapEntry[] {
    const program = this.#program;
    if (program?.file === undefined || program.file === null) return [];
    return linkMap(program.file.elf, program.bias, this.#read);
  }
}

function sameModules(modules: readonly LiveModule[], before: readonly LiveModule[]): boolean {
  const same = (a: LiveModule, b: LiveModule | undefined) => a.file === b?.file && a.start === b?.start && a.complete === b?.complete;
  return modules.length === before.length && modules.every((module, i) => same(module, before[i]));
}
