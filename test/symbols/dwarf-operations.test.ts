// Every operation of locations, made byte by byte and run in a frame of our own.
import { describe, expect, test } from 'vitest';
import { as, type FileAddress } from '../../src/base/brand.js';
import type { DebugInfo } from '../../src/symbols/debug-info.js';
import { At } from '../../src/symbols/dwarf/codes/attributes.js';
import { Form } from '../../src/symbols/dwarf/codes/forms.js';
import { Op } from '../../src/symbols/dwarf/codes/operations.js';
import { Tag } from '../../src/symbols/dwarf/codes/tags.js';
import { openDwarf } from '../../src/symbols/dwarf/open.js';
import type { LocalPlace } from '../../src/symbols/frame.js';
import { little, type MadeAttribute, type MadeDie, makeDwarf, sleb, uleb } from './dwarf-maker.js';
import { frameAt, here, memory, placeAt, UNKNOWN, withLocal } from './made-locals.js';

const value = (number: number | bigint): LocalPlace => ({ kind: 'value', bytes: Uint8Array.from(little(number, 8)) });
/** Operations, and what they leave on the stack (as the value of a variable). */
const calculations: readonly (readonly [title: string, operations: readonly number[], result: number | bigint])[] = [
  ['small constants', [Op.lit0 + 7], 7],
  ['signed constants', [Op.const1s, 0xfe], -2],
  ['16 bits, signed', [Op.const2s, 0xff, 0xff], -1],
  ['32 bits, signed and not', [Op.const4u, ...little(0xffff_fffe, 4), Op.const4s, ...little(-2, 4), Op.minus], 0x1_0000_0000n],
  ['LEB128', [Op.consts, ...sleb(-300), Op.constu, ...uleb(301), Op.plus], 1],
  ['dup and mul', [Op.lit0 + 5, Op.dup, Op.mul], 25],
  ['over and swap', [Op.lit0 + 5, Op.lit0 + 3, Op.over, Op.swap, Op.minus, Op.plus], 7],
  ['pick', [Op.lit0 + 9, Op.lit0 + 1, Op.lit0 + 2, Op.pick, 2], 9],
  ['rot: the top goes below two others', [Op.lit0 + 1, Op.lit0 + 2, Op.lit0 + 3, Op.rot, Op.lit0, Op.mul, Op.plus], 1],
  ['drop', [Op.lit0 + 1, Op.lit0 + 2, Op.drop], 1],
  ['division is signed', [Op.const1s, 0xf9, Op.lit0 + 2, Op.div], -3],
  ['the rest is not', [Op.lit0 + 7, Op.lit0 + 4, Op.mod], 3],
  ['shifts', [Op.const1s, 0x80, Op.lit0 + 4, Op.shra, Op.lit0 + 1, Op.shl], -16],
  ['shr is unsigned', [Op.const1s, 0xff, Op.const1u, 63, Op.shr], 1],
  ['by 64 and more', [Op.const1s, 0xff, Op.const1u, 64, Op.shl], 0],
  ['abs, neg, not', [Op.const1s, 0xfb, Op.abs, Op.neg, Op.not], 4],
  ['and, or, xor', [Op.lit0 + 12, Op.lit0 + 10, Op.and, Op.lit0 + 1, Op.or, Op.lit0 + 3, Op.xor], 10],
  ['comparisons are signed', [Op.const1s, 0xff, Op.lit0 + 1, Op.lt], 1],
  ['all of them', [Op.lit0 + 2, Op.lit0 + 2, Op.ge, Op.lit0 + 1, Op.eq, Op.lit0, Op.ne, Op.lit0, Op.gt, Op.lit0 + 1, Op.le], 1],
  ['a register and an offset', [Op.breg0 + 3, ...sleb(-16)], 0x3ff0],
  ['any register and an offset', [Op.bregx, 4, ...sleb(1)], 0x5001],
  ['memory', [Op.constu, ...uleb(0x7000), Op.deref], 0x8877_6655_4433_2211n],
  ['a few bytes of memory', [Op.constu, ...uleb(0x7000), Op.derefSize, 2], 0x2211],
  ['an address of the file, moved', [Op.addr, ...little(0x4000, 8)], 0x10_4000],
  ['plus_uconst wraps', [Op.const1s, 0xff, Op.plusUconst, 3], 2],
  ['skip', [Op.lit0 + 1, Op.skip, 1, 0, Op.lit0 + 2, Op.nop], 1],
  ['bra forward', [Op.lit0 + 1, Op.lit0 + 1, Op.bra, 1, 0, Op.lit0 + 9], 1],
  ['bra not taken', [Op.lit0 + 1, Op.lit0, Op.bra, 1, 0, Op.lit0 + 9], 9],
  [
    'a loop: 5 + 4 + 3 + 2 + 1',
    [Op.lit0, Op.lit0 + 5, Op.dup, Op.rot, Op.plus, Op.swap, Op.lit0 + 1, Op.minus, Op.dup, Op.bra, ...little(-10, 2), Op.drop],
    15,
  ],
  ['thread-local storage', [Op.const1u, 8, Op.formTlsAddress], 0x5000_0008],
];

