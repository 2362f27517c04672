// Rows from the socket as hits again: keeps the tables they refer to. What refers to nothing known is a broken conversation.
import { as, type VirtualAddress } from '../../base/brand.js';
import type { InstructionShown, WatchInfo } from '../../model/hit.js';
import type { Place } from '../../model/place.js';
import type { Definition, Row, WireInfo } from '../../protocols/share/index.js';
import { BrokenConversationError } from './errors.js';
import { RemoteHit } from './remote-hit.js';
import { valueTypeOf } from './value-types.js';

/** What is watched, and by which watch. */
export interface KnownInfo {
  readonly watch: number;
  readonly info: WatchInfo;
  readonly names: Map<bigint, string>;
}

/** Entries by number; a number that nobody has given is answered with an error. */
class Entries<T> {
  readonly #what: string;
  #entries: T[] = [];

  constructor(what: string) {
    this.#what = what;
  }

  take(from: number, entries: readonly T[]): void {
    if (from === 0) this.#entries = [];
    if (from !== this.#entries.length) throw new BrokenConversationError(`${this.#what} ${from} comes before its time`);
    this.#entries.push(...entries);
  }

  at(number: number): T {
    const entry = this.#entries[number];
    if (entry === undefined) throw new BrokenConversationError(`there is no ${this.#what} ${number}`);
    return entry;
  }
}

export class HitReader {
  readonly #infos = new Entries<KnownInfo>('watch');
  readonly #places = new Entries<Place>('place');
  readonly #comms = new Entries<{ readonly comm: string | null }>('name');
  readonly #instructions = new Entries<InstructionShown>('instruction');
  readonly #tables = {
    info: (number: number) => this.#infos.at(number).info,
    place: (number: number) => this.#places.at(number),
    comm: (number: number) => this.#comms.at(number).comm,
    instruction: (number: number) => this.#instructions.at(number),
  };

  /** Throws BrokenConversationError. */
  define(definition: Definition): void {
    const { from } = definition;
    switch (definition.table) {
      case 'infos':
        this.#infos.take(from, definition.entries.map(known));
        break;
      case 'places':
        this.#places.take(from, definition.entries);
        break;
      case 'comms':
        this.#comms.take(
          from,
          definition.entries.map((comm) => ({ comm })),
        );
        break;
      case 'instructions':
        this.#instructions.take(from, definition.entries);
        break;
      default:
        for (const { info, address, name } of definition.entries) this.#infos.at(info).names.set(address, name);
    }
  }

  /** Throws BrokenConversationError. */
  info(number: number): KnownInfo {
    return this.#infos.at(number);
  }

  /** Throws BrokenConversationError. */
  place(number: number): Place {
    return this.#places.at(number);
  }

  /** Throws BrokenConversationError. */
  hit(row: Row): RemoteHit {
    return new RemoteHit(row, this.#tables);
  }
}

function known({ watch, info }: { readonly watch: number; readonly info: WireInfo }): KnownInfo {
  const names = new Map<bigint, string>();
  const { expression, address, size, access } = info;
  const type = valueTypeOf(info.type, (at) => names.get(at) ?? null);
  return { watch, names, info: { expression, address: as<VirtualAddress>(address), size, access, type } };
}
