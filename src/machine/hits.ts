// Which slots an access meets: the processor's comparison for every step of the explorer, without bigint and without garbage.
//
// registers/triggers.ts says the same for any 64-bit values; a property test holds the two together. Signed addresses (facility/linear.ts)
// make this short: -1 is followed by 0, so an access that wraps round the end of the address space needs no case of its own. An aligned
// slot never wraps.
import { type Linear, linearOf } from '../facility/linear.js';
import { fieldOf, isEnabled, lengthOfField } from '../facility/virtual/registers.js';
import type { Cpu } from './cpu-state.js';

/** What a data or I/O slot can see. What reads and writes the same bytes is a `write`: slots that see reads see writes too. */
export type DataAccess = 'read' | 'write' | 'io';

/** R/W bits. */
const EXECUTE = 0;
const IO = 2;
const READ_WRITE = 3;

/** B0 to B3: the enabled slots that an access of `length` bytes meets; `address` is canonical, or the port for `io`. */
export function dataHits(cpu: Cpu, access: DataAccess, address: Linear, length: number): number {
  // Most accesses happen with no slot enabled.
  if ((cpu.dr7 & 0xff) === 0) return 0;
  let bits = 0;
  for (let slot = 0; slot < 4; slot++) {
    if (isEnabled(cpu.dr7, slot) && sees(cpu, slot, access) && overlaps(cpu, slot, address, length)) bits |= 1 << slot;
  }
  return bits;
}

/** B0 to B3: slots that are not enabled and whose condition an access met all the same. */
export function disabledDataHits(cpu: Cpu, access: DataAccess, address: Linear, length: number): number {
  let bits = 0;
  for (let slot = 0; slot < 4; slot++) {
    if (!isEnabled(cpu.dr7, slot) && sees(cpu, slot, access) && overlaps(cpu, slot, address, length)) bits |= 1 << slot;
  }
  return bits;
}

/** B0 to B3: the enabled slots that name the first byte of the instruction at `address`. */
export function executeHits(cpu: Cpu, address: Linear): number {
  if ((cpu.dr7 & 0xff) === 0) return 0;
  let bits = 0;
  for (let slot = 0; slot < 4; slot++) {
    if (isEnabled(cpu.dr7, slot) && names(cpu, slot, address)) bits |= 1 << slot;
  }
  return bits;
}

/** B0 to B3: slots that are not enabled and name the instruction at `address`. */
export function disabledExecuteHits(cpu: Cpu, address: Linear): number {
  let bits = 0;
  for (let slot = 0; slot < 4; slot++) {
    if (!isEnabled(cpu.dr7, slot) && names(cpu, slot, address)) bits |= 1 << slot;
  }
  return bits;
}

/** Whether the slot's R/W bits ask for such an access; I/O slots exist with CR4.DE only. */
function sees(cpu: Cpu, slot: number, access: DataAccess): boolean {
  const readWrite = fieldOf(cpu.dr7, slot) & 3;
  switch (access) {
    case 'write':
      return (readWrite & 1) !== 0;
    case 'read':
      return readWrite === READ_WRITE;
    case 'io':
      return readWrite === IO && cpu.de;
  }
}

/** Whether any byte of the access lies in the slot's range. An address register that is not canonical gives NaN: false. */
function overlaps(cpu: Cpu, slot: number, address: Linear, length: number): boolean {
  if (length <= 0) return false;
  const width = lengthOfField(fieldOf(cpu.dr7, slot));
  const lo = cpu.dr[2 * slot] ?? 0;
  const start = linearOf((lo & -width) >>> 0, cpu.dr[2 * slot + 1] ?? 0);
  return address < start + width && start < address + length;
}

/** Whether the slot is an instruction breakpoint at `address`; LEN does not matter, other values than 0 are undefined. */
function names(cpu: Cpu, slot: number, address: Linear): boolean {
  return (fieldOf(cpu.dr7, slot) & 3) === EXECUTE && linearOf(cpu.dr[2 * slot] ?? 0, cpu.dr[2 * slot + 1] ?? 0) === address;
}
