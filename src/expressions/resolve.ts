// From an expression to the memory it names in a process.
import { assertNever } from '../base/assert.js';
import { as, type VirtualAddress } from '../base/brand.js';
import type { Type } from '../symbols/types.js';
import { type Candidate, placeKey } from './candidate.js';
import { isCode, type Want } from './choose.js';
import { displayed } from './display.js';
import { NoTypeError, NotAFunctionError, UnknownSizeError, UnreadablePointerError } from './errors.js';
import {
  type AddressExpression,
  type Expression,
  type NameExpression,
  type PathStep,
  qualified,
  type RegisterExpression,
} from './expression.js';
import { findName } from './find-name.js';
import { withBases } from './members.js';
import { parseExpression } from './parse.js';
import type { Followed, Part, Place, WalkContext } from './part.js';
import { located } from './part-error.js';
import { registerValue } from './registers.js';
import type { Memory, SymbolScope } from './scope.js';
import { addressOfCode, find, notAVariable, startAt } from './start.js';
import { typeNamed } from './type-lookup.js';
import { placeOf, step } from './walk.js';

export interface ResolveOptions {
  /** What is wanted: memory to be watched (the default), or code. */
  readonly want?: Want;
  /** Size of a bare address, bytes, where another command option gives it. */
  readonly addressSize?: number;
  /** The memory of the process; without it pointers and references cannot be followed. */
  readonly memory?: Memory | null;
  /** Registers of the thread whose frame is meant, by name (`rsp`), where one stands still; null for one it does not have. */
  readonly registers?: ((name: string) => bigint | null) | null;
  /** What the name stands for, where it is that of a local variable of a frame: looked up by the caller. */
  readonly local?: { readonly address: bigint; readonly type: Type | null } | undefined;
  /** Gets what {@link Resolved.followed} says, as it is read: also where the way then breaks off, and an error is thrown. */
  readonly followed?: Followed[] | undefined;
}

/** What an expression names. */
export interface Resolved {
  readonly kind: 'variable' | 'function' | 'address';
  readonly address: VirtualAddress;
  /** Bytes, at least 1; 1 for a function. */
  readonly size: number;
  /** null for addresses, functions, and variables without debug information or with a typed length. */
  readonly type: Type | null;
  /** For a bit-field: its bits from `address` on (little-endian numbering). `size` holds all of them. */
  readonly bits: { readonly offset: number; readonly width: number } | null;
  /** Base name of the module, or null for an address. */
  readonly module: string | null;
  /** Source file as recorded, or null. */
  readonly file: string | null;
  /** The expression in full, to be typed again: with the library, and with the source file of what is static. */
  readonly display: string;
  /** Pointers that were read to get there, in order, with what they held: while they hold the same, the expression means the same. */
  readonly followed: readonly Followed[];
}

/** Throws ExpressionError and the errors of errors.ts. */
export function resolve(text: string, scope: SymbolScope, options: ResolveOptions = {}): Resolved {
  return resolveExpression(parseExpression(text), scope, options);
}

/** {@link resolve} of an expression already parsed. */
export function resolveExpression(expression: Expression, scope: SymbolScope, options: ResolveOptions = {}): Resolved {
  return located(expression.text, expression.position, () => {
    switch (expression.kind) {
      case 'name':
        return resolveName(expression, scope, options);
      case 'address':
        return resolveAddress(expression, scope, options);
      case 'register': {
        const start = registerPart(expression, scope, options);
        return finish(start, { expression, path: expression.path, origin: NOWHERE }, contextOf(scope, options));
      }
      default:
        return assertNever(expression);
    }
  });
}

/** What gdb takes general registers for. */
const LONG = { text: 'long', keyword: null, name: 'long', made: [] } as const;
const NOWHERE = { kind: 'address', module: null, file: null, size: 0 } as const;

function resolveAddress(expression: AddressExpression, scope: SymbolScope, options: ResolveOptions): Resolved {
  const { address, length, path, text } = expression;
  const { want = 'data', addressSize } = options;
  const digits = `0x${address.toString(16)}`;
  if (path.length > 0) {
    const start: Part = { kind: 'value', value: address, type: null, display: digits, prefixed: false };
    return finish(start, { expression, path, origin: NOWHERE }, contextOf(scope, options));
  }
  return {
    kind: 'address',
    address: as<VirtualAddress>(address),
    size: want === 'code' ? 1 : (length ?? addressSize ?? naturalSize(address)),
    type: null,
    bits: null,
    module: null,
    file: null,
    display: text,
    followed: [],
  };
}

/** The largest of 8, 4, 2 and 1 that the address is a multiple of: what one debug register can cover. */
function naturalSize(address: bigint): number {
  return [8, 4, 2].find((size) => address % BigInt(size) === 0n) ?? 1;
}

