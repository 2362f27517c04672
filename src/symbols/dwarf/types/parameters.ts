// The types that a class template or generic type was made with.
import type { Type } from '../../types.js';
import { At } from '../codes/attributes.js';
import { Tag } from '../codes/tags.js';
import type { Die } from '../dies/die.js';
import type { MemberContext } from './members.js';

/** In the order of the source; values that are arguments too are left out. Throws DwarfError. */
export function readParameters(die: Die, context: MemberContext): Type[] {
  const types: Type[] = [];
  for (const child of die.children()) if (child.tag === Tag.templateTypeParameter) types.push(context.typeOf(child.reference(At.type)));
  return types;
}
