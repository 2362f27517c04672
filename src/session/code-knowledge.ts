// What is derived from a program's code and remembered: places, and how instructions access memory. Forgotten when code changes.
import { AccessRebuilder, type InstructionDecoder, loadDecoder } from '../instructions/index.js';
import { PlaceCache } from './places.js';
import type { Program } from './program.js';

/** How often (ms) it is looked whether code was loaded or has changed. A program that has just been started loads its libraries within few. */
const LOOK_INTERVAL = 50;
const FIRST_LOOK_INTERVAL = 1;

export class CodeKnowledge {
  readonly #program: Program;
  readonly #known: (rebuilder: AccessRebuilder) => void;
  readonly places: PlaceCache;
  #rebuilder: AccessRebuilder | null = null;
  #decoder: InstructionDecoder | null = null;
  /** By FS base. */
  readonly #ofThreads = new Map<bigint, AccessRebuilder>();
  #lastLook = 0;
  #interval = FIRST_LOOK_INTERVAL;
  #generation = 0;

  /** `known`: told when code can be looked at, and again whenever what was known of it does not hold any more. */
  constructor(program: Program, known: (rebuilder: AccessRebuilder) => void) {
    this.#program = program;
    this.#known = known;
    this.places = new PlaceCache((address, kernel) => program.place(address, kernel));
  }

  /** Null until {@link load} is through. */
  get rebuilder(): AccessRebuilder | null {
    return this.#rebuilder;
  }

  /** The decoder takes long to load and nobody needs it before the first hit. */
  async load(): Promise<void> {
    if (this.#rebuilder !== null) return;
    const decoder = await loadDecoder();
    this.#decoder = decoder;
    // It may have been loaded meanwhile, for somebody else who waits.
    if (this.#rebuilder !== null) return;
    this.#rebuilder = this.#make(decoder);
    this.#known(this.#rebuilder);
  }

  #make(decoder: InstructionDecoder): AccessRebuilder {
    const program = this.#program;
    return new AccessRebuilder(decoder, program.code, (address) => program.functionStart(address));
  }

  /** For the thread with this FS base; null until {@link load} is through. The same each time. */
  rebuilderOf(fsBase: bigint): AccessRebuilder | null {
    const known = this.#ofThreads.get(fsBase);
    if (known !== undefined || this.#decoder === null) return known ?? null;
    const made = this.#make(this.#decoder.withFsBase(fsBase));
    this.#ofThreads.set(fsBase, made);
    return made;
  }

  /** Other code may be where some was. */
  forget(): void {
    this.places.clear();
    if (this.#rebuilder === null) return;
    this.#rebuilder.forgetCode();
    for (const one of this.#ofThreads.values()) one.forgetCode();
    this.#known(this.#rebuilder);
  }

  /** Looks whether it is, if the last look was long ago. `now` in ms. */
  look(now: number): void {
    if (now - this.#lastLook < this.#interval) return;
    this.#lastLook = now;
    this.#interval = Math.min(LOOK_INTERVAL, 2 * this.#interval);
    this.#program.refresh();
    if (this.#program.generation === this.#generation) return;
    this.#generation = this.#program.generation;
    this.forget();
  }
}
