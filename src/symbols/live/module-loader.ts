// From the mapped ranges of a process to its modules. Files stay open between calls, so that looking again is cheap.
import { HwbkptError } from '../../base/errors.js';
import { readLink } from '../../linux/procfs/read.js';
import { type ByteSource, memorySource } from '../bytes.js';
import { openElf } from '../elf/elf-file.js';
import type { DebugSearch } from './debug-search.js';
import { nodeDecompressors } from './decompressors.js';
import { LiveModule } from './live-module.js';
import { openMappedFile } from './mapped-file.js';
import type { MappedRange } from './maps.js';
import { readProcessMemory } from './memory.js';
import { ModuleFile } from './module-file.js';
import { mayBeLoaded, moduleInstances } from './module-instances.js';

type Opened = { readonly file: ModuleFile } | { readonly problem: string; readonly notElf: boolean };

const VDSO = '[vdso]';
const MOST_VDSO_BYTES = 1 << 20;

export class ModuleLoader implements Disposable {
  readonly #pid: number;
  readonly #search: DebugSearch;
  #files = new Map<string, Opened>();

  constructor(pid: number, search: DebugSearch | undefined) {
    this.#pid = pid;
    this.#search = search ?? { roots: rootsOf(pid) };
  }

  /** All modules, in the order of their addresses. `program`: an address inside the program itself, or null where that is not known. */
  load(ranges: readonly MappedRange[], program: bigint | null): LiveModule[] {
    const before = this.#files;
    this.#files = new Map();
    const modules: LiveModule[] = [];
    for (const [key, parts] of byFile(ranges)) {
      const opened = before.get(key) ?? this.#open(parts, program);
      this.#files.set(key, opened);
      modules.push(...modulesOf(parts, opened));
    }
    for (const [key, opened] of before) if (this.#files.get(key) !== opened) close(opened);
    return modules.sort((a, b) => (a.start < b.start ? -1 : 1));
  }

  [Symbol.dispose](): void {
    for (const opened of this.#files.values()) close(opened);
    this.#files.clear();
  }

  #open(ranges: readonly MappedRange[], program: bigint | null): Opened {
    const [first] = ranges;
    if (first === undefined) return { problem: 'nothing is mapped', notElf: true };
    const isProgram = program !== null && ranges.some((range) => program >= range.start && program < range.end);
    const mapped = first.path === VDSO ? this.#vdso(first) : openMappedFile(first, { pid: this.#pid, isProgram });
    if ('problem' in mapped) return { problem: mapped.problem, notElf: false };
    const source: ByteSource & Partial<Disposable> = mapped.source;
    try {
      const elf = openElf(source, { file: first.path, ...nodeDecompressors() });
      return { file: new ModuleFile(elf, { path: first.path, source, search: this.#search }) };
    } catch (error) {
      source[Symbol.dispose]?.();
      if (!(error instanceof HwbkptError)) throw error;
      return { problem: error.message, notElf: 'reason' in error && error.reason === 'not-elf' };
    }
  }

  #vdso(range: MappedRange): { readonly source: ByteSource } | { readonly problem: string } {
    const length = Math.min(Number(range.end - range.start), MOST_VDSO_BYTES);
    const bytes = readProcessMemory(this.#pid, range.start, length);
    return bytes === null ? { problem: 'the memory of the process cannot be read' } : { source: memorySource(bytes) };
  }
}

/** Where its files are: in a container first what the process itself sees, then what we do. Build-ids decide whether it is the right file. */
function rootsOf(pid: number): string[] {
  const same = (link: string) => readLink(`/proc/${pid}/${link}`) === readLink(`/proc/self/${link}`);
  return same('root') && same('ns/mnt') ? [''] : [`/proc/${pid}/root`, ''];
}

function close(opened: Opened): void {
  if ('file' in opened) opened.file[Symbol.dispose]();
}

/** Ranges by the file they are of, for files that may be loaded as modules. */
function byFile(ranges: readonly MappedRange[]): Map<string, MappedRange[]> {
  const files = new Map<string, MappedRange[]>();
  for (const range of ranges) {
    if (!range.path.startsWith('/') && range.path !== VDSO) continue;
    // The vdso has no inode; its address tells one program's from the next one's after an exec.
    const key = `${range.device} ${range.inode} ${range.path}${range.path === VDSO ? range.start : ''}`;
    const known = files.get(key);
    if (known === undefined) files.set(key, [range]);
    else known.push(range);
  }
  for (const [key, parts] of files) if (!mayBeLoaded(parts)) files.delete(key);
  return files;
}

function modulesOf(ranges: readonly MappedRange[], opened: Opened): LiveModule[] {
  const path = ranges[0]?.path ?? '';
  if ('file' in opened) {
    const { file } = opened;
    return moduleInstances(file.elf.segments, ranges).map((instance) => new LiveModule({ path, instance, file, problem: null }));
  }
  // Code that is mapped from a file of another kind still has a module name; its addresses mean nothing to us.
  const start = ranges[0]?.start ?? 0n;
  return [
    new LiveModule({ path, instance: { bias: start, ranges, complete: true }, file: null, problem: opened.notElf ? null : opened.problem }),
  ];
}
