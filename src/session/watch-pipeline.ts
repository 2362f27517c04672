// Everything that happens to the hits of one watch between the engine and the reader: merging, values, filtering.
import { present } from '../base/assert.js';
import type { RawHit } from '../engines/contract.js';
import {
  type AccessRebuilder,
  type AccessSample,
  newAccessSample,
  newRebuiltAccess,
  REGISTER_WORDS,
  type RebuiltAccess,
} from '../instructions/index.js';
import type { WatchInfo } from '../model/hit.js';
import { type Settled, ValueHistory } from './history.js';
import { HitRecord } from './hit-record.js';
import { KernelRuns } from './kernel-runs.js';
import type { Outbox } from './outbox.js';
import type { PlaceCache } from './places.js';

/** Reports of several pieces by one exception are written within this time (ns). */
const SAME_EXCEPTION = 100_000;
/** How often (ns) a quiet watch is compared with memory. */
const PROBE_INTERVAL = 20_000_000;

/** What a watch's pipeline shares with the others of its target. */
export interface PipelineContext {
  /** There from the first round on. */
  rebuilder(): AccessRebuilder | null;
  readonly places: PlaceCache;
  readonly outbox: Outbox;
  /** Bytes of a process now, or null where they cannot be read. */
  readMemory(pid: number, address: bigint, length: number): Uint8Array | null;
  comm(pid: number, tid: number): string | null;
  /** Frames of a raw call chain. */
  stack(raw: RawHit): HitRecord['stack'];
}

/** The bytes the armed pieces cover: the watched range, or more where it was widened. */
export interface CoveredBytes {
  readonly address: bigint;
  readonly length: number;
}

interface Merging {
  hit: HitRecord | null;
  time: number;
  cookies: number[];
  readonly registers: Uint32Array;
}

export class WatchPipeline {
  readonly info: WatchInfo;
  readonly #covered: CoveredBytes;
  readonly #pieces: number;
  readonly #context: PipelineContext;
  readonly #offset: number;
  readonly #histories = new Map<number, ValueHistory>();
  readonly #waiting = new Map<number, HitRecord>();
  readonly #runs = new KernelRuns();
  readonly #merging: Merging = { hit: null, time: 0, cookies: [], registers: new Uint32Array(REGISTER_WORDS) };
  readonly #sample: AccessSample = newAccessSample();
  readonly #rebuilt: RebuiltAccess = newRebuiltAccess();
  #lastProbe = 0;

  constructor(info: WatchInfo, covered: CoveredBytes, pieces: number, context: PipelineContext) {
    this.info = info;
    this.#covered = covered;
    this.#pieces = pieces;
    this.#context = context;
    this.#offset = Number(info.address - covered.address);
    this.#sample.rangeLo = Number(covered.address & 0xffff_ffffn);
    this.#sample.rangeHi = Number(covered.address >> 32n);
    this.#sample.rangeSize = covered.length;
    this.#sample.writesOnly = info.access === 'write';
  }

  /** The value in process `pid` before anything could happen; null when that moment has passed. */
  start(pid: number, bytes: Uint8Array | null): void {
    this.#histories.set(pid, new ValueHistory(bytes));
  }

  /** Process `child` begins with a copy of its parent's memory. */
  fork(parent: number, child: number): void {
    const history = this.#histories.get(parent);
    if (history !== undefined && !this.#histories.has(child)) this.#histories.set(child, new ValueHistory(history.current));
  }

  forget(pid: number): void {
    this.#histories.delete(pid);
    this.#resolve(pid, null);
  }

  /** One report of one of this watch's pieces. */
  report(raw: RawHit): void {
    const time = raw.timeHi * 0x1_0000_0000 + raw.timeLo;
    if (this.#pieces > 1 && this.#isSameAccess(raw, time)) return;
    if (this.info.access === 'execute') {
      this.#context.outbox.hit(this.#record(raw, raw.ipLo, raw.ipHi));
      return;
    }
    if (raw.kernel) this.#kernelReport(raw, time);
    else this.#userReport(raw, time);
  }

  #isSameAccess(raw: RawHit, time: number): boolean {
    const merging = this.#merging;
    const { registers, registersAt } = raw;
    const { hit } = merging;
    const same =
      hit !== null &&
      hit.tid === raw.tid &&
      hit.ipLo === raw.ipLo &&
      hit.ipHi === raw.ipHi &&
      time - merging.time < SAME_EXCEPTION &&
      !merging.cookies.includes(raw.cookie) &&
      merging.registers.every((word, i) => word === registers[registersAt + i]);
    if (same) merging.cookies.push(raw.cookie);
    return same;
  }

  #beginMerging(raw: RawHit, time: number, hit: HitRecord): void {
    if (this.#pieces === 1) return;
    const merging = this.#merging;
    merging.hit = hit;
    merging.time = time;
    merging.cookies = [raw.cookie];
    merging.registers.set(raw.registers.subarray(raw.registersAt, raw.registersAt + REGISTER_WORDS));
  }

  #history(pid: number): ValueHistory {
    let history = this.#histories.get(pid);
    if (history === undefined) {
      history = new ValueHistory(null);
      this.#histories.set(pid, history);
    }
    return history;
  }

