// What compilers at hand do not write, or only in ways that are hard to provoke: made byte by byte.
import { describe, expect, test } from 'vitest';
import { as, type FileAddress } from '../../src/base/brand.js';
import type { Variable } from '../../src/symbols/debug-info.js';
import { At } from '../../src/symbols/dwarf/codes/attributes.js';
import { Form } from '../../src/symbols/dwarf/codes/forms.js';
import { Op } from '../../src/symbols/dwarf/codes/operations.js';
import { Tag } from '../../src/symbols/dwarf/codes/tags.js';
import { openDwarf } from '../../src/symbols/dwarf/open.js';
import type { Type } from '../../src/symbols/types.js';
import { ascii, little, type MadeAttribute, type MadeDie, type MadeUnit, makeDwarf, uleb } from './dwarf-maker.js';

const INT: MadeDie = {
  tag: Tag.baseType,
  label: 'int',
  attributes: [
    [At.name, Form.string, 'int'],
    [At.byteSize, Form.data1, 4],
    [At.encoding, Form.data1, 5],
  ],
};
const OF_INT: MadeAttribute = [At.type, Form.ref4, '@int'];

function variable(name: string, ...attributes: readonly MadeAttribute[]): MadeDie {
  return { tag: Tag.variable, attributes: [[At.name, Form.string, name], ...attributes] };
}

function located(address: number): MadeAttribute {
  return [At.location, Form.exprloc, [Op.addr, ...little(address, 8)]];
}

function unit(children: readonly MadeDie[], more: Partial<MadeUnit> & { readonly attributes?: readonly MadeAttribute[] } = {}): MadeUnit {
  const { attributes = [], ...rest } = more;
  return { ...rest, root: { tag: Tag.compileUnit, attributes: [[At.name, Form.string, 'made.c'], ...attributes], children } };
}

/** The only variable of this name; fails where there is none or more. */
function only(found: readonly Variable[]): Variable {
  expect(found).toHaveLength(1);
  const [one] = found;
  if (one === undefined) throw new Error('nothing found');
  return one;
}

function openUnits(...units: readonly MadeUnit[]): ReturnType<typeof openDwarf> {
  return openDwarf(makeDwarf({ units }));
}

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

describe('code', () => {
  const at = (address: number): FileAddress => as<FileAddress>(BigInt(address));
  const f = (...attributes: readonly MadeAttribute[]): MadeDie => ({
    tag: Tag.subprogram,
    attributes: [[At.name, Form.string, 'f'], ...attributes],
  });

  test('ranges of DWARF 4, with a base and a dropped function', () => {
    const ranges = [
      ...little(0x10, 8),
      ...little(0x20, 8),
      ...little(-1, 8),
      ...little(0x9000, 8),
      ...little(0, 8),
      ...little(4, 8),
      ...little(0, 16),
    ];
    const root: readonly MadeAttribute[] = [
      [At.lowPc, Form.addr, 0x1000],
      [At.ranges, Form.secOffset, 0],
    ];
    const dropped: MadeDie = {
      tag: Tag.subprogram,
      attributes: [
        [At.name, Form.string, 'dropped'],
        [At.lowPc, Form.addr, 0],
        [At.highPc, Form.data4, 0x9004],
      ],
    };
    const info = openDwarf(makeDwarf({ units: [unit([dropped, f([At.ranges, Form.secOffset, 0])], { attributes: root })], ranges }));
    expect([0x100f, 0x1010, 0x101f, 0x1020, 0x9000, 0x9003, 0x9004].map((address) => info.functionAt(at(address)))).toEqual([
      null,
      'f',
      'f',
      null,
      'f',
      'f',
      null,
    ]);
  });

  test('ranges of DWARF 5, every kind of entry', () => {
    const lists = [
      ...[5, ...little(0x1000, 8)], // base address
      ...[4, 0, 4], // offset pair
      ...[6, ...little(0x2000, 8), ...little(0x2004, 8)], // start, end
      ...[7, ...little(0x3000, 8), 4], // start, length
      ...[1, 0, 4, 8, 12], // base by index, offset pair
      ...[2, 0, 1], // start and end by index
      ...[3, 1, 4], // start by index, length
      0,
    ];
    const rnglists = [...little(lists.length + 12, 4), 5, 0, 8, 0, ...little(1, 4), ...little(4, 4), ...lists];
    const addr = [...little(20, 4), 5, 0, 8, 0, ...little(0x5000, 8), ...little(0x5004, 8)];
    const bases: readonly MadeAttribute[] = [
      [At.rnglistsBase, Form.secOffset, 12],
      [At.addrBase, Form.secOffset, 8],
      [At.ranges, Form.rnglistx, 0],
    ];
    const info = openDwarf(
      makeDwarf({ units: [unit([f([At.ranges, Form.rnglistx, 0])], { version: 5, attributes: bases })], rnglists, addr }),
    );
    const inside = [0x1000, 0x1003, 0x2000, 0x3003, 0x5008, 0x500b, 0x5000, 0x5003, 0x5004, 0x5007];
    expect(inside.map((address) => info.functionAt(at(address)))).toEqual(inside.map(() => 'f'));
    expect([0x0fff, 0x1004, 0x2004, 0x3004, 0x500c].map((address) => info.functionAt(at(address)))).toEqual([null, null, null, null, null]);
    expect(info.problems).toEqual([]);
  });

  test('functions in functions: the innermost, and kernel addresses', () => {
    const code = (low: bigint, size: number): readonly MadeAttribute[] => [
      [At.lowPc, Form.addr, low],
      [At.highPc, Form.data4, size],
    ];
    const base = 0xffff_ffff_8100_0000n;
    const inner: MadeDie = { tag: Tag.subprogram, attributes: [[At.name, Form.string, 'inner'], ...code(base + 8n, 8)] };
    const outer: MadeDie = { tag: Tag.subprogram, attributes: [[At.name, Form.string, 'outer'], ...code(base, 32)], children: [inner] };
    const info = openUnits(unit([outer], { attributes: [...code(base, 32), [At.language, Form.data1, 0x0c]] }));
    expect([0n, 8n, 15n, 16n, 32n].map((offset) => info.functionAt(as<FileAddress>(base + offset)))).toEqual([
      'outer',
      'inner',
      'inner',
      'outer',
      null,
    ]);
  });

  test('units that do not say where their code is are found through .debug_aranges', () => {
    const aranges = [
      ...little(44, 4),
      2,
      0,
      ...little(0, 4),
      8,
      0,
      ...little(0, 4),
      ...little(0x4000, 8),
      ...little(0x10, 8),
      ...little(0, 16),
    ];
    const info = openDwarf(makeDwarf({ units: [unit([f([At.lowPc, Form.addr, 0x4000], [At.highPc, Form.data1, 16])])], aranges }));
    expect([0x3fff, 0x4000, 0x400f, 0x4010].map((address) => info.functionAt(at(address)))).toEqual([null, 'f', 'f', null]);
  });
});

