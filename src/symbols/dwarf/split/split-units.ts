// Finds what split DWARF has moved out of a program's file: the unit that belongs to a skeleton, and types by signature.
import { At } from '../codes/attributes.js';
import type { Die } from '../dies/die.js';
import { DwarfError } from '../error.js';
import { DwarfFile } from '../file.js';
import type { Problems } from '../problems.js';
import type { DwarfSections, SectionName } from '../sections.js';
import type { Unit } from '../units/unit.js';
import { type Pieces, readPackageIndex } from './package-index.js';
import type { SplitFiles, SplitObject, SplitPackage, SplitReference } from './source.js';

/** What a unit of a program's file says of its other half; null for one that has none. Throws DwarfError. */
export function splitReference(unit: Unit): SplitReference | null {
  const { root } = unit;
  const name = root.string(At.dwoName) ?? root.string(At.gnuDwoName);
  if (name === null && unit.header.kind !== 'skeleton') return null;
  return { name: name ?? '', directory: root.string(At.compDir) ?? '', id: idOf(unit) };
}

/** In DWARF 5 the header has the id, before that an attribute. */
function idOf(unit: Unit): bigint | null {
  return unit.header.splitId ?? unit.root.constant(At.gnuDwoId);
}

interface Package {
  readonly object: SplitPackage;
  /** Each section whole, read once. */
  readonly whole: (name: SectionName) => Uint8Array | null;
  readonly units: ReadonlyMap<bigint, Pieces>;
  readonly types: ReadonlyMap<bigint, Pieces>;
}

/** The split units of one program. Nothing here throws: what is not found is told to `problems`. */
export class SplitUnits {
  readonly #files: SplitFiles | null;
  readonly #problems: Problems;
  readonly #types = new Map<bigint, Die | null>();
  #package: Package | null | undefined;

  constructor(files: SplitFiles | null, problems: Problems) {
    this.#files = files;
    this.#problems = problems;
  }

  /** The unit that holds the entries of `skeleton`; `skeleton` itself where it is none, or where the other half is not found. */
  of(skeleton: Unit): Unit {
    const describe = (): string => skeleton.describe();
    const wanted = this.#problems.guard(describe, null, () => splitReference(skeleton));
    if (wanted === null) return skeleton;
    const found = this.#guarded(() => this.#inPackage(skeleton, wanted) ?? this.#inObjects(skeleton, wanted));
    if (found !== null) return found;
    const unit = this.#problems.guard(describe, null, () => skeleton.root.string(At.name)) ?? 'a unit';
    this.#problems.add(`the variables and types of ${unit} are in ${wanted.name || 'a .dwo file'} (split DWARF), which was not found`);
    return skeleton;
  }

  /** The type with `signature` in the program's package. */
  typeOf(signature: bigint): Die | null {
    let type = this.#types.get(signature);
    if (type === undefined) {
      type = this.#guarded(() => this.#typeInPackage(signature));
      this.#types.set(signature, type);
    }
    return type;
  }

  /** All type units of the program's package. */
  packagedTypes(): readonly Unit[] {
    const signatures = this.#openPackage()?.types.keys() ?? [];
    return [...signatures].flatMap((signature) => this.typeOf(signature)?.unit ?? []);
  }

  #typeInPackage(signature: bigint): Die | null {
    const opened = this.#openPackage();
    const pieces = opened?.types.get(signature);
    if (opened === null || pieces === undefined) return null;
    const file = new DwarfFile(cut(opened, pieces), this.#problems, { label: opened.object.path, split: this });
    return file.ownType(signature);
  }

  #inPackage(skeleton: Unit, { id }: SplitReference): Unit | null {
    const opened = id === null ? null : this.#openPackage();
    const pieces = id === null ? undefined : opened?.units.get(id);
    if (opened === null || pieces === undefined) return null;
    return this.#unitIn({ path: opened.object.path, sections: cut(opened, pieces) }, skeleton, id);
  }

  #inObjects(skeleton: Unit, wanted: SplitReference): Unit | null {
    const refused: string[] = [];
    for (const object of this.#files?.objects(wanted) ?? []) {
      const unit = this.#unitIn(object, skeleton, wanted.id);
      if (unit !== null) return unit;
      refused.push(object.path);
    }
    for (const path of refused) this.#problems.add(`${path} does not belong to this program: it was compiled at another time`);
    return null;
  }

  #unitIn({ path, sections }: SplitObject, skeleton: Unit, id: bigint | null): Unit | null {
    const file = new DwarfFile(sections, this.#problems, { label: path, split: this, skeleton });
    return file.units.find((unit) => unit.header.kind !== 'type' && (id === null || idOf(unit) === id)) ?? null;
  }

  #openPackage(): Package | null {
    if (this.#package === undefined) this.#package = this.#guarded(() => this.#readPackage());
    return this.#package;
  }

  #readPackage(): Package | null {
    const object = this.#files?.package() ?? null;
    if (object === null) return null;
    const read = new Map<SectionName, Uint8Array | null>();
    const whole = (name: SectionName): Uint8Array | null => {
      let bytes = read.get(name);
      if (bytes === undefined) {
        bytes = object.sections[name]?.() ?? null;
        read.set(name, bytes);
      }
      return bytes;
    };
    const index = (section: Uint8Array | null): ReadonlyMap<bigint, Pieces> => readPackageIndex(section ?? new Uint8Array(0));
    return { object, whole, units: index(object.unitIndex()), types: index(object.typeIndex()) };
  }

  /** Whatever finds and opens the files is given from outside, so any error may come. */
  #guarded<T>(read: () => T | null): T | null {
    try {
      return read();
    } catch (error) {
      const where = error instanceof DwarfError ? 'split DWARF: ' : '';
      this.#problems.add(`${where}${error instanceof Error ? error.message : String(error)}`);
      return null;
    }
  }
}

/** The sections of one unit of a package: its pieces, and the strings that all share. */
function cut({ whole }: Package, pieces: Pieces): DwarfSections {
  const piece = (name: SectionName) => () => {
    const bounds = pieces.get(name);
    return bounds === undefined ? null : (whole(name)?.subarray(bounds.offset, bounds.offset + bounds.size) ?? null);
  };
  const none = (): null => null;
  return {
    info: piece('info'),
    types: piece('types'),
    abbrev: piece('abbrev'),
    strOffsets: piece('strOffsets'),
    line: piece('line'),
    loc: piece('loc'),
    loclists: piece('loclists'),
    rnglists: piece('rnglists'),
    str: () => whole('str'),
    lineStr: none,
    addr: none,
    ranges: none,
  };
}
