// Which processes gdb knows, how they ended, and which of them were made by a vfork whose parent waits.
import type { ProcessEnd } from '../../session/debug/index.js';

export class Processes {
  readonly #known = new Set<number>();
  /** Not told yet, in order. */
  readonly #ends: ProcessEnd[] = [];
  /** By child: the thread that waits for it. */
  readonly #vforks = new Map<number, number>();
  #last: ProcessEnd | null = null;

  constructor(first: number) {
    this.#known.add(first);
  }

  /** The first one first. */
  get known(): readonly number[] {
    return [...this.#known];
  }

  has(pid: number): boolean {
    return this.#known.has(pid);
  }

  /** gdb has let go of it. */
  release(pid: number): void {
    this.#known.delete(pid);
  }

  /** gdb is told of a child, which is its own from now on. */
  forked(child: number, { kind, parent }: { readonly kind: 'fork' | 'vfork'; readonly parent: number }): void {
    this.#known.add(child);
    if (kind === 'vfork') this.#vforks.set(child, parent);
  }

  /** Whether a thread waits in vfork until `child` has gone its way. */
  isAwaited(child: number): boolean {
    return this.#vforks.has(child);
  }

  /** A process has ended or executed another program: the thread whose vfork is over by that, once; null: none. */
  vforkParent(child: number): number | null {
    const parent = this.#vforks.get(child) ?? null;
    this.#vforks.delete(child);
    return parent;
  }

  ended(end: ProcessEnd): void {
    if (!this.#known.delete(end.pid)) return;
    this.#last = end;
    this.#ends.push(end);
  }

  /** Ends that gdb has still to be told of. */
  get hasEnds(): boolean {
    return this.#ends.length > 0;
  }

  /** The first of them, which is told now. */
  takeEnd(): ProcessEnd | null {
    return this.#ends.shift() ?? null;
  }

  /** How the last one ended; null while gdb has one. */
  get lastEnd(): ProcessEnd | null {
    return this.#known.size === 0 ? this.#last : null;
  }
}
