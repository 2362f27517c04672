// The frames of a live program's threads: walked with its unwind tables, named with its symbols; both remembered by address.
import type { Place } from '../model/place.js';
import { processUnwinder, type UnwoundImage } from '../symbols/live/unwinder.js';
import { DWARF_REGISTER, REGISTERS } from '../symbols/unwind/row.js';
import { StackCopy } from '../symbols/unwind/stack-copy.js';
import type { Unwinder, Unwound } from '../symbols/unwind/unwinder.js';

/** What a program can tell of the stacks of its threads. Addresses are numbers. */
export interface Frames {
  /** The frames of a thread, at most `most`; see Unwinder.walk. The result is good until the next call. */
  walk(registers: Float64Array, most: number): Unwound;
  /** To be set before each {@link walk}. */
  readonly copy: StackCopy;
  /** The place of an instruction, and of the calls that were inlined around it: innermost first. */
  places(address: number): readonly Place[];
  /** Reads now what the first stacks would have to wait for. Throws nothing. */
  prepare(): void;
  /** Looks whether all libraries are mapped that the program is started with, or that cannot be known any more. */
  isLoaded(): boolean;
}

/** Where {@link LiveFrames} look. */
export interface FrameSource {
  readonly image: UnwoundImage;
  /** See {@link Frames.places}; not remembered. */
  places(address: bigint): readonly Place[];
  /** An instruction of each module, of which there is something to be read first. */
  samples(): Iterable<number>;
  /** Reads the kernel's own names. */
  prepareKernel(): void;
  /** See {@link Frames.isLoaded}. */
  isLoaded(): boolean;
}

/** Frames walked at most, also where more are asked for: Linux's default of kernel.perf_event_max_stack. */
const MOST_FRAMES = 127;
/** Addresses remembered; then all are forgotten. */
const MOST_PLACES = 65_536;

export class LiveFrames implements Frames {
  readonly copy = new StackCopy();
  readonly #unwinder: Unwinder;
  readonly #source: FrameSource;
  readonly #places = new Map<number, readonly Place[]>();

  constructor(source: FrameSource) {
    this.#unwinder = processUnwinder(source.image, MOST_FRAMES);
    this.#source = source;
  }

  isLoaded(): boolean {
    return this.#source.isLoaded();
  }

  prepare(): void {
    this.#source.prepareKernel();
    for (const address of this.#source.samples()) {
      const registers = new Float64Array(REGISTERS);
      registers[DWARF_REGISTER.returnAddress] = address;
      this.copy.set(new Uint32Array(0), 0, { start: 0, length: 0 });
      this.walk(registers, 1);
      this.places(address);
    }
  }

  walk(registers: Float64Array, most: number): Unwound {
    return this.#unwinder.walk(registers, this.copy, most);
  }

  places(address: number): readonly Place[] {
    const known = this.#places.get(address);
    if (known !== undefined) return known;
    const places = this.#source.places(BigInt(Math.max(0, address)));
    if (!isLasting(places)) return places;
    if (this.#places.size >= MOST_PLACES) this.#places.clear();
    this.#places.set(address, places);
    return places;
  }

  /** Other code may be where some was. */
  forget(): void {
    this.#unwinder.forget();
    this.#places.clear();
  }
}

/** Code of no file is written at run time, and may be written again. */
function isLasting([innermost]: readonly Place[]): boolean {
  return innermost !== undefined && innermost.module !== null && innermost.module !== '[jit]';
}
