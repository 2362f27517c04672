// Casts: the same memory or address, with another type.
import type { Type } from '../symbols/types.js';
import { BadCastError } from './errors.js';
import { direct, type Part, type WalkContext } from './part.js';
import { behindReferences, POINTER_SIZE } from './pointers.js';
import type { TypeName } from './type-name.js';

/**
 * `(type)part`. A number becomes a pointer; an array, where a pointer is wanted, the address of its first element; memory keeps its place
 * where the sizes are equal, or where nobody knew its type. Throws UnknownTypeError, BadCastError, and what reading references throws.
 */
export function cast(from: Part, to: TypeName, context: WalkContext): Part {
  const type = context.typeNamed(to);
  const part = behindReferences(from, context);
  const written = { display: `(${to.text})${part.display}`, prefixed: true } as const;
  const toPointer = direct(type).kind === 'pointer';
  if (part.kind === 'value') {
    if (toPointer || (part.type !== null && type.size === POINTER_SIZE)) return { ...part, type, ...written };
    throw new BadCastError(part.display, to.text, `Memory at an address is written *(${to.text} *)${part.display}.`);
  }
  const known = part.type === null ? null : direct(part.type);
  if (known?.kind === 'array' && toPointer) return { kind: 'value', value: part.address, type, ...written };
  if (part.bits === null && (known === null || sameSize(known, type))) return { ...part, type, ...written };
  throw new BadCastError(part.display, to.text, `To see its memory as something else: *(${to.text} *)&${part.display}.`);
}

function sameSize(a: Type, b: Type): boolean {
  return a.size === b.size && a.size > 0;
}
