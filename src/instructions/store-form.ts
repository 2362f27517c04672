// Plain stores: instructions whose value and address both follow from the registers after them by sums alone, so that a program in the
// kernel can tell what was stored without looking at memory.
import type { MemoryAccess } from './access-plan.js';
import type { Site } from './site.js';

/** One plain store. */
export interface StoreForm {
  /** Bytes: 1, 2, 4 or 8. */
  readonly size: number;
  /** Index in the layout of registers.ts, or -1: the immediate was stored. */
  readonly register: number;
  readonly immediateLo: number;
  readonly immediateHi: number;
  /** The address: base + index * scale + disp; -1 for no register. */
  readonly base: number;
  readonly index: number;
  readonly scale: number;
  readonly dispLo: number;
  readonly dispHi: number;
}

/** Finds the plain store that surely ended at an instruction pointer; null where it is something else. */
export type StoreLookup = (ipLo: number, ipHi: number) => StoreForm | null;

/** The plain store that a hit at `site` comes from, whatever its registers say; null where there are other explanations. */
export function plainStore({ only }: Site): StoreForm | null {
  if (only === null || only.kind !== 'accesses' || only.accesses.length !== 1) return null;
  const [access] = only.accesses;
  return access === undefined ? null : storeForm(access);
}

function storeForm({ address, size, verifiable, write }: MemoryAccess): StoreForm | null {
  if (!verifiable || address.narrow || address.step !== 0 || ![1, 2, 4, 8].includes(size)) return null;
  const { base, index, scale, dispLo, dispHi } = address;
  const where = { size, base, index, scale, dispLo, dispHi };
  if (write?.kind === 'immediate') return { ...where, register: -1, immediateLo: write.lo, immediateHi: write.hi };
  if (write?.kind !== 'register' || write.swapped || write.part.high) return null;
  return { ...where, register: write.part.register, immediateLo: 0, immediateHi: 0 };
}
