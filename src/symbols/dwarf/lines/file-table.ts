// The directories and files that a line number program refers to by number, and the paths they make.
import type { Cursor } from '../bytes/cursor.js';
import { stringAt } from '../bytes/text.js';
import { Form } from '../codes/forms.js';
import { DwarfError } from '../error.js';
import { type Shape, skipForm } from '../forms/sizes.js';
import type { NameSections } from './header.js';

interface FileEntry {
  readonly name: string;
  readonly directory: number;
}

/** Directories and files by number. */
export class FileTable {
  readonly #directories: readonly string[];
  readonly #files: FileEntry[];
  readonly #first: 0 | 1;

  /** `directories[0]` is the compilation directory ('' where the table leaves it out); files count from `first`. */
  constructor(directories: readonly string[], files: readonly FileEntry[], first: 0 | 1) {
    this.#directories = directories;
    this.#files = [...files];
    this.#first = first;
  }

  /** Adds a file, as DW_LNE_define_file does. */
  add(file: FileEntry): void {
    this.#files.push(file);
  }

  /** Path of file `number`, made absolute with its directory and `compilationDirectory` as far as they are absolute; null for unknown numbers. */
  path(number: number, compilationDirectory: string): string | null {
    const file = this.#files[number - this.#first];
    if (file === undefined) return null;
    const directory = this.#directories[file.directory] ?? '';
    return join(join(compilationDirectory || (this.#directories[0] ?? ''), directory), file.name);
  }
}

function join(directory: string, path: string): string {
  if (path.startsWith('/') || directory === '') return path;
  if (path === '') return directory;
  return directory.endsWith('/') ? directory + path : `${directory}/${path}`;
}

/** The tables of DWARF 2 to 4: directories up to an empty one, then files (name, directory, time, size) up to an empty one. */
export function readOldTables(cursor: Cursor): FileTable {
  const directories = [''];
  for (let directory = text(cursor); directory !== ''; directory = text(cursor)) directories.push(directory);
  const files: FileEntry[] = [];
  for (let name = text(cursor); name !== ''; name = text(cursor)) files.push(readOldFile(cursor, name));
  return new FileTable(directories, files, 1);
}

/** The rest of a file entry of DWARF 2 to 4, behind its name. */
export function readOldFile(cursor: Cursor, name: string): FileEntry {
  const directory = cursor.uleb();
  cursor.uleb();
  cursor.uleb();
  return { name, directory };
}

/** A string in place. */
export function text(cursor: Cursor): string {
  return stringAt(cursor.bytes, cursor.string());
}

const Content = { path: 1, directoryIndex: 2 } as const;

interface Format {
  readonly content: number;
  readonly form: number;
}

/** The tables of DWARF 5: each a list of (content, form), a count, and that many entries. */
export function readTables5(cursor: Cursor, sections: NameSections, shape: Shape): FileTable {
  const directories = readEntries(cursor, sections, shape).map(({ name }) => name);
  return new FileTable(directories, readEntries(cursor, sections, shape), 0);
}

function readEntries(cursor: Cursor, sections: NameSections, shape: Shape): FileEntry[] {
  const formats: Format[] = [];
  const formatCount = cursor.u8();
  for (let i = 0; i < formatCount; i++) formats.push({ content: cursor.uleb(), form: cursor.uleb() });
  const count = cursor.uleb();
  // An entry takes at least a byte, unless it is of a form without bytes, which none of these can be.
  if (count > cursor.remaining) throw new DwarfError(`line table with ${count} files`);
  const entries: FileEntry[] = [];
  for (let i = 0; i < count; i++) {
    const before = cursor.pos;
    entries.push(readEntry(cursor, formats, { sections, shape }));
    if (cursor.pos === before) throw new DwarfError('line table with files of no bytes');
  }
  return entries;
}

function readEntry(cursor: Cursor, formats: readonly Format[], from: { sections: NameSections; shape: Shape }): FileEntry {
  let name = '';
  let directory = 0;
  for (const { content, form } of formats) {
    if (content === Content.path) name = readName(cursor, form, from);
    else if (content === Content.directoryIndex) directory = readDirectory(cursor, form);
    else skipForm(cursor, form, from.shape);
  }
  return { name, directory };
}

function readName(cursor: Cursor, form: number, { sections, shape }: { sections: NameSections; shape: Shape }): string {
  switch (form) {
    case Form.string:
      return text(cursor);
    case Form.lineStrp:
      return stringAt(sections.lineStr, cursor.offset(shape.offsetSize));
    case Form.strp:
      return stringAt(sections.str, cursor.offset(shape.offsetSize));
    default:
      throw new DwarfError(`file name of form 0x${form.toString(16)}`);
  }
}

function readDirectory(cursor: Cursor, form: number): number {
  switch (form) {
    case Form.data1:
      return cursor.u8();
    case Form.data2:
      return cursor.u16();
    case Form.udata:
      return cursor.uleb();
    default:
      throw new DwarfError(`directory number of form 0x${form.toString(16)}`);
  }
}
