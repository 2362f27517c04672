// A program with one local variable at a made location, and a frame of our own to look it up in.
import { as, type FileAddress } from '../../src/base/brand.js';
import type { DebugInfo } from '../../src/symbols/debug-info.js';
import { At } from '../../src/symbols/dwarf/codes/attributes.js';
import { Form } from '../../src/symbols/dwarf/codes/forms.js';
import { Op } from '../../src/symbols/dwarf/codes/operations.js';
import { Tag } from '../../src/symbols/dwarf/codes/tags.js';
import { openDwarf } from '../../src/symbols/dwarf/open.js';
import type { FrameAccess, LocalPlace } from '../../src/symbols/frame.js';
import { type MadeAttribute, type MadeDie, type MadeFile, makeDwarf, sleb } from './dwarf-maker.js';

/** What the program is loaded at, beyond what its file says. */
const BIAS = 0x10_0000n;
const MEMORY = new Map([
  [0x7000n, [0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88]],
  [0x7008n, [0xff]],
]);

/** A frame of that function at `pc`. */
export function frameAt(pc: number): FrameAccess {
  return {
    pc: as<FileAddress>(BigInt(pc)),
    bias: BIAS,
    register: (number) => (number < 16 ? BigInt(0x1000 * (number + 1)) : null),
    cfa: () => 0x9000n,
    read: (address, size) => {
      const bytes = MEMORY.get(address);
      return bytes === undefined || bytes.length < size ? null : Uint8Array.from(bytes.slice(0, size));
    },
    threadBlock: () => 0x5000_0000n,
  };
}

/** Where its code lies. */
const CODE: readonly MadeAttribute[] = [
  [At.lowPc, Form.addr, 0x1000],
  [At.highPc, Form.data4, 0x10000],
];

interface Made {
  readonly version?: number;
  readonly attributes?: readonly MadeAttribute[];
  readonly file?: Omit<MadeFile, 'units'>;
}

/** A program whose only function, at 0x1000, has a variable `v` with this location. */
export function withLocal(location: MadeAttribute, { version = 4, attributes = [], file = {} }: Made = {}): DebugInfo {
  const byte: MadeDie = {
    tag: Tag.baseType,
    label: 'byte',
    attributes: [
      [At.name, Form.string, 'signed char'],
      [At.byteSize, Form.data1, 1],
      [At.encoding, Form.data1, 6],
    ],
  };
  const local: MadeDie = { tag: Tag.variable, attributes: [[At.name, Form.string, 'v'], location] };
  const frameBase: MadeAttribute = [At.frameBase, Form.exprloc, [Op.callFrameCfa]];
  const f: MadeDie = { tag: Tag.subprogram, attributes: [[At.name, Form.string, 'f'], ...CODE, frameBase], children: [local] };
  const root: MadeDie = {
    tag: Tag.compileUnit,
    attributes: [[At.name, Form.string, 'made.c'], ...CODE, ...attributes],
    children: [byte, f],
  };
  return openDwarf(makeDwarf({ units: [{ version, root }], ...file }));
}

/** Where `v` is at `pc`; null where there is none. */
export function placeAt(info: DebugInfo, pc: number): LocalPlace | null {
  return (
    info
      .localsAt(as<FileAddress>(BigInt(pc)))
      .find(({ name }) => name === 'v')
      ?.place(frameAt(pc)) ?? null
  );
}

/** So far from the frame's base. */
export const here = (offset: number): number[] => [Op.fbreg, ...sleb(offset)];
export const memory = (address: number | bigint): LocalPlace => ({ kind: 'memory', address: BigInt(address) });
export const UNKNOWN: LocalPlace = { kind: 'none', why: 'unknown' };
