// Places and call chains by what they say, so that two objects that say the same are one group.
import type { Place } from '../model/place.js';

/** Names a place in one program: by line, else by function or `ip`. */
export function placeKey({ file, line, function: name, module }: Place, ip: bigint): string {
  return `${name}\n${file === null ? `${module}+${name ?? ip}` : `${file}:${line}`}`;
}

/** One array for all call chains that say the same. */
export class StackNames {
  readonly #ids = new Map<string, number>();
  readonly #idOfPlace = new WeakMap<Place, number>();
  readonly #stacks = new Map<string, readonly Place[]>();

  /** The first array that said what `stack` says. */
  same(stack: readonly Place[]): readonly Place[] {
    const name = this.nameOf(stack);
    const known = this.#stacks.get(name);
    if (known === undefined) this.#stacks.set(name, stack);
    return known ?? stack;
  }

  /** The same text for the same chain. */
  nameOf(stack: readonly Place[]): string {
    return stack.map((place) => this.#id(place)).join(' ');
  }

  #id(place: Place): number {
    const known = this.#idOfPlace.get(place);
    if (known !== undefined) return known;
    // Frames without a name are told apart by nothing: their addresses are not kept.
    const text = placeKey(place, 0n);
    const id = this.#ids.get(text) ?? this.#ids.size;
    this.#ids.set(text, id);
    this.#idOfPlace.set(place, id);
    return id;
  }
}
