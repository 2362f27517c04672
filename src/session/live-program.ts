// The program of a live process, seen through its memory map, its files' symbols and the kernel's symbol list.

import { executableKind } from '../engines/host/facts.js';
import type { CodeSource } from '../instructions/index.js';
import type { Place } from '../model/place.js';
import { KernelSymbols } from '../symbols/live/kernel-symbols.js';
import { ProcessImage } from '../symbols/live/process-image.js';
import { WrongArchitectureError } from './errors.js';
import type { Program, ResolvedExpression, ResolveOptions } from './program.js';
import { resolveInImage } from './resolve.js';

/** Opens the program that `pid` runs. Throws WrongArchitectureError, NoProcessImageError. */
export function openLiveProgram(pid: number): Program {
  const kind = executableKind(pid);
  if (kind !== null && (kind.bits !== 64 || kind.machine !== X86_64))
    throw new WrongArchitectureError(`process ${pid} runs a ${kind.bits}-bit program of ${machineName(kind.machine)}`, {
      hint: 'This version of hwbkpt watches 64-bit x86 programs.',
    });
  return new LiveProgram(pid);
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

class LiveProgram implements Program {
  readonly pid: number;
  readonly code: CodeSource;
  readonly #image: ProcessImage;
  readonly #kernel = new KernelSymbols();

  constructor(pid: number) {
    this.pid = pid;
    this.#image = new ProcessImage(pid);
    this.code = { read: (address, length) => this.#image.readCode(address, length) };
  }

  resolve(expression: string, options: ResolveOptions): ResolvedExpression {
    return resolveInImage(expression, this.#image, options);
  }

  place(address: bigint, kernel: boolean): Place {
    if (kernel) return this.#kernel.place(address);
    // A library loaded since the last look (dlopen) is found by looking again.
    if (this.#image.moduleAt(address) === null) this.#tryRefresh();
    return this.#image.place(address);
  }

  functionStart(address: bigint): bigint | null {
    return this.#image.functionStart(address);
  }

  refresh(): boolean {
    return this.#image.refresh();
  }

  /** The process may have ended: then what is known stays. */
  #tryRefresh(): void {
    try {
      this.#image.refresh();
    } catch {
      // Nothing more can be learnt.
    }
  }

  isMapped(address: bigint): boolean {
    if (!this.#image.isMapped(address)) this.#tryRefresh();
    return this.#image.isMapped(address);
  }

  [Symbol.dispose](): void {
    this.#image[Symbol.dispose]();
  }
}
