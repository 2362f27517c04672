// Finds the files that split DWARF is in: the package beside the program, else one .dwo file for each unit.
import { posix } from 'node:path';
import { memorySource } from '../bytes.js';
import type { DwarfSections } from '../dwarf/sections.js';
import type { SplitFiles, SplitObject, SplitPackage, SplitReference } from '../dwarf/split/source.js';
import { ElfError } from '../elf/elf-error.js';
import { type ElfFile, openElf } from '../elf/elf-file.js';
import { type DebugSearch, debugDirectories, type OpenElf, rooted } from './debug-search.js';
import { nodeDecompressors } from './decompressors.js';
import { type FileSource, openFile } from './file-source.js';

/** Larger files are no single unit's. */
const MOST_OBJECT_BYTES = 1 << 30;

/** The split DWARF of the program or library at one of `paths` (its own, and its separate debug file's). `keep` gets what must be closed in the end. */
export function splitFiles(paths: readonly string[], search: DebugSearch, keep: (opened: OpenElf) => void): SplitFiles {
  return {
    package: () => findPackage(paths, search, keep),
    objects: (wanted) => findObjects(wanted, paths, search),
  };
}

function findPackage(paths: readonly string[], search: DebugSearch, keep: (opened: OpenElf) => void): SplitPackage | null {
  const names = paths.flatMap((path) => [`${path}.dwp`, ...debugDirectories(search).map((directory) => `${directory}${path}.dwp`)]);
  for (const path of rooted(names, search)) {
    const source = tryOpen(path);
    if (source === null) continue;
    const elf = openOrClose(source);
    keep({ elf, source });
    const index = (name: string) => () => joined(elf, name);
    return { path, sections: splitSections(elf), unitIndex: index('.debug_cu_index'), typeIndex: index('.debug_tu_index') };
  }
  return null;
}

/** Where the compiler put it, and beside the program, whose build folder may have been moved. */
function* findObjects({ name, directory }: SplitReference, paths: readonly string[], search: DebugSearch): Generator<SplitObject> {
  if (name === '') return;
  const homes = paths.map((path) => posix.dirname(path));
  const relative = posix.isAbsolute(name) ? [] : homes.map((home) => posix.join(home, name));
  const candidates = [posix.resolve('/', directory, name), ...relative, ...homes.map((home) => posix.join(home, posix.basename(name)))];
  for (const path of new Set(rooted(candidates, search))) {
    const source = tryOpen(path);
    if (source === null) continue;
    // Whole and closed at once: a program can have thousands of them.
    using opened = source;
    if (opened.size > MOST_OBJECT_BYTES) continue;
    const bytes = opened.read(0, opened.size);
    yield { path, sections: splitSections(openElf(memorySource(bytes), { file: path, ...nodeDecompressors() })) };
  }
}

function tryOpen(path: string): FileSource | null {
  try {
    return openFile(path);
  } catch {
    return null;
  }
}

/** Throws ElfError. */
function openOrClose(source: FileSource): ElfFile {
  try {
    return openElf(source, { file: source.path, ...nodeDecompressors() });
  } catch (error) {
    source[Symbol.dispose]();
    throw error;
  }
}

/** The sections whose names end in `.dwo`. Getters throw ElfError where one is broken. */
export function splitSections(elf: ElfFile): DwarfSections {
  const section = (name: string) => () => joined(elf, `.debug_${name}.dwo`);
  const none = (): null => null;
  return {
    info: section('info'),
    types: section('types'),
    abbrev: section('abbrev'),
    str: section('str'),
    strOffsets: section('str_offsets'),
    line: section('line'),
    loc: section('loc'),
    loclists: section('loclists'),
    rnglists: section('rnglists'),
    // These stay in the program's file.
    lineStr: none,
    addr: none,
    ranges: none,
  };
}

/** All sections of one name, one behind the other: in an object file each type unit has a section of its own. */
function joined(elf: ElfFile, name: string): Uint8Array | null {
  const all = elf.sections.filter((section) => section.name === name);
  const [first] = all;
  if (first === undefined) return null;
  if (all.length === 1) return elf.dataOf(first);
  const parts = all.map((section) => elf.dataOf(section));
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  if (length > MOST_OBJECT_BYTES) throw new ElfError(elf.file, 'corrupt', `its sections ${name} have ${length} bytes`);
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
