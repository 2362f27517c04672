// Conditions that the kernel tests in the trap, where BPF may be used: a hit for which one does not hold costs the trap, and nobody is stopped.
//
// A program at a breakpoint that answers 0 keeps its event from everything else: no sample, no signal (bpf_overflow_handler, kernel/events/core.c; before
// Linux 6.9 the signal came all the same, and its stop finds nothing to tell).
import { type ArmOrder, u64OfLinear } from '../../facility/index.js';
import { BpfProgram, VerifierError } from '../../linux/bpf/index.js';
import { LinuxError } from '../../linux/errno.js';
import type { FilterMaker, KernelFilter } from '../events/kernel-filter.js';
import type { Handling } from '../handling.js';
import { Blocks } from './blocks.js';
import { filterProgram } from './hit-program.js';
import { ownPidNamespace } from './ids-code.js';
import type { ProgramPlan } from './plan.js';

/** Sizes of values that a program keeps whole. */
const SIZES = [1, 2, 4, 8];

/** Makes filters as long as the kernel takes them. */
export class KernelFilters implements FilterMaker {
  #blocks: Blocks | null = null;
  #isRefused = false;

  /** Null where there is nothing to test, or it has to be tested outside of the kernel. */
  make(order: ArmOrder, handling: Handling | null): KernelFilter | null {
    if (this.#isRefused || handling === null || handling.condition === null || !fits(order, handling)) return null;
    try {
      this.#blocks ??= new Blocks();
      return load(this.#blocks, order, handling);
    } catch (error) {
      if (!(error instanceof LinuxError) && !(error instanceof VerifierError)) throw error;
      // Without the privilege there will be none later either; a condition may also be too much for a program.
      this.#isRefused ||= error instanceof LinuxError;
      return null;
    }
  }
}

/** The value is all that is watched, by one register, in one process; and reading it is no hit. */
function fits({ access, length, address, inherit }: ArmOrder, { range, value }: Handling): boolean {
  const isWhole = value.offset === 0 && value.size === range.length && range.length === length && range.address === u64OfLinear(address);
  return access === 'write' && isWhole && SIZES.includes(length) && inherit !== 'children';
}

function load(blocks: Blocks, { access }: ArmOrder, { range, value, condition, start }: Handling): KernelFilter | null {
  const block = blocks.take();
  if (block === null) return null;
  const maps = { ring: -1, blocks: blocks.fd, stores: null, counts: null, stacks: null, lastValues: null };
  const plan: ProgramPlan = {
    ...{ maps, block, blockOffset: blocks.offsetOf(block), access, namespace: ownPidNamespace(), condition, memory: 'user', keep: 'each' },
    value: { rangeLength: range.length, ...value, memory: 'user', readsAreHits: false },
    ...{ reportsKernel: true, kernelFrames: 0, userFrames: 0, tellsCaller: false, tellsOrigin: false },
  };
  blocks.set(block, 'rangeAddress', range.address);
  blocks.set(block, 'valueAddress', range.address);
  if (start !== null) {
    blocks.set(block, 'lastValue', wordOf(start));
    blocks.set(block, 'lastKnown', 1n);
  }
  try {
    const program = new BpfProgram({ type: 'perfEvent', name: 'hwbkpt_filter', code: filterProgram(plan) });
    return new LoadedFilter(program, { blocks, block, length: range.length });
  } catch (error) {
    blocks.giveBack(block);
    throw error;
  }
}

interface FilterMemory {
  readonly blocks: Blocks;
  readonly block: number;
  /** Bytes of the value. */
  readonly length: number;
}

class LoadedFilter implements KernelFilter {
  readonly #program: BpfProgram;
  readonly #memory: FilterMemory;
  #tests = true;

  constructor(program: BpfProgram, memory: FilterMemory) {
    this.#program = program;
    this.#memory = memory;
  }

  get program(): number {
    return this.#program.fd;
  }

  get filtered(): number {
    return this.#memory.blocks.count(this.#memory.block, 'filtered');
  }

  get tests(): boolean {
    return this.#tests;
  }

  open(): void {
    this.#tests = false;
    this.#memory.blocks.set(this.#memory.block, 'counted', 1n);
  }

  before(): Uint8Array | null {
    const { blocks, block, length } = this.#memory;
    if (blocks.count(block, 'passedOldKnown') === 0) return null;
    return new Uint8Array(blocks.halves(block, 'passedOld').buffer, 0, length);
  }

  /** Events that it is attached to keep the program, and so the block is not used again. */
  [Symbol.dispose](): void {
    this.#program[Symbol.dispose]();
  }
}

function wordOf(bytes: Uint8Array): bigint {
  return bytes.reduceRight((word, byte) => (word << 8n) | BigInt(byte), 0n);
}
