// The program of a live process, seen through its memory map, its files' symbols and the kernel's symbol list.

import { readFileSync, statSync } from 'node:fs';
import { executableKind } from '../engines/host/facts.js';
import type { ConditionNames } from '../expressions/index.js';
import type { CodeSource } from '../instructions/index.js';
import type { Place } from '../model/place.js';
import { KernelSymbols } from '../symbols/live/kernel-symbols.js';
import type { LiveModule } from '../symbols/live/live-module.js';
import { parseMaps, rangeAt } from '../symbols/live/maps.js';
import { PerfMap } from '../symbols/live/perf-map.js';
import { ProcessImage } from '../symbols/live/process-image.js';
import type { UnwoundImage } from '../symbols/live/unwinder.js';
import { WrongArchitectureError } from './errors.js';
import type { Boundaries } from './frame-exits.js';
import { type FrameVariable, findFrameVariable } from './frame-variable.js';
import { LiveFrames } from './frames.js';
import { isInPlace } from './loading.js';
import type { Program, ResolvedExpression, ResolveOptions, ThreadArea } from './program.js';
import { conditionNamesIn, resolveInImage } from './resolve.js';
import { isOnStack } from './stack-memory.js';

/**
 * Opens the program that `pid` runs. `tid`: whose copies of thread-local variables are meant where a name does not say it. Throws
 * WrongArchitectureError, NoProcessImageError.
 */
export function openLiveProgram(pid: number, tid?: number): Program {
  checkArchitecture(pid);
  return new LiveProgram(pid, tid);
}

function checkArchitecture(pid: number): void {
  const kind = executableKind(pid);
  if (kind !== null && (kind.bits !== 64 || kind.machine !== X86_64))
    throw new WrongArchitectureError(`process ${pid} runs a ${kind.bits}-bit program of ${machineName(kind.machine)}`, {
      hint: 'This version of hwbkpt watches 64-bit x86 programs.',
    });
}

/** e_machine numbers people meet. */
const X86_64 = 62;
const MACHINES: ReadonlyMap<number, string> = new Map([
  [3, 'x86'],
  [40, 'ARM'],
  [X86_64, 'x86-64'],
  [183, 'arm64'],
  [243, 'RISC-V'],
]);

function machineName(machine: number): string {
  return MACHINES.get(machine) ?? `machine ${machine}`;
}

/** How often (ms) the memory map is read for addresses that belong to nothing known. */
const REFRESH_INTERVAL = 20;
/** The same where nothing was mapped at the last look. */
const UNMAPPED_INTERVAL = 0.5;

class LiveProgram implements Program {
  readonly pid: number;
  readonly code: CodeSource;
  readonly #image: ProcessImage;
  readonly frames: LiveFrames;
  readonly #kernel = new KernelSymbols();
  #perfMap: PerfMap;
  #executable: string | null;
  #modules: string;
  #lastRefresh = 0;
  #readChangingCode = false;
  #generation = 0;
  /** See {@link ResolveOptions.tid}. */
  readonly #thread: { readonly tid?: number };