describe('operations', () => {
  test.each(calculations)('%s', (_, operations, result) => {
    const info = withLocal([At.location, Form.exprloc, [...operations, Op.stackValue]]);
    expect(placeAt(info, 0x1000)).toEqual(value(result));
    // Without DW_OP_stack_value it is the address.
    const address = withLocal([At.location, Form.exprloc, operations]);
    expect(placeAt(address, 0x1000)).toEqual(memory(BigInt.asUintN(64, BigInt(result))));
  });

  test('numbers of a base type are cut to it', () => {
    // The base type's entry, counted from the start of the unit: behind the header (11 bytes) and the root entry.
    const root = 11 + 1 + 'made.c'.length + 1 + 8 + 4;
    const converted = [Op.constu, ...uleb(0x1ff), Op.convert, ...uleb(root), Op.stackValue];
    expect(placeAt(withLocal([At.location, Form.exprloc, converted]), 0x1000)).toEqual(value(-1));
    const register = [Op.regvalType, 0, ...uleb(root), Op.stackValue];
    expect(placeAt(withLocal([At.location, Form.exprloc, register]), 0x1000)).toEqual(value(0));
  });

  test('registers, pieces and values that are given whole', () => {
    const place = (...expression: number[]): LocalPlace | null => placeAt(withLocal([At.location, Form.exprloc, expression]), 0x1000);
    expect(place(Op.reg0 + 6)).toEqual({ kind: 'register', register: 6 });
    expect(place(Op.regx, 33)).toEqual({ kind: 'register', register: 33 });
    expect(place(Op.implicitValue, 2, 0xab, 0xcd)).toEqual({ kind: 'value', bytes: Uint8Array.of(0xab, 0xcd) });
    expect(place(Op.reg0, Op.piece, 4, Op.piece, 4, ...here(-8), Op.bitPiece, 5, 3)).toEqual({
      kind: 'pieces',
      pieces: [
        { place: { kind: 'register', register: 0 }, bits: 32, bitOffset: 0 },
        { place: { kind: 'none', why: 'optimised-away' }, bits: 32, bitOffset: 0 },
        { place: memory(0x8ff8), bits: 5, bitOffset: 3 },
      ],
    });
    expect(place()).toEqual({ kind: 'none', why: 'optimised-away' });
  });

  test('a pointer that is nowhere has what it points to, wherever that is said to be', () => {
    const depthOf = (place: LocalPlace): number =>
      place.kind === 'none' && place.pointee !== undefined ? 1 + depthOf(place.pointee.place) : 0;
    const depths = Array.from({ length: 140 }, (_, entry) => {
      const operation = entry % 2 === 0 ? Op.implicitPointer : Op.gnuImplicitPointer;
      const place = placeAt(withLocal([At.location, Form.exprloc, [operation, ...little(entry, 4), 3]]), 0x1000);
      expect(place).toMatchObject({ kind: 'none' });
      return place === null ? 0 : depthOf(place);
    });
    // One of these is the variable itself: round and round, but not for ever. Most others are no entries at all.
    expect(depths.filter((depth) => depth > 1)).toEqual([4]);
    expect(depths.filter((depth) => depth === 1).length).toBeGreaterThan(0);
  });

  const broken: readonly (readonly [title: string, operations: readonly number[]])[] = [
    ['an endless loop', [Op.skip, ...little(-3, 2)]],
    ['a stack without end', [Op.lit0, Op.skip, ...little(-4, 2)]],
    ['a jump out of the expression', [Op.skip, 0xff, 0x7f]],
    ['too few numbers', [Op.lit0, Op.plus]],
    ['division by zero', [Op.lit0, Op.lit0, Op.div]],
    ['memory that cannot be read', [Op.lit0, Op.deref]],
    ['a register that is not known', [Op.bregx, 20, 0]],
    ["the caller's registers", [Op.entryValue, 1, Op.reg0 + 5, Op.stackValue]],
    ['an operation nobody knows', [0xee]],
    ['an operand that is cut off', [Op.const8u, 1, 2]],
  ];

  test.each(broken)('%s is unknown', (_, operations) => {
    expect(placeAt(withLocal([At.location, Form.exprloc, operations]), 0x1000)).toEqual(UNKNOWN);
  });
});

