// Opens the very file that a process has mapped, even when it lives in a container, was deleted, or was replaced by an update.

import { type FileSource, openFile } from './file-source.js';
import type { MappedRange } from './maps.js';
import { readProcessMemory } from './memory.js';

/** Bytes of the file's start that are compared with the process's memory when inode numbers do not settle which file it is. */
const COMPARED_BYTES = 1024;

/** A process, and whether the range belongs to the program it runs (which /proc/PID/exe always leads to). */
export interface MappingOwner {
  readonly pid: number;
  readonly isProgram: boolean;
}

/** The open file, or why there is none as the end of a sentence. */
export type MappedFile = { readonly source: FileSource } | { readonly problem: string };

/** `range` is the first mapped range of the file. Never throws. */
export function openMappedFile(range: MappedRange, { pid, isProgram }: MappingOwner): MappedFile {
  // Paths in maps are the container's where it has mounts of its own, and ours where it has only been chrooted.
  for (const root of range.deleted ? [] : [`/proc/${pid}/root`, '']) {
    const seen = tryOpen(root + range.path);
    if (seen !== null && (seen.inode === range.inode || looksLike(seen, range, pid))) return { source: seen };
    seen?.[Symbol.dispose]();
  }
  // This link needs CAP_SYS_ADMIN or CAP_CHECKPOINT_RESTORE.
  const mapped = tryOpen(`/proc/${pid}/map_files/${range.start.toString(16)}-${range.end.toString(16)}`);
  if (mapped !== null) return { source: mapped };
  const program = isProgram ? tryOpen(`/proc/${pid}/exe`) : null;
  if (program !== null) return { source: program };
  return {
    problem: range.deleted
      ? `${range.path} was deleted or replaced while it was in use; restart the program, or run as root`
      : `${range.path} cannot be read`,
  };
}

function tryOpen(path: string): FileSource | null {
  try {
    return openFile(path);
  } catch {
    return null;
  }
}

/** Overlay and btrfs file systems show other inode numbers in maps than in stat: then the bytes decide. */
function looksLike(source: FileSource, range: MappedRange, pid: number): boolean {
  if (range.offset !== 0) return false;
  const inMemory = readProcessMemory(pid, range.start, COMPARED_BYTES);
  const inFile = source.read(0, COMPARED_BYTES);
  return inMemory !== null && inMemory.length === inFile.length && inMemory.every((byte, i) => byte === inFile[i]);
}
