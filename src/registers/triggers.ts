// Whether an access triggers a slot, as the processor decides it: addresses modulo 2^64, any common byte counts.
import { assertNever } from '../base/assert.js';
import type { SlotAccess } from './access.js';
import { comparedBytes } from './alignment.js';
import type { Dr7, PerSlot } from './dr7.js';
import type { SlotLength } from './lengths.js';

/** A slot's condition: its address register and its part of DR7. */
export interface SlotCondition {
  /** As in the address register: it need not be aligned. */
  readonly address: bigint;
  readonly access: SlotAccess;
  /** Bytes. Not looked at for `execute`, where anything but 1 is undefined. */
  readonly length: SlotLength;
}

/**
 * One access by an instruction. What reads and writes the same bytes is a `write`: a slot that sees reads sees writes too.
 * `execute` names the first byte of the instruction, prefixes included; `io` a port.
 */
export interface CpuAccess {
  readonly kind: 'read' | 'write' | 'execute' | 'io';
  readonly address: bigint;
  /** Bytes, any number; 0 touches nothing (a REP with count 0, R-041). */
  readonly size: number;
}

/** Whether `access` meets the condition of `slot`, were it enabled. */
export function slotTriggers(slot: SlotCondition, access: CpuAccess): boolean {
  if (!watchesFor(slot.access, access.kind)) return false;
  // a slot that points inside an instruction never triggers.
  if (slot.access === 'execute') return BigInt.asUintN(64, slot.address) === BigInt.asUintN(64, access.address);
  return shareBytes(slot, access);
}

/** B0 to B3 as they read in bits 0 to 3 of DR6 after `access`: enabled slots only, though processors may set others too. */
export function triggeredSlots(dr7: Dr7, addresses: PerSlot<bigint>, access: CpuAccess): number {
  let bits = 0;
  for (const [index, slot] of dr7.slots.entries()) {
    const address = addresses[index] ?? 0n;
    if (slot.enabled && slotTriggers({ address, access: slot.access, length: slot.length }, access)) bits |= 1 << index;
  }
  return bits;
}

function watchesFor(watched: SlotAccess, kind: CpuAccess['kind']): boolean {
  switch (watched) {
    case 'execute':
      return kind === 'execute';
    case 'write':
      return kind === 'write';
    case 'io':
      return kind === 'io';
    case 'readwrite':
      return kind === 'read' || kind === 'write';
    default:
      return assertNever(watched);
  }
}

/** Two runs of bytes on a circle have one in common when one of them starts inside the other. */
function shareBytes(slot: SlotCondition, access: CpuAccess): boolean {
  if (access.size <= 0) return false;
  const watched = comparedBytes(slot.address, slot.length);
  const intoWatched = BigInt.asUintN(64, access.address - watched.address);
  const intoAccess = BigInt.asUintN(64, watched.address - access.address);
  return intoWatched < BigInt(watched.length) || intoAccess < BigInt(access.size);
}
