// Makes DWARF sections entry by entry, so that tests can show what no compiler at hand writes.

import { Form } from '../../src/symbols/dwarf/codes/forms.js';
import type { DwarfSections } from '../../src/symbols/dwarf/sections.js';

/** Number for constants, offsets, indices and addresses; text for strings; bytes for blocks; `@label` for references. */
export type MadeValue = number | bigint | string | readonly number[];
/** Attribute, form, value. */
export type MadeAttribute = readonly [name: number, form: number, value?: MadeValue];

export interface MadeDie {
  readonly tag: number;
  readonly attributes?: readonly MadeAttribute[];
  readonly children?: readonly MadeDie[];
  /** Other entries refer to it as `@label`. */
  readonly label?: string;
}

export interface MadeUnit {
  readonly root: MadeDie;
  readonly version?: number;
  /** DWARF 5 unit type; DW_UT_compile unless said otherwise. */
  readonly kind?: number;
  readonly offsetSize?: 4 | 8;
  /** Of a type unit; its type has the label `type`. */
  readonly signature?: bigint;
  /** For .debug_types of DWARF 4. */
  readonly inTypes?: boolean;
}

export interface MadeFile {
  readonly units: readonly MadeUnit[];
  readonly str?: readonly string[];
  readonly lineStr?: readonly string[];
  /** The rest as bytes. */
  readonly strOffsets?: readonly number[];
  readonly addr?: readonly number[];
  readonly line?: readonly number[];
  readonly ranges?: readonly number[];
  readonly rnglists?: readonly number[];
  readonly loc?: readonly number[];
  readonly loclists?: readonly number[];
  readonly aranges?: readonly number[];
}

export function little(value: number | bigint, size: number): number[] {
  let rest = BigInt.asUintN(64, BigInt(value));
  return Array.from({ length: size }, () => {
    const byte = Number(rest & 0xffn);
    rest >>= 8n;
    return byte;
  });
}

export function uleb(value: number | bigint): number[] {
  const bytes: number[] = [];
  let rest = BigInt(value);
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return [...bytes, Number(rest)];
}

export function sleb(value: number | bigint): number[] {
  let rest = BigInt(value);
  const bytes: number[] = [];
  while (rest < -64n || rest > 63n) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  return [...bytes, Number(rest & 0x7fn)];
}

export function ascii(text: string): number[] {
  return [...[...text].map((character) => character.charCodeAt(0)), 0];
}

/** Offset of `text` in a section of these strings. */
function offsetIn(strings: readonly string[], text: string): number {
  const index = strings.indexOf(text);
  if (index < 0) throw new Error(`${text} is not among the strings`);
  return strings.slice(0, index).reduce((sum, string) => sum + string.length + 1, 0);
}

class Maker {
  readonly info: number[] = [];
  readonly types: number[] = [];
  readonly abbrev: number[] = [];
  readonly #file: MadeFile;
  readonly #labels = new Map<string, number>();
  #patches: { readonly at: number; readonly size: number; readonly label: string; readonly base: number; readonly into: number[] }[] = [];
  #codes = 0;

  constructor(file: MadeFile) {
    this.#file = file;
    for (const unit of file.units) this.#unit(unit);
    for (const { at, size, label, base, into } of this.#patches) {
      const target = this.#labels.get(label);
      if (target === undefined) throw new Error(`no entry has the label ${label}`);
      into.splice(at, size, ...little(target - base, size));
    }
  }

