// Names in conditions: variables and functions of the program, and registers.
import { nearNames } from '../base/near.js';
import { REGISTERS, type Register } from '../conditions/index.js';
import { narrowed } from './condition-conversions.js';
import type { ConditionLocal, Meaning, Subject } from './condition-meaning.js';
import { constant, meaningOfPlace, plus } from './condition-places.js';
import { pointingAt, problem } from './condition-problem.js';
import { scalarOf } from './condition-scalar.js';
import { UnknownSymbolError } from './errors.js';
import { parseExpression } from './parse.js';
import { registerNamed } from './registers.js';
import type { SymbolScope } from './scope.js';
import { type Start, startOf } from './start.js';

/** Registers that hold addresses rather than numbers. */
const ADDRESSES: readonly Register[] = ['rsp', 'rip'];

/** `$rdi`. Throws ConditionError. */
export function register(name: string, at: number, subject: Subject): Meaning {
  const wanted = registerNamed(name.slice(1).toLowerCase());
  const known = REGISTERS.find((one) => one === wanted);
  if (known === undefined) {
    const near = nearNames(
      name,
      REGISTERS.map((one) => `$${one}`),
    );
    throw problem(subject, at, {
      what: `there is no register ${name}`,
      hint: `Known are ${REGISTERS.map((one) => `$${one}`).join(', ')}.`,
      near,
    });
  }
  return { type: 'whole', at, operand: { kind: 'register', register: known, unsigned: ADDRESSES.includes(known) }, truth: false };
}

/** What the program calls `name`, or the names near it where there is none. Throws ConditionError for what has no place. */
export function named(name: string, at: number, subject: Subject): Meaning | { readonly near: readonly string[] } {
  const { names } = subject;
  if (names === null) return { near: [] };
  const local = names.local?.(name) ?? null;
  if (local !== null) return ofLocal(local, { name, at, subject });
  return pointingAt(subject, at, () => {
    const start = startUnlessUnknown(name, names.scope);
    if ('near' in start) return start;
    if (start.kind === 'function') return { type: 'whole', at, operand: constant(start.address), truth: false, misuse: start.misuse };
    const { address, type, size } = start;
    return meaningOfPlace({ where: { kind: 'memory', address: constant(address) }, type, bits: null, size }, at, subject);
  });
}

interface Named {
  readonly name: string;
  readonly at: number;
  readonly subject: Subject;
}

/** Throws ConditionError for one that has no value there. */
function ofLocal({ place, type }: ConditionLocal, { name, at, subject }: Named): Meaning {
  if (place.kind === 'none')
    throw problem(subject, at, {
      what: `${name} has no value here: ${place.why}`,
      hint: 'Break off at another line, or build with -O0 or -Og.',
    });
  const { register } = place;
  if (place.kind === 'memory') {
    const address = plus({ kind: 'register', register, unsigned: true }, place.offset);
    return meaningOfPlace({ where: { kind: 'memory', address }, type, bits: null, size: type?.size ?? 0 }, at, subject);
  }
  const value = scalarOf(type, { size: type?.size ?? 8, bits: null });
  if (value.kind !== 'integer') throw problem(subject, at, { what: `${name} is in a register, and no whole number` });
  const operand = narrowed({ kind: 'register', register, unsigned: false }, value.field);
  return { type: 'whole', at, operand, truth: value.truth, of: value, typed: type };
}

function startUnlessUnknown(name: string, scope: SymbolScope): Start | { readonly near: readonly string[] } {
  const expression = parseExpression(name);
  if (expression.kind !== 'name') return { near: [] };
  try {
    return startOf(expression, scope);
  } catch (error) {
    if (error instanceof UnknownSymbolError) return { near: error.near };
    throw error;
  }
}
