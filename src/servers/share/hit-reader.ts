// Rows from the socket as hits again: keeps the tables they refer to. What refers to nothing known is a broken conversation.
import { as, type VirtualAddress } from '../../base/brand.js';
import type { InstructionShown, WatchInfo } from '../../model/hit.js';
import type { Place } from '../../model/place.js';
import { type Definition, type Origin, type Row, VALUE_SOURCES, type WireInfo } from '../../protocols/share/index.js';
import { BrokenConversationError } from './errors.js';
import { type HitOrigin, RemoteHit } from './remote-hit.js';
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
  readonly #origins = new Entries<HitOrigin>('origin');

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
      case 'origins':
        this.#origins.take(
          from,
          definition.entries.map((origin) => this.#origin(origin)),
        );
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

  #origin({ info, place, comm, instruction, source, ...plain }: Origin): HitOrigin {
    const known = this.#infos.at(info);
    return {
      ...plain,
      watch: known.watch,
      info: known.info,
      place: this.#places.at(place),
      comm: this.#comms.at(comm).comm,
      instruction: instruction === null ? null : this.#instructions.at(instruction),
      source: VALUE_SOURCES[source] ?? null,
    };
  }

  /** The hit, and the number of the watch that it is of. Throws BrokenConversationError. */
  hit(row: Row): { readonly watch: number; readonly hit: RemoteHit } {
    const origin = this.#origins.at(row.origin);
    const stack = row.stack?.map((number) => this.#places.at(number)) ?? null;
    return { watch: origin.watch, hit: new RemoteHit(row, origin, stack) };
  }
}

function known({ watch, info }: { readonly watch: number; readonly info: WireInfo }): KnownInfo {
  const names = new Map<bigint, string>();
  const { expression, address, size, access } = info;
  const type = valueTypeOf(info.type, (at) => names.get(at) ?? null);
  return { watch, names, info: { expression, address: as<VirtualAddress>(address), size, access, type } };
}
