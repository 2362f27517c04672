// Hits as rows for the socket: what many hits share is sent once, as entries of tables, before the first row that needs it.
import { highU32, lowU32 } from '../../base/u64.js';
import { valueToText } from '../../model/format-value.js';
import type { Hit, InstructionShown, WatchInfo } from '../../model/hit.js';
import type { Place } from '../../model/place.js';
import type { ValueType } from '../../model/value.js';
import { type Definition, MOST_ENTRIES, type Origin, type Row, VALUE_SOURCES, type WireInfo } from '../../protocols/share/index.js';
import { namerOf, valueTypeOf, wireTypeOf } from './value-types.js';

/** Numbers for things, given as they come; begins anew when all are given, so that no table grows without bound. */
class Numbers<T> {
  readonly #numbers = new Map<T, number>();
  readonly #define: (from: number, thing: T) => void;
  readonly #begunAnew: () => void;

  constructor(define: (from: number, thing: T) => void, begunAnew: () => void = () => undefined) {
    this.#define = define;
    this.#begunAnew = begunAnew;
  }

  of(thing: T): number {
    const known = this.#numbers.get(thing);
    if (known !== undefined) return known;
    if (this.#numbers.size === MOST_ENTRIES) this.clear();
    const number = this.#numbers.size;
    this.#numbers.set(thing, number);
    this.#define(number, thing);
    return number;
  }

  clear(): void {
    this.#numbers.clear();
    this.#begunAnew();
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
  readonly #origins: Numbers<string>;
  readonly #names = new WeakMap<WatchInfo, Names | null>();
  /** The watch whose info is being numbered. */
  #watch = 0;
  /** The hit before, and what it came from: mostly the next one comes from there too. */
  #last: { readonly hit: Hit & Partial<Halves>; readonly number: number } | null = null;
  #origin: Origin | null = null;

  constructor(define: (definition: Definition) => void) {
    this.#define = define;
    // Origins are made of numbers of the other tables.
    const anew = (): void => this.#origins.clear();
    this.#infos = new Numbers(
      (from, info) => define({ table: 'infos', from, entries: [{ watch: this.#watch, info: wireInfoOf(info) }] }),
      anew,
    );
    this.#places = new Numbers((from, place) => define({ table: 'places', from, entries: [plainPlace(place)] }), anew);
    this.#comms = new Numbers((from, comm) => define({ table: 'comms', from, entries: [comm] }), anew);
    this.#instructions = new Numbers(
      (from, { address, text }) => define({ table: 'instructions', from, entries: [{ address, text }] }),
      anew,
    );
    this.#origins = new Numbers(
      (from) => {
        if (this.#origin !== null) define({ table: 'origins', from, entries: [this.#origin] });
      },
      () => {
        this.#last = null;
      },
    );
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
    const time = hit.timeLo === undefined ? hit.time : 0n;
    const origin = this.#originOf(watch, hit);
    return {
      origin,
      timeLo: hit.timeLo ?? lowU32(time),
      timeHi: hit.timeHi ?? highU32(time),
      old: hit.oldBytes,
      new: hit.newBytes,
      stack: hit.stack?.map((frame) => this.place(frame)) ?? null,
    };
  }

  #originOf(watch: number, hit: Hit & Partial<Halves>): number {
    this.#name(hit, watch);
    if (this.#last !== null && isFromSame(this.#last.hit, hit)) return this.#last.number;
    const ip = hit.ipLo === undefined ? hit.ip : 0n;
    const origin = {
      info: this.info(watch, hit.watch),
      place: this.place(hit.place),
      comm: this.#comms.of(hit.comm),
      instruction: hit.instruction === null ? null : this.#instructions.of(hit.instruction),
      ...{ pid: hit.pid, tid: hit.tid, cpu: hit.cpu, ipLo: hit.ipLo ?? lowU32(ip), ipHi: hit.ipHi ?? highU32(ip) },
      ...{ source: Math.max(0, VALUE_SOURCES.indexOf(hit.valueSource)), kernel: hit.kernel, repeat: hit.repeat },
    };
    this.#origin = origin;
    const number = this.#origins.of(Object.values(origin).join());
    this.#last = { hit, number };
    return number;
  }

  /** Sends names of what the pointers in the hit's values lead to, those that were not sent before. */
  #name({ watch, oldBytes, newBytes }: Hit, id: number): void {
    let names = this.#names.get(watch);
    if (names === null) return;
    const info = this.info(id, watch);
    if (names === undefined || names.number !== info) {
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

/** Whether two hits differ in nothing but time, values and stack. */
function isFromSame(a: Hit & Partial<Halves>, b: Hit & Partial<Halves>): boolean {
  const isThread = a.tid === b.tid && a.cpu === b.cpu && a.pid === b.pid && a.comm === b.comm && a.kernel === b.kernel;
  const isPlace = a.place === b.place && a.watch === b.watch && a.instruction === b.instruction;
  const isIp = a.ipLo !== undefined && a.ipLo === b.ipLo && a.ipHi === b.ipHi;
  return isThread && isPlace && isIp && a.valueSource === b.valueSource && a.repeat === b.repeat;
}

function wireInfoOf({ expression, address, size, access, type }: WatchInfo): WireInfo {
  return { expression, address, size, access, type: wireTypeOf(type) };
}

/** Places may know more than travels. */
function plainPlace({ function: name, file, line, module, offset }: Place): Place {
  return { function: name, file, line, module, offset };
}
