// Where a local variable is in a frame: its location is an expression, or a list of them by address of the code.
import type { FrameAccess, LocalPlace } from '../../frame.js';
import { addressKey } from '../bytes/address-key.js';
import { At } from '../codes/attributes.js';
import type { Die } from '../dies/die.js';
import { dieAt } from '../forms/references.js';
import { type Attribute, readBlock } from '../forms/values.js';
import type { Unit } from '../units/unit.js';
import { constantOf } from '../variables/variable.js';
import { readLocationList } from './lists.js';
import { runExpression } from './machine.js';

/** Pointers that point to each other, and are nowhere themselves. */
const MOST_POINTERS = 4;

/** The place of the variable that `die` describes, in `frame` of `owner`, the function (not an inlined one) around it. Throws DwarfError. */
export function placeIn(die: Die, owner: Die, frame: FrameAccess): LocalPlace {
  return placeAround(die, { owner, frame, pointers: 0 });
}

function placeAround(die: Die, around: Surroundings): LocalPlace {
  for (const link of die.chain()) {
    const location = link.attribute(At.location);
    if (location !== null) return located(link.unit, location, around);
  }
  const constant = constantOf(die);
  if (constant === null) return { kind: 'none', why: 'optimised-away' };
  return { kind: 'value', bytes: typeof constant === 'bigint' ? eightBytes(constant) : constant };
}

/** The number that `expression` comes to in `frame` of `owner`; null where that is not known. Throws DwarfError. */
export function valueIn(expression: Uint8Array, owner: Die, frame: FrameAccess): bigint | null {
  const place = runExpression(expression, { unit: owner.unit, frame, frameBase: () => frameBase(owner, frame) });
  if (place.kind === 'memory') return place.address;
  if (place.kind === 'register') return frame.register(place.register);
  return place.kind === 'value' && place.bytes.length === 8 ? new DataView(place.bytes.slice().buffer).getBigUint64(0, true) : null;
}

interface Surroundings {
  readonly owner: Die;
  readonly frame: FrameAccess;
  /** Pointers on the way here that are nowhere themselves. */
  readonly pointers: number;
}

function located(unit: Unit, location: Attribute, around: Surroundings): LocalPlace {
  const { owner, frame, pointers } = around;
  const expression = expressionAt(unit, location, frame);
  if (expression === null) return { kind: 'none', why: 'not-here' };
  if (expression.length === 0) return { kind: 'none', why: 'optimised-away' };
  const placeOf = (offset: number): LocalPlace | null =>
    pointers >= MOST_POINTERS ? null : placeAround(dieAt(unit.file, offset), { owner, frame, pointers: pointers + 1 });
  return runExpression(expression, { unit, frame, frameBase: () => frameBase(owner, frame), placeOf });
}

/** Null where a list has nothing for the frame's instruction. */
function expressionAt(unit: Unit, location: Attribute, { pc }: FrameAccess): Uint8Array | null {
  const whole = readBlock(unit, location);
  if (whole !== null) return whole;
  const at = addressKey(pc);
  let found: Uint8Array | null = null;
  readLocationList(unit, location, (low, high, expression) => {
    if (low <= at && at < high) found = expression;
    return found === null;
  });
  return found;
}

/** DW_AT_frame_base of a function: a register's content, or an address that an expression gives. */
function frameBase(owner: Die, frame: FrameAccess): bigint | null {
  const attribute = owner.attribute(At.frameBase);
  const expression = attribute === null ? null : expressionAt(owner.unit, attribute, frame);
  if (expression === null) return null;
  const place = runExpression(expression, { unit: owner.unit, frame, frameBase: () => null });
  if (place.kind === 'register') return frame.register(place.register);
  return place.kind === 'memory' ? place.address : null;
}

/** Low byte first. */
function eightBytes(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt.asUintN(64, value), true);
  return bytes;
}
