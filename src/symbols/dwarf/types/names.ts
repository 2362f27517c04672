// Names of types as C and C++ write them, spelled like gdb's `whatis`: `const char *`, `int (*[3])(struct player *)`, `game::Unit &`.
import { At } from '../codes/attributes.js';
import { isC } from '../codes/languages.js';
import { isClassTag, Tag } from '../codes/tags.js';
import type { Die } from '../dies/die.js';
import { qualifiedName } from '../units/names.js';
import { isQualifier } from './aliases.js';
import { type Dimension, readDimensions } from './dimensions.js';

/** Types that one name may mention: function types can refer to each other without end. */
const MOST_PARTS = 100;

/** The name of a named type, with `struct`, `union` or `enum` in C; '' for anonymous ones. Throws DwarfError. */
export function nameOf(die: Die): string {
  // A unit in C has no scopes that names could be qualified with.
  const plainC = isC(die.unit.language);
  const name = plainC ? die.name() : qualifiedName(die);
  if (name === null) return '';
  const keyword = plainC ? keywordOf(die.tag) : '';
  return keyword === '' ? name : `${keyword} ${name}`;
}

/** The name of any type; null stands for void. Throws DwarfError. */
export function declare(die: Die | null): string {
  return new Declarator().of(die, '');
}

/** The name of the last `dimensions` of the array type `die`. Throws DwarfError. */
export function declareArray(die: Die, dimensions: readonly Dimension[]): string {
  return new Declarator().of(die.reference(At.type), arraySuffix(die, dimensions));
}

function keywordOf(tag: number): string {
  if (tag === Tag.structureType || tag === Tag.classType || tag === Tag.interfaceType) return 'struct';
  if (tag === Tag.unionType) return 'union';
  return tag === Tag.enumerationType ? 'enum' : '';
}

function arraySuffix(die: Die, dimensions: readonly Dimension[]): string {
  // What gcc calls a vector is an array of one dimension.
  if (die.flag(At.gnuVector)) return `__attribute__ ((vector_size(${dimensions[0] ?? ''})))`;
  return dimensions.map((count) => `[${count ?? ''}]`).join('');
}

/** Builds a declaration from the inside out: `inner` is what stands around the place of the declared name. */
class Declarator {
  #left = MOST_PARTS;

  of(die: Die | null, inner: string): string {
    if (this.#left-- <= 0) return '...';
    if (die === null) return this.#around('void', inner);
    if (isQualifier(die.tag)) return this.#qualified(die, inner);
    switch (die.tag) {
      case Tag.pointerType:
        return this.#pointer(die, '*', inner);
      case Tag.referenceType:
        return this.#pointer(die, '&', inner);
      case Tag.rvalueReferenceType:
        return this.#pointer(die, '&&', inner);
      case Tag.ptrToMemberType:
        return this.#pointer(die, `${this.of(die.reference(At.containingType), '')}::*`, inner);
      case Tag.arrayType:
        return this.#named(die, inner) ?? this.of(die.reference(At.type), inner + arraySuffix(die, readDimensions(die)));
      case Tag.subroutineType:
        return this.#named(die, inner) ?? this.of(die.reference(At.type), `${inner}(${this.#parameters(die)})`);
      default:
        return this.#named(die, inner) ?? this.#around(anonymous(die.tag), inner);
    }
  }

  /** Rust and Go name their pointers and arrays. */
  #named(die: Die, inner: string): string | null {
    const name = nameOf(die);
    return name === '' ? null : this.#around(name, inner);
  }

  #around(name: string, inner: string): string {
    return inner === '' ? name : `${name} ${inner}`;
  }

  #pointer(die: Die, sign: string, inner: string): string {
    const named = this.#named(die, inner);
    if (named !== null) return named;
    const target = die.reference(At.type);
    const bindsLess = target?.tag === Tag.arrayType || target?.tag === Tag.subroutineType;
    return this.of(target, bindsLess ? `(${sign}${inner})` : sign + inner);
  }

  #qualified(die: Die, inner: string): string {
    const words: string[] = [];
    let target: Die | null = die;
    while (target !== null && isQualifier(target.tag) && this.#left-- > 0) {
      words.push(WORDS.get(target.tag) ?? '');
      target = target.reference(At.type);
    }
    const word = [...new Set(words)].filter(Boolean).sort().join(' ');
    // What qualifies a pointer stands behind its star, everything else before the type.
    const behind = target !== null && isPointer(target.tag) && nameOf(target) === '';
    if (behind) return this.of(target, word === '' ? inner : ` ${word}${inner === '' || inner.startsWith('[') ? inner : ` ${inner}`}`);
    const plain = this.of(target, inner);
    // An array is qualified where its elements are, and some compilers say it of both.
    return word === '' || plain.startsWith(`${word} `) ? plain : `${word} ${plain}`;
  }

  #parameters(die: Die): string {
    const parameters: string[] = [];
    for (const child of die.children()) {
      if (this.#left <= 0) break;
      if (child.tag === Tag.formalParameter) parameters.push(this.of(child.reference(At.type), ''));
      else if (child.tag === Tag.unspecifiedParameters) parameters.push('...');
    }
    if (parameters.length > 0) return parameters.join(', ');
    return die.flag(At.prototyped) || !isC(die.unit.language) ? 'void' : '';
  }
}

/** gdb writes these words, in this order. */
const WORDS: ReadonlyMap<number, string> = new Map([
  [Tag.constType, 'const'],
  [Tag.volatileType, 'volatile'],
  [Tag.restrictType, 'restrict'],
  [Tag.atomicType, '_Atomic'],
]);

function isPointer(tag: number): boolean {
  return tag === Tag.pointerType || tag === Tag.referenceType || tag === Tag.rvalueReferenceType || tag === Tag.ptrToMemberType;
}

function anonymous(tag: number): string {
  if (tag === Tag.enumerationType) return 'enum {...}';
  if (tag === Tag.unionType) return 'union {...}';
  return isClassTag(tag) ? 'struct {...}' : '';
}
