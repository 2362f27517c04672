// The running kernel as searched memory: its data, read by a BPF program.

import { KernelMemory, MOST_KERNEL_BYTES } from '../../linux/bpf/kernel-memory.js';
import { VerifierError } from '../../linux/bpf/program.js';
import { isErrno } from '../../linux/errno.js';
import { KernelSymbols } from '../../symbols/live/kernel-symbols.js';
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

function explained(cause: unknown): unknown {
  const what = 'the memory of the kernel cannot be read';
  if (isErrno(cause, 'EPERM', 'EACCES'))
    return new KernelUnreadableError(`${what}: ${cause.message}`, {
      cause,
      hint: 'Run as root, or with CAP_BPF, CAP_PERFMON and, for the addresses in /proc/kallsyms and /proc/iomem, CAP_SYSLOG and CAP_SYS_ADMIN.',
    });
  if (isErrno(cause, 'ENOSYS', 'EINVAL'))
    return new KernelUnreadableError(`${what}: this kernel has no BPF for it`, {
      cause,
      hint: 'Linux 5.14 with CONFIG_BPF_SYSCALL is needed.',
    });
  if (!(cause instanceof VerifierError)) return cause;
  return new KernelUnreadableError(`${what}: ${cause.message}`, {
    cause,
    hint: 'Kernels before 5.14 cannot, and a kernel that is locked down (see /sys/kernel/security/lockdown) does not let anybody.',
  });
}
