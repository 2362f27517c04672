// Thread-local storage: whose copy is meant, and where it is. The words between those who know names and those who know threads.

/** A thread by its id, or the one whose thread pointer (FS base on x86-64) this is. */
export type ThreadOwner = { readonly kind: 'thread'; readonly tid: number } | { readonly kind: 'pointer'; readonly pointer: bigint };

/** Why it is not known where a thread's block is. */
export type NoThreadBlock =
  /** Nobody has said whose is meant, and there are several threads. */
  | { readonly why: 'which-thread'; readonly threads: readonly number[] }
  | { readonly why: 'no-such-thread'; readonly tid: number; readonly threads: readonly number[] }
  /** The thread is so young that it has none yet. */
  | { readonly why: 'not-started' }
  /** The thread gets one when it first uses what the module (loaded by dlopen) has of this kind. */
  | { readonly why: 'not-allocated'; readonly tid: number | null }
  /** The C library tells nobody where; `what` is not told. */
  | { readonly why: 'untold'; readonly what: 'threads' | 'modules' };

/** Where a thread's copy of a module's thread-local block starts. `tid`: whose it is, where that is known. */
export type ThreadBlock =
  | { readonly kind: 'at'; readonly address: bigint; readonly tid: number | null }
  | ({ readonly kind: 'none' } & NoThreadBlock);
