// Locations that compilers seldom write: every kind of list entry, and variables without an address, made byte by byte.
import { describe, expect, test } from 'vitest';
import type { Variable } from '../../src/symbols/debug-info.js';
import { At } from '../../src/symbols/dwarf/codes/attributes.js';
import { Form } from '../../src/symbols/dwarf/codes/forms.js';
import { Op } from '../../src/symbols/dwarf/codes/operations.js';
import { Tag } from '../../src/symbols/dwarf/codes/tags.js';
import { openDwarf } from '../../src/symbols/dwarf/open.js';
import { little, type MadeAttribute, type MadeDie, makeDwarf, uleb } from './dwarf-maker.js';
import { here, memory, placeAt, UNKNOWN, withLocal } from './made-locals.js';

describe('location lists', () => {
  const old = (low: number, high: number, expression: number[]): number[] => [
    ...little(low, 8),
    ...little(high, 8),
    ...little(expression.length, 2),
    ...expression,
  ];

  test('of DWARF 2 to 4, with a base of their own', () => {
    const loc = [
      ...old(0, 8, here(-8)), // from the unit's start
      ...little(0xffff_ffff_ffff_ffffn, 8),
      ...little(0x2000, 8),
      ...old(0x10, 0x18, here(-16)),
      ...little(0, 16),
      ...old(0x10, 0x1000, here(-24)), // behind the end
    ];
    for (const [version, form] of [
      [2, Form.data4],
      [4, Form.secOffset],
    ] as const) {
      const info = withLocal([At.location, form, 0], { version, file: { loc } });
      expect([0x1000, 0x1007, 0x2010].map((pc) => placeAt(info, pc))).toEqual([memory(0x8ff8), memory(0x8ff8), memory(0x8ff0)]);
      expect([0x1008, 0x2018, 0x2100].map((pc) => placeAt(info, pc))).toEqual(Array(3).fill({ kind: 'none', why: 'not-here' }));
      expect(info.problems).toEqual([]);
    }
  });

  test('of DWARF 5, every kind of entry', () => {
    const where = (number: number): number[] => [...uleb(here(number).length), ...here(number)];
    const lists = [
      ...[4, 0, 4, ...where(-1)], // offset pair, from the unit's start
      ...[6, ...little(0x2000, 8), 4, 0, 4, ...where(-2)], // base address
      ...[1, 1, 4, 0, 4, ...where(-3)], // base by index
      ...[2, 0, 2, ...where(-4)], // start and end by index
      ...[3, 3, 4, ...where(-5)], // start by index, length
      ...[7, ...little(0x6000, 8), ...little(0x6004, 8), ...where(-6)], // start, end
      ...[8, ...little(0x7000, 8), 4, ...where(-7)], // start, length
      ...[5, ...where(-8)], // everywhere else
      0,
    ];
    const loclists = [...little(lists.length + 12, 4), 5, 0, 8, 0, ...little(1, 4), ...little(4, 4), ...lists];
    const addr = [...little(36, 4), 5, 0, 8, 0, ...[0x4000, 0x3000, 0x4004, 0x5000].flatMap((address) => little(address, 8))];
    const attributes: readonly MadeAttribute[] = [
      [At.loclistsBase, Form.secOffset, 12],
      [At.addrBase, Form.secOffset, 8],
    ];
    for (const location of [[At.location, Form.loclistx, 0] as const, [At.location, Form.secOffset, 16] as const]) {
      const info = withLocal(location, { version: 5, attributes, file: { loclists, addr } });
      const at = [0x1003, 0x2003, 0x3003, 0x4003, 0x5003, 0x6003, 0x7003, 0x8000];
      expect(at.map((pc) => placeAt(info, pc))).toEqual(at.map((_, i) => memory(0x9000 - i - 1)));
      expect(info.problems).toEqual([]);
    }
  });

  test('that end early or hold an unknown kind are a problem, not an error', () => {
    const info = withLocal([At.location, Form.secOffset, 0], { version: 5, file: { loclists: [9, 0, 0] } });
    expect(placeAt(info, 0x1000)).toEqual(UNKNOWN);
    const cut = withLocal([At.location, Form.secOffset, 0], { version: 4, file: { loc: little(0, 8) } });
    expect(placeAt(cut, 0x1000)).toEqual(UNKNOWN);
    expect([...info.problems, ...cut.problems]).toEqual([expect.stringMatching(/kind 9/), expect.stringMatching(/ends early/)]);
  });
});

describe('variables without an address', () => {
  const globals: readonly (readonly [title: string, attribute: MadeAttribute, expected: Partial<Variable>])[] = [
    [
      'thread-local',
      [At.location, Form.exprloc, [Op.const8u, ...little(16, 8), Op.formTlsAddress]],
      { absence: 'thread-local', threadOffset: 16n },
    ],
    ['a number', [At.constValue, Form.sdata, -5], { absence: 'constant', constant: -5n }],
    ['bytes', [At.constValue, Form.block1, [1, 2, 3]], { absence: 'constant', constant: Uint8Array.of(1, 2, 3) }],
    ['a string', [At.constValue, Form.string, 'hi'], { absence: 'constant', constant: Uint8Array.of(104, 105, 0) }],
    ['a computed number', [At.location, Form.exprloc, [Op.lit0 + 3, Op.stackValue]], { absence: 'constant', constant: 3n }],
    ['implicit bytes', [At.location, Form.exprloc, [Op.implicitValue, 1, 9]], { absence: 'constant', constant: Uint8Array.of(9) }],
  ];

  test.each(globals)('%s', (_, attribute, expected) => {
    const global: MadeDie = { tag: Tag.variable, attributes: [[At.name, Form.string, 'g'], attribute] };
    const info = openDwarf(makeDwarf({ units: [{ root: { tag: Tag.compileUnit, children: [global] } }] }));
    expect(info.variables('g')).toMatchObject([{ name: 'g', address: null, ...expected }]);
  });
});
