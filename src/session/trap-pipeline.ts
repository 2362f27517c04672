// The pipeline of a watch whose values the engine brings: each hit stands for itself, and nobody looks at memory afterwards.
//
// It serves the kernel's own memory, where no instruction is taken apart, and watches whose hits the engine filters: there the hit before
// the last one shown may have been left out, so that only the engine can tell what it left.
//
// The engine reads the value in the trap, a moment after the store. Another CPU may store in between, so hits of two CPUs that are near each
// other are contested: what was read there is `racy`, and the old value, which follows from the order of the two, is not known.
import type { RawHit } from '../engines/contract.js';
import type { WatchInfo } from '../model/hit.js';
import { HitRecord } from './hit-record.js';
import { KernelRuns } from './kernel-runs.js';
import { PieceMerger } from './piece-merger.js';
import type { Pipeline, PipelineContext } from './pipeline.js';
import type { CoveredBytes } from './process-chain.js';
import { Race, STAMPED_IN_TRAP, type Stamps } from './race.js';

/** Whose memory is watched, and what is seen of it. */
export interface TrapScope {
  readonly info: WatchInfo;
  readonly covered: CoveredBytes;
  /** How many armed pieces report to it. */
  readonly pieces: number;
  /** `kernel`: one memory for all; `process`: each process has its own. */
  readonly memory: 'kernel' | 'process';
  /** The engine leaves hits out, so that the last value shown need not be the last one. */
  readonly filtered: boolean;
}

/** What is known of one memory. */
interface Known {
  readonly race: Race;
  /** The watched bytes after the last hit; null: not known. */
  last: Uint8Array | null;
  /** When they were read where no hit told them: a hit too soon after that may be what was read. */
  readAt: number;
}

/** The key of the kernel's memory among those of processes: there is no process 0. */
const KERNEL_MEMORY = 0;

export class TrapPipeline implements Pipeline {
  readonly info: WatchInfo;
  readonly #scope: TrapScope;
  readonly #context: PipelineContext;
  readonly #offset: number;
  readonly #stamps: Stamps;
  readonly #merger: PieceMerger | null;
  readonly #runs = new KernelRuns();
  readonly #memories = new Map<number, Known>();
  #blindUntil = Number.NEGATIVE_INFINITY;
  #openedAt = Number.NEGATIVE_INFINITY;
  #closedAt = Number.POSITIVE_INFINITY;

  constructor(scope: TrapScope, context: PipelineContext) {
    this.info = scope.info;
    this.#scope = scope;
    this.#context = context;
    this.#stamps = context.stamps ?? STAMPED_IN_TRAP;
    this.#offset = Number(scope.info.address - scope.covered.address);
    this.#merger = scope.pieces > 1 ? new PieceMerger() : null;
  }

  start(pid: number, bytes: Uint8Array | null): void {
    this.#memories.set(this.#key(pid), newKnown(this.#watched(bytes), this.#stamps));
  }

  /** The kernel's memory held `bytes` at `time`, the watch being armed already: hits up to then are not this watch's. */
  startAt(time: number, bytes: Uint8Array | null): void {
    this.#memories.set(KERNEL_MEMORY, { ...newKnown(this.#watched(bytes), this.#stamps), readAt: time });
  }

