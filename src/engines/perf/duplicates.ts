// Drops the second report of one access by a thread that has both an own and an inherited event.
//
// A thread that starts while its process is being armed may inherit its parent's event and then, because it is found by a scan, get an
// event of its own as well. Both fire at each access: two samples of one thread with one ip, back to back. The first such pair proves the
// inheritance; from then on the thread's own reports are dropped and its own events can be closed.

/** Two samples of one exception are written within this time (ns); measured: 1 to 3 us apart. */
const PAIR_WINDOW = 200_000;

interface LastReport {
  own: boolean;
  ipLo: number;
  ipHi: number;
  time: number;
}

/** Watches the threads for which both kinds of event are possible. */
export class DuplicateFilter {
  readonly #suspects = new Map<number, Map<number, LastReport>>();
  readonly #proved = new Set<number>();
  #dropped = 0;

  /** Thread `tid` was armed by an event of its own although it may have inherited one. */
  suspect(tid: number): void {
    if (!this.#suspects.has(tid)) this.#suspects.set(tid, new Map());
  }

  get active(): boolean {
    return this.#suspects.size > 0;
  }

  /** Reports dropped so far. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Threads newly proved to have inherited events, whose own events are surplus. */
  takeProved(): number[] {
    const proved = [...this.#proved];
    this.#proved.clear();
    return proved;
  }

  /** Whether the report is a second one of an access already reported. `own`: it came by the thread's own event. */
  isDuplicate(report: { readonly tid: number; readonly cookie: number } & LastReport): boolean {
    const byCookie = this.#suspects.get(report.tid);
    if (byCookie === undefined) return false;
    const last = byCookie.get(report.cookie);
    const paired =
      last !== undefined &&
      last.own !== report.own &&
      last.ipLo === report.ipLo &&
      last.ipHi === report.ipHi &&
      report.time - last.time < PAIR_WINDOW;
    if (!paired) {
      byCookie.set(report.cookie, { own: report.own, ipLo: report.ipLo, ipHi: report.ipHi, time: report.time });
      return false;
    }
    byCookie.delete(report.cookie);
    this.#proved.add(report.tid);
    this.#dropped++;
    return true;
  }
}
