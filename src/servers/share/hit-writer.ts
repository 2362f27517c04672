// Hits as rows for the socket: what many hits share is sent once, as entries of tables, before the first row that needs it.
import { highU32, lowU32 } from '../../base/u64.js';
import { valueToText } from '../../model/format-value.js';
import type { Hit, InstructionShown, WatchInfo } from '../../model/hit.js';
import type { Place } from '../../model/place.js';
import type { ValueType } from '../../model/value.js';
import { type Definition, MOST_ENTRIES, type Row, VALUE_SOURCES, type WireInfo } from '../../protocols/share/index.js';
import { namerOf, valueTypeOf, wireTypeOf } from './value-types.js';

/** Numbers for things, given as they come; begins anew when all are given, so that no table grows without bound. */
class Numbers<T> {
  readonly #numbers = new Map<T, number>();
  readonly #define: (from: number, thing: T) => void;

  constructor(define: (from: number, thing: T) => void) {
    this.#define = define;
  }

  of(thing: T): number {
    const known = this.#numbers.get(thing);
    if (known !== undefined) return known;
    if (this.#numbers.size === MOST_ENTRIES) this.#numbers.clear();
    const number = this.#numbers.size;
    this.#numbers.set(thing, number);
    this.#define(number, thing);
    return number;
  }
}

/** Names of what pointers of one info lead to. */
interface Names {
  readonly number: number;
  /** The type, told what it asks for. */
  readonly asking: ValueType;
  readonly told: Set<bigint>;
}

/** Names told of one info; a pointer that leads everywhere must not fill our memory. */
const MOST_NAMES = 10_000;

export class HitWriter {
  readonly #define: (definition: Definition) => void;
  readonly #infos: Numbers<WatchInfo>;
  readonly #places: Numbers<Place>;
  readonly #comms: Numbers<string | null>;
  readonly #instructions: Numbers<InstructionShown>;
  readonly #names = new WeakMap<WatchInfo, Names | null>();
  /** The watch whose info is being numbered. */
  #watch = 0;

  constructor(define: (definition: Definition) => void) {
    this.#define = define;
    this.#infos = new Numbers((from, info) => define({ table: 'infos', from, entries: [{ watch: this.#watch, info: wireInfoOf(info) }] }));
    this.#places = new Numbers((from, place) => define({ table: 'places', from, entries: [plainPlace(place)] }));
    this.#comms = new Numbers((from, comm) => define({ table: 'comms', from, entries: [comm] }));
    this.#instructions = new Numbers((from, { address, text }) => define({ table: 'instructions', from, entries: [{ address, text }] }));
  }

  /** The number of what watch `watch` watches. */
  info(watch: number, info: WatchInfo): number {
    this.#watch = watch;
    return this.#infos.of(info);
  }

  place(place: Place): number {
    return this.#places.of(place);
  }

  /** `hit` of watch `watch`. */
  row(watch: number, hit: Hit & Partial<Halves>): Row {
    const info = this.info(watch, hit.watch);
    this.#name(hit, info);
    const time = hit.timeLo === undefined ? hit.time : null;
    const ip = hit.ipLo === undefined ? hit.ip : null;
    return {
      info,
      place: this.place(hit.place),
      comm: this.#comms.of(hit.comm),
      instruction: hit.instruction === null ? -1 : this.#instructions.of(hit.instruction),
      timeLo: hit.timeLo ?? lowU32(time ?? 0n),
      timeHi: hit.timeHi ?? highU32(time ?? 0n),
      pid: hit.pid,
      tid: hit.tid,
      cpu: hit.cpu,
      ipLo: hit.ipLo ?? lowU32(ip ?? 0n),
      ipHi: hit.ipHi ?? highU32(ip ?? 0n),
      source: Math.max(0, VALUE_SOURCES.indexOf(hit.valueSource)),
      kernel: hit.kernel,
      repeat: hit.repeat,
      old: hit.oldBytes,
      new: hit.newBytes,
      stack: hit.stack?.map((frame) => this.place(frame)) ?? null,
    };
  }

  /** Sends names of what the pointers in the hit's values lead to, those that were not sent before. */
  #name({ watch, oldBytes, newBytes }: Hit, info: number): void {
    let names = this.#names.get(watch);
    if (names === undefined || (names !== null && names.number !== info)) {
      names = this.#namesOf(watch, info);
      this.#names.set(watch, names);
    }
    if (names === null) return;
    // The names are what the texts ask for.
    valueToText(oldBytes, names.asking);
    valueToText(newBytes, names.asking);
  }

  #namesOf({ type }: WatchInfo, number: number): Names | null {
    const namer = namerOf(type);
    if (namer === null) return null;
    const told = new Set<bigint>();
    const tell = (address: bigint): string | null => {
      if (told.has(address) || told.size >= MOST_NAMES) return null;
      told.add(address);
      const name = namer(address);
      if (name !== null) this.#define({ table: 'names', from: 0, entries: [{ info: number, address, name }] });
      return name;
    };
    return { number, asking: valueTypeOf(wireTypeOf(type), tell), told };
  }
}

/** What the session's own hits have beside their 64-bit numbers, and hits in general need not. */
interface Halves {
  readonly timeLo: number;
  readonly timeHi: number;
  readonly ipLo: number;
  readonly ipHi: number;
}

function wireInfoOf({ expression, address, size, access, type }: WatchInfo): WireInfo {
  return { expression, address, size, access, type: wireTypeOf(type) };
}

/** Places may know more than travels. */
function plainPlace({ function: name, file, line, module, offset }: Place): Place {
  return { function: name, file, line, module, offset };
}