function resolveName(expression: NameExpression, scope: SymbolScope, options: ResolveOptions): Resolved {
  const { want = 'data', local } = options;
  if (local !== undefined) {
    const start: Place = { kind: 'place', ...local, bits: null, display: qualified(expression), prefixed: false };
    const origin = { kind: 'variable', module: null, file: expression.file, size: 0 } as const;
    return finish(start, { expression, path: expression.path, origin }, contextOf(scope, options));
  }
  const { candidate, path } = find(expression, scope, want);
  const base = displayed(candidate);
  if (isCode(candidate) && (want === 'data' || path.length > 0)) throw notAVariable(candidate, expression, scope);
  if (isCode(candidate)) return code(candidate, base);
  if (want === 'code') throw new NotAFunctionError(base);
  const start = startAt(candidate, expression, scope);
  const [first] = path;
  if (start.type === null && first !== undefined && first.kind !== 'cast' && first.kind !== 'address')
    throw new NoTypeError(base, candidate.module);
  const { module, file, size } = candidate;
  return finish(start, { expression, path, origin: { kind: 'variable', module: module.name, file, size } }, contextOf(scope, options));
}

function contextOf(scope: SymbolScope, { memory = null, followed = [], registers = null }: ResolveOptions): WalkContext {
  return {
    memory,
    followed,
    typeNamed: (name) => typeNamed(scope, name),
    staticMember: (type, member) => staticMember(type, member, scope),
    partOf: (expression) => partOf(expression, scope, { memory, followed, registers }),
  };
}

/** An expression within another: the names of the program, whatever frame the outer one is of. */
function partOf(expression: Expression, scope: SymbolScope, options: ResolveOptions): Part {
  return located(expression.text, expression.position, () => {
    const { start, path } = beginning(expression, scope, options);
    return walked(start, { ...expression, path }, contextOf(scope, options));
  });
}

function beginning(
  expression: Expression,
  scope: SymbolScope,
  options: ResolveOptions,
): { readonly start: Part; readonly path: readonly PathStep[] } {
  const { path } = expression;
  switch (expression.kind) {
    case 'address':
      return {
        start: { kind: 'value', value: expression.address, type: null, display: `0x${expression.address.toString(16)}`, prefixed: false },
        path,
      };
    case 'register':
      return { start: registerPart(expression, scope, options), path };
    case 'name': {
      const found = find(expression, scope, 'data');
      if (isCode(found.candidate)) throw notAVariable(found.candidate, expression, scope);
      return { start: startAt(found.candidate, expression, scope), path: found.path };
    }
    default:
      return assertNever(expression);
  }
}

function registerPart({ register }: RegisterExpression, scope: SymbolScope, options: ResolveOptions): Part {
  const value = registerValue(register, options.registers ?? null);
  return { kind: 'value', value, type: typeNamed(scope, LONG), display: `$${register}`, prefixed: false };
}

/** Makes the steps. */
function walked(start: Part, { text, path }: Pick<Expression, 'text' | 'path'>, context: WalkContext): Part {
  let part = start;
  for (const to of path) part = located(text, to.position, () => step(part, to, context));
  return part;
}

/** `object.count` where `count` is static: the variable `Class::count`, or that of a base class. */
function staticMember(type: Type, member: string, scope: SymbolScope): Place | null {
  for (const { name: owner, kind } of withBases(type)) {
    if (owner === '' || kind !== 'struct') continue;
    const text = `${owner}::${member}`;
    const wanted = { text, position: 0, module: null, file: null, scopes: [owner], name: member, thread: null, path: [], length: null };
    const expression: NameExpression = { kind: 'name', ...wanted };
    const candidate = findName(expression, expression, { scope, want: 'data' });
    if (candidate !== null && !isCode(candidate) && placeKey(candidate) !== null) return startAt(candidate, expression, scope);
  }
  return null;
}

interface Way {
  readonly expression: Expression;
  readonly path: readonly PathStep[];
  /** `size`: what the symbol says, where no step is made. */
  readonly origin: Pick<Resolved, 'module' | 'file'> & { readonly kind: 'variable' | 'address'; readonly size: number };
}

/** What pointers lead to must be there: before the loader has set them, they may hold anything. */
function reachable(place: Place, { memory, followed }: WalkContext): Place {
  if (followed.length === 0 || memory === null || memory.read(place.address, 1) !== null) return place;
  throw new UnreadablePointerError(place.display, place.address);
}

/** Makes the steps, and takes the memory they lead to. */
function finish(start: Part, { expression, path, origin }: Way, context: WalkContext): Resolved {
  const { text, length } = expression;
  const part = walked(start, { text, path }, context);
  const end = path.at(-1)?.position ?? expression.position;
  const { address, type, bits, display } = located(text, end, () => reachable(placeOf(part, context), context));
  const known = (bits === null ? type?.size : Math.ceil((bits.offset + bits.width) / 8)) || (path.length === 0 ? origin.size : 0);
  const size = length ?? known;
  if (size === 0) throw new UnknownSizeError(display);
  return {
    kind: origin.kind,
    address: as<VirtualAddress>(BigInt.asUintN(64, address)),
    size,
    type: length === null || length === type?.size ? type : null,
    bits: length === null ? bits : null,
    module: origin.module,
    file: origin.file,
    display: length === null ? display : `${display}:${length}`,
    followed: context.followed,
  };
}

function code(candidate: Candidate, base: string): Resolved {
  const { module, file } = candidate;
  const address = as<VirtualAddress>(addressOfCode(candidate, base));
  return { kind: 'function', address, size: 1, type: null, bits: null, module: module.name, file, display: base, followed: [] };
}
