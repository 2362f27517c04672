// Types by the names people write in casts: the program's own, then its libraries', then C's.
import type { Type } from '../symbols/types.js';
import { builtinType, canonical } from './builtin-types.js';
import { UnknownTypeError } from './errors.js';
import { direct } from './part.js';
import { arrayOf, pointerTo } from './pointers.js';
import type { SymbolScope } from './scope.js';
import type { TypeName } from './type-name.js';

/** What `name` means in `scope`. Throws UnknownTypeError. */
export function typeNamed(scope: SymbolScope, name: TypeName): Type {
  return name.made.reduce((type, one) => (one === '*' ? pointerTo(type) : arrayOf(type, one)), lookUp(scope, name));
}

function lookUp(scope: SymbolScope, { name, keyword }: TypeName): Type {
  const plain = keyword === null ? canonical(name) : name;
  const builtin = keyword === null ? builtinType(plain) : null;
  // The program's `long` is C's, whatever else has that name.
  if (builtin !== null) return builtin;
  for (const module of scope.modules) {
    const found = (module.types?.(plain) ?? []).filter((type) => keyword === null || isA(type, keyword));
    const best = found.find(({ size }) => size > 0) ?? found[0];
    if (best !== undefined) return best;
  }
  const described = scope.modules.some(({ level }) => level === 'debug-info');
  const note = described ? '' : ': nothing of this program has debug information';
  throw new UnknownTypeError(keyword === null ? name : `${keyword} ${name}`, note);
}

function isA(type: Type, keyword: NonNullable<TypeName['keyword']>): boolean {
  return direct(type).kind === keyword && type.kind !== 'alias';
}
