// The totals of a command that has joined a process: what it was told, summed up as a target sums up what it sees itself.
import type { NotCovered } from '../../model/coverage.js';
import type { TargetEvent } from '../../model/hit.js';
import type { SummaryMessage } from '../../model/messages.js';
import type { TallyRow, WatchArming } from '../../session/index.js';

export class JoinedCounts {
  /** Reported one by one. */
  hits = 0;
  #lost = 0;
  #unseenChanges = 0;
  #cpus = 0;
  #threads = 0;
  readonly #tids = new Set<number>();
  readonly #notCovered = new Set<NotCovered>();

  sawThreads(tids: readonly number[]): void {
    for (const tid of tids) this.#tids.add(tid);
  }

  armed({ threads, cpus, notCovered }: WatchArming): void {
    this.#threads = Math.max(this.#threads, threads);
    this.#cpus = Math.max(this.#cpus, cpus);
    for (const code of notCovered) this.#notCovered.add(code);
  }

  missed(code: NotCovered): void {
    this.#notCovered.add(code);
  }

  note(event: TargetEvent): void {
    if (event.kind === 'lost') this.#lost += event.count;
    else if (event.kind === 'unseen-change') this.#unseenChanges++;
    else if (event.kind === 'waiting') this.missed('no-register');
    else if (event.kind === 're-aimed') this.missed('re-aiming');
  }

  /** `counted`: what was counted instead of reported. */
  summary(engine: string, counted: readonly TallyRow[]): SummaryMessage {
    return {
      type: 'summary',
      hits: this.hits + counted.reduce((sum, { count }) => sum + count, 0),
      lost: this.#lost,
      unseen_changes: this.#unseenChanges,
      threads: Math.max(this.#tids.size, this.#threads),
      cpus: this.#cpus,
      engine,
      not_covered: [...this.#notCovered],
    };
  }
}
