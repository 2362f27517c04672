// The dynamic linker's list of loaded modules, read from the process: the order in which it looks for names.

import type { ElfFile } from '../elf/elf-file.js';
import { viewOf } from '../elf/elf-reader.js';
import { SEGMENT_TYPE } from '../elf/segment.js';

/** Reads memory; fewer bytes at the end of a mapping, null where nothing is. */
export type ReadMemory = (address: bigint, length: number) => Uint8Array | null;

const DT_DEBUG = 21n;
const MOST_MODULES = 4_096;

/** What the dynamic linker has for one module: where its link_map is, and where the module's dynamic section. */
export interface LinkMapEntry {
  readonly at: bigint;
  readonly dynamic: bigint;
}

/**
 * Each module's entry, in the dynamic linker's order; empty where there is no list (a static program, or one that has not reached its entry
 * point). The list may be changing: a broken link ends it.
 *
 *     r_debug:   0 version (4)  8 first           link_map:  0 bias  8 name  16 dynamic section  24 next  32 previous
 */
export function linkMap(program: ElfFile, bias: bigint, read: ReadMemory): LinkMapEntry[] {
  const debug = debugAddress(program, bias, read);
  const modules: LinkMapEntry[] = [];
  let entry = debug === null ? 0n : (words(read, debug, 2)?.[1] ?? 0n);
  while (entry !== 0n && modules.length < MOST_MODULES) {
    const fields = words(read, entry, 4);
    if (fields === null) break;
    modules.push({ at: entry, dynamic: fields[2] ?? 0n });
    entry = fields[3] ?? 0n;
  }
  return modules;
}

/** What DT_DEBUG points to; the dynamic linker writes it into the program's dynamic section in memory. */
function debugAddress(program: ElfFile, bias: bigint, read: ReadMemory): bigint | null {
  const segment = program.segments.find((s) => s.type === SEGMENT_TYPE.dynamic);
  if (segment === undefined) return null;
  const entries = words(read, segment.address + bias, Math.min(segment.memorySize / 8, 1024)) ?? [];
  for (let i = 0; i + 1 < entries.length && entries[i] !== 0n; i += 2) {
    if (entries[i] === DT_DEBUG) return entries[i + 1] || null;
  }
  return null;
}

function words(read: ReadMemory, address: bigint, count: number): bigint[] | null {
  const bytes = read(address, count * 8);
  if (bytes === null || bytes.length < count * 8) return null;
  const view = viewOf(bytes);
  return Array.from({ length: count }, (_, i) => view.getBigUint64(i * 8, true));
}
