// Builds programs with chosen debug information, and opens what the compilers wrote.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { memorySource } from '../../src/symbols/bytes.js';
import type { DebugInfo } from '../../src/symbols/debug-info.js';
import { openDwarf } from '../../src/symbols/dwarf/open.js';
import { type ElfFile, openElf } from '../../src/symbols/elf/elf-file.js';
import { dwarfSections } from '../../src/symbols/live/dwarf-sections.js';
import type { Sources } from './dwarf-sources.js';

/** A folder that is gone at the end of the process. */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'hwbkpt-dwarf-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export interface Build {
  readonly sources: Sources;
  readonly compiler: string;
  readonly flags: readonly string[];
}

/** Compiles and links `sources` in a folder `name` of `scratch`; the path of the program. */
export function build(scratch: string, name: string, { sources, compiler, flags }: Build): string {
  const folder = join(scratch, name);
  mkdirSync(folder, { recursive: true });
  for (const [file, text] of Object.entries(sources)) writeFileSync(join(folder, file), text);
  const inputs = Object.keys(sources).filter((file) => !/\.h/.test(file));
  execFileSync(compiler, [...flags, '-w', ...inputs, '-o', 'program'], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  return join(folder, 'program');
}

export function openFile(path: string): ElfFile {
  return openElf(memorySource(readFileSync(path)), { file: path, inflate: (bytes, size) => inflateSync(bytes, { maxOutputLength: size }) });
}

/** The debug information of the file at `path`, with dwz's alternate file at `alternate`. */
export function openDebugInfo(path: string, alternate?: string): DebugInfo {
  const sections = dwarfSections(openFile(path));
  return alternate === undefined ? openDwarf(sections) : openDwarf(sections, { alternate: dwarfSections(openFile(alternate)) });
}