  fork({ pid }: { readonly pid: number; readonly tid: number }, child: number): void {
    if (this.#scope.memory === 'process') this.#memories.set(child, newKnown(this.#memories.get(pid)?.last ?? null, this.#stamps));
  }

  forget(pid: number): void {
    if (this.#scope.memory === 'process') this.#memories.delete(pid);
  }

  threadEnded(tid: number): void {
    this.#runs.end(tid);
  }

  blind(time: number): void {
    this.#blindUntil = Math.max(this.#blindUntil, time);
    for (const known of this.#memories.values()) {
      known.race.blind(time);
      known.last = null;
    }
  }

  open(time: number): void {
    this.#openedAt = time;
  }

  reportShared(raw: RawHit): void {
    const time = timeOf(raw);
    if (time >= this.#openedAt && time <= this.#closedAt) this.report(raw);
  }

  report(raw: RawHit): void {
    const time = timeOf(raw);
    if (this.#merger?.isSameAccess(raw, time) === true) return;
    if (this.info.access === 'execute') {
      const executed = this.#record(raw, raw.ipLo, raw.ipHi);
      if (this.#showsInstruction(raw)) executed.instruction = this.#context.rebuilder()?.instructionAt(raw.ipLo, raw.ipHi) ?? null;
      this.#context.outbox.hit(executed);
      return;
    }
    const known = this.#known(raw.pid);
    if (known.readAt >= time) return;
    const contested = known.race.arrive(time, raw);
    if (contested) this.#contest(raw, time);
    const begun = this.#begun(raw, time);
    const hit = begun ?? this.#record(raw, (raw.ipLo - 1) >>> 0, raw.ipLo === 0 ? raw.ipHi - 1 : raw.ipHi);
    if (this.#showsInstruction(raw))
      hit.instruction = this.#context.rebuilder()?.instructionBefore(raw.ipLo, raw.ipHi, this.info.access === 'write') ?? null;
    if (begun === null) this.#oldValue(hit, raw, known);
    this.#newValue(hit, raw, known);
    if (contested) hit.contest();
    if (begun !== null) return;
    if (raw.kernel && this.#scope.memory === 'process') this.#runs.begin(raw, time, hit);
    this.#context.outbox.hit(hit);
  }

  /** The kernel's code is not taken apart. */
  #showsInstruction(raw: RawHit): boolean {
    return this.#context.instructions === true && !raw.kernel;
  }

  /** The hit of which `raw` is a further step: the kernel copies into a process step by step. What it does to its own memory are accesses each. */
  #begun(raw: RawHit, time: number): HitRecord | null {
    if (this.#scope.memory === 'kernel') return null;
    if (raw.kernel) return this.#runs.continued(raw, time);
    this.#runs.end(raw.tid);
    return null;
  }

  #contest({ pid, tid, cpu }: RawHit, time: number): void {
    const whose = this.#scope.memory === 'kernel' ? null : pid;
    this.#context.outbox.contest({ watch: this.info, pid: whose, tid, cpu }, time - this.#stamps.window);
  }

  /** By what the engine knows the hit before to have left; else by what the hit before showed, if nothing can be between. */
  #oldValue(hit: HitRecord, raw: RawHit, known: Known): void {
    const readJustNow = hit.at - known.readAt < this.#stamps.guard;
    const followed = this.#scope.filtered || readJustNow ? null : known.last;
    hit.oldBytes = raw.before?.length === this.info.size ? raw.before.slice() : followed;
    hit.oldFollows = true;
  }

  #newValue(hit: HitRecord, raw: RawHit, known: Known): void {
    hit.newBytes = this.#watched(raw.after);
    hit.valueSource = hit.newBytes === null ? null : raw.exact ? 'registers' : 'trap';
    known.last = hit.newBytes;
    known.readAt = Number.NEGATIVE_INFINITY;
  }

  /** The watched ones of the covered bytes; null where those are not all there. */
  #watched(covered: Uint8Array | null): Uint8Array | null {
    if (covered?.length !== this.#scope.covered.length) return null;
    return covered.slice(this.#offset, this.#offset + this.info.size);
  }

  #known(pid: number): Known {
    const key = this.#key(pid);
    let known = this.#memories.get(key);
    if (known === undefined) {
      known = newKnown(null, this.#stamps);
      known.race.blind(this.#blindUntil);
      this.#memories.set(key, known);
    }
    return known;
  }

  #key(pid: number): number {
    return this.#scope.memory === 'kernel' ? KERNEL_MEMORY : pid;
  }

  #record(raw: RawHit, placeLo: number, placeHi: number): HitRecord {
    const place = this.#context.places.at(placeLo, placeHi, raw.kernel);
    const hit = new HitRecord(this.info, raw, place, raw.origin?.comm ?? this.#context.comm(raw.pid, raw.tid));
    if (raw.stack !== null) hit.addStack(this.#context.stack(raw));
    return hit;
  }

  endRound(): void {}

  close(time: number): void {
    this.#closedAt = time;
  }

  finish(): void {}
}

function newKnown(last: Uint8Array | null, stamps: Stamps): Known {
  return { race: new Race(stamps), last, readAt: Number.NEGATIVE_INFINITY };
}

function timeOf({ timeLo, timeHi }: RawHit): number {
  return timeHi * 0x1_0000_0000 + timeLo;
}
