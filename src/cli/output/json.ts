// Hits as JSON lines, fast: what does not change from hit to hit of one place is made once.

import { addressKey } from '../../base/u64.js';
import { valueToJson } from '../../model/format-value.js';
import type { InstructionShown, WatchInfo } from '../../model/hit.js';
import type { JsonValue } from '../../model/messages.js';
import type { Place } from '../../model/place.js';
import type { ValueType } from '../../model/value.js';
import type { SharedHit } from '../../servers/share/index.js';
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
  readonly #times = new TimeText();
  #last: (Pick<SharedHit, 'pid' | 'tid' | 'comm' | 'cpu'> & { readonly text: string }) | null = null;
  /** The value shown last: what a hit finds is nearly always what the hit before it left, the very same bytes. */
  #shown: { readonly bytes: Uint8Array; readonly type: ValueType; readonly text: string } | null = null;

  line(hit: SharedHit): string {
    if (hit.stack !== null || hit.cgroup !== null) return JSON.stringify(hitMessage(hit));
    const parts = this.#parts(hit.watch);
    const known = parts.places.get(hit.place)?.get(addressKey(hit.ipLo, hit.ipHi));
    const { middle, tail } = known?.instruction === hit.instruction ? known : addPlace(parts, hit);
    const source = hit.valueSource === null ? 'null' : `"${hit.valueSource}"`;
    return (
      `${parts.head}${this.#times.text(hit.timeLo, hit.timeHi)}"${this.#thread(hit)}${middle}` +
      `${this.#value(hit.oldBytes, hit.watch.type)},"new":${this.#value(hit.newBytes, hit.watch.type)},"value_source":${source},"kernel":${hit.kernel},"repeat":${hit.repeat},"stack":null,${tail}`
    );
  }

  /** The thread that hit last hits again, mostly, and on the same CPU. */
  #thread(hit: SharedHit): string {
    const { pid, tid, comm, cpu } = hit;
    const last = this.#last;
    if (last === null || last.tid !== tid || last.cpu !== cpu || last.pid !== pid || last.comm !== comm)
      this.#last = { pid, tid, comm, cpu, text: `,"pid":${pid},"tid":${tid},"comm":${this.#comm(comm)},"cpu":${cpu}` };
    return this.#last?.text ?? '';
  }

  #value(bytes: Uint8Array | null, type: ValueType): string {
    if (bytes === null) return 'null';
    if (this.#shown?.bytes !== bytes || this.#shown.type !== type) this.#shown = { bytes, type, text: valueText(valueToJson(bytes, type)) };
    return this.#shown.text;
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

function addPlace(parts: WatchParts, hit: SharedHit): PlaceParts {
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

const MILLISECOND = 1_000_000;

/** Decimal texts of 64-bit times that follow each other: what changes slowly is made once. */
class TimeText {
  #milliseconds = -1;
  #text = '';

  text(lo: number, hi: number): string {
    // From 2^53 on a number does not hold it.
    if (hi >= 0x20_0000) return ((BigInt(hi) << 32n) | BigInt(lo)).toString();
    const time = hi * 0x1_0000_0000 + lo;
    const milliseconds = Math.floor(time / MILLISECOND);
    if (milliseconds === 0) return String(time);
    if (milliseconds !== this.#milliseconds) {
      this.#milliseconds = milliseconds;
      this.#text = String(milliseconds);
    }
    // The leading 1 keeps the zeros.
    return this.#text + String(time - milliseconds * MILLISECOND + MILLISECOND).slice(1);
  }
}
