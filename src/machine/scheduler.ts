// Lets all threads of a machine run, in an order that a seed decides: the same seed, the same order.
import type { Machine } from './machine.js';

/** Steps that a thread has its CPU for, at least and at most, before another may have it. */
const SHORTEST_TURN = 3;
const LONGEST_TURN = 20;

/** Runs the ready threads of a machine on its CPUs. A thread that has begun on a CPU may go on on another. */
export class Scheduler {
  readonly #machine: Machine;
  /** Steps that are left of each CPU's turn. */
  readonly #turns: number[];
  /** Thread that each search for the next begins behind. */
  #last = -1;
  #nextCpu = 0;
  #random: number;

  /** `seed`: any 32-bit number. */
  constructor(machine: Machine, seed: number) {
    this.#machine = machine;
    this.#turns = machine.state.cpus.map(() => 0);
    this.#random = seed | 0;
  }

  /** One step of the next CPU that has something to do. False when no thread is ready. */
  step(): boolean {
    for (let tried = 0; tried < this.#turns.length; tried++) {
      const cpu = this.#nextCpu;
      this.#nextCpu = (cpu + 1) % this.#turns.length;
      this.#choose(cpu);
      if (this.#machine.step(cpu)) return true;
    }
    return false;
  }

  /** Gives `cpu` another thread when its turn is over, or its thread does not go on. */
  #choose(cpu: number): void {
    const left = (this.#turns[cpu] ?? 0) - 1;
    this.#turns[cpu] = left;
    const { thread } = this.#machine.state.cpus[cpu] ?? { thread: -1 };
    if (thread !== -1 && left > 0 && this.#machine.thread(thread).status === 'ready') return;
    const next = this.#nextReady();
    this.#turns[cpu] = SHORTEST_TURN + (this.#draw() % (LONGEST_TURN - SHORTEST_TURN + 1));
    if (next !== -1) this.#machine.switch(cpu, next);
  }

  /** The ready thread behind the last one that no CPU runs; -1 when there is none. */
  #nextReady(): number {
    const { threads, cpus } = this.#machine.state;
    for (let ahead = 1; ahead <= threads.length; ahead++) {
      const tid = (this.#last + ahead) % threads.length;
      if (this.#machine.thread(tid).status !== 'ready' || cpus.some(({ thread }) => thread === tid)) continue;
      this.#last = tid;
      return tid;
    }
    return -1;
  }

  /** A pseudo-random number, 0 or more (xorshift). */
  #draw(): number {
    let x = this.#random === 0 ? 0x2007_0222 : this.#random;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#random = x;
    return x >>> 1;
  }
}