describe('what is broken', () => {
  test('a unit of an unknown version is left out and named, the others are read', () => {
    const good = makeDwarf({ units: [unit([variable('a', located(1))]), unit([variable('b', located(2))])] });
    const info = good.info();
    if (info === null) throw new Error('no section');
    info[4] = 77;
    const opened = openDwarf({ ...good, info: () => info });
    expect([...opened.variableNames()]).toEqual(['b']);
    expect(opened.problems).toEqual([expect.stringMatching(/unit at 0x0 of \.debug_info: DWARF version 77/)]);
  });

  test('sections that are missing, empty or cannot be read', () => {
    const none = () => null;
    const nothing = {
      info: none,
      abbrev: none,
      str: none,
      lineStr: none,
      strOffsets: none,
      addr: none,
      line: none,
      ranges: none,
      rnglists: none,
    };
    const empty = openDwarf(nothing);
    expect([
      empty.variables('x'),
      [...empty.variableNames()],
      empty.lineAt(as<FileAddress>(1n)),
      empty.functionAt(as<FileAddress>(1n)),
    ]).toEqual([[], [], null, null]);
    expect(empty.problems).toEqual([]);
    const failing = openDwarf({
      ...nothing,
      info: () => {
        throw new Error('inflate failed');
      },
    });
    expect(failing.variables('x')).toEqual([]);
    expect(failing.problems).toEqual([expect.stringMatching(/debug_info cannot be read: inflate failed/)]);
  });

  test('split DWARF says where the rest is', () => {
    const info = openUnits(unit([], { version: 5, kind: 1, attributes: [[At.dwoName, Form.string, 'made.dwo']] }));
    expect(info.variables('x')).toEqual([]);
    expect(info.problems).toEqual([expect.stringMatching(/made\.c.*made\.dwo.*split DWARF.*not found/)]);
  });

  test('entries nested without end do not overflow the stack', () => {
    let die: MadeDie = variable('deep', located(9));
    for (let i = 0; i < 3000; i++) die = { tag: Tag.structureType, children: [die] };
    const info = openUnits(unit([die]));
    expect(info.variables('deep').length).toBeLessThanOrEqual(1);
    expect([...info.variableNames()]).toEqual(['deep']);
  });
});
