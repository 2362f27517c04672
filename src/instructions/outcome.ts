// The few ways in which a result is filled in, and how two explanations of one hit are brought together.
import type { RebuiltAccess } from './sample.js';
import type { Word } from './word.js';

/** Back to `unknown` throughout. */
export function resetRebuilt(out: RebuiltAccess): void {
  out.kind = 'unknown';
  out.placeKnown = false;
  out.offset = 0;
  out.size = 0;
  out.lo = 0;
  out.hi = 0;
  out.source = 'registers';
  out.foundKnown = false;
  out.foundOffset = 0;
  out.foundSize = 0;
  out.foundLo = 0;
  out.foundHi = 0;
  out.oldDisproved = false;
  out.byReturn = false;
  out.instructionKnown = false;
  out.instructionLo = 0;
  out.instructionHi = 0;
}

/** Where the access was. Says nothing yet about what it did. */
export function setPlace(out: RebuiltAccess, offset: number, size: number): void {
  out.placeKnown = true;
  out.offset = offset;
  out.size = size;
}

/** The bytes at the place now hold `value`. */
export function setStore(out: RebuiltAccess, value: Word, source: RebuiltAccess['source']): void {
  out.kind = 'store';
  out.lo = value.lo;
  out.hi = value.hi;
  out.source = source;
}

/** The bytes at the place held `value` before. */
export function setFound(out: RebuiltAccess, value: Word): void {
  out.foundKnown = true;
  out.foundOffset = out.offset;
  out.foundSize = out.size;
  out.foundLo = value.lo;
  out.foundHi = value.hi;
}

/** The address of the instruction that did it. */
export function setInstruction(out: RebuiltAccess, lo: number, hi: number): void {
  out.instructionKnown = true;
  out.instructionLo = lo;
  out.instructionHi = hi;
}

/** Leaves in `out` what `out` and `other`, two explanations of one hit that both fit, have in common. False when they contradict each other. */
export function reconcile(out: RebuiltAccess, other: RebuiltAccess): boolean {
  if (out.kind !== other.kind || out.oldDisproved !== other.oldDisproved) return false;
  const samePlace = out.placeKnown === other.placeKnown && out.offset === other.offset && out.size === other.size;
  if (out.kind !== 'unchanged' && !samePlace) return false;
  if (out.kind === 'store' && (out.lo !== other.lo || out.hi !== other.hi)) return false;
  out.placeKnown &&= samePlace;
  out.foundKnown &&= sameFound(out, other);
  out.instructionKnown &&= other.instructionKnown && out.instructionLo === other.instructionLo && out.instructionHi === other.instructionHi;
  return true;
}

function sameFound(a: RebuiltAccess, b: RebuiltAccess): boolean {
  if (!b.foundKnown || a.foundOffset !== b.foundOffset || a.foundSize !== b.foundSize) return false;
  return a.foundLo === b.foundLo && a.foundHi === b.foundHi;
}
