// Where per-CPU variables are, in a kernel that hides its variables: measured by what the kernel shows a BPF program.
//
// A BPF per-CPU array holds one address for all CPUs (bpf_array.pptrs), and a program is told where each CPU's copy is: the difference is that
// CPU's offset. One per-CPU variable, this_cpu_off, holds just this offset; BTF says how far it is from the start of its section. So the
// section begins where each CPU's copy of it holds what it must: that is looked for in all pages of the kernel's image, and at 0, where
// kernels before 6.15 number the section from.
import { PerCpuProbe } from '../../linux/bpf/per-cpu.js';
import { viewOf } from '../elf/elf-reader.js';
import type { Type } from '../types.js';
import type { KernelSymbols } from './kernel-symbols.js';
import type { KernelTypes } from './kernel-types.js';

/** What measuring takes. */
export interface Measuring {
  readonly symbols: Pick<KernelSymbols, 'find'>;
  readonly types: Pick<KernelTypes, 'typeNamed' | 'variables'>;
  readonly cpus: readonly number[];
  read(address: bigint, length: number): Uint8Array | null;
}

/** How a probe answers: {@link PerCpuProbe}. */
export type AskProbe = (cpu: number) => { readonly copy: bigint; readonly map: bigint } | null;

const PAGE = 4096n;
/** The image with its init part; sections are aligned to pages. */
const MOST_IMAGE = 256n << 20n;
const DEEPEST = 4;

/** Both are measured when first asked for. Never throws: what cannot be measured is null. */
export class MeasuredPerCpu {
  readonly #parts: Measuring;
  readonly #ask: AskProbe;
  readonly #offsets = new Map<number, bigint | null>();
  #start: bigint | null | undefined;

  constructor(parts: Measuring, ask: AskProbe = askOnce) {
    this.#parts = parts;
    this.#ask = ask;
  }

  /** Address of the section's start, as symbols have it: without a CPU's offset. */
  start(): bigint | null {
    if (this.#start === undefined) this.#start = this.#findStart();
    return this.#start;
  }

  /** What to add for `cpu`'s copies. */
  offset(cpu: number): bigint | null {
    let offset = this.#offsets.get(cpu);
    if (offset === undefined) {
      offset = this.#measure(cpu);
      this.#offsets.set(cpu, offset);
    }
    return offset;
  }

  #measure(cpu: number): bigint | null {
    const at = offsetOf(this.#parts.types.typeNamed('struct bpf_array'), 'pptrs');
    const told = at === null ? null : this.#ask(cpu);
    const shared = told === null || at === null ? null : this.#word(told.map + BigInt(at));
    return told === null || shared === null ? null : BigInt.asUintN(64, told.copy - shared);
  }

  #findStart(): bigint | null {
    const own = this.#parts.types.variables('this_cpu_off').find(({ section }) => section === '.data..percpu');
    const offsets = this.#parts.cpus.map((cpu) => this.offset(cpu)).filter((offset) => offset !== null);
    if (own === undefined || offsets.length === 0) return null;
    const holds = (start: bigint) =>
      offsets.every((offset) => this.#word(BigInt.asUintN(64, start + BigInt(own.offset) + offset)) === offset);
    if (holds(0n)) return 0n;
    const image = this.#parts.symbols.find('_text')[0]?.address;
    if (image === undefined) return null;
    for (let start = image; start < image + MOST_IMAGE; start += PAGE) if (holds(start)) return start;
    return null;
  }

  #word(address: bigint): bigint | null {
    const bytes = this.#parts.read(address, 8);
    return bytes === null ? null : viewOf(bytes).getBigUint64(0, true);
  }
}

/** Bytes from the start of `type` to its member, be it in an unnamed part. */
function offsetOf(type: Type | null, name: string, depth = 0): number | null {
  if (type === null || (type.kind !== 'struct' && type.kind !== 'union') || depth > DEEPEST) return null;
  for (const member of type.members) {
    if (member.name === name) return member.offset;
    const inner = member.name === '' ? offsetOf(member.type(), name, depth + 1) : null;
    if (inner !== null) return member.offset + inner;
  }
  return null;
}

/** Where BPF is not to be had nothing can be measured. */
function askOnce(cpu: number): ReturnType<AskProbe> {
  try {
    using probe = new PerCpuProbe();
    return probe.ask(cpu);
  } catch {
    return null;
  }
}
