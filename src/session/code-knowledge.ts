// What is derived from a program's code and remembered: places, and how instructions access memory. Forgotten when code changes.
import { AccessRebuilder, loadDecoder } from '../instructions/index.js';
import { PlaceCache } from './places.js';
import type { Program } from './program.js';

/** How often (ms) it is looked whether code was loaded or has changed. */
const LOOK_INTERVAL = 50;

export class CodeKnowledge {
  readonly #program: Program;
  readonly places: PlaceCache;
  #rebuilder: AccessRebuilder | null = null;
  #lastLook = 0;
  #generation = 0;

  constructor(program: Program) {
    this.#program = program;
    this.places = new PlaceCache((address, kernel) => program.place(address, kernel));
  }

  /** Null until {@link load} is through. */
  get rebuilder(): AccessRebuilder | null {
    return this.#rebuilder;
  }

  /** The decoder takes long to load and nobody needs it before the first hit. */
  async load(): Promise<void> {
    if (this.#rebuilder !== null) return;
    const program = this.#program;
    const decoder = await loadDecoder();
    this.#rebuilder ??= new AccessRebuilder(decoder, program.code, (address) => program.functionStart(address));
  }

  /** Other code may be where some was. */
  forget(): void {
    this.places.clear();
    this.#rebuilder?.forgetCode();
  }

  /** Looks whether it is, if the last look was long ago. `now` in ms. */
  look(now: number): void {
    if (now - this.#lastLook < LOOK_INTERVAL) return;
    this.#lastLook = now;
    this.#program.refresh();
    if (this.#program.generation === this.#generation) return;
    this.#generation = this.#program.generation;
    this.forget();
  }
}
