// Which memory of a process is searched: its writable mappings, or a part of them that a person names.
import { basename } from 'node:path';
import type { MappedRange } from '../../symbols/live/maps.js';

/** A writable mapping, under the name people know it by. */
export interface Region {
  readonly start: bigint;
  /** First address behind it. */
  readonly end: bigint;
  /** `heap`, `stack`, a file's path, `/path (bss)` for the zeroed data behind a file's, `anonymous`, or the name its maker gave it. */
  readonly name: string;
  /** Memory of no file and of nobody else: what was never written there is zero. */
  readonly anonymous: boolean;
}

/** What the kernel maps for reading time and random numbers: not the program's. */
const KERNELS_OWN = /^\[(vvar|vvar_vclock|vdso|vsyscall|uprobes)\]$/;

/** All writable regions, ascending. */
export function writableRegions(ranges: readonly MappedRange[]): Region[] {
  return ranges.flatMap((range, i) =>
    range.writable && range.readable && !KERNELS_OWN.test(range.path) ? [regionOf(range, ranges[i - 1])] : [],
  );
}

function regionOf(range: MappedRange, before: MappedRange | undefined): Region {
  const anonymous = range.inode === 0 && !range.shared;
  return { start: range.start, end: range.end, name: nameOf(range, before), anonymous };
}

function nameOf({ path, start }: MappedRange, before: MappedRange | undefined): string {
  if (path === '[heap]' || path === '[stack]') return path.slice(1, -1);
  if (path !== '') return path;
  const follows = before !== undefined && before.end === start && before.writable && before.inode !== 0 && before.path.startsWith('/');
  return follows ? `${before.path}${BSS}` : 'anonymous';
}

const BSS = ' (bss)';

/**
 * The regions that `--in part` means: `all`; `stack`; `heap` with all anonymous memory, where large blocks and other threads' blocks are;
 * else a file by path or by name, with its zeroed data.
 */
export function regionsIn(regions: readonly Region[], part: string): Region[] {
  switch (part) {
    case 'all':
      return [...regions];
    case 'stack':
      return regions.filter(({ name }) => name === 'stack');
    case 'heap':
      return regions.filter(({ name }) => name === 'heap' || name === 'anonymous' || name.startsWith('[anon:'));
    default:
      return regions.filter(({ name }) => isFile(name, part));
  }
}

function isFile(name: string, part: string): boolean {
  const path = name.endsWith(BSS) ? name.slice(0, -BSS.length) : name;
  return path === part || basename(path) === part;
}
