// Where variables lie, and the forms that this is written in, as compilers at hand do not write them: made byte by byte.
import { describe, expect, test } from 'vitest';
import type { Variable } from '../../src/symbols/debug-info.js';
import { At } from '../../src/symbols/dwarf/codes/attributes.js';
import { Form } from '../../src/symbols/dwarf/codes/forms.js';
import { Op } from '../../src/symbols/dwarf/codes/operations.js';
import { Tag } from '../../src/symbols/dwarf/codes/tags.js';
import { openDwarf } from '../../src/symbols/dwarf/open.js';
import { ascii, little, type MadeAttribute, type MadeDie, makeDwarf, uleb } from './dwarf-maker.js';
import { INT, located, OF_INT, only, openUnits, unit, variable } from './made-units.js';

describe('places of variables', () => {
  const places: readonly (readonly [
    title: string,
    attributes: readonly MadeAttribute[],
    address: bigint | null,
    absence: Variable['absence'],
  ])[] = [
    ['an address', [located(0x4000)], 0x4000n, null],
    ['an address and an offset', [[At.location, Form.block1, [Op.addr, ...little(0x4000, 8), Op.plusUconst, 0x85, 0x01]]], 0x4085n, null],
    [
      'an address plus a number',
      [[At.location, Form.block1, [Op.addr, ...little(0x4000, 8), Op.const1u, 0x85, Op.plus, Op.plusUconst, 1]]],
      0x4086n,
      null,
    ],
    ['an address minus a number', [[At.location, Form.block1, [Op.addr, ...little(0x4000, 8), Op.const1u, 8, Op.minus]]], 0x3ff8n, null],
    [
      'an address and a number too many',
      [[At.location, Form.block1, [Op.addr, ...little(0x4000, 8), Op.const1u, 8]]],
      null,
      'optimised-away',
    ],
    ['a kernel address', [[At.location, Form.exprloc, [Op.addr, ...little(0xffff_ffff_8100_0001n, 8)]]], 0xffff_ffff_8100_0001n, null],
    ['no location', [], null, 'optimised-away'],
    ['an empty location', [[At.location, Form.exprloc, []]], null, 'optimised-away'],
    ['a location list', [[At.location, Form.secOffset, 0]], null, 'optimised-away'],
    ['a register', [[At.location, Form.exprloc, [0x50]]], null, 'optimised-away'],
    ['address 0, where the linker dropped it', [located(0)], null, 'optimised-away'],
    ['a constant', [[At.constValue, Form.sdata, -5]], null, 'constant'],
    ['a value without place', [[At.location, Form.exprloc, [Op.addr, ...little(0x4000, 8), Op.stackValue]]], null, 'constant'],
    ['a thread-local offset', [[At.location, Form.exprloc, [Op.const8u, ...little(16, 8), Op.formTlsAddress]]], null, 'thread-local'],
    [
      'the older thread-local operation',
      [[At.location, Form.exprloc, [Op.addr, ...little(16, 8), Op.gnuPushTlsAddress]]],
      null,
      'thread-local',
    ],
    ['a declaration', [[At.declaration, Form.flagPresent]], null, 'declaration'],
    ['an external definition without location: an alias', [[At.external, Form.flag, 1]], null, 'declaration'],
  ];

  test.each(places)('%s', (_, attributes, address, absence) => {
    const info = openUnits(unit([INT, variable('v', OF_INT, ...attributes)]));
    expect(only(info.variables('v'))).toMatchObject({ name: 'v', qualifiedName: 'v', file: 'made.c', function: null, address, absence });
    expect([...info.variableNames()]).toEqual(address === null ? [] : ['v']);
    expect(info.problems).toEqual([]);
  });

  test('inside functions only those with a fixed place count', () => {
    const locals = [
      variable('fixed', located(0x4000)),
      variable('on_stack', [At.location, Form.exprloc, [0x91, 0x70]]),
      variable('in_list', [At.location, Form.secOffset, 0]),
      variable('gone'),
    ];
    const info = openUnits(
      unit([{ tag: Tag.subprogram, attributes: [[At.name, Form.string, 'f']], children: [{ tag: Tag.lexicalBlock, children: locals }] }]),
    );
    expect([...info.variableNames()]).toEqual(['fixed']);
    expect(only(info.variables('fixed'))).toMatchObject({ function: 'f', external: false });
    expect(['on_stack', 'in_list', 'gone'].flatMap((name) => info.variables(name))).toEqual([]);
  });
});

describe('forms', () => {
  const strings = ['from str', 'by index'];

  test('strings in .debug_str, .debug_line_str and through indices', () => {
    const indexed = (name: number, form: number, value: number): MadeDie => ({
      tag: Tag.variable,
      attributes: [[name, form, value], located(0x1000)],
    });
    const children = [
      { tag: Tag.variable, attributes: [[At.name, Form.strp, 'from str'], located(0x1000)] },
      { tag: Tag.variable, attributes: [[At.name, Form.lineStrp, 'from line str'], located(0x1000)] },
      indexed(At.name, Form.strx1, 1),
      indexed(At.name, Form.strx, 1),
      indexed(At.name, Form.strx3, 1),
      { tag: Tag.variable, attributes: [[At.name, Form.indirect, [...uleb(Form.string), ...ascii('indirect')]], located(0x1000)] },
    ] satisfies MadeDie[];
    const strOffsets = [...little(16, 4), 5, 0, 0, 0, ...little(0, 4), ...little('from str'.length + 1, 4)];
    const info = openDwarf(
      makeDwarf({
        units: [unit(children, { version: 5, attributes: [[At.strOffsetsBase, Form.secOffset, 8]] })],
        str: strings,
        lineStr: ['from line str'],
        strOffsets,
      }),
    );
    expect([...info.variableNames()]).toEqual(['from str', 'from line str', 'by index', 'indirect']);
    expect(info.problems).toEqual([]);
  });

  test('addresses through .debug_addr', () => {
    const addr = [...little(20, 4), 5, 0, 8, 0, ...little(0x1111, 8), ...little(0x2222, 8)];
    const at = (name: string, ...expression: readonly number[]): MadeDie => variable(name, [At.location, Form.exprloc, expression]);
    const info = openDwarf(
      makeDwarf({
        units: [
          unit(
            [
              at('x', Op.addrx, 1),
              at('y', Op.addrx, 1, Op.plusUconst, 4),
              at('z', Op.addrx, 1, Op.const1u, 8, Op.plus),
              at('tls', Op.constx, 0, Op.formTlsAddress),
            ],
            {
              version: 5,
              attributes: [[At.addrBase, Form.secOffset, 8]],
            },
          ),
        ],
        addr,
      }),
    );
    expect(only(info.variables('x')).address).toBe(0x2222n);
    expect(only(info.variables('y')).address).toBe(0x2226n);
    expect(only(info.variables('z')).address).toBe(0x222an);
    expect(only(info.variables('tls')).absence).toBe('thread-local');
  });

  test('implicit constants, and the 64-bit format', () => {
    const base: MadeDie = {
      tag: Tag.baseType,
      label: 'small',
      attributes: [
        [At.name, Form.strp, 'from str'],
        [At.byteSize, Form.implicitConst, 2],
        [At.encoding, Form.implicitConst, 7],
      ],
    };
    const children = [base, variable('v', [At.type, Form.ref8, '@small'], located(0x10))];
    const info = openDwarf(makeDwarf({ units: [unit(children, { version: 5, offsetSize: 8 })], str: strings }));
    expect(only(info.variables('v')).type()).toEqual({ kind: 'base', name: 'from str', size: 2, encoding: 'unsigned' });
  });
});
