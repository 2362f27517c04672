// Units of debug information made by hand, and the parts that most of them have.
import { expect } from 'vitest';
import type { Variable } from '../../src/symbols/debug-info.js';
import { At } from '../../src/symbols/dwarf/codes/attributes.js';
import { Form } from '../../src/symbols/dwarf/codes/forms.js';
import { Op } from '../../src/symbols/dwarf/codes/operations.js';
import { Tag } from '../../src/symbols/dwarf/codes/tags.js';
import { openDwarf } from '../../src/symbols/dwarf/open.js';
import { little, type MadeAttribute, type MadeDie, type MadeUnit, makeDwarf } from './dwarf-maker.js';

/** `int`, to be referred to as `@int`. */
export const INT: MadeDie = {
  tag: Tag.baseType,
  label: 'int',
  attributes: [
    [At.name, Form.string, 'int'],
    [At.byteSize, Form.data1, 4],
    [At.encoding, Form.data1, 5],
  ],
};
/** Is an `int`. */
export const OF_INT: MadeAttribute = [At.type, Form.ref4, '@int'];

export function variable(name: string, ...attributes: readonly MadeAttribute[]): MadeDie {
  return { tag: Tag.variable, attributes: [[At.name, Form.string, name], ...attributes] };
}

/** Lies at a fixed address. */
export function located(address: number): MadeAttribute {
  return [At.location, Form.exprloc, [Op.addr, ...little(address, 8)]];
}

export function unit(
  children: readonly MadeDie[],
  more: Partial<MadeUnit> & { readonly attributes?: readonly MadeAttribute[] } = {},
): MadeUnit {
  const { attributes = [], ...rest } = more;
  return { ...rest, root: { tag: Tag.compileUnit, attributes: [[At.name, Form.string, 'made.c'], ...attributes], children } };
}

/** The only variable of this name; fails where there is none or more. */
export function only(found: readonly Variable[]): Variable {
  expect(found).toHaveLength(1);
  const [one] = found;
  if (one === undefined) throw new Error('nothing found');
  return one;
}

export function openUnits(...units: readonly MadeUnit[]): ReturnType<typeof openDwarf> {
  return openDwarf(makeDwarf({ units }));
}