describe('what a register held at the call', () => {
  const five: number[] = [Op.entryValue, 1, Op.reg0 + 5, Op.stackValue];

  test('is asked of the frame, by either number, for a register alone', () => {
    const asked = (operations: readonly number[]): LocalPlace | null => {
      const info = withLocal([At.location, Form.exprloc, [...operations]]);
      const local = info.localsAt(as<FileAddress>(0x1000n)).find(({ name }) => name === 'v');
      return local?.place({ ...frameAt(0x1000), entryValue: (number) => (number === 5 ? 42n : null) }) ?? null;
    };
    expect(asked(five)).toEqual(value(42));
    expect(asked([Op.gnuEntryValue, 2, Op.regx, 5, Op.lit0 + 1, Op.plus, Op.stackValue])).toEqual(value(43));
    for (const operations of [
      [Op.entryValue, 1, Op.reg0 + 6],
      [Op.entryValue, 2, Op.breg0 + 5, 0],
      [Op.entryValue, 2, Op.reg0 + 5, Op.nop],
      [Op.entryValue, 0],
    ])
      expect(asked([...operations, Op.stackValue])).toEqual(UNKNOWN);
  });

  /** main, at 0x2000, calls f twice and something else; the second call is in a block. */
  function calling(site: 'dwarf5' | 'gnu'): DebugInfo {
    const [tag, parameterTag, valueName] =
      site === 'dwarf5'
        ? [Tag.callSite, Tag.callSiteParameter, At.callValue]
        : [Tag.gnuCallSite, Tag.gnuCallSiteParameter, At.gnuCallSiteValue];
    const call = (returns: number, origin: string | null, expression: number[]): MadeDie => ({
      tag,
      attributes: [
        [site === 'dwarf5' ? At.callReturnPc : At.lowPc, Form.addr, returns],
        ...(origin === null ? [] : [[site === 'dwarf5' ? At.callOrigin : At.abstractOrigin, Form.ref4, origin] as MadeAttribute]),
      ],
      children: [
        {
          tag: parameterTag,
          attributes: [
            [At.location, Form.exprloc, [Op.reg0 + 4]],
            [valueName, Form.exprloc, [Op.lit0 + 3]],
          ],
        },
        {
          tag: parameterTag,
          attributes: [
            [At.location, Form.exprloc, [Op.reg0 + 5]],
            [valueName, Form.exprloc, expression],
          ],
        },
      ],
    });
    const f: MadeDie = {
      tag: Tag.subprogram,
      label: 'f',
      attributes: [
        [At.name, Form.string, 'f'],
        [At.declaration, Form.flagPresent, 0],
      ],
    };
    const main: MadeDie = {
      tag: Tag.subprogram,
      attributes: [
        [At.name, Form.string, 'main'],
        [At.lowPc, Form.addr, 0x2000],
        [At.highPc, Form.data4, 0x100],
        [At.frameBase, Form.exprloc, [Op.callFrameCfa]],
      ],
      children: [
        call(0x2010, '@f', here(-8)),
        call(0x2030, null, [Op.lit0 + 7]),
        { tag: Tag.lexicalBlock, attributes: [], children: [call(0x2100, '@f', [Op.entryValue, 1, Op.reg0 + 5, Op.lit0 + 2, Op.mul])] },
      ],
    };
    const root: MadeDie = {
      tag: Tag.compileUnit,
      attributes: [
        [At.name, Form.string, 'made.c'],
        [At.lowPc, Form.addr, 0x2000],
        [At.highPc, Form.data4, 0x100],
      ],
      children: [f, main],
    };
    return openDwarf(makeDwarf({ units: [{ version: site === 'dwarf5' ? 5 : 4, root }] }));
  }

  test.each(['dwarf5', 'gnu'] as const)('is told by the call that returns there (%s)', (site) => {
    const info = calling(site);
    const argument = (returns: number, register: number, callee = 'f'): bigint | null =>
      info.argumentOf(
        { returnAddress: as<FileAddress>(BigInt(returns)), callee, frame: { ...frameAt(returns - 1), entryValue: () => 21n } },
        register,
      );
    expect(argument(0x2010, 5)).toBe(0x8ff8n);
    expect(argument(0x2010, 4)).toBe(3n);
    // At the end of main; it has the value of main's own argument.
    expect(argument(0x2100, 5)).toBe(42n);
    expect(argument(0x2010, 1)).toBeNull();
    // Another function was called there, which has called this one with a jump.
    expect(argument(0x2010, 5, 'g')).toBeNull();
    expect(argument(0x2030, 5)).toBeNull();
    expect(argument(0x2020, 5)).toBeNull();
    expect(argument(0x9000, 5)).toBeNull();
    expect(info.problems).toEqual([]);
  });
});
