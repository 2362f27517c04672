// The parameters and local variables that can be seen at an address: those of the blocks and inlined functions around it.
import type { FrameAccess, LocalPlace, LocalVariable } from '../../frame.js';
import type { Type } from '../../types.js';
import { At } from '../codes/attributes.js';
import { Tag } from '../codes/tags.js';
import type { Die } from '../dies/die.js';
import { readCodeRanges } from '../ranges/code-ranges.js';
import { functionName } from '../units/names.js';
import { placeIn } from './location.js';

/** Blocks within blocks; deeper nesting is taken as a sign of a broken file. */
const DEEPEST = 256;
/** Variables of one function; the largest real ones have some thousands. */
const MOST_VARIABLES = 20_000;
const UNKNOWN: LocalPlace = { kind: 'none', why: 'unknown' };

/** What makes types, and takes what is broken. */
export interface LocalsContext {
  readonly typeOf: (die: Die) => Type | null;
  readonly guard: <T>(what: () => string, fallback: T, read: () => T) => T;
}

/** Variables of `owner`, a function whose code contains `address` (a key), the innermost first. Throws DwarfError. */
export function localsOf(owner: Die, address: number, context: LocalsContext): readonly LocalVariable[] {
  const scopes: Die[][] = [];
  const names = new Map<number, string | null>();
  let count = 0;
  const walk = (scope: Die, name: string | null, depth: number): void => {
    const own: Die[] = [];
    scopes.push(own);
    for (const child of withInherited(scope)) {
      if (isVariable(child.tag)) {
        if (++count > MOST_VARIABLES) return;
        own.push(child);
        names.set(child.offset, name);
      } else if (depth < DEEPEST && isBlock(child.tag) && contains(child, address)) {
        walk(child, child.tag === Tag.inlinedSubroutine ? functionName(child) : name, depth + 1);
      }
    }
  };
  walk(owner, functionName(owner), 0);
  return scopes
    .reverse()
    .flat()
    .flatMap((die) => localOf(die, { owner, function: names.get(die.offset) ?? null, context }) ?? []);
}

function isVariable(tag: number): boolean {
  return tag === Tag.variable || tag === Tag.formalParameter;
}

function isBlock(tag: number): boolean {
  return (
    tag === Tag.lexicalBlock || tag === Tag.inlinedSubroutine || tag === Tag.tryBlock || tag === Tag.catchBlock || tag === Tag.withStmt
  );
}

/** The children of `scope`, and those variables of the scope that it is an instance of which it does not mention: they are optimised away. */
function* withInherited(scope: Die): Generator<Die> {
  const mentioned = new Set<number>();
  for (const child of scope.children()) {
    yield child;
    const origin = child.reference(At.abstractOrigin);
    if (origin !== null) mentioned.add(origin.offset);
  }
  const origin = scope.reference(At.abstractOrigin);
  for (const child of origin?.children() ?? []) if (isVariable(child.tag) && !mentioned.has(child.offset)) yield child;
}

function contains(block: Die, address: number): boolean {
  let found = false;
  const code = { low: block.attribute(At.lowPc), high: block.attribute(At.highPc), ranges: block.attribute(At.ranges) };
  readCodeRanges(block.unit, code, (low, high) => {
    found ||= low <= address && address < high;
  });
  return found;
}

interface Described {
  readonly owner: Die;
  readonly function: string | null;
  readonly context: LocalsContext;
}

/** Null for what has no name (unnamed parameters) and for what is only declared here (`extern int x;`). */
function localOf(die: Die, { owner, function: name, context }: Described): LocalVariable | null {
  const own = die.name();
  if (own === null || die.flag(At.declaration)) return null;
  return {
    name: own,
    isParameter: die.tag === Tag.formalParameter,
    function: name,
    type: () => context.typeOf(die),
    place: (frame: FrameAccess) =>
      context.guard(
        () => `place of ${own}`,
        UNKNOWN,
        () => placeIn(die, owner, frame),
      ),
  };
}
