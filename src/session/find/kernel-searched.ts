// The running kernel as searched memory: its data, read by a BPF program.

import { KernelMemory, MOST_KERNEL_BYTES } from '../../linux/bpf/kernel-memory.js';
import { VerifierError } from '../../linux/bpf/program.js';
import { ownPrivileges } from '../../linux/procfs/privileges.js';
import { isOlderThan, securitySettings } from '../../linux/security.js';
import { KernelSymbols } from '../../symbols/live/kernel-symbols.js';
import { type Allowed, bpfObstacle, missingCapabilities, type Obstacle } from '../engine-advice.js';
import { KernelUnreadableError } from './errors.js';
import { type KernelRegion, kernelRegions, kernelRegionsIn } from './kernel-regions.js';
import type { MemorySource, Span } from './memory-source.js';
import type { Location, SearchedMemory } from './searched-memory.js';

const PAGE = 4096;
/** Bytes; a kernel that lists its variables has another one sooner. */
const MOST_ROOM = 4096;

/** Throws KernelUnreadableError. */
export class KernelSearched implements SearchedMemory {
  readonly source: MemorySource;
  readonly #symbols = new KernelSymbols();
  #regions: readonly KernelRegion[] | null = null;

  constructor() {
    this.source = new KernelSource(openMemory());
  }

  /** Throws NothingToSearchError, KernelUnreadableError, KernelAddressesHiddenError. */
  spans(part: string): Span[] {
    this.#regions ??= kernelRegions(this.#symbols);
    return kernelRegionsIn(this.#regions, part).map((region) => this.#spanOf(region));
  }

  /** Its start and end as multiples of 8; of a module only what is mapped. */
  #spanOf({ part, start, end }: KernelRegion): Span {
    const from = start & ~7n;
    const length = Number(((end + 7n) & ~7n) - from);
    return { start: from, length: part === 'modules' ? this.#mapped(from, length) : length };
  }

  #mapped(start: bigint, length: number): number {
    let done = 0;
    while (done < length) {
      const wanted = Math.min(length - done, PAGE - Number((start + BigInt(done)) & BigInt(PAGE - 1)));
      if (this.source.visit(start + BigInt(done), wanted, () => undefined) < wanted) break;
      done += wanted;
    }
    return done;
  }

  locate(address: bigint): Location {
    return { region: this.#region(address), symbol: this.#symbol(address) };
  }

  #region(address: bigint): string | null {
    try {
      this.#regions ??= kernelRegions(this.#symbols);
      return this.#regions.find(({ start, end }) => address >= start && address < end)?.name ?? null;
    } catch {
      return null;
    }
  }

  /** The list tells no sizes: a function before the place says nothing of it, nor does a label with nothing else for a long way. */
  #symbol(address: bigint): string | null {
    try {
      const symbol = this.#symbols.at(address);
      if (symbol === null || symbol.kind !== 'object' || (symbol.room ?? MOST_ROOM) >= MOST_ROOM) return null;
      return symbol.address === address ? symbol.name : `${symbol.name}+0x${(address - symbol.address).toString(16)}`;
    } catch {
      return null;
    }
  }

  [Symbol.dispose](): void {
    this.source[Symbol.dispose]();
  }
}

class KernelSource implements MemorySource {
  readonly chunkBytes = MOST_KERNEL_BYTES;
  readonly #memory: KernelMemory;

  constructor(memory: KernelMemory) {
    this.#memory = memory;
  }

  visit(address: bigint, length: number, use: (bytes: Uint8Array) => void): number {
    const whole = this.#memory.read(address, length);
    if (whole !== null) {
      use(whole);
      return length;
    }
    const bytes = this.#upToHole(address, length);
    if (bytes.length > 0) use(bytes);
    return bytes.length;
  }

  #upToHole(address: bigint, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    let done = 0;
    while (done < length) {
      const at = address + BigInt(done);
      const page = this.#memory.read(at, Math.min(length - done, PAGE - Number(at & BigInt(PAGE - 1))));
      if (page === null) break;
      bytes.set(page, done);
      done += page.length;
    }
    return bytes.subarray(0, done);
  }

  [Symbol.dispose](): void {
    this.#memory[Symbol.dispose]();
  }
}

function openMemory(): KernelMemory {
  try {
    return new KernelMemory();
  } catch (error) {
    throw explained(error);
  }
}

/** Programs of this type came with it. */
const SINCE = '5.14';

function explained(cause: unknown): unknown {
  const allowed = { privileges: ownPrivileges(), security: securitySettings() };
  const { problem, advice } = obstacle(cause, allowed);
  return new KernelUnreadableError(`the memory of the kernel cannot be read: ${problem}`, { cause, hint: advice });
}

function obstacle(cause: unknown, allowed: Allowed): Obstacle {
  const { kernel } = allowed.security;
  const missing = missingCapabilities(allowed.privileges, kernel);
  // Without CAP_PERFMON a program is refused for what it calls.
  if (missing.length > 0 && cause instanceof VerifierError)
    return { problem: `no ${missing.join(' and no ')}`, advice: `Run hwbkpt with sudo, or give it ${missing.join(' and ')}.` };
  if (isOlderThan(kernel, SINCE))
    return {
      problem: `this kernel (${kernel.major}.${kernel.minor}) cannot be asked for it: that came with Linux ${SINCE}`,
      advice: 'A newer kernel would help.',
    };
  return bpfObstacle(cause, allowed);
}
