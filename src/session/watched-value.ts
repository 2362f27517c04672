// What a condition may know of a watched value, from the type it is shown by.
import { assertNever } from '../base/assert.js';
import type { WatchedValue } from '../conditions/index.js';
import type { WatchInfo } from '../model/hit.js';
import type { ValueType } from '../model/value.js';

/** Bytes of the widest number that can be computed with. */
const WIDEST = 8;

/** The value of a watch; where execution is watched there is none. */
export function watchedValue({ type, access }: Pick<WatchInfo, 'type' | 'access'>): WatchedValue {
  return access === 'execute' ? { kind: 'none' } : valueOfType(type);
}

function valueOfType(type: ValueType): WatchedValue {
  switch (type.kind) {
    case 'signed':
    case 'unsigned':
      return whole(type, { signed: type.kind === 'signed' });
    case 'character':
      return whole(type, { signed: type.signed });
    case 'bool':
      return whole(type, { signed: false, truth: true });
    case 'pointer':
      return whole(type, { signed: false });
    case 'enum':
      return whole(type, { signed: type.signed, members: byName(type.members) });
    case 'bits': {
      const { name, size, signed, shift, width, truth = false } = type;
      const field = { kind: 'integer', shift, bits: width, signed } as const;
      return { kind: 'integer', name, size, field, truth, members: byName(type.members) };
    }
    case 'float':
      return { kind: 'float', name: type.name, size: type.size };
    case 'extended':
    case 'struct':
    case 'array':
    case 'text':
    case 'variants':
    case 'bytes':
      return { kind: 'bytes', name: type.name, size: type.size };
    default:
      return assertNever(type);
  }
}

interface Reading {
  readonly signed: boolean;
  readonly truth?: boolean;
  readonly members?: ReadonlyMap<string, bigint>;
}

/** A value that is all of its bytes. */
function whole({ name, size }: ValueType, { signed, truth = false, members = new Map() }: Reading): WatchedValue {
  if (size > WIDEST) return { kind: 'bytes', name, size };
  return { kind: 'integer', name, size, field: { kind: 'integer', shift: 0, bits: 8 * size, signed }, truth, members };
}

/** Debug information lists one name for each value. */
function byName(members: ReadonlyMap<bigint, string>): ReadonlyMap<string, bigint> {
  return new Map([...members].map(([value, name]) => [name, value]));
}
