// Conditions made without a text: that a value changed, and several conditions at once.
import type { Condition, Operand, Which } from './condition.js';
import type { WatchedValue } from './watched-value.js';

/**
 * The access changed the value; of a field among others, its own bits. Floating-point numbers are compared by their bytes: 0 and -0 differ,
 * a NaN is the same as itself. What has no value changes with every hit.
 */
export function changed(value: WatchedValue): Condition {
  switch (value.kind) {
    case 'none':
      return { kind: 'all', of: [] };
    case 'float':
    case 'bytes':
      return { kind: 'bytes', comparison: '!=', size: value.size };
    case 'integer': {
      if (value.field.shift === 0 && value.field.bits === 8 * value.size) return { kind: 'bytes', comparison: '!=', size: value.size };
      const bits = (which: Which): Operand => ({
        kind: 'value',
        which,
        offset: 0,
        field: { ...value.field, signed: false },
        unsigned: value.field.bits === 64,
      });
      return { kind: 'integers', comparison: '!=', left: bits('old'), right: bits('new') };
    }
  }
}

/** All of them; null where there is none. */
export function allOf(conditions: readonly (Condition | null)[]): Condition | null {
  const given = conditions.filter((condition) => condition !== null);
  const [first] = given;
  return given.length <= 1 ? (first ?? null) : { kind: 'all', of: given };
}
