// Where a thread has its copy of a module's thread-local variables (x86-64, the ABI's variant II).
//
//   ... library's block | program's block | thread pointer (FS base): struct pthread:  0 tcb | 8 dtv | ...
//
//   dtv, by module id:   [0] generation | [1] program's block | [2] ...      16 bytes each in glibc: where the block is (-1: not allocated yet)
//
// The program's block ends at the thread pointer, in every C library. Of libraries, glibc tells their module id, and where they have a fixed
// place below the thread pointer. What is told of glibc's structures is read from its own description: thread-db.ts.
import { threadIds } from '../../linux/procfs/process.js';
import { SEGMENT_TYPE, type Segment } from '../elf/segment.js';
import type { NoThreadBlock, ThreadBlock, ThreadOwner } from '../thread-block.js';
import type { LinkMapEntry } from './link-map.js';
import { lacksNeeded } from './link-order.js';
import type { LiveModule } from './live-module.js';
import type { ThreadDb } from './thread-db.js';
import { threadPointer } from './thread-list.js';

/** A process as far as it matters here. `modules`: the program first. */
export interface ThreadLocalHost {
  readonly pid: number;
  readonly modules: readonly LiveModule[];
  readonly linkMap: readonly LinkMapEntry[];
  /** Null: its C library tells nothing. */
  readonly db: ThreadDb | null;
}

type Refusal = NoThreadBlock['why'];
/** l_tls_offset: there is no fixed place (NO_TLS_OFFSET, FORCED_DYNAMIC_TLS_OFFSET). */
const NO_OFFSETS: readonly bigint[] = [0n, 0xffff_ffff_ffff_ffffn, 0xffff_ffff_ffff_fffen];
const UNALLOCATED = 0xffff_ffff_ffff_ffffn;
const MOST_SLOT_LISTS = 1_000;

/** Where `owner` has its copy of the block of `module`; null: of the only thread. Throws nothing. */
export function threadBlock(host: ThreadLocalHost, module: LiveModule, owner: ThreadOwner | null): ThreadBlock {
  const found = owner?.kind === 'pointer' ? { ...owner, tid: null } : pointerOf(host, owner?.tid ?? null);
  if ('why' in found) return { kind: 'none', ...found };
  const { pointer, tid } = found;
  const address = blockAt(host, module, pointer);
  if (typeof address === 'bigint') return { kind: 'at', address: BigInt.asUintN(64, address), tid };
  return address === 'not-allocated' ? { kind: 'none', why: address, tid } : { kind: 'none', why: 'untold', what: 'modules' };
}

/** The thread pointer of a thread that may be running. */
function pointerOf(
  { pid, modules, db }: ThreadLocalHost,
  wanted: number | null,
): { readonly pointer: bigint; readonly tid: number } | NoThreadBlock {
  const threads = threadIds(pid);
  const tid = wanted ?? (threads.length === 1 ? (threads[0] ?? null) : null);
  if (tid === null) return { why: 'which-thread', threads };
  if (!threads.some((id) => id === tid)) return { why: 'no-such-thread', tid, threads };
  if (db === null) return lacksNeeded(modules) ? { why: 'not-started' } : { why: 'untold', what: 'threads' };
  const pointer = threadPointer(db, pid, tid);
  if (pointer === 'untold') return { why: 'untold', what: 'threads' };
  // A thread is in the list before it runs, but the first has its id a moment later.
  return pointer === 'not-started' || pointer === null ? { why: 'not-started' } : { pointer, tid };
}

function blockAt(host: ThreadLocalHost, module: LiveModule, pointer: bigint): bigint | Extract<Refusal, 'not-allocated' | 'untold'> {
  const segment = module.file?.elf.segments.find(({ type }) => type === SEGMENT_TYPE.tls);
  if (segment === undefined) return 'untold';
  if (module.linkScope === 'program') return pointer - programOffset(segment);
  return host.db === null ? 'untold' : libraryBlock(host.db, linkMapOf(host, module), pointer);
}

/** How far below the thread pointer the program's block begins: rounded up so that what is in it is aligned as the file says. */
function programOffset({ memorySize, alignment, address }: Segment): bigint {
  const align = alignment > 0n ? alignment : 1n;
  const first = BigInt.asUintN(64, -address) & (align - 1n);
  return ((BigInt(memorySize) - first + align - 1n) / align) * align + first;
}

function linkMapOf({ linkMap }: ThreadLocalHost, module: LiveModule): bigint | null {
  return linkMap.find(({ dynamic }) => module.contains(dynamic))?.at ?? null;
}

/** As libthread_db's td_thr_tlsbase does it. */
function libraryBlock(db: ThreadDb, map: bigint | null, pointer: bigint): bigint | 'not-allocated' | 'untold' {
  const id = map === null ? null : db.wordOf(map, 'link_map_l_tls_modid');
  if (map === null || id === null || id === 0n) return 'untold';
  return dynamicBlock(db, id, pointer) ?? fixedBlock(db, map, pointer) ?? 'not-allocated';
}

/** What the thread's own table says; null: nothing, or something of a library that was there before. */
function dynamicBlock(db: ThreadDb, id: bigint, pointer: bigint): bigint | null {
  const table = db.wordOf(pointer, 'pthread_dtvp');
  const [entry, value] = [db.field('dtv_dtv'), db.field('dtv_t_pointer_val')];
  if (table === null || entry === null || value === null) return null;
  const generation = db.wordOf(table, 'dtv_t_counter');
  const needed = generationOf(db, id);
  if (generation === null || needed === null || generation < needed) return null;
  const block = db.word(table + id * BigInt(entry.size) + BigInt(value.offset));
  return block === null || block === 0n || block === UNALLOCATED ? null : block;
}

/** Since when a module has this id: tables of threads that are older know another one by it. */
function generationOf(db: ThreadDb, id: bigint): bigint | null {
  const [slots, map, generation] = [db.field('dtv_slotinfo_list_slotinfo'), db.field('dtv_slotinfo_map'), db.field('dtv_slotinfo_gen')];
  const head = db.variable('_dl_tls_dtv_slotinfo_list');
  if (slots === null || map === null || generation === null || head === null) return null;
  let list = db.word(head) ?? 0n;
  let first = 0n;
  for (let count = 0; count < MOST_SLOT_LISTS && list !== 0n; count++) {
    const length = db.wordOf(list, 'dtv_slotinfo_list_len') ?? 0n;
    if (id < first + length) {
      const slot = list + BigInt(slots.offset) + (id - first) * BigInt(slots.size);
      return (db.word(slot + BigInt(map.offset)) ?? 0n) === 0n ? null : db.word(slot + BigInt(generation.offset));
    }
    first += length;
    list = db.wordOf(list, 'dtv_slotinfo_list_next') ?? 0n;
  }
  return null;
}

function fixedBlock(db: ThreadDb, map: bigint, pointer: bigint): bigint | null {
  const offset = db.wordOf(map, 'link_map_l_tls_offset');
  return offset === null || NO_OFFSETS.includes(offset) ? null : pointer - offset;
}
