// What conditions may ask of a thread that stands at a hit, beside the value: other memory, and its registers.
import { joinU64 } from '../../base/u64.js';
import type { Moment } from '../../conditions/index.js';
import { REGISTER_NAMES } from '../../instructions/index.js';
import type { TraceeMemory } from './memory.js';

/** The registers of a stopped thread. */
export interface StoppedRegisters {
  /** In the layout of instructions/registers. */
  readonly registers: Uint32Array;
  readonly ipLo: number;
  readonly ipHi: number;
  /** The kernel made the access: then they are not those of code that did. */
  readonly kernel: boolean;
}

/** The thread of process `pid` as it stands. Valid until it goes on. */
export function momentOf(memory: TraceeMemory, pid: number, { registers, ipLo, ipHi, kernel }: StoppedRegisters): Moment {
  return {
    read: (address, length) => {
      const bytes = memory.copy(pid, address, length);
      // A copy: the reader uses its buffer again.
      return bytes.length === length ? bytes.slice() : null;
    },
    register: (name) => {
      if (kernel) return null;
      if (name === 'rip') return joinU64(ipLo, ipHi);
      const index = REGISTER_NAMES.findIndex((known) => known === name || `r${known}` === name);
      return index < 0 ? null : joinU64(registers[2 * index] ?? 0, registers[2 * index + 1] ?? 0);
    },
  };
}
