// Accesses of plain and of read-modify-write instructions: what they touch, and what they leave in memory.
import { dataHits } from './cpu.js';
import type { Cpu } from './cpu-state.js';
import { isMapped, type Memory, type MemoryLayout, readMemory, writeMemory } from './memory.js';
import type { Instruction } from './program.js';

/** An address space. */
export interface Space {
  readonly memory: Memory;
  readonly layout: MemoryLayout;
}

/** An instruction that touches data and changes none. */
export type Touching = Extract<Instruction, { readonly op: 'load' | 'mov-ss' | 'clflush' | 'io' }>;
/** An instruction that writes. */
export type Writing = Extract<Instruction, { readonly op: 'store' | 'add' | 'xchg' | 'cmpxchg' }>;

/** Bytes of a cache line. */
const LINE = 64;
/** An SS selector. */
const SELECTOR = 2;

/** B bits of the slots that `instruction` meets; null for a page fault. */
export function touchData(cpu: Cpu, { layout }: Space, instruction: Touching): number | null {
  switch (instruction.op) {
    case 'load':
      return isMapped(layout, instruction.at, instruction.length) ? dataHits(cpu, 'read', instruction.at, instruction.length) : null;
    case 'mov-ss':
      return isMapped(layout, instruction.at, SELECTOR) ? dataHits(cpu, 'read', instruction.at, SELECTOR) : null;
    case 'clflush':
      // It counts as a read of the line: only readwrite slots see it.
      return dataHits(cpu, 'read', instruction.at - (((instruction.at % LINE) + LINE) % LINE), LINE);
    case 'io':
      return dataHits(cpu, 'io', instruction.port, instruction.length);
  }
}

/** As {@link touchData}, with the write done: a hit never undoes it. A failing CMPXCHG counts as a write. */
export function readAndWrite(cpu: Cpu, { memory, layout }: Space, instruction: Writing): number | null {
  const { at, length } = instruction;
  const before = readMemory(memory, layout, at, length);
  if (before === null) return null;
  const value = valueAfter(instruction, before);
  if (value !== before) writeMemory(memory, layout, { at, length, value });
  return dataHits(cpu, 'write', at, length);
}

function valueAfter(instruction: Writing, before: number): number {
  switch (instruction.op) {
    case 'store':
    case 'xchg':
      return instruction.value;
    case 'add':
      return (before + instruction.value) % 256 ** instruction.length;
    case 'cmpxchg':
      return before === instruction.expected ? instruction.value : before;
  }
}
