// Where gdb sets breakpoints of its own: at the probes (SystemTap's notes) of the dynamic linker and of the C library. Nobody typed them, and there are
// more of them than slots: the linker's are served by one, the others where there is room.
//
//   note: namesz 8 "stapsdt" | descsz | type 3 | "stapsdt\0" | pc u64 | base u64 | semaphore u64 | provider\0 name\0 arguments\0
import { readFileSync } from 'node:fs';
import { memorySource, openElf } from '../../symbols/index.js';
import { type Mapping, mappingsOf } from './procfs.js';

/** A function or probe of gdb's interest, by its address in its file. */
export interface Probes {
  /** Events of the dynamic linker. */
  readonly linker: ReadonlySet<bigint>;
  /** Where a `next` would lose its frame: longjmp, and the unwinding of exceptions. */
  readonly jumps: ReadonlySet<bigint>;
  /** The function that the linker calls whenever its list of libraries has changed. */
  readonly debugState: bigint | null;
}

/** Where a C library has no probes, gdb takes these functions. */
const JUMPS = ['longjmp', '_longjmp', 'siglongjmp', '_siglongjmp', '_Unwind_DebugHook'];
const ANNOUNCEMENT = '_dl_debug_state';

const NONE: Probes = { linker: new Set(), jumps: new Set(), debugState: null };
const known = new Map<string, Probes>();

/** Of one file; none where it cannot be read. Read once. */
export function probesOf(path: string): Probes {
  const found = known.get(path) ?? readProbes(path);
  known.set(path, found);
  return found;
}

function readProbes(path: string): Probes {
  try {
    const elf = openElf(memorySource(readFileSync(path)), { file: path });
    const notes = elf.data('.note.stapsdt');
    const probes = notes === null ? [] : parseNotes(notes);
    const of = (wanted: (provider: string, name: string) => boolean): Set<bigint> =>
      new Set(probes.filter(({ provider, name }) => wanted(provider, name)).map(({ address }) => address));
    const functions = JUMPS.flatMap((name) => elf.dynamicSymbols?.find(name) ?? []).map(({ address }) => address);
    const byProbe = of(
      (provider, name) => (provider === 'libc' && name.startsWith('longjmp')) || (provider === 'libgcc' && name === 'unwind'),
    );
    return {
      linker: of((provider) => provider === 'rtld'),
      jumps: new Set([...byProbe, ...functions]),
      debugState: (elf.dynamicSymbols?.find(ANNOUNCEMENT)[0] ?? elf.symbols?.find(ANNOUNCEMENT)[0])?.address ?? null,
    };
  } catch {
    return NONE;
  }
}

interface Probe {
  readonly provider: string;
  readonly name: string;
  readonly address: bigint;
}

const PROBE_NOTE = 3;

function parseNotes(bytes: Uint8Array): Probe[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const probes: Probe[] = [];
  const aligned = (size: number): number => (size + 3) & ~3;
  for (let at = 0; at + 12 <= bytes.length; ) {
    const description = at + 12 + aligned(view.getUint32(at, true));
    const size = view.getUint32(at + 4, true);
    if (view.getUint32(at + 8, true) === PROBE_NOTE && description + size <= bytes.length && size > 24) {
      const [provider = '', name = ''] = new TextDecoder('latin1').decode(bytes.subarray(description + 24, description + size)).split('\0');
      probes.push({ provider, name, address: view.getBigUint64(description, true) });
    }
    at = description + aligned(size);
  }
  return probes;
}

/** What an address of a process is to gdb. `announcement`: where the linker announces all changes, or this very address where it does not. */
export type Landmark = { readonly kind: 'linker'; readonly announcement: bigint } | { readonly kind: 'jump' } | null;

/** Looks the address up in the file that is mapped there. */
export function landmarkAt(pid: number, address: bigint): Landmark {
  const mappings = mappingsOf(pid);
  const mapping = mappings.find(({ start, end }) => start <= address && address < end);
  if (mapping === undefined || !mapping.path.startsWith('/')) return null;
  const { linker, jumps, debugState } = probesOf(rooted(pid, mapping.path));
  const base = baseOf(mapping, mappings);
  const inFile = address - base;
  if (linker.has(inFile) || inFile === debugState)
    return { kind: 'linker', announcement: debugState === null ? address : base + debugState };
  return jumps.has(inFile) ? { kind: 'jump' } : null;
}

/** The file as the process sees it. */
function rooted(pid: number, path: string): string {
  return `/proc/${pid}/root${path}`;
}

/** Where its file's first byte is mapped: addresses in libraries count from there. */
function baseOf(mapping: Mapping, mappings: readonly Mapping[]): bigint {
  return mappings.find(({ path, offset }) => path === mapping.path && offset === 0n)?.start ?? mapping.start - mapping.offset;
}
