// Types, and references between entries, units and files, as compilers at hand do not write them: made byte by byte.
import { describe, expect, test } from 'vitest';
import { At } from '../../src/symbols/dwarf/codes/attributes.js';
import { Form } from '../../src/symbols/dwarf/codes/forms.js';
import { Tag } from '../../src/symbols/dwarf/codes/tags.js';
import { openDwarf } from '../../src/symbols/dwarf/open.js';
import type { Type } from '../../src/symbols/types.js';
import { type MadeAttribute, type MadeDie, type MadeUnit, makeDwarf } from './dwarf-maker.js';
import { INT, located, OF_INT, only, openUnits, unit, variable } from './made-units.js';

describe('references', () => {
  test('to another unit, for specification and type', () => {
    const declared = {
      ...variable('v', [At.type, Form.ref4, '@int'], [At.external, Form.flagPresent], [At.declaration, Form.flagPresent]),
      label: 'declared',
    };
    const namespace: MadeDie = { tag: Tag.namespace, attributes: [[At.name, Form.string, 'ns']], children: [declared] };
    const definition: MadeDie = { tag: Tag.variable, attributes: [[At.specification, Form.refAddr, '@declared'], located(0x77)] };
    const info = openUnits(unit([INT, namespace]), unit([definition]));
    expect(only(info.variables('ns::v'))).toMatchObject({ address: 0x77n, external: true, qualifiedName: 'ns::v' });
    expect(only(info.variables('v')).type()?.name).toBe('int');
  });

  test('to type units, of DWARF 4 and 5', () => {
    for (const [version, more] of [
      [4, { inTypes: true }],
      [5, { kind: 2 }],
    ] as const) {
      const struct: MadeDie = {
        tag: Tag.structureType,
        label: 'type',
        attributes: [
          [At.name, Form.string, 's'],
          [At.byteSize, Form.data1, 24],
        ],
        children: [],
      };
      const types: MadeUnit = { version, signature: 0x1234_5678_9abc_def0n, ...more, root: { tag: Tag.typeUnit, children: [struct] } };
      const info = openUnits(types, unit([variable('v', [At.type, Form.refSig8, 0x1234_5678_9abc_def0n], located(1))], { version }));
      expect(only(info.variables('v')).type()).toMatchObject({ kind: 'struct', name: 's', size: 24 });
      const lost = openUnits(unit([variable('v', [At.type, Form.refSig8, 1], located(1))], { version }));
      expect(only(lost.variables('v')).type()).toBeNull();
    }
  });

  test('to the alternate file, and an honest word where it is missing', () => {
    const alternate = makeDwarf({ units: [unit([INT, { ...variable('shared'), label: 'shared' }])], str: ['the name'] });
    const shared: MadeDie = {
      tag: Tag.variable,
      attributes: [[At.name, Form.gnuStrpAlt, 0], [At.type, Form.gnuRefAlt, altOffset(alternate.info())], located(5)],
    };
    const sections = makeDwarf({ units: [unit([shared])] });
    expect(only(openDwarf(sections, { alternate }).variables('the name')).type()?.name).toBe('int');
    const alone = openDwarf(sections);
    expect(alone.variables('the name')).toEqual([]);
    expect(alone.problems.join()).toMatch(/alternate file/);
  });

  /** Where INT, the first child, starts: behind the header (11), the root's code and its name. */
  function altOffset(info: Uint8Array | null): number {
    expect(info?.[11]).toBe(1);
    return 11 + 1 + 'made.c'.length + 1;
  }

  test('in circles', () => {
    const circle = (label: string, tag: number, to: string): MadeDie => ({ tag, label, attributes: [[At.type, Form.ref4, to]] });
    const children = [
      circle('a', Tag.typedef, '@b'),
      circle('b', Tag.constType, '@a'),
      circle('p', Tag.pointerType, '@p'),
      { ...variable('self', [At.specification, Form.ref4, '@self'], located(3)), label: 'self' },
      variable('alias', [At.type, Form.ref4, '@a'], located(1)),
      variable('pointer', [At.type, Form.ref4, '@p'], located(2)),
    ];
    const info = openUnits(unit(children));
    const alias = only(info.variables('alias')).type();
    expect(alias).toMatchObject({ kind: 'alias', size: 0 });
    expect(only(info.variables('pointer')).type()).toMatchObject({ kind: 'pointer', size: 8 });
    expect(only(info.variables('self')).address).toBe(3n);
  });
});

