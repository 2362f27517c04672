// A search from the first look to the few places that are left, in the memory of a process or the kernel's.
import { sameBytes } from '../../model/format-value.js';
import { BadValueError, NoSearchError } from './errors.js';
import { KernelSearched } from './kernel-searched.js';
import type { Monitor } from './memory-source.js';
import { narrow } from './narrow.js';
import { countPlaces, firstPlaces, type Place } from './places.js';
import { ProcessSearched } from './process-searched.js';
import { type Scanned, scan } from './scan.js';
import type { SearchState, TargetIdentity } from './search-file.js';
import { type FindTarget, identityOf, isSameTarget, loadSearch, saveSearch } from './search-store.js';
import type { Location, SearchedMemory } from './searched-memory.js';
import { alignmentOf, type FindType, type Sought, soughtText, soughtValue } from './sought.js';

/** Where to look, and how closely. */
export interface Where {
  /** `all`, or a part: see `--in`. */
  readonly part: string;
  /** At every address, not only at multiples of the value's size. */
  readonly unaligned: boolean;
}

/** What somebody saw the value do. Texts are as typed; `was` null: whatever it was. */
export type Seen =
  | { readonly kind: 'now'; readonly was: string | null; readonly now: string }
  | { readonly kind: 'changed' }
  | { readonly kind: 'unchanged' };

/** A place that is left. */
export interface FoundPlace extends Place {
  readonly location: Location;
}

/** Hold it with `using`. */
export class Finder implements Disposable {
  readonly target: FindTarget;
  readonly #memory: SearchedMemory;
  readonly #identity: TargetIdentity;
  #state: SearchState | null = null;
  #before: SearchState | null = null;

  /** Throws NoSuchProcessError, NoPermissionError, BadRequestError, NothingToSearchError, KernelUnreadableError. */
  constructor(target: FindTarget) {
    this.target = target;
    this.#memory = target.kind === 'kernel' ? new KernelSearched() : new ProcessSearched(target.pid);
    this.#identity = identityOf(target);
  }

  /** Places that are left. */
  get count(): number {
    return countPlaces(this.#current.places);
  }

  /** How values are read in this search. */
  get type(): FindType {
    return this.#current.type;
  }

  /** Bytes of a value. */
  get size(): number {
    return this.#current.places.size;
  }

  /**
   * Looks through memory for every place that holds `sought`. Throws TooManyPlacesError, NothingToSearchError, what `monitor` throws, and what is
   * said of the constructor.
   */
  async begin(sought: Sought, { part, unaligned }: Where, monitor: Monitor): Promise<Scanned> {
    const zeros = sought.bytes.every((byte) => byte === 0);
    const step = unaligned ? 1 : alignmentOf(sought.type, sought.bytes.length);
    const scanned = await scan(this.#memory.source, this.#memory.spans(part, zeros), { pattern: sought.bytes, step }, monitor);
    this.#state = { target: this.#identity, type: sought.type, places: scanned.places };
    return scanned;
  }

  /** Goes on where the last call stopped. Throws NoSearchError, BadSearchFileError. */
  resume(): void {
    this.#state = loadSearch(this.target);
    if (this.count === 0)
      throw new NoSearchError('the last search found nothing, so that there is nothing to go on with', {
        hint: 'Begin a new one, with another value or type.',
      });
  }

  /**
   * Keeps the places whose value did what was seen; returns how many could not be read any more. Throws BadValueError, NoSearchError where the
   * process has ended, and what `monitor` throws: then all places are still there.
   */
  async narrow(seen: Seen, monitor: Monitor): Promise<number> {
    const state = this.#current;
    const test = seen.kind === 'now' ? { kind: seen.kind, was: this.#was(seen.was), now: this.#bytes(seen.now) } : seen;
    if (!isSameTarget(identityOf(this.target), this.#identity))
      throw new NoSearchError('the process has ended, and another one has its number', { hint: 'Begin anew, in the new one.' });
    const { places, gone } = await narrow(this.#memory.source, state.places, test, monitor);
    this.#before = state;
    this.#state = { ...state, places };
    return gone;
  }

  /** The places as they were before the last {@link narrow}: for somebody who has left none. */
  undo(): void {
    this.#state = this.#before ?? this.#state;
  }

  /** The first `most` places, ascending. */
  first(most: number): FoundPlace[] {
    return firstPlaces(this.#current.places, most).map((place) => ({ ...place, location: this.#memory.locate(place.address) }));
  }

  /** Keeps the search for a later call; returns the file. Throws BadSearchFileError. */
  save(): string {
    return saveSearch(this.target, this.#current);
  }

  get #current(): SearchState {
    if (this.#state === null) throw new NoSearchError('nothing has been looked for yet', { hint: 'Begin with a value.' });
    return this.#state;
  }

  #bytes(text: string): Uint8Array {
    const { type, places } = this.#current;
    const { bytes } = soughtValue(text, type);
    if (bytes.length !== places.size)
      throw new BadValueError(`${JSON.stringify(text)} has ${bytes.length} bytes, and what is looked for has ${places.size}`, {
        hint: 'A place is compared over the length of the first value: give as much of the new one.',
      });
    return bytes;
  }

  #was(text: string | null): Uint8Array | null {
    if (text === null) return null;
    const bytes = this.#bytes(text);
    const { type, places } = this.#current;
    if (places.common !== null && !sameBytes(places.common, bytes))
      throw new BadValueError(`no place held ${text} at the last look: they all held ${soughtText(places.common, type)}`, {
        hint: 'Leave --was out to take them whatever they held.',
      });
    return bytes;
  }

  [Symbol.dispose](): void {
    this.#memory[Symbol.dispose]();
  }
}