  #kernelReport(raw: RawHit, time: number): void {
    const history = this.#history(raw.pid);
    this.#settled(raw.pid, history.beforeHit(time, raw.cpu));
    const old = history.current;
    history.afterHit(null);
    if (this.#runs.continued(raw, time) !== null) return;
    this.#resolve(raw.pid, null);
    const hit = this.#record(raw, raw.ipLo, raw.ipHi);
    hit.oldBytes = this.#shown(old);
    this.#runs.begin(raw, time, hit);
    this.#await(hit);
    this.#beginMerging(raw, time, hit);
    this.#context.outbox.hit(hit);
  }

  #userReport(raw: RawHit, time: number): void {
    this.#runs.end(raw.tid);
    const history = this.#history(raw.pid);
    this.#settled(raw.pid, history.beforeHit(time, raw.cpu));
    const rebuilt = this.#rebuild(raw, history);
    if (this.#isOutside(rebuilt)) return;
    this.#checkFound(raw, history, rebuilt, time);
    const hit = rebuilt.instructionKnown
      ? this.#record(raw, rebuilt.instructionLo, rebuilt.instructionHi)
      : this.#record(raw, (raw.ipLo - 1) >>> 0, raw.ipLo === 0 ? raw.ipHi - 1 : raw.ipHi);
    const old = history.current;
    const next = this.#valueAfter(rebuilt, old);
    this.#resolve(raw.pid, null);
    hit.oldBytes = this.#shown(old);
    hit.newBytes = this.#shown(next);
    history.afterHit(next);
    if (next === null) this.#await(hit);
    else hit.valueSource = rebuilt.kind === 'store' ? rebuilt.source : 'unchanged';
    this.#beginMerging(raw, time, hit);
    this.#context.outbox.hit(hit);
  }

  #rebuild(raw: RawHit, history: ValueHistory): RebuiltAccess {
    const sample = this.#sample;
    sample.ipLo = raw.ipLo;
    sample.ipHi = raw.ipHi;
    sample.registers = raw.registers;
    sample.registersOffset = raw.registersAt;
    sample.old = history.current;
    present(this.#context.rebuilder(), 'the instruction decoder').run(sample, this.#rebuilt);
    return this.#rebuilt;
  }

  /** A widened cover also traps for its neighbours: what is known to have been outside is nobody's hit. */
  #isOutside(rebuilt: RebuiltAccess): boolean {
    if (this.#covered.length === this.info.size || !rebuilt.placeKnown) return false;
    return rebuilt.offset + rebuilt.size <= this.#offset || rebuilt.offset >= this.#offset + this.info.size;
  }

