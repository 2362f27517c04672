// The dimensions of an array.
import { At } from '../codes/attributes.js';
import { defaultLowerBound } from '../codes/languages.js';
import { Tag } from '../codes/tags.js';
import type { Die } from '../dies/die.js';
import { openBits, readConstant } from '../forms/values.js';

/** Elements; null where the debug information does not say. */
export type Dimension = number | null;

/** Dimensions of the array type `die`, outermost first. Throws DwarfError. */
export function readDimensions(die: Die): Dimension[] {
  const dimensions: Dimension[] = [];
  for (const child of die.children()) {
    if (child.tag === Tag.subrangeType) dimensions.push(readDimension(child));
    else if (child.tag === Tag.enumerationType) dimensions.push(null);
  }
  return dimensions.length === 0 ? [null] : dimensions;
}

function readDimension(die: Die): Dimension {
  const count = die.constant(At.count);
  if (count !== null) return toCount(count);
  const upper = upperBound(die);
  if (upper === null) return null;
  const lower = die.constant(At.lowerBound) ?? defaultLowerBound(die.unit.language);
  return toCount(upper - lower + 1n);
}

/** Null where it is missing, or not a constant (arrays of variable length). */
function upperBound(die: Die): bigint | null {
  const attribute = die.attribute(At.upperBound);
  const value = attribute === null ? null : readConstant(die.unit, attribute);
  if (attribute === null || value === null) return null;
  // Compilers write the bound of an array of no elements, -1, in forms without a sign.
  const bits = openBits(attribute) || 64;
  return bits >= 32 && value === (1n << BigInt(bits)) - 1n ? -1n : value;
}

function toCount(count: bigint): Dimension {
  if (count < 0n) return null;
  return count <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(count) : null;
}
