// Where a BPF program finds one CPU's copy of memory that every CPU has its own of: what tells how far CPUs' copies lie apart.
import { Assembler } from './assembler.js';
import { R0, R1, R2, R3, R6, R10 } from './instructions.js';
import { BpfMap, SharedArray } from './map.js';
import { BpfProgram } from './program.js';

// The array:  0 CPU u64 | 8 address of its copy u64 | 16 address of the map u64
const CPU_WORD = 0;
const COPY_WORD = 2;
const MAP_WORD = 4;
const BYTES = 24;

/** A per-CPU array with one element, as the kernel sees it. */
export class PerCpuProbe implements Disposable {
  readonly #copies: BpfMap;
  readonly #told: SharedArray;
  readonly #program: BpfProgram;

  /** Throws LinuxError and VerifierError (kernels before 5.19). */
  constructor() {
    this.#copies = new BpfMap({ type: 'perCpuArray', name: 'hwbkpt_copies', keySize: 4, valueSize: 8, entries: 1 });
    this.#told = new SharedArray('hwbkpt_told', BYTES);
    try {
      this.#program = new BpfProgram({ type: 'syscall', name: 'hwbkpt_copies', code: probe(this.#copies.fd, this.#told.fd) });
    } catch (error) {
      this.#told[Symbol.dispose]();
      this.#copies[Symbol.dispose]();
      throw error;
    }
  }

  /** Addresses of `cpu`'s copy, and of the map (struct bpf_array); null where there is no such CPU. Throws LinuxError. */
  ask(cpu: number): { readonly copy: bigint; readonly map: bigint } | null {
    this.#told.words[CPU_WORD] = cpu;
    this.#told.words[COPY_WORD] = 0;
    this.#told.words[COPY_WORD + 1] = 0;
    this.#program.run();
    const copy = this.#word(COPY_WORD);
    return copy === 0n ? null : { copy, map: this.#word(MAP_WORD) };
  }

  #word(index: number): bigint {
    const { words } = this.#told;
    return BigInt(words[index] ?? 0) | (BigInt(words[index + 1] ?? 0) << 32n);
  }

  [Symbol.dispose](): void {
    this.#program[Symbol.dispose]();
    this.#told[Symbol.dispose]();
    this.#copies[Symbol.dispose]();
  }
}

function probe(copies: number, told: number): Uint8Array {
  const code = new Assembler();
  const none = code.label();
  code.mapValue(R6, told);
  code.map(R1, copies);
  // Addresses are told to us as numbers, which takes the right to see them: CAP_PERFMON.
  code.store(8, { base: R6, offset: 4 * MAP_WORD }, R1);
  code.store(4, { base: R10, offset: -4 }, 0);
  code.move(R2, R10).compute('add', R2, -4);
  code.load(4, R3, { base: R6, offset: 4 * CPU_WORD });
  code.call('map_lookup_percpu_elem').jumpIf(R0, '==', 0, none);
  code.store(8, { base: R6, offset: 4 * COPY_WORD }, R0);
  code.place(none).exit(0);
  return code.assemble();
}