  /** Compares what the instruction found in memory with what the chain says, and tells an earlier hit its value. */
  #checkFound(raw: RawHit, history: ValueHistory, rebuilt: RebuiltAccess, time: number): void {
    if (!rebuilt.foundKnown || rebuilt.foundOffset > 0 || rebuilt.foundOffset + rebuilt.foundSize < this.#covered.length) return;
    const found = new Uint8Array(this.#covered.length);
    overlay(found, rebuilt.foundOffset, rebuilt.foundSize, rebuilt.foundLo, rebuilt.foundHi);
    const expected = history.foundBeforeHit(found);
    if (expected !== null) this.#unseen(raw.pid, expected, found, time);
    this.#resolve(raw.pid, { bytes: found, source: 'sequence' });
  }

  #valueAfter(rebuilt: RebuiltAccess, old: Uint8Array | null): Uint8Array | null {
    if (rebuilt.kind === 'unchanged') return old;
    if (rebuilt.kind === 'unknown') return null;
    const coversAll = rebuilt.offset <= 0 && rebuilt.offset + rebuilt.size >= this.#covered.length;
    if (old === null && !coversAll) return null;
    const next = old === null ? new Uint8Array(this.#covered.length) : old.slice();
    overlay(next, rebuilt.offset, rebuilt.size, rebuilt.lo, rebuilt.hi);
    return next;
  }

  #record(raw: RawHit, placeLo: number, placeHi: number): HitRecord {
    const { timeLo, timeHi, pid, tid, cpu, ipLo, ipHi, kernel } = raw;
    const place = this.#context.places.at(placeLo, placeHi, kernel);
    const hit = new HitRecord(this.info, { timeLo, timeHi, pid, tid, cpu, ipLo, ipHi, kernel, place, comm: this.#context.comm(pid, tid) });
    if (raw.stack !== null) hit.stack = this.#context.stack(raw);
    return hit;
  }

  /** The watched part of the covered bytes. */
  #shown(covered: Uint8Array | null): Uint8Array | null {
    if (covered === null || this.#covered.length === this.info.size) return covered;
    return covered.subarray(this.#offset, this.#offset + this.info.size);
  }

  /** `hit` gets its value from memory if nothing else happens meanwhile. */
  #await(hit: HitRecord): void {
    hit.unresolved = true;
    this.#waiting.set(hit.pid, hit);
  }

  /** The waiting hit of `pid` gets its value, or none for good. */
  #resolve(pid: number, value: { readonly bytes: Uint8Array; readonly source: 'memory' | 'sequence' } | null): void {
    const hit = this.#waiting.get(pid);
    if (hit === undefined) return;
    this.#waiting.delete(pid);
    hit.unresolved = false;
    if (value === null) return;
    hit.newBytes = this.#shown(value.bytes);
    hit.valueSource = value.source;
  }

  #settled(pid: number, settled: Settled): void {
    if (settled.kind === 'learnt') this.#resolve(pid, { bytes: settled.bytes, source: 'memory' });
    else if (settled.kind === 'unseen') this.#unseen(pid, settled.expected, settled.found, settled.time);
  }

  #unseen(pid: number, expected: Uint8Array, found: Uint8Array, time: number): void {
    const shownExpected = this.#shown(expected) ?? expected;
    const shownFound = this.#shown(found) ?? found;
    if (shownExpected.every((byte, i) => byte === shownFound[i])) return;
    const event = {
      kind: 'unseen-change',
      watch: this.info,
      pid,
      time: BigInt(Math.round(time)),
      expected: shownExpected,
      found: shownFound,
    } as const;
    this.#context.outbox.event(event);
  }

  /** All hits up to `horizon` are in: settles probes and makes new ones at `now` (ns). */
  endRound(horizon: number, now: number): void {
    if (this.info.access === 'execute') return;
    const due = now - this.#lastProbe > PROBE_INTERVAL;
    if (due) this.#lastProbe = now;
    for (const [pid, history] of this.#histories) {
      this.#settled(pid, history.settle(horizon));
      if (!due && history.current !== null) continue;
      const bytes = this.#context.readMemory(pid, this.#covered.address, this.#covered.length);
      if (bytes !== null) history.probe(bytes, now);
    }
  }

  /** Whether `hit` may still change: it waits for its value, or belongs to a copy under way. */
  isOpen(hit: HitRecord, horizon: number): boolean {
    return hit.unresolved || (hit.kernel && this.#runs.isOpen(hit, horizon));
  }

  /** The last round is over: what is still waiting gets memory's last word where no hit came after, else stays without. */
  finish(): void {
    for (const [pid, history] of this.#histories) {
      this.#settled(pid, history.settle(Number.POSITIVE_INFINITY));
      this.#resolve(pid, null);
    }
  }
}

/** Writes `size` bytes of the value (lo, hi) into `target` at `offset`, which may lie partly outside. */
function overlay(target: Uint8Array, offset: number, size: number, lo: number, hi: number): void {
  for (let i = 0; i < size; i++) {
    const at = offset + i;
    if (at >= 0 && at < target.length) target[at] = i < 4 ? lo >>> (8 * i) : hi >>> (8 * (i - 4));
  }
}
