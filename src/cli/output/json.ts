// Hits as JSON lines, fast: what does not change from hit to hit of one place is made once.

import { addressKey } from '../../base/u64.js';
import type { InstructionShown, WatchInfo } from '../../model/hit.js';
import type { JsonValue } from '../../model/messages.js';
import type { Place } from '../../model/place.js';
import type { HitRecord } from '../../session/index.js';
import { hitMessage } from './messages.js';

/** What is the same in all hits of one watch. */
interface WatchParts {
  /** Up to the time. */
  readonly head: string;
  /** By place and ip. */
  readonly places: Map<Place, Map<number, PlaceParts>>;
}

/** What is the same in all hits of one place at one ip. */
interface PlaceParts {
  /** Nearly always the same there too. */
  readonly instruction: InstructionShown | null;
  /** From `"access"` to before the old value. */
  readonly middle: string;
  /** From the instruction to the end. */
  readonly tail: string;
}

/** Names of threads remembered; a target that makes up new ones all the time must not fill our memory. */
const MOST_NAMES = 1000;

/** Prints the JSON of hits: equal, character by character, to JSON.stringify(hitMessage(hit)). */
export class HitJsonPrinter {
  readonly #watches = new WeakMap<WatchInfo, WatchParts>();
  readonly #comms = new Map<string | null, string>();

  line(hit: HitRecord): string {
    if (hit.stack !== null || hit.cgroup !== null) return JSON.stringify(hitMessage(hit));
    const parts = this.#parts(hit.watch);
    const known = parts.places.get(hit.place)?.get(addressKey(hit.ipLo, hit.ipHi));
    const { middle, tail } = known?.instruction === hit.instruction ? known : addPlace(parts, hit);
    const source = hit.valueSource === null ? 'null' : `"${hit.valueSource}"`;
    return (
      `${parts.head}${timeText(hit.timeLo, hit.timeHi)}","pid":${hit.pid},"tid":${hit.tid},"comm":${this.#comm(hit.comm)},"cpu":${hit.cpu}${middle}` +
      `${valueText(hit.oldValue)},"new":${valueText(hit.newValue)},"value_source":${source},"kernel":${hit.kernel},"repeat":${hit.repeat},"stack":null,${tail}`
    );
  }

  #parts(watch: WatchInfo): WatchParts {
    let parts = this.#watches.get(watch);
    if (parts === undefined) {
      parts = { head: `{"type":"hit","watch":${JSON.stringify(watch.expression)},"time_ns":"`, places: new Map() };
      this.#watches.set(watch, parts);
    }
    return parts;
  }

  #comm(comm: string | null): string {
    let text = this.#comms.get(comm);
    if (text === undefined) {
      text = JSON.stringify(comm);
      if (this.#comms.size === MOST_NAMES) this.#comms.clear();
      this.#comms.set(comm, text);
    }
    return text;
  }
}

function addPlace(parts: WatchParts, hit: HitRecord): PlaceParts {
  const { access, address, size, ip, function: name, file, line, instruction, instruction_address, cgroup } = hitMessage(hit);
  const added: PlaceParts = {
    instruction: hit.instruction,
    middle: `,${inner({ access, address, size, ip, function: name, file, line })},"old":`,
    tail: `${inner({ instruction, instruction_address, cgroup })}}`,
  };
  let byIp = parts.places.get(hit.place);
  if (byIp === undefined) {
    byIp = new Map();
    parts.places.set(hit.place, byIp);
  }
  byIp.set(addressKey(hit.ipLo, hit.ipHi), added);
  return added;
}

/** The object's fields without the braces. */
function inner(fields: Readonly<Record<string, JsonValue>>): string {
  return JSON.stringify(fields).slice(1, -1);
}

function valueText(value: JsonValue): string {
  return typeof value === 'number' ? String(value) : JSON.stringify(value);
}

/** Decimal text of a 64-bit time without a bigint where it fits a number. */
function timeText(lo: number, hi: number): string {
  if (hi < 0x20_0000) return String(hi * 0x1_0000_0000 + lo);
  return ((BigInt(hi) << 32n) | BigInt(lo)).toString();
}
