// The rule of slot accounting in R-562, word for word: the least that can be compared with a subject after any history. It knows nothing of
// kernels' data structures.
import { SLOTS } from './subject.js';

/** One charged slot: of a task (any value that tells tasks apart) or of everybody, on one CPU or on all. */
export interface Charge {
  readonly task: object | null;
  readonly cpu: number | null;
}

/** All charges of a machine. */
export class SlotModel {
  readonly #cpus: readonly number[];
  readonly #charges = new Set<Charge>();

  constructor(cpus: readonly number[]) {
    this.#cpus = cpus;
  }

  /** Takes a slot where there is one. */
  take(charge: Charge): boolean {
    const cpus = charge.cpu === null ? this.#cpus : [charge.cpu];
    if (!cpus.every((cpu) => this.#pinned(cpu) + this.#ofTasks(charge.task, cpu) + 1 <= SLOTS)) return false;
    this.#charges.add(charge);
    return true;
  }

  giveBack(charge: Charge): void {
    this.#charges.delete(charge);
  }

  /** Events of everybody on this CPU. */
  #pinned(cpu: number): number {
    return [...this.#charges].filter((charge) => charge.task === null && charge.cpu === cpu).length;
  }

  /** The task's own charges there; for an event of everybody the most that any task has. */
  #ofTasks(task: object | null, cpu: number): number {
    if (task !== null) return this.#own(task, cpu);
    const tasks = new Set([...this.#charges].map((charge) => charge.task));
    return Math.max(0, ...[...tasks].map((one) => (one === null ? 0 : this.#own(one, cpu))));
  }

  #own(task: object, cpu: number): number {
    return [...this.#charges].filter((charge) => charge.task === task && (charge.cpu === null || charge.cpu === cpu)).length;
  }
}
