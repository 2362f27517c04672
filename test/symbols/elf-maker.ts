// Makes small ELF files byte by byte, so that tests can say what each byte means and break one at a time.

export interface MadeSymbol {
  readonly name: string;
  readonly type?: number;
  readonly binding?: number;
  readonly visibility?: number;
  readonly section?: number;
  readonly value?: bigint;
  readonly size?: bigint;
}

export interface MadeSection {
  readonly name: string;
  readonly type: number;
  readonly flags?: number;
  readonly address?: bigint;
  readonly data: Uint8Array;
  readonly link?: number;
  readonly info?: number;
}

export interface MadeSegment {
  readonly type: number;
  readonly flags?: number;
  readonly address?: bigint;
  readonly offset: number;
  readonly fileSize: number;
  readonly memorySize?: number;
}

export interface MadeElf {
  readonly elfClass?: number;
  readonly order?: number;
  readonly type?: number;
  readonly machine?: number;
  readonly entry?: bigint;
  /** Section 0 and the section of names are added. */
  readonly sections?: readonly MadeSection[];
  readonly segments?: readonly MadeSegment[];
}

const bytesOf = (text: string) => Uint8Array.from(text, (c) => c.charCodeAt(0));

export function cString(text: string): Uint8Array {
  return bytesOf(`${text}\0`);
}

export function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Little-endian numbers: `[4, 3]` is three in four bytes. */
export function numbers(...fields: readonly (readonly [bytes: 1 | 2 | 4 | 8, value: number | bigint])[]): Uint8Array {
  return joined(
    ...fields.map(([bytes, value]) => Uint8Array.from({ length: bytes }, (_, i) => Number((BigInt(value) >> BigInt(8 * i)) & 0xffn))),
  );
}

/** A string table and where each name is in it. */
export function stringTable(names: readonly string[]): { readonly bytes: Uint8Array; readonly at: ReadonlyMap<string, number> } {
  const at = new Map<string, number>([['', 0]]);
  const parts = [cString('')];
  let length = 1;
  for (const name of names) {
    if (at.has(name)) continue;
    at.set(name, length);
    parts.push(cString(name));
    length += name.length + 1;
  }
  return { bytes: joined(...parts), at };
}

/** The two parts of a symbol table, with the null entry in front. */
export function madeSymbols(symbols: readonly MadeSymbol[]): { readonly entries: Uint8Array; readonly names: Uint8Array } {
  const names = stringTable(symbols.map((symbol) => symbol.name));
  const entries = symbols.map(({ name, type = 1, binding = 1, visibility = 0, section = 1, value = 0n, size = 0n }) =>
    numbers([4, names.at.get(name) ?? 0], [1, type | (binding << 4)], [1, visibility], [2, section], [8, value], [8, size]),
  );
  return { entries: joined(new Uint8Array(24), ...entries), names: names.bytes };
}

/** Header, segments, section data (each at a multiple of 8), section table. */
export function madeElf(made: MadeElf = {}): Uint8Array {
  const { elfClass = 2, order = 1, type = 3, machine = 62, entry = 0n, segments = [] } = made;
  const sections = withNames(made.sections ?? []);
  const segmentBytes = segments.map((s) =>
    numbers(
      [4, s.type],
      [4, s.flags ?? 4],
      [8, s.offset],
      [8, s.address ?? 0n],
      [8, 0],
      [8, s.fileSize],
      [8, s.memorySize ?? s.fileSize],
      [8, 1],
    ),
  );
  const offsets: number[] = [];
  let body = joined(...segmentBytes);
  for (const section of sections) {
    body = joined(body, new Uint8Array(-body.length & 7));
    offsets.push(64 + body.length);
    body = joined(body, section.data);
  }
  body = joined(body, new Uint8Array(-body.length & 7));
  const header = joined(
    bytesOf('\x7fELF'),
    Uint8Array.from([elfClass, order, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
    numbers([2, type], [2, machine], [4, 1], [8, entry], [8, segments.length > 0 ? 64 : 0], [8, 64 + body.length]),
    numbers([4, 0], [2, 64], [2, 56], [2, segments.length], [2, 64], [2, sections.length + 1], [2, sections.length]),
  );
  const names = stringTable(sections.map((section) => section.name));
  const table = sections.map((s, i) =>
    joined(
      numbers(
        [4, names.at.get(s.name) ?? 0],
        [4, s.type],
        [8, s.flags ?? 0],
        [8, s.address ?? 0n],
        [8, offsets[i] ?? 0],
        [8, s.data.length],
      ),
      numbers([4, s.link ?? 0], [4, s.info ?? 0], [8, 1], [8, 0]),
    ),
  );
  return joined(header, body, new Uint8Array(64), ...table);
}

function withNames(sections: readonly MadeSection[]): MadeSection[] {
  const all = [...sections, { name: '.shstrtab', type: 3, data: new Uint8Array() }];
  const names = stringTable(all.map((section) => section.name));
  return all.map((section) => (section.name === '.shstrtab' ? { ...section, data: names.bytes } : section));
}
