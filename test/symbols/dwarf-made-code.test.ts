// Where code lies, as compilers at hand do not write it: made byte by byte.
import { describe, expect, test } from 'vitest';
import { as, type FileAddress } from '../../src/base/brand.js';
import { At } from '../../src/symbols/dwarf/codes/attributes.js';
import { Form } from '../../src/symbols/dwarf/codes/forms.js';
import { Tag } from '../../src/symbols/dwarf/codes/tags.js';
import { openDwarf } from '../../src/symbols/dwarf/open.js';
import { little, type MadeAttribute, type MadeDie, makeDwarf } from './dwarf-maker.js';
import { openUnits, unit } from './made-units.js';

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
