// A simulated machine that runs as long as somebody wants it to, and all who watch what happens on it.
import type { MachineEvent } from '../../machine/index.js';
import type { World } from './world.js';

/** Somebody who is told what has happened, in order, while the machine stands still. */
export interface Watcher {
  happened(event: MachineEvent): void;
}

export class Simulation {
  readonly world: World;
  readonly #watchers = new Set<Watcher>();
  #released = false;
  #nextRequest = 1;

  constructor(world: World) {
    this.world = world;
  }

  /** From now on rounds let the machine run. */
  release(): void {
    this.#released = true;
  }

  get released(): boolean {
    return this.#released;
  }

  /** A number for a request to the machine's kernel, which all watchers share. */
  newRequest(): number {
    return this.#nextRequest++;
  }

  join(watcher: Watcher): void {
    this.#watchers.add(watcher);
  }

  leave(watcher: Watcher): void {
    this.#watchers.delete(watcher);
  }

  /** At most so many steps of CPUs. It stops at an exec: whoever wants to watch the new program can do so before its first instruction. */
  run(steps: number): void {
    if (!this.#released) return;
    for (let step = 0; step < steps; step++) {
      if (!this.world.step()) return;
      const events = this.world.machine.takeEvents();
      for (const event of events) {
        this.world.note(event);
        for (const watcher of this.#watchers) watcher.happened(event);
      }
      if (events.some(({ type }) => type === 'exec')) return;
    }
  }
}
