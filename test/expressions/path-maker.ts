// Expressions made from the variables of a program and their types: every member, some elements, pointers, slices, casts, addresses.
import type { Resolved } from '../../src/expressions/index.js';
import type { Type } from '../../src/symbols/types.js';

/** One expression in our words and in gdb's. */
export interface MadePath {
  readonly ours: string;
  readonly gdb: string;
}

const DEEPEST = 6;

/**
 * Up to `most` paths from `roots`, level by level, so that none of them gets all. `resolve` gives what a path means, null where that is an
 * error: it is asked for nothing more, but stays in the list.
 */
export function makePaths(roots: readonly MadePath[], most: number, resolve: (text: string) => Resolved | null): MadePath[] {
  const made = new Map<string, MadePath>();
  let level = roots;
  for (let depth = 0; depth < DEEPEST && level.length > 0 && made.size < most; depth++) {
    const next: MadePath[] = [];
    for (const path of level) {
      if (made.size >= most || made.has(path.ours)) continue;
      made.set(path.ours, path);
      const meant = resolve(path.ours);
      const type = meant?.type ?? null;
      // Neither C nor we have addresses of bit-fields; gdb does.
      if (type !== null && meant?.bits === null) next.push(...stepsFrom(path, type));
    }
    level = interleaved(next, 7);
  }
  return [...made.values()];
}

/** Neighbours apart, always in the same way: what is cut off at the end comes from everywhere. */
function interleaved<T>(items: readonly T[], rows: number): T[] {
  return Array.from({ length: rows }, (_, row) => items.filter((_, i) => i % rows === row)).flat();
}

function both(path: MadePath, make: (text: string) => string): MadePath {
  return { ours: make(path.ours), gdb: make(path.gdb) };
}

function stepsFrom(path: MadePath, declared: Type): MadePath[] {
  const type = direct(declared);
  switch (type.kind) {
    case 'struct':
    case 'union':
      return [
        ...names(type).map((name) => both(path, (text) => `${wrapped(text)}.${name}`)),
        both(path, (text) => `*&${text}`),
        both(path, (text) => `((unsigned char *)&${text})[1]`),
      ];
    case 'array':
      return elementsOf(path, type);
    case 'pointer':
      return pointed(path, type);
    case 'base':
      return type.size < 16 && type.encoding !== 'other'
        ? [both(path, (text) => `*(unsigned ${['char', 'short', '', 'int', '', '', '', 'long'][type.size - 1] ?? 'char'} *)&${text}`)]
        : [];
    default:
      return [];
  }
}

/** As C groups them: `*p` before a step needs brackets. */
function wrapped(text: string): string {
  return /^[*&(]/.test(text) && !/^\(\([^()]*\)&?[\w.>[\]-]*\)/.test(text) ? `(${text})` : text;
}

function elementsOf(path: MadePath, { count }: Extract<Type, { kind: 'array' }>): MadePath[] {
  if (count === null || count === 0) return [both(path, (text) => `${wrapped(text)}[1]`)];
  const last = count - 1;
  const slices = count < 3 ? [] : [{ ours: `${wrapped(path.ours)}[1..${last}]`, gdb: `(${wrapped(path.gdb)}[1]@${last})` }];
  const sum = both(path, (text) => `*(${text} + ${last})`);
  return [...[...new Set([0, Math.floor(count / 2), last])].map((i) => both(path, (text) => `${wrapped(text)}[${i}]`)), sum, ...slices];
}

function pointed(path: MadePath, type: Extract<Type, { kind: 'pointer' }>): MadePath[] {
  const target = type.target();
  const to = target === null ? null : direct(target);
  if (to === null || to.size === 0) return [];
  const members =
    to.kind === 'struct' || to.kind === 'union' ? names(to).map((name) => both(path, (text) => `${wrapped(text)}->${name}`)) : [];
  const more = [both(path, (text) => `*${text}`), both(path, (text) => `${wrapped(text)}[1]`), both(path, (text) => `*(${text} - 1 + 2)`)];
  // gdb takes as many of the object's dynamic type.
  if (isPolymorphic(to)) return [...members, ...more];
  return [...members, ...more, { ours: `${wrapped(path.ours)}[0..1]`, gdb: `(${wrapped(path.gdb)}[0]@2)` }];
}

/** Members that can be typed, those of anonymous members too. */
function names(type: Type): string[] {
  if (type.kind !== 'struct' && type.kind !== 'union') return [];
  return type.members.flatMap((member) => {
    const type = direct(member.type());
    if (member.name === '' || member.base === true) return names(type);
    // clang leaves types of libraries undescribed, for which gdb makes up a size of 1.
    if (!/^\w+$/.test(member.name) || (type.kind === 'struct' && type.size === 0)) return [];
    return [`${member.name}${hasLength(type) ? '' : '[1]'}`];
  });
}

function isPolymorphic(type: Type): boolean {
  return (
    type.kind === 'struct' &&
    type.members.some(({ name, base, type: of }) => name.startsWith('_vptr') || (base === true && isPolymorphic(direct(of()))))
  );
}

/** An array of any length has none that could be watched; gdb says 0. */
function hasLength(type: Type): boolean {
  return type.kind !== 'array' || type.size > 0;
}

function direct(type: Type): Type {
  let current: Type = type;
  for (let i = 0; i < 32 && current.kind === 'alias'; i++) {
    const target = current.target();
    if (target === null) break;
    current = target;
  }
  return current;
}
