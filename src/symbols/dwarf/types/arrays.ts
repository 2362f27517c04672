// Array types: one type per dimension, each with the next as its element.
import type { Type } from '../../types.js';
import { At } from '../codes/attributes.js';
import type { Die } from '../dies/die.js';
import { type Dimension, readDimensions } from './dimensions.js';
import { lazy } from './lazy.js';
import { declareArray, nameOf } from './names.js';

/** What making an array type takes from the others. */
export interface ArrayContext {
  typeOf(die: Die | null): Type;
  guard<T>(fallback: T, read: () => T): T;
}

/** The array type that `die` describes. Throws DwarfError. */
export function arrayType(die: Die, context: ArrayContext): Type {
  const element = lazy(() => context.guard(null, () => die.reference(At.type)));
  return dimension(readDimensions(die), { die, elementDie: element, context, own: nameOf(die) });
}

interface ArrayParts {
  readonly die: Die;
  readonly elementDie: () => Die | null;
  readonly context: ArrayContext;
  /** The name that the entry gives the array (Go does), else ''. */
  readonly own: string;
}

function dimension(dimensions: readonly Dimension[], parts: ArrayParts): Type {
  const [count = null, ...inner] = dimensions;
  const { context } = parts;
  const element = lazy(() =>
    inner.length === 0
      ? context.typeOf(parts.elementDie())
      : context.guard(context.typeOf(null), () => dimension(inner, { ...parts, own: '' })),
  );
  const size = lazy(() => {
    const bytes = (count ?? 0) * element().size;
    return Number.isSafeInteger(bytes) ? bytes : 0;
  });
  return {
    kind: 'array',
    name: parts.own || declareArray(parts.die, dimensions),
    get size() {
      return size();
    },
    count,
    element,
  };
}