  #unit(unit: MadeUnit): void {
    const { version = 4, offsetSize = 4, inTypes = false } = unit;
    const out = inTypes ? this.types : this.info;
    const start = out.length;
    const abbrevOffset = this.abbrev.length;
    this.#codes = 0;
    out.push(...(offsetSize === 8 ? [0xff, 0xff, 0xff, 0xff] : []), ...little(0, offsetSize), ...little(version, 2));
    const behind = out.length - 2;
    if (version >= 5) out.push(unit.kind ?? 1, 8, ...little(abbrevOffset, offsetSize));
    else out.push(...little(abbrevOffset, offsetSize), 8);
    if (unit.signature !== undefined) {
      out.push(...little(unit.signature, 8));
      this.#patch(out, offsetSize, 'type', start);
    }
    this.#die(unit.root, { unit, start, out });
    this.abbrev.push(0);
    out.splice(behind - offsetSize, offsetSize, ...little(out.length - behind, offsetSize));
  }

  #die(die: MadeDie, at: { readonly unit: MadeUnit; readonly start: number; readonly out: number[] }): void {
    const { attributes = [], children } = die;
    if (die.label !== undefined) this.#labels.set(die.label, at.out.length);
    const code = ++this.#codes;
    const specs = attributes.flatMap(([name, form, value]) => [
      ...uleb(name),
      ...uleb(form),
      ...(form === Form.implicitConst ? sleb(Number(value)) : []),
    ]);
    this.abbrev.push(...uleb(code), ...uleb(die.tag), children === undefined ? 0 : 1, ...specs, 0, 0);
    at.out.push(...uleb(code));
    for (const [, form, value = 0] of attributes) this.#value(form, value, at);
    if (children === undefined) return;
    for (const child of children) this.#die(child, at);
    at.out.push(0);
  }

  #value(form: number, value: MadeValue, at: { readonly unit: MadeUnit; readonly start: number; readonly out: number[] }): void {
    const { out, unit } = at;
    const offsetSize = unit.offsetSize ?? 4;
    if (typeof value === 'string' && value.startsWith('@')) {
      const relative = form === Form.ref4 || form === Form.ref8 || form === Form.ref2;
      const size = form === Form.ref4 ? 4 : form === Form.ref8 ? 8 : form === Form.ref2 ? 2 : offsetSize;
      this.#patch(out, size, value.slice(1), relative ? at.start : 0);
    } else out.push(...encode(form, value, { offsetSize, file: this.#file }));
  }

  #patch(into: number[], size: number, label: string, base: number): void {
    this.#patches.push({ at: into.length, size, label, base, into });
    into.push(...little(0, size));
  }
}

function encode(form: number, value: MadeValue, { offsetSize, file }: { readonly offsetSize: 4 | 8; readonly file: MadeFile }): number[] {
  if (typeof value === 'string') {
    if (form === Form.string) return ascii(value);
    return little(offsetIn((form === Form.lineStrp ? file.lineStr : file.str) ?? [], value), offsetSize);
  }
  if (typeof value === 'object') {
    // DW_FORM_indirect: the value's own form comes first, already encoded.
    if (form === Form.indirect) return [...value];
    if (form === Form.block2 || form === Form.block4) return [...little(value.length, form === Form.block2 ? 2 : 4), ...value];
    return [...(form === Form.block1 ? [value.length] : uleb(value.length)), ...value];
  }
  const size = SIZES.get(form);
  if (size !== undefined) return little(value, size);
  switch (form) {
    case Form.flagPresent:
    case Form.implicitConst:
      return [];
    case Form.sdata:
      return sleb(value);
    case Form.udata:
    case Form.strx:
    case Form.addrx:
    case Form.rnglistx:
    case Form.loclistx:
    case Form.refUdata:
      return uleb(value);
    default:
      return little(value, offsetSize);
  }
}

const SIZES: ReadonlyMap<number, number> = new Map([
  [Form.addr, 8],
  [Form.data1, 1],
  [Form.data2, 2],
  [Form.data4, 4],
  [Form.data8, 8],
  [Form.flag, 1],
  [Form.refSig8, 8],
  [Form.strx1, 1],
  [Form.strx2, 2],
  [Form.strx3, 3],
  [Form.strx4, 4],
  [Form.addrx1, 1],
]);

/** The sections of `file`. */
export function makeDwarf(file: MadeFile): DwarfSections {
  const made = new Maker(file);
  const section = (bytes: readonly number[] | undefined) => () => (bytes === undefined ? null : Uint8Array.from(bytes));
  return {
    info: section(made.info),
    types: section(made.types),
    abbrev: section(made.abbrev),
    str: section(file.str?.flatMap(ascii)),
    lineStr: section(file.lineStr?.flatMap(ascii)),
    strOffsets: section(file.strOffsets),
    addr: section(file.addr),
    line: section(file.line),
    ranges: section(file.ranges),
    rnglists: section(file.rnglists),
    loc: section(file.loc),
    loclists: section(file.loclists),
    aranges: section(file.aranges),
  };
}
