// Turns the attribute list of an abbreviation into the shortest sequence of steps that passes over an entry,
// so that a walk over millions of entries does little for each.
//
//   step > 0          skip that many bytes (neighbouring fixed-size values are merged)
//   step -1 .. -7     skip one value of variable size (see forms/sizes: Variable)
//   step <= -16       remember the present position in slot (-16 - step)
import { At } from '../codes/attributes.js';
import { isClassTag, mayHoldDefinitions, Tag } from '../codes/tags.js';
import { formSize, type Shape } from '../forms/sizes.js';
import type { AbbrevStore } from './store.js';

/** Values whose position the scanner remembers, where the tag makes them matter; of the last two only whether they are there. */
export const Slot = { sibling: 0, name: 1, location: 2, origin: 3, lowPc: 4, highPc: 5, ranges: 6, declaration: 7, external: 8 } as const;
export const SLOT_COUNT = 9;
const POSITIONS = 7;
export const MARK_BASE = -16;

/** Adds the steps for one attribute, remembered in `slot` (-1: not at all), to the abbreviation that `store` has begun. */
export function addSteps(store: AbbrevStore, slot: number, form: number, shape: Shape): void {
  if (slot >= 0 && slot < POSITIONS) store.step(MARK_BASE - slot);
  const size = formSize(form, shape);
  if (size !== 0) store.step(size);
}

/** The slot that remembers attribute `name` of an entry with `tag`, or -1. */
export function slotOf(tag: number, name: number): number {
  if (name === At.sibling) return Slot.sibling;
  if (tag === Tag.variable || tag === Tag.member) return variableSlot(name);
  if (tag === Tag.subprogram) return codeSlot(name);
  if (isClassTag(tag) || tag === Tag.enumerationType) {
    if (name === At.name) return Slot.name;
    if (name === At.specification) return Slot.origin;
    if (name === At.declaration) return Slot.declaration;
  }
  if ((tag === Tag.typedef || tag === Tag.baseType) && name === At.name) return Slot.name;
  return -1;
}

function variableSlot(name: number): number {
  switch (name) {
    case At.name:
      return Slot.name;
    case At.location:
      return Slot.location;
    case At.specification:
    case At.abstractOrigin:
      return Slot.origin;
    case At.declaration:
      return Slot.declaration;
    case At.external:
      return Slot.external;
    default:
      return -1;
  }
}

function codeSlot(name: number): number {
  switch (name) {
    case At.lowPc:
      return Slot.lowPc;
    case At.highPc:
      return Slot.highPc;
    case At.ranges:
      return Slot.ranges;
    default:
      return -1;
  }
}

/**
 * Whether walks stop at entries with `tag`: variables, types that can be looked up by name, and all that can contain these. Members
 * count where they are `external`: so static members of classes were written before DWARF 5.
 */
export function isOfInterest(tag: number, external: boolean): boolean {
  if (tag === Tag.member) return external;
  return tag === Tag.variable || tag === Tag.enumerationType || mayHoldDefinitions(tag);
}
