// The thread pointer of a thread that nobody has stopped: glibc lists its threads, each with its id, and a thread's own structure is what its
// FS base points to.
//
//   list head, or `list` in struct pthread:   0 next | 8 previous      an empty list points to itself
import { threadIds } from '../../linux/procfs/process.js';
import { readText } from '../../linux/procfs/read.js';
import type { ThreadDb } from './thread-db.js';

/** Threads looked at; the list may change while it is read, and lead in circles. */
const MOST_THREADS = 100_000;
/** A list that changes is read again. */
const TRIES = 3;
/** By glibc's age: 2.34 and later, and before (in libpthread). The first and those that have a stack of the program's making; all others. */
const LISTS = [
  ['_dl_stack_user', '_dl_stack_used'],
  ['__stack_user', 'stack_used'],
];

/** More than the static blocks of any thread: glibc's own surplus is 1.7 KiB, and most programs' variables are far smaller. */
const MOST_STATIC = 1n << 20n;

/** A thread as the C library knows it: `tid` as we call it. */
export interface ThreadPointer {
  readonly tid: number;
  readonly pointer: bigint;
}

/** The thread whose thread pointer is the next above `address`; null where that is far away, or nobody tells. */
export function ownerOf(db: ThreadDb, pid: number, address: bigint): ThreadPointer | null {
  const heads = headsOf(db);
  const [list, id] = [db.field('pthread_list'), db.field('pthread_tid')];
  if (heads === null || list === null || id === null) return null;
  let nearest = address + MOST_STATIC;
  let element: bigint | null = null;
  for (const head of heads) {
    for (const one of elementsOf(db, head)) {
      const pointer = one - BigInt(list.offset);
      if (pointer <= address || pointer >= nearest) continue;
      nearest = pointer;
      element = one;
    }
  }
  const within = element === null ? null : db.number(nearest + BigInt(id.offset));
  const tid = within === null ? null : idOutside(pid, within);
  return tid === null ? null : { tid, pointer: nearest };
}

/** The thread that calls itself `within`. */
function idOutside(pid: number, within: number): number | null {
  const threads = threadIds(pid);
  const isSame = threads.some((tid) => tid === within) && idWithin(pid, within) === within;
  return isSame ? within : (threads.find((tid) => idWithin(pid, tid) === within) ?? null);
}

/** `not-started`: there are no lists yet. Null: the thread is in none of them. */
export function threadPointer(db: ThreadDb, pid: number, tid: number): bigint | 'not-started' | 'untold' | null {
  const heads = headsOf(db);
  const [list, id] = [db.field('pthread_list'), db.field('pthread_tid')];
  if (heads === null || list === null || id === null) return 'untold';
  if (heads.every((head) => (db.word(head) ?? 0n) === 0n)) return 'not-started';
  const wanted = idWithin(pid, tid);
  for (let tries = 0; tries < TRIES; tries++) {
    for (const head of heads) {
      for (const element of elementsOf(db, head)) {
        const pointer = element - BigInt(list.offset);
        if (db.number(pointer + BigInt(id.offset)) === wanted) return pointer;
      }
    }
  }
  return null;
}

function headsOf(db: ThreadDb): bigint[] | null {
  for (const names of LISTS) {
    const heads = names.map((name) => db.variable(name)).filter((head) => head !== null);
    if (heads.length > 0) return heads;
  }
  return null;
}

function* elementsOf(db: ThreadDb, head: bigint): Generator<bigint> {
  let element = db.word(head) ?? 0n;
  for (let count = 0; count < MOST_THREADS && element !== head && element !== 0n; count++) {
    yield element;
    element = db.word(element) ?? 0n;
  }
}

/** The thread's id as the thread itself knows it: in a container another one. */
function idWithin(pid: number, tid: number): number {
  const ids = /^NSpid:\s+(.*)$/m.exec(readText(`/proc/${pid}/task/${tid}/status`) ?? '')?.[1]?.split(/\s+/) ?? [];
  return Number(ids.at(-1) ?? tid);
}
