// Numbers in expressions: variables as indices, and pointers that something is added to. What is read for it counts as read on the way: when it
// changes, the expression means something else.
import type { Type } from '../symbols/types.js';
import { BadIndexError, NotAPointerError, VoidPointerError } from './errors.js';
import type { PathStep } from './expression.js';
import { described, direct, operand, type Part, type WalkContext } from './part.js';
import { behindReferences, pointerTo, pointerValue, readUnsigned } from './pointers.js';

type Offset = Extract<PathStep, { kind: 'offset' }>;

/** The whole number that a part is, or holds now. Throws BadIndexError for anything else, and what reading memory throws. */
export function numberIn(from: Part, context: WalkContext): number {
  const part = behindReferences(from, context);
  const value = part.kind === 'value' ? BigInt.asIntN(64, part.value) : held(part, context);
  if (value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER) return Number(value);
  throw new BadIndexError(`${part.display} is ${value}: that many elements there are nowhere`, 0, 'Look at its value.');
}

function held(part: Extract<Part, { kind: 'place' }>, context: WalkContext): bigint {
  const { address, display, bits } = part;
  const type = part.type === null ? null : direct(part.type);
  if (type === null || bits !== null || !isWhole(type))
    throw new BadIndexError(
      `${display}${type === null ? '' : ` (${described(type)})`} is no whole number`,
      0,
      'An index is a number, or a variable that holds one.',
    );
  const { size } = type;
  const target = readUnsigned(context, { address, size, display });
  context.followed.push({ address, size, target, display });
  const signed =
    type.kind === 'enum'
      ? type.signed
      : type.kind === 'base' && (type.encoding === 'signed' || (type.encoding === 'character' && type.signed !== false));
  return signed ? BigInt.asIntN(8 * size, target) : target;
}

function isWhole(type: Type): boolean {
  if (type.kind === 'enum') return type.size <= 8;
  return type.kind === 'base' && type.encoding !== 'float' && type.encoding !== 'other' && type.size <= 8;
}

/** `part + 3`, `part - i`: of a pointer or an array so many elements further, of a number so many more. */
export function offset(from: Part, { operator, by }: Offset, context: WalkContext): Part {
  const part = behindReferences(from, context);
  const addend = typeof by === 'number' ? { count: by, display: String(by) } : counted(context.partOf(by), context);
  const count = BigInt(operator === '+' ? addend.count : -addend.count);
  const written = { display: `(${part.display} ${operator} ${addend.display})`, prefixed: false } as const;
  const type = part.type === null ? null : direct(part.type);
  if (part.kind === 'place' && type?.kind === 'array') {
    const element = type.element();
    return { kind: 'value', value: part.address + count * BigInt(element.size), type: pointerTo(element), ...written };
  }
  if (type?.kind === 'pointer') {
    const target = type.target();
    if (target === null || target.size === 0) throw new VoidPointerError(part.display, type.name);
    return {
      kind: 'value',
      value: BigInt.asUintN(64, pointerValue(part, context) + count * BigInt(target.size)),
      type: part.type,
      ...written,
    };
  }
  if (part.kind === 'value') return { ...part, value: BigInt.asUintN(64, part.value + count), ...written };
  if (type === null || !isWhole(type)) throw new NotAPointerError(`${part.display}${type === null ? '' : ` (${described(type)})`}`, null);
  return { kind: 'value', value: BigInt.asUintN(64, BigInt(numberIn(part, context)) + count), type: null, ...written };
}

function counted(part: Part, context: WalkContext): { readonly count: number; readonly display: string } {
  return { count: numberIn(part, context), display: operand(part) };
}
