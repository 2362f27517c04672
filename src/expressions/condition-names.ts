// Names in conditions: variables and functions of the program, and registers.
import { nearNames } from '../base/near.js';
import { REGISTERS, type Register } from '../conditions/index.js';
import type { Meaning, Subject } from './condition-meaning.js';
import { constant, meaningOfPlace } from './condition-places.js';
import { pointingAt, problem } from './condition-problem.js';
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
  return pointingAt(subject, at, () => {
    const start = startUnlessUnknown(name, names.scope);
    if ('near' in start) return start;
    if (start.kind === 'function') return { type: 'whole', at, operand: constant(start.address), truth: false, misuse: start.misuse };
    const { address, type, size } = start;
    return meaningOfPlace({ where: { kind: 'memory', address: constant(address) }, type, bits: null, size }, at, subject);
  });
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
