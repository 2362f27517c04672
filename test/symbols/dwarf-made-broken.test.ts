// Debug information that is broken or far too deep, made byte by byte: what can be read is, and the rest is named.
import { describe, expect, test } from 'vitest';
import { as, type FileAddress } from '../../src/base/brand.js';
import { At } from '../../src/symbols/dwarf/codes/attributes.js';
import { Form } from '../../src/symbols/dwarf/codes/forms.js';
import { Tag } from '../../src/symbols/dwarf/codes/tags.js';
import { openDwarf } from '../../src/symbols/dwarf/open.js';
import { type MadeDie, makeDwarf } from './dwarf-maker.js';
import { located, openUnits, unit, variable } from './made-units.js';

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