describe('types', () => {
  function typeOf(...dies: readonly MadeDie[]): Type {
    const type = only(openUnits(unit([INT, ...dies, variable('v', [At.type, Form.ref4, '@t'], located(1))])).variables('v')).type();
    if (type === null) throw new Error('no type');
    return type;
  }

  function array(...bounds: readonly (readonly MadeAttribute[])[]): MadeDie {
    return {
      tag: Tag.arrayType,
      label: 't',
      attributes: [OF_INT],
      children: bounds.map((attributes) => ({ tag: Tag.subrangeType, attributes })),
    };
  }

  test.each([
    ['a count', [[[At.count, Form.data1, 3]]], 3, 12],
    ['an upper bound', [[[At.upperBound, Form.data1, 0xff]]], 256, 1024],
    [
      'bounds on both sides',
      [
        [
          [At.lowerBound, Form.sdata, -2],
          [At.upperBound, Form.sdata, 2],
        ],
      ],
      5,
      20,
    ],
    ['no elements, in a form without sign', [[[At.upperBound, Form.data4, 0xffff_ffff]]], 0, 0],
    ['no bound', [[]], null, 0],
    ['a bound that is computed', [[[At.upperBound, Form.exprloc, [0x91, 0]]]], null, 0],
    ['a bound that is a variable', [[[At.upperBound, Form.ref4, '@int']]], null, 0],
    ['two dimensions', [[[At.upperBound, Form.data1, 1]], [[At.upperBound, Form.data1, 2]]], 2, 24],
    ['absurd dimensions', [[[At.count, Form.data8, 2n ** 52n]], [[At.count, Form.data8, 2n ** 52n]]], 2 ** 52, 0],
  ] as const)('arrays with %s', (_, bounds, count, size) => {
    expect(typeOf(array(...bounds))).toMatchObject({ kind: 'array', count, size });
  });

  test('enumerations: sign by the underlying type, or by a negative value', () => {
    const value = (name: string, form: number, number: number): MadeDie => ({
      tag: Tag.enumerator,
      attributes: [
        [At.name, Form.string, name],
        [At.constValue, form, number],
      ],
    });
    const old = typeOf({
      tag: Tag.enumerationType,
      label: 't',
      attributes: [[At.byteSize, Form.data1, 4]],
      children: [value('MINUS', Form.sdata, -1), value('TWO', Form.data1, 2)],
    });
    expect(old).toMatchObject({
      kind: 'enum',
      size: 4,
      signed: true,
      members: new Map([
        [-1n, 'MINUS'],
        [2n, 'TWO'],
      ]),
    });
    const typed = typeOf({
      tag: Tag.enumerationType,
      label: 't',
      attributes: [OF_INT],
      children: [value('MINUS', Form.data4, 0xffff_ffff), value('BIG', Form.data1, 0xff)],
    });
    expect(typed).toMatchObject({
      size: 4,
      signed: true,
      members: new Map([
        [-1n, 'MINUS'],
        [255n, 'BIG'],
      ]),
    });
  });

  test('declarations find their definition in another unit, unless definitions disagree', () => {
    const declaration: MadeDie = {
      tag: Tag.structureType,
      label: 't',
      attributes: [
        [At.name, Form.string, 's'],
        [At.declaration, Form.flagPresent],
      ],
    };
    const user = unit([declaration, variable('v', [At.type, Form.ref4, '@t'], located(1))]);
    const definition = (size: number): MadeUnit =>
      unit([
        {
          tag: Tag.structureType,
          attributes: [
            [At.name, Form.string, 's'],
            [At.byteSize, Form.data1, size],
          ],
          children: [],
        },
      ]);
    expect(only(openUnits(user, definition(8)).variables('v')).type()).toMatchObject({ kind: 'struct', size: 8 });
    expect(only(openUnits(user, definition(8), definition(8)).variables('v')).type()).toMatchObject({ size: 8 });
    expect(only(openUnits(user, definition(8), definition(16)).variables('v')).type()).toMatchObject({ size: 0, members: [] });
  });
});
