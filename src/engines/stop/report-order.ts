// Puts reports into order of time: a hit has the time of its access, but is reported when its thread is served, and others may have been before it.
import { REPORT, reportTime } from './reports.js';

/** A report on its own. */
export interface WaitingReport {
  readonly type: number;
  readonly words: Uint32Array;
  readonly time: number;
}

export class ReportOrder {
  #waiting: WaitingReport[] = [];
  /** Time of the last report that somebody waits for. */
  #urgent = Number.NEGATIVE_INFINITY;

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /** Takes a copy of the report at word `at`. */
  add(type: number, words: Uint32Array, at: number): void {
    const time = reportTime(type, words, at);
    if (type === REPORT.stopped) this.#urgent = Math.max(this.#urgent, time);
    this.#waiting.push({ type, words: words.slice(at, at + ((words[at] ?? 0) >>> 8)), time });
  }

  /** Hands out, oldest first, what is older than `horizon` (ns), and all that came before a stop and the stop itself. */
  take(horizon: number, hand: (report: WaitingReport) => void): void {
    const due = this.#waiting.filter(({ time }) => time < horizon || time <= this.#urgent);
    this.#waiting = this.#waiting.filter(({ time }) => time >= horizon && time > this.#urgent);
    // A stable sort: of one time, what was told first comes first.
    due.sort((a, b) => a.time - b.time);
    for (const report of due) hand(report);
  }
}
