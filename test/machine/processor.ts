// A processor with slots and a thread on it, in the few words that tests of instructions need.
import fc from 'fast-check';
import { type CpuModel, DEFAULT_MODEL, moveToDr, newCpu } from '../../src/machine/cpu.js';
import type { Context, Cpu, Outcome } from '../../src/machine/cpu-state.js';
import { execute } from '../../src/machine/execute.js';
import { type Memory, type MemoryLayout, newMemory, readMemory, writeMemory } from '../../src/machine/memory.js';
import { INSTRUCTION_BYTES, type Instruction } from '../../src/machine/program.js';
import {
  DR7_RESET,
  type Dr7SlotFields,
  decodeDr7,
  encodeDr7,
  perSlot,
  type SlotAccess,
  type SlotLength,
} from '../../src/registers/index.js';

/** Where programs begin. */
export const CODE = 0x40_1000;
/** Where {@link DATA_BYTES} bytes of 0 begin. */
export const DATA = 0x40_4000;
export const DATA_BYTES = 256;
/** A slot's bit in DR6, by number. */
export const B = [1, 2, 4, 8] as const;
/** BS. */
export const STEP = 0x4000;
export const NOP: Instruction = { op: 'nop' };

/** What a slot watches. */
export interface Watch {
  readonly at: number | bigint;
  readonly access: SlotAccess;
  readonly length?: SlotLength;
  /** Neither L nor G. */
  readonly disabled?: boolean;
}

/** A processor on which slot n watches the nth of `watches`. */
export function cpuWatching(...watches: readonly Watch[]): Cpu {
  const cpu = newCpu();
  for (const [slot, { at }] of watches.entries()) {
    const address = BigInt.asUintN(64, BigInt(at));
    moveToDr(cpu, slot, Number(address & 0xffff_ffffn), Number(address >> 32n));
  }
  const fields = (slot: number): Dr7SlotFields => {
    const watch = watches[slot];
    const global = watch !== undefined && watch.disabled !== true;
    return { local: false, global, access: watch?.access ?? 'execute', length: watch?.length ?? 1 };
  };
  moveToDr(cpu, 7, Number(encodeDr7({ ...decodeDr7(DR7_RESET), slots: perSlot(fields) })), 0);
  return cpu;
}

/** A thread's registers at the start of a program. */
export function newContext(changes: Partial<Context> = {}): Context {
  return { pc: CODE, tf: false, rf: false, shadow: false, held: 0, rep: 0, passes: 0, calls: [], ...changes };
}

/** A thread that runs a program on one processor; nobody handles what it raises. */
export class Thread {
  readonly context: Context;
  readonly layout: MemoryLayout = { regions: [{ name: 'data', address: DATA, length: DATA_BYTES, value: 0 }] };
  readonly memory: Memory = newMemory(this.layout);
  readonly cpu: Cpu;
  readonly model: CpuModel;

  constructor(cpu: Cpu, context: Partial<Context> = {}, model: Partial<CpuModel> = {}) {
    this.cpu = cpu;
    this.context = newContext(context);
    this.model = { ...DEFAULT_MODEL, ...model };
  }

  /** Executes one instruction, wherever `pc` is. */
  run(instruction: Instruction): Outcome {
    return execute(this.cpu, this.context, this, instruction);
  }

  /** Executes instructions one after the other, each once. */
  runAll(...instructions: readonly Instruction[]): Outcome[] {
    return instructions.map((instruction) => this.run(instruction));
  }

  /** Executes a repeated instruction to its end. */
  repeat(instruction: Instruction): Outcome[] {
    const outcomes = [this.run(instruction)];
    while (outcomes.at(-1)?.kind === 'repeating') outcomes.push(this.run(instruction));
    return outcomes;
  }

  /** Instructions from the start of the program to `pc`. */
  get index(): number {
    return (this.context.pc - CODE) / INSTRUCTION_BYTES;
  }

  peek(at: number, length: number): number | null {
    return readMemory(this.memory, this.layout, at, length);
  }

  poke(at: number, length: number, value: number): void {
    writeMemory(this.memory, this.layout, { at, length, value });
  }
}

/** DR6 bits of an outcome; -1 for an exception, which has none. */
export function bitsOf(outcome: Outcome): number {
  return outcome.kind === 'exception' ? -1 : outcome.dr6;
}

/** Slots that watch some of the first 64 bytes of the data. */
export const dataWatches: fc.Arbitrary<readonly Watch[]> = fc.array(
  fc.record({
    at: fc.nat({ max: 63 }).map((offset) => DATA + offset),
    access: fc.constantFrom<SlotAccess[]>('write', 'readwrite'),
    length: fc.constantFrom<SlotLength[]>(1, 2, 4, 8),
  }),
  { minLength: 1, maxLength: 4 },
);

/** How every property of the machine is tried; the seed is printed where one fails. */
export const PROPERTY = { seed: 20070222, numRuns: 500 } as const;
