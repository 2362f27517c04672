// From what a session delivers to what is printed: the typed values of model/messages, of which text and JSON are two printers.
import { assertNever } from '../../base/assert.js';
import { valueToJson } from '../../model/format-value.js';
import type { Hit, TargetEvent } from '../../model/hit.js';
import type { ArmedMessage, EventMessage, HitMessage } from '../../model/messages.js';
import type { Place } from '../../model/place.js';
import type { RunWatch } from '../../servers/share/index.js';

/** `0x4040`. */
export function addressText(address: bigint): string {
  return `0x${address.toString(16)}`;
}

/** `function (file:line)`, or as much of it as is known: `function (libc.so.6)`, `? (libc.so.6)`, `function`, `?`. */
export function placeText(place: Place): string {
  const name = place.function ?? '?';
  if (place.file !== null) return `${name} (${shortFile(place.file)}:${place.line})`;
  return place.module === null ? name : `${name} (${place.module === KERNEL ? 'kernel' : place.module})`;
}

const KERNEL = '[kernel]';

/** The last part of a path. */
export function shortFile(file: string): string {
  return file.slice(file.lastIndexOf('/') + 1);
}

/** `sharedWith`: the hwbkpt that watches for this one; null where that is this one. */
export function armedMessage(watch: RunWatch, engine: string, sharedWith: number | null = null): ArmedMessage {
  const { info, arming } = watch;
  return {
    type: 'armed',
    watch: info.expression,
    address: addressText(info.address),
    size: info.size,
    engine,
    threads: arming.threads,
    cpus: arming.cpus,
    ...(arming.pointerSlots === null ? {} : { value_slots: arming.slots, pointer_slots: arming.pointerSlots }),
    ...(sharedWith === null ? {} : { shared_with: sharedWith }),
    not_covered: arming.notCovered,
  };
}

export function hitMessage(hit: Hit): HitMessage {
  return {
    type: 'hit',
    watch: hit.watch.expression,
    time_ns: hit.time.toString(),
    pid: hit.pid,
    tid: hit.tid,
    comm: hit.comm,
    cpu: hit.cpu,
    access: hit.watch.access,
    address: addressText(hit.watch.address),
    size: hit.watch.size,
    ip: addressText(hit.ip),
    function: hit.place.function,
    file: hit.place.file,
    line: hit.place.line,
    old: hit.oldValue,
    new: hit.newValue,
    value_source: hit.valueSource,
    kernel: hit.kernel,
    repeat: hit.repeat,
    stack: hit.stack?.map(placeText) ?? null,
    instruction: hit.instruction?.text ?? null,
    instruction_address: hit.instruction === null || hit.instruction.address === null ? null : addressText(hit.instruction.address),
    cgroup: hit.cgroup,
  };
}

export function eventMessage(event: TargetEvent): EventMessage {
  switch (event.kind) {
    case 'exec':
      return { type: 'event', event: 'exec', pid: event.pid, comm: event.comm, time_ns: event.time.toString() };
    case 'fork':
      return { type: 'event', event: 'fork', pid: event.pid, child: event.child, time_ns: event.time.toString() };
    case 'unseen-change':
      return {
        type: 'event',
        event: 'unseen-change',
        watch: event.watch.expression,
        pid: event.pid,
        time_ns: event.time.toString(),
        expected: valueToJson(event.expected, event.watch.type),
        found: valueToJson(event.found, event.watch.type),
      };
    case 'lost':
    case 'throttled':
      return { type: 'event', event: event.kind, count: event.count, time_ns: event.time.toString() };
    case 'watch-ended':
      return { type: 'event', event: 'watch-ended', watch: event.watch.expression, reason: event.reason };
    case 'waiting':
    case 'evicted':
      return { type: 'event', event: event.kind, watch: event.watch.expression };
    case 'installed':
      return { type: 'event', event: 'installed', watch: event.watch.expression, threads: event.threads };
    case 'armed-again':
      return {
        type: 'event',
        event: 'armed-again',
        watch: event.watch.expression,
        address: addressText(event.watch.address),
        threads: event.threads,
      };
    case 're-aimed':
      return {
        type: 'event',
        event: 're-aimed',
        watch: event.watch.expression,
        address: addressText(event.watch.address),
        time_ns: event.time.toString(),
        blind_ns: event.blind?.toString() ?? null,
        threads: event.threads,
      };
    case 'waiting-for-pointer':
      return { type: 'event', event: 'waiting-for-pointer', watch: event.watch.expression, reason: event.reason };
    case 'waiting-for-library':
      return { type: 'event', event: 'waiting-for-library', watch: event.watch.expression, library: event.library };
    case 'waiting-for-call':
      return { type: 'event', event: 'waiting-for-call', watch: event.watch.expression, function: event.function };
    case 'frame-ended':
      return { type: 'event', event: 'frame-ended', watch: event.watch.expression, time_ns: event.time.toString() };
    case 'owner-left':
      return { type: 'event', event: 'owner-left', owner: event.owner, reason: event.reason, time_ns: event.time.toString() };
    case 'attached-again': {
      const { owner, blind, time } = event;
      return { type: 'event', event: 'attached-again', owner, blind_ns: blind.toString(), time_ns: time.toString() };
    }
    default:
      return assertNever(event);
  }
}
