// Where a scenario's memory and programs lie: its names as addresses.
//
//   0x400000  programs, each on a page of its own          -0x800000000000 + 0x1000   kernel memory
//   0x601000  memory of every process, 16 bytes apart      (0xffff800000001000)
import { type Linear, linearOfU64 } from '../facility/linear.js';
import { INSTRUCTION_BYTES } from '../machine/program.js';
import type { AddressText, RangeText } from './address.js';
import type { ProgramText } from './program-text.js';
import type { MemoryText, Scenario } from './scenario.js';

const FIRST_PROGRAM = 0x40_0000;
const FIRST_MEMORY = 0x60_1000;
const FIRST_KERNEL_MEMORY = -(2 ** 47) + 0x1000;
const PAGE = 0x1000;
const APART = 16;

/** A region with a name. */
export interface Region {
  readonly name: string;
  readonly kernel: boolean;
  readonly at: Linear;
  readonly length: number;
}

/** Addresses of everything with a name. */
export interface Layout {
  readonly regions: readonly Region[];
  /** Base of each program, in the order of the scenario. */
  readonly bases: readonly Linear[];
  /** `label` where one program has it, and `program.label`. */
  readonly labels: ReadonlyMap<string, Linear>;
}

/** Lays `scenario` out. */
export function layOut(scenario: Pick<Scenario, 'memories' | 'programs'>): Layout {
  const bases = placePrograms(scenario.programs);
  return { regions: placeMemory(scenario.memories), bases, labels: placeLabels(scenario.programs, bases) };
}

function placePrograms(programs: readonly ProgramText[]): Linear[] {
  let next = FIRST_PROGRAM;
  return programs.map(({ at, code }) => {
    if (at !== null) return linearOfU64(at);
    const base = next;
    next += Math.max(1, Math.ceil((code.length * INSTRUCTION_BYTES) / PAGE)) * PAGE;
    return base;
  });
}

function placeMemory(memories: readonly MemoryText[]): Region[] {
  const next = { user: FIRST_MEMORY, kernel: FIRST_KERNEL_MEMORY };
  return memories.map(({ name, kernel, at, length }) => {
    if (at !== null) return { name, kernel, at: linearOfU64(at), length };
    const half = kernel ? 'kernel' : 'user';
    const placed = next[half];
    next[half] += Math.ceil(length / APART) * APART;
    return { name, kernel, at: placed, length };
  });
}

function placeLabels(programs: readonly ProgramText[], bases: readonly Linear[]): Map<string, Linear> {
  const labels = new Map<string, Linear>();
  const several = new Set<string>();
  programs.forEach((program, number) => {
    const base = bases[number] ?? 0;
    labels.set(program.name, base);
    for (const { name, index } of program.labels) {
      const address = base + index * INSTRUCTION_BYTES;
      labels.set(`${program.name}.${name}`, address);
      if (labels.has(name)) several.add(name);
      labels.set(name, address);
    }
  });
  for (const name of several) labels.delete(name);
  return labels;
}

/** The address; null where its name is unknown. NaN for one that is not canonical. */
export function addressIn(layout: Layout, address: AddressText): Linear | null {
  switch (address.kind) {
    case 'number':
      return linearOfU64(address.value);
    case 'name': {
      const region = layout.regions.find(({ name }) => name === address.name);
      return region === undefined ? null : region.at + address.offset;
    }
    case 'label': {
      const label = layout.labels.get(address.name);
      return label === undefined ? null : label + address.offset;
    }
  }
}

/** Longest access of one instruction, and longest breakpoint. */
export const MOST_ACCESS = 8;

/** Bytes of `range`: those it says, or those of the memory named, or one at a label. Null where that cannot be told. */
export function lengthIn(layout: Layout, { address, length }: RangeText): number | null {
  if (length !== null) return length;
  if (address.kind === 'label') return 1;
  if (address.kind === 'number' || address.offset !== 0) return null;
  const region = layout.regions.find(({ name }) => name === address.name);
  return region === undefined || region.length > MOST_ACCESS ? null : region.length;
}
