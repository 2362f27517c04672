// Casts in conditions: to pointers, to whole numbers of another size, to a truth.
import type { Operand } from '../conditions/index.js';
import type { Type } from '../symbols/types.js';
import { called, type Meaning, truthOf, wholeOperand } from './condition-meaning.js';
import { constant, meaningOfPlace } from './condition-places.js';
import { pointingAt, problem } from './condition-problem.js';
import { scalarOf } from './condition-scalar.js';
import type { StepAt } from './condition-steps.js';
import { described, direct } from './part.js';
import { typeNamed } from './type-lookup.js';
import type { TypeName } from './type-name.js';

/** `(to)of`. Throws ConditionError. */
export function converted(of: Meaning, to: TypeName, { at, subject }: StepAt): Meaning {
  const type = pointingAt(subject, at, () => typeNamed(subject.names?.scope ?? { modules: [] }, to));
  const decayed = addressOfArray(of, type);
  if (decayed !== null) return { type: 'whole', at, operand: decayed, truth: false, typed: type };
  // As in C a number is converted; anything else keeps its bytes, where they are as many.
  if (of.place !== undefined && of.type !== 'whole') {
    if (of.place.bits === null && type.size > 0 && type.size === of.place.type?.size)
      return meaningOfPlace({ ...of.place, type }, at, subject);
    throw problem(subject, at, { what: `${called(of)} cannot become ${described(type)}` });
  }
  const value = scalarOf(type, { size: type.size, bits: null });
  if (value.kind !== 'integer') throw problem(subject, at, { what: `${called(of)} cannot become ${described(type)}` });
  if (value.truth) return { type: 'condition', at, condition: truthOf(of, subject) };
  const operand = narrowed(wholeOperand(of, subject, 'A cast'), value.field);
  return { type: 'whole', at, operand, truth: false, of: value, typed: type };
}

/** An array, where a pointer is wanted, is the address of its first element. */
function addressOfArray({ place }: Meaning, type: Type): Operand | null {
  if (place === undefined || place.where.kind !== 'memory' || place.type === null) return null;
  return direct(place.type).kind === 'array' && direct(type).kind === 'pointer' ? place.where.address : null;
}

/** So many bits of a number, with a sign or without. */
export function narrowed(operand: Operand, { bits, signed }: { readonly bits: number; readonly signed: boolean }): Operand {
  const unsigned = !signed && bits === 64;
  if (bits === 64)
    return operand.unsigned === unsigned ? operand : { kind: 'arithmetic', operator: '|', left: operand, right: constant(0n), unsigned };
  if (!signed) return { kind: 'arithmetic', operator: '&', left: operand, right: constant((1n << BigInt(bits)) - 1n), unsigned: false };
  const by = constant(BigInt(64 - bits));
  const up: Operand = { kind: 'arithmetic', operator: '<<', left: operand, right: by, unsigned: false };
  return { kind: 'arithmetic', operator: '>>', left: up, right: by, unsigned: false };
}
