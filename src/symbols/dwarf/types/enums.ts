// Enumerations.
import type { Type } from '../../types.js';
import { At } from '../codes/attributes.js';
import { Tag } from '../codes/tags.js';
import type { Die } from '../dies/die.js';
import { openBits, readConstant } from '../forms/values.js';
import { stripAliases } from './aliases.js';
import { isSigned } from './bases.js';
import { nameOf } from './names.js';

/** The enumeration that `die` describes. Of several names for one value the first is kept. Throws DwarfError. */
export function enumType(die: Die): Type {
  const underlying = stripAliases(die.reference(At.type));
  const size = die.unsigned(At.byteSize) ?? underlying?.unsigned(At.byteSize) ?? 0;
  const hasSign = underlying !== null && isSigned(underlying);
  const members = new Map<bigint, string>();
  let negative = false;
  for (const child of die.children()) {
    if (child.tag !== Tag.enumerator) continue;
    const value = readValue(child, hasSign ? size * 8 : 0);
    if (value === null) continue;
    if (value < 0n) negative = true;
    if (!members.has(value)) members.set(value, child.name() ?? '');
  }
  // Where no underlying type is given (before DWARF 3), a negative value shows the sign.
  return { kind: 'enum', name: nameOf(die), size, signed: underlying === null ? negative : hasSign, members };
}

/** `signBits`: a value of a form without sign that fills these bits is a negative one where its top bit is set. */
function readValue(die: Die, signBits: number): bigint | null {
  const attribute = die.attribute(At.constValue);
  const value = attribute === null ? null : readConstant(die.unit, attribute);
  if (attribute === null || value === null) return null;
  const bits = openBits(attribute);
  return bits > 0 && bits === signBits ? BigInt.asIntN(bits, value) : value;
}
