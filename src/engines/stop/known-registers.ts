// The registers of threads that stand, as the tracing thread told them with the stop: asking it costs as much as a stop does.
//
// What was told may be of a stop that is over: the reader may be behind. So each report says how many calls had been answered when it was written,
// and is believed only if no call since then has let the thread go, or changed its registers.
export class KnownRegisters {
  readonly #words = new Map<number, BigUint64Array>();
  /** By thread: the number of the last call that changed them. */
  readonly #changes = new Map<number, number>();

  /** The thread stood with `registers` (struct user_regs_struct; none: it was gone) when `answered` calls had been answered, modulo 2^32. */
  stood(tid: number, answered: number, registers: Uint32Array): void {
    const change = this.#changes.get(tid);
    if (registers.length === 0 || (change !== undefined && ((answered - change) | 0) < 0)) return;
    this.#words.set(tid, new BigUint64Array(registers.slice().buffer));
  }

  /** A copy; null where they are to be asked for. */
  get(tid: number): BigUint64Array | null {
    return this.#words.get(tid)?.slice() ?? null;
  }

  /** Call number `call` lets the thread run, or sets its registers. */
  changed(tid: number, call: number): void {
    this.#words.delete(tid);
    this.#changes.set(tid, call);
  }

  /** The thread has ended. */
  forget(tid: number): void {
    this.#words.delete(tid);
    this.#changes.delete(tid);
  }
}
