// Finds the separate debug file of a stripped one where gdb and the distributions put it, and makes sure that it belongs to it.
import { realpathSync } from 'node:fs';
import { posix } from 'node:path';
import { crc32 } from 'node:zlib';
import type { ByteSource } from '../bytes.js';
import { type ElfFile, openElf } from '../elf/elf-file.js';
import { nodeDecompressors } from './decompressors.js';
import { type FileSource, openFile } from './file-source.js';

/** Where debug files are looked for. */
export interface DebugSearch {
  /** Put before every path: `/proc/PID/root` for a process that sees other files; '' for our own. Tried in this order. */
  readonly roots?: readonly string[];
  /** Directories that hold `.build-id` and copies of the directory tree. */
  readonly directories?: readonly string[];
}

/** An open ELF file and what keeps it open. */
export interface OpenElf {
  readonly elf: ElfFile;
  readonly source: FileSource;
}

/** What a search gave: the file, or null, and what was found and refused on the way. */
export interface DebugFileFound {
  readonly found: OpenElf | null;
  readonly problems: readonly string[];
}

const DEFAULT_DIRECTORIES = ['/usr/lib/debug', '/usr/local/lib/debug'];
const CRC_CHUNK = 1 << 20;

/** The debug file of `elf`, which lies at `path` (as its own process sees it). */
export function findDebugFile(elf: ElfFile, path: string, search: DebugSearch = {}): DebugFileFound {
  const { buildId, debugLink } = elf;
  const problems: string[] = [];
  const byId = buildId === null ? [] : buildIdPaths(buildId, search);
  for (const candidate of byId) {
    const opened = tryOpen(candidate, problems);
    if (opened === null) continue;
    if (opened.elf.buildId === buildId) return { found: opened, problems };
    problems.push(`${candidate} belongs to another build (its build-id is ${opened.elf.buildId ?? 'missing'})`);
    opened.source[Symbol.dispose]();
  }
  if (debugLink === null) return { found: null, problems };
  for (const candidate of linkPaths(debugLink.name, path, search)) {
    const opened = tryOpen(candidate, problems);
    if (opened === null) continue;
    if (belongs(opened, buildId, debugLink.crc)) return { found: opened, problems };
    problems.push(`${candidate} belongs to another build`);
    opened.source[Symbol.dispose]();
  }
  return { found: null, problems };
}

/** The file that `elf` (a debug file, opened as `path`) shares with others by dwz; null where it names none, or it is not there. */
export function findAlternateFile(elf: ElfFile, path: string, search: DebugSearch = {}): DebugFileFound {
  const link = elf.debugAltLink;
  if (link === null) return { found: null, problems: [] };
  const problems: string[] = [];
  for (const candidate of new Set([...alternatePaths(link.path, path, search), ...buildIdPaths(link.buildId, search)])) {
    const opened = tryOpen(candidate, problems);
    if (opened === null) continue;
    if (opened.elf.isSharedPart(link)) return { found: opened, problems };
    problems.push(`${candidate} belongs to another build`);
    opened.source[Symbol.dispose]();
  }
  problems.push(`a part of the debug information is in ${link.path} (build-id ${link.buildId}), which was not found`);
  return { found: null, problems };
}

/** Where a link may lead: absolute ones within the roots, relative ones from the file, and from where it really is (.build-id has links). */
function alternatePaths(link: string, path: string, search: DebugSearch): string[] {
  if (posix.isAbsolute(link)) return rooted([link], search);
  const homes = [path, ...rooted([path], search)].flatMap((place) => [place, realPath(place)]);
  return homes.map((home) => posix.resolve(posix.dirname(home), link));
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/** Directories that debug files are looked for in. */
export function debugDirectories({ directories = DEFAULT_DIRECTORIES }: DebugSearch): readonly string[] {
  return directories;
}

/** `/usr/lib/debug/.build-id/ab/cdef....debug` */
function buildIdPaths(buildId: string, search: DebugSearch): string[] {
  return rooted(
    debugDirectories(search).map((directory) => `${directory}/.build-id/${buildId.slice(0, 2)}/${buildId.slice(2)}.debug`),
    search,
  );
}

/** Beside the file, in `.debug` beside it, and in a copy of its directory below each debug directory. */
function linkPaths(name: string, path: string, search: DebugSearch): string[] {
  const home = posix.dirname(path);
  const candidates = [
    `${home}/${name}`,
    `${home}/.debug/${name}`,
    ...debugDirectories(search).map((directory) => `${directory}${home}/${name}`),
  ];
  // A file that links to itself by name is not its own debug file.
  return rooted(
    candidates.filter((candidate) => candidate !== path),
    search,
  );
}

/** Every path below every root. */
export function rooted(paths: readonly string[], { roots = [''] }: DebugSearch): string[] {
  return roots.flatMap((root) => paths.map((path) => root + path));
}

function tryOpen(path: string, problems: string[]): OpenElf | null {
  let source: FileSource;
  try {
    source = openFile(path);
  } catch {
    return null;
  }
  try {
    return { elf: openElf(source, { file: path, ...nodeDecompressors() }), source };
  } catch (error) {
    problems.push(error instanceof Error ? error.message : String(error));
    source[Symbol.dispose]();
    return null;
  }
}

/** By build-id where both files have one, which is quick; else by the checksum of the whole file. */
function belongs({ elf, source }: OpenElf, buildId: string | null, crc: number): boolean {
  const candidateId = elf.buildId;
  return buildId !== null && candidateId !== null ? buildId === candidateId : checksum(source) === crc;
}

function checksum(source: ByteSource): number {
  let crc = 0;
  for (let offset = 0; offset < source.size; offset += CRC_CHUNK) crc = crc32(source.read(offset, CRC_CHUNK), crc);
  return crc;
}