  constructor(pid: number, tid: number | undefined) {
    this.pid = pid;
    this.#thread = tid === undefined ? {} : { tid };
    this.#executable = executableIdentity(pid);
    this.#image = new ProcessImage(pid);
    this.#perfMap = new PerfMap(pid);
    this.#modules = modulesOf(this.#image);
    this.code = { read: (address, length) => this.#readCode(address, length) };
    this.frames = new LiveFrames({
      image: this.#codeOf(),
      places: (address) => this.#places(address),
      prepareKernel: () => this.#kernel.place(0n),
      isLoaded: () => {
        this.refresh();
        return !this.#image.lacksModules || executableIdentity(this.pid) !== this.#executable;
      },
      samples: () => this.#image.modules.map(startOfCode).filter((address) => address !== null),
    });
  }

  resolve(expression: string, options: ResolveOptions): ResolvedExpression {
    return resolveInImage(expression, this.#image, { ...this.#thread, ...options });
  }

  conditionNames(expression: string, options: ResolveOptions): ConditionNames {
    return conditionNamesIn(expression, this.#image, { ...this.#thread, ...options });
  }

  frameVariable(expression: string, options: ResolveOptions & { readonly decoder: Boundaries }): FrameVariable | null {
    return findFrameVariable(expression, this.#image, options);
  }

  place(address: bigint, kernel: boolean): Place {
    if (kernel) return this.#kernel.place(address);
    this.#lookFor(address);
    if (this.#image.moduleAt(address) !== null) return this.#image.place(address);
    return this.#perfMap.place(Number(address)) ?? this.#image.place(address);
  }

  /** What unwinding looks at: as of now, where it asks for what was not there at the last look. */
  #codeOf(): UnwoundImage {
    const image = this.#image;
    return {
      moduleAt: (address) => {
        this.#lookFor(address);
        return image.moduleAt(address);
      },
      readCode: (address, length) => image.readCode(address, length),
      isExecutable: (address) => image.isExecutable(address),
    };
  }

  /** A library loaded since the last look (dlopen) is found by looking again. Code that a program writes itself is in none. */
  #lookFor(address: bigint): void {
    if (this.#image.moduleAt(address) !== null) return;
    const interval = this.#image.isMapped(address) ? REFRESH_INTERVAL : UNMAPPED_INTERVAL;
    if (performance.now() - this.#lastRefresh > interval) this.refresh();
  }

  #places(address: bigint): readonly Place[] {
    this.#lookFor(address);
    return this.#image.moduleAt(address) === null ? [this.place(address, false)] : this.#image.places(address);
  }

  functionStart(address: bigint): bigint | null {
    return this.#image.functionStart(address);
  }

  get generation(): number {
    return this.#generation;
  }

  /** When the process has ended or runs another program, what is known stays: hits from before are still to be placed. */
  refresh(): boolean {
    this.#lastRefresh = performance.now();
    if (executableIdentity(this.pid) !== this.#executable) return false;
    try {
      this.#image.refresh();
    } catch {
      return false;
    }
    if (this.#readChangingCode) this.#generation++;
    this.#readChangingCode = false;
    return this.#lookAtModules();
  }

  reopen(): void {
    checkArchitecture(this.pid);
    this.#executable = executableIdentity(this.pid);
    this.#perfMap[Symbol.dispose]();
    this.#perfMap = new PerfMap(this.pid);
    this.#image.refresh();
    this.#lookAtModules();
  }

  /** Returns whether others are loaded than at the last look. */
  #lookAtModules(): boolean {
    const before = this.#modules;
    this.#modules = modulesOf(this.#image);
    const changed = this.#modules !== before;
    if (changed) this.#generation++;
    if (changed) this.frames.forget();
    return changed;
  }

  /** Code of no file was written at run time, and may be written again. */
  #readCode(address: bigint, length: number): Uint8Array | null {
    if ((this.#image.moduleAt(address)?.file ?? null) !== null) return this.#image.readCode(address, length);
    this.#readChangingCode = true;
    return executableIdentity(this.pid) === this.#executable ? this.#image.readCode(address, length) : null;
  }

  isMapped(address: bigint): boolean {
    if (!this.#image.isMapped(address)) this.refresh();
    return this.#image.isMapped(address);
  }

  isOnStack(address: bigint): boolean {
    return isOnStack(parseMaps(readMaps(this.pid)), address);
  }

  threadAt(address: bigint): ThreadArea | null {
    const found = this.#image.threadOwning(address);
    return found === null ? null : { tid: found.tid, fsBase: found.pointer };
  }

  isInPlace(address: bigint): boolean {
    const module = this.#image.moduleAt(address);
    const range = rangeAt(parseMaps(readMaps(this.pid)), address);
    if (range === null || module === null || module.file === null) return range !== null;
    return isInPlace(module.file.elf.segments, module.toFile(address), { range, address });
  }

  [Symbol.dispose](): void {
    this.#perfMap[Symbol.dispose]();
    this.#image[Symbol.dispose]();
  }
}

/** The file that `pid` runs, whatever it is called by now; null when that cannot be seen any more. */
function executableIdentity(pid: number): string | null {
  try {
    const { dev, ino } = statSync(`/proc/${pid}/exe`);
    return `${dev}:${ino}`;
  } catch {
    return null;
  }
}

/** As of now; '' where there is nothing to be read any more. */
function readMaps(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/maps`, 'latin1');
  } catch {
    return '';
  }
}

function modulesOf({ modules }: ProcessImage): string {
  return modules.map(({ path, start }) => `${start} ${path}`).join('\n');
}

/** The first instruction of a module, as a number; null where none is mapped. */
function startOfCode({ ranges }: LiveModule): number | null {
  const code = ranges.find(({ executable }) => executable);
  return code === undefined ? null : Number(code.start);
}
