// The stack of a hit as places: the kernel's frames first, from its own call chain; then those of user code, found by unwinding from the
// registers and the copy of the stack that came with the hit. Where no copy came, the kernel's chain, which follows frame pointers.
import type { RawHit, UserStack } from '../engines/contract.js';
import { REGISTER_COUNT, REGISTER_NAMES } from '../instructions/index.js';
import type { Place } from '../model/place.js';
import { DWARF_REGISTER, REGISTERS } from '../symbols/unwind/row.js';
import type { Unwound } from '../symbols/unwind/unwinder.js';
import type { Frames } from './frames.js';
import type { PlaceCache } from './places.js';

/** Values from here on mark a context (user, kernel) instead of an address: PERF_CONTEXT_MAX is (u64)-4095. */
const CONTEXT_LO = 0xffff_f001;
const CONTEXT_HI = 0xffff_ffff;
/** PERF_CONTEXT_KERNEL, (u64)-128. */
const KERNEL_LO = 0xffff_ff80;
const TWO_32 = 0x1_0000_0000;

const NAMELESS: Place = { function: null, file: null, line: null, module: null, offset: null };
/** Stands for the frames that could not be found. */
export const CUT: Place = { ...NAMELESS, function: '...' };
/** The frame that the kernel made, to call a signal handler; as gdb calls it. */
const SIGNAL_FRAME: Place = { ...NAMELESS, function: '<signal handler called>' };

/** The number that DWARF gives to each register of a sample; -1 where it has none that is followed. */
const DWARF_NUMBERS: readonly number[] = REGISTER_NAMES.map((name) => (name === 'flags' ? -1 : DWARF_REGISTER[name]));

/** What a watch asks for. */
export interface StackWish {
  /** Frames, of the kernel and of user code each; inlined calls count. */
  readonly depth: number;
  /** The hit was reported before its instruction ran, at that one's address; else after it. */
  readonly exact: boolean;
}

type Reported = Pick<RawHit, 'stack' | 'kernel'> & Partial<Pick<RawHit, 'userStack'>>;

const EVERYTHING: StackWish = { depth: Number.POSITIVE_INFINITY, exact: false };

export class StackResolver {
  readonly #places: PlaceCache;
  readonly #frames: () => Frames | null;
  readonly #registers = new Float64Array(REGISTERS);

  /** `frames`: what the program can tell of stacks now; null: nothing. */
  constructor(places: PlaceCache, frames: () => Frames | null) {
    this.#places = places;
    this.#frames = frames;
  }

  /** The frames of a hit, innermost first; the first is where the hit was reported. Ends with {@link CUT} where it was cut off. */
  resolve(raw: Reported, wish = EVERYTHING): Place[] {
    const frames = this.#frames();
    const user = raw.userStack ?? null;
    if (frames === null || user === null || user.length === 0) return this.#chain(raw, 'all');
    const found = this.#chain(raw, 'kernel');
    this.#unwind(frames, user, { exact: wish.exact && !raw.kernel, most: found.length + wish.depth }, found);
    return found;
  }

  /** Adds the frames of user code to `found` until there are `most`. */
  #unwind(frames: Frames, user: UserStack, { exact, most }: { readonly exact: boolean; readonly most: number }, found: Place[]): void {
    const registers = this.#load(user);
    const start = registers[DWARF_REGISTER.sp] ?? 0;
    frames.copy.set(user.words, user.at, { start, length: user.length });
    const walked = frames.walk(registers, most - found.length);
    for (let i = 0; i < walked.count && found.length < most; i++) this.#addFrame(frames, walked, i, { exact, found, most });
    if (found.length < most && walked.end !== 'complete' && walked.end !== 'depth') found.push(CUT);
  }

  #addFrame(
    frames: Frames,
    walked: Unwound,
    at: number,
    { exact, found, most }: { readonly exact: boolean; readonly found: Place[]; readonly most: number },
  ): void {
    if (at + 1 < walked.count && walked.exact[at + 1] === 1) {
      found.push(SIGNAL_FRAME);
      return;
    }
    // A return address belongs to the call before it, and a hit reported after its instruction to that.
    const isItself = at === 0 ? exact : walked.exact[at] === 1;
    const places = frames.places((walked.addresses[at] ?? 0) - (isItself ? 0 : 1));
    for (let i = 0; i < places.length && found.length < most; i++) found.push(places[i] ?? NAMELESS);
  }

  #load({ ip, registers, registersAt }: UserStack): Float64Array {
    const loaded = this.#registers;
    for (let i = 0; i < REGISTER_COUNT; i++) {
      const number = DWARF_NUMBERS[i] ?? -1;
      const lo = registers[registersAt + 2 * i] ?? 0;
      const hi = registers[registersAt + 2 * i + 1] ?? 0;
      // What the kernel did not keep of a system call's registers it reports with all bits set.
      if (number >= 0) loaded[number] = lo === 0xffff_ffff && hi === 0xffff_ffff ? Number.NaN : hi * TWO_32 + lo;
    }
    loaded[DWARF_REGISTER.returnAddress] = ip;
    return loaded;
  }

  #chain(raw: Pick<RawHit, 'stack' | 'kernel'>, which: 'all' | 'kernel'): Place[] {
    const chain = raw.stack ?? new Uint32Array(0);
    const found: Place[] = [];
    let kernel = raw.kernel;
    for (let i = 0; i + 1 < chain.length; i += 2) {
      const lo = chain[i] ?? 0;
      const hi = chain[i + 1] ?? 0;
      if (hi === CONTEXT_HI && lo >= CONTEXT_LO) {
        kernel = lo === KERNEL_LO;
        continue;
      }
      if (which === 'kernel' && !kernel) continue;
      // A return address belongs to the call before it.
      found.push(lo === 0 ? this.#places.at(0xffff_ffff, hi - 1, kernel) : this.#places.at(lo - 1, hi, kernel));
    }
    return found;
  }
}
