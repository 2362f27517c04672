// Everything that happens to the hits of one watch between the engine and the reader: merging, place, stack, and the chain of values.
import type { RawHit } from '../engines/contract.js';
import type { AccessRebuilder, RebuiltAccess } from '../instructions/index.js';
import type { InstructionShown, WatchInfo } from '../model/hit.js';
import { AccessReader } from './access-reader.js';
import { mayBeLate } from './history.js';
import { HitRecord } from './hit-record.js';
import { KernelRuns } from './kernel-runs.js';
import { PieceMerger } from './piece-merger.js';
import type { Pipeline, PipelineContext } from './pipeline.js';
import { type ChainScope, type CoveredBytes, ProcessChain } from './process-chain.js';
import { STAMPED_IN_TRAP } from './race.js';

/** How often (ns) a quiet watch is compared with memory, in few and in many processes: this long for each so many of them. */
const PROBE_INTERVAL = 5_000_000;
const PROCESSES_AT_ONCE = 32;
/** A fork takes at most this long (ns) from copying memory to being reported. */
const LONGEST_FORK = 1_000_000_000;

const RETURN: InstructionShown = { address: null, text: 'ret' };

interface UserAccess {
  readonly chain: ProcessChain;
  readonly access: RebuiltAccess;
  readonly contested: boolean;
}

/** Values are worked out from registers and the chain of hits, checked against memory, and taken from the engine where it has read them. */
export class WatchPipeline implements Pipeline {
  readonly info: WatchInfo;
  readonly #scope: ChainScope;
  readonly #context: PipelineContext;
  readonly #chains = new Map<number, ProcessChain>();
  readonly #runs = new KernelRuns();
  readonly #merger: PieceMerger | null;
  readonly #accesses: AccessReader;
  #blindUntil = Number.NEGATIVE_INFINITY;
  #lastProbes = Number.NEGATIVE_INFINITY;
  #openedAt = Number.NEGATIVE_INFINITY;
  #closedAt = Number.POSITIVE_INFINITY;

  /** `pieces`: how many armed pieces report to it. */
  constructor(info: WatchInfo, covered: CoveredBytes, pieces: number, context: PipelineContext) {
    this.info = info;
    this.#context = context;
    const { stamps = STAMPED_IN_TRAP } = context;
    this.#scope = { info, covered, offset: Number(info.address - covered.address), outbox: context.outbox, stamps };
    this.#merger = pieces > 1 ? new PieceMerger() : null;
    this.#accesses = new AccessReader(covered, info.access === 'write', rebuilders(context));
  }

  start(pid: number, bytes: Uint8Array | null): void {
    this.#chains.set(pid, new ProcessChain(pid, bytes, this.#scope));
  }

  fork(parent: { readonly pid: number; readonly tid: number }, child: number, time: number): void {
    const history = this.#chains.get(parent.pid)?.history;
    if (history === undefined) return;
    // What another thread wrote while the memory was copied may be in the copy or not.
    const settled = history.last.tid === parent.tid || history.last.time < time - LONGEST_FORK;
    this.start(child, settled ? history.whole : null);
  }

  forget(pid: number, time = Number.POSITIVE_INFINITY): void {
    const chain = this.#chains.get(pid);
    if (chain === undefined) return;
    this.#chains.delete(pid);
    chain.history.discardProbeAfter(time);
    finish(chain, Number.POSITIVE_INFINITY);
  }

  threadEnded(tid: number): void {
    this.#runs.end(tid);
  }

  blind(time: number): void {
    this.#blindUntil = Math.max(this.#blindUntil, time);
    for (const chain of this.#chains.values()) chain.blind(time);
  }

  open(time: number): void {
    this.#openedAt = time;
  }

  reportShared(raw: RawHit): void {
    const time = raw.timeHi * 0x1_0000_0000 + raw.timeLo;
    if (time >= this.#openedAt && time <= this.#closedAt) this.report(raw);
  }

  report(raw: RawHit): void {
    const time = raw.timeHi * 0x1_0000_0000 + raw.timeLo;
    if (this.#merger?.isSameAccess(raw, time) === true) return;
    if (this.info.access === 'execute') this.#context.outbox.hit(this.#executed(raw));
    else if (raw.kernel) this.#kernelReport(raw, time, this.#chain(raw.pid));
    else this.#userReport(raw, time, this.#chain(raw.pid));
  }

  #executed(raw: RawHit): HitRecord {
    const hit = this.#record(raw, raw.ipLo, raw.ipHi);
    if (this.#context.instructions === true && !raw.kernel)
      hit.instruction = this.#context.rebuilder()?.instructionAt(raw.ipLo, raw.ipHi) ?? null;
    return hit;
  }

  #chain(pid: number): ProcessChain {
    let chain = this.#chains.get(pid);
    if (chain === undefined) {
      chain = new ProcessChain(pid, null, this.#scope);
      chain.blind(this.#blindUntil);
      this.#chains.set(pid, chain);
    }
    return chain;
  }

  #kernelReport(raw: RawHit, time: number, chain: ProcessChain): void {
    const contested = chain.arrive(raw, time);
    const probe = chain.history.takeProbe(time);
    const begun = this.#runs.continued(raw, time);
    // What memory held in the middle of a copy is no value of it.
    if (begun === null && probe !== null && chain.history.isCertain(probe, time)) chain.believe(probe);
    chain.release();
    const hit = begun ?? this.#record(raw, raw.ipLo, raw.ipHi);
    if (begun === null) {
      hit.oldBytes = chain.shown;
      hit.oldFollows = true;
      this.#runs.begin(raw, time, hit);
      this.#context.outbox.hit(hit);
    }
    chain.history.forget();
    if (!this.#readAtHit(raw, hit, { chain, contested })) chain.await(hit);
    if (contested) chain.release();
  }

  /** Takes over what the engine has read right after the access; false where it has not. */
  #readAtHit({ after, exact }: RawHit, hit: HitRecord, { chain, contested }: Pick<UserAccess, 'chain' | 'contested'>): boolean {
    if (after?.length !== this.#scope.covered.length) return false;
    // A copy: the engine uses its buffer again.
    chain.read(hit, after.slice());
    hit.valueSource = contested && !exact ? 'racy' : 'trap';
    hit.newFollows = false;
    if (contested) chain.history.forget();
    return true;
  }

  #userReport(raw: RawHit, time: number, chain: ProcessChain): void {
    this.#runs.end(raw.tid);
    const contested = chain.arrive(raw, time);
    const access = this.#rebuild(raw, time, chain);
    if (access.oldDisproved) chain.disproved(time);
    if (access.foundKnown) chain.found(access, time);
    if (this.#isOutside(access)) chain.apply(access);
    else this.#userHit(raw, { chain, access, contested });
    if (contested) chain.history.forget();
  }

  #userHit(raw: RawHit, { chain, access, contested }: UserAccess): void {
    chain.release();
    const hit = access.instructionKnown
      ? this.#record(raw, access.instructionLo, access.instructionHi)
      : this.#record(raw, (raw.ipLo - 1) >>> 0, raw.ipLo === 0 ? raw.ipHi - 1 : raw.ipHi);
    if (this.#context.instructions === true) hit.instruction = this.#instructionOf(access);
    const foundAll = access.foundKnown && this.#covers(access.foundOffset, access.foundSize);
    hit.oldBytes = chain.shown;
    hit.oldFollows = !foundAll;
    chain.apply(access);
    hit.newBytes = chain.shown;
    if (hit.newBytes !== null) {
      hit.valueSource = access.kind === 'store' ? access.source : 'unchanged';
      const complete = access.kind === 'store' && access.source !== 'arithmetic' && this.#covers(access.offset, access.size);
      hit.newFollows = !complete && !foundAll;
    } else if (!this.#readAtHit(raw, hit, { chain, contested }) && !contested) chain.await(hit);
    this.#context.outbox.hit(hit);
    if (hit.newBytes === null || this.#isAsRead(raw, hit.newBytes)) return;
    chain.contradicted(raw, hit.at);
    hit.contest();
  }

  /** Whether memory, read when the hit was stamped, held what the hit left there. */
  #isAsRead({ after }: RawHit, left: Uint8Array): boolean {
    // Where stamps tell the order, it shows only that another has stored since.
    if (this.#scope.stamps.orderOnCpu) return true;
    if (after?.length !== this.#scope.covered.length) return true;
    for (let i = 0; i < left.length; i++) if (after[this.#scope.offset + i] !== left[i]) return false;
    return true;
  }

  #instructionOf({ instructionKnown, instructionLo, instructionHi, byReturn }: RebuiltAccess): InstructionShown | null {
    if (byReturn) return RETURN;
    return instructionKnown ? (this.#context.rebuilder()?.instructionAt(instructionLo, instructionHi) ?? null) : null;
  }

  /** Whether a place holds all watched bytes. */
  #covers(offset: number, size: number): boolean {
    const first = this.#scope.offset;
    return offset <= first && offset + size >= first + this.info.size;
  }

  /** A widened cover also traps for its neighbours: what is known to have been outside is nobody's hit. */
  #isOutside({ placeKnown, offset, size }: RebuiltAccess): boolean {
    const first = this.#scope.offset;
    return placeKnown && (offset + size <= first || offset >= first + this.info.size);
  }

  /** What the instruction did, with what was in memory before it as far as that is known. */
  #rebuild(raw: RawHit, time: number, chain: ProcessChain): RebuiltAccess {
    const { history } = chain;
    const probe = history.takeProbe(time);
    const access = this.#accesses.read(raw, history.whole);
    if (probe === null) return access;
    const agrees = history.agrees(probe);
    if (agrees && history.whole !== null) return access;
    const isStore = access.kind === 'store';
    // A store that shows another value than the probe did was not what that saw.
    if (!history.isCertain(probe, time) && !(isStore && agrees && access.source !== 'arithmetic')) return access;
    if (isStore && mayBeLate(probe, time) && history.explains(probe, access)) {
      chain.release();
      history.forget();
    } else chain.believe(probe);
    return this.#accesses.read(raw, history.whole);
  }

  #record(raw: RawHit, placeLo: number, placeHi: number): HitRecord {
    const place = this.#context.places.at(placeLo, placeHi, raw.kernel);
    const hit = new HitRecord(this.info, raw, place, this.#context.comm(raw.pid, raw.tid));
    if (raw.stack !== null) hit.addStack(this.#context.stack(raw));
    return hit;
  }

  /** Settles probes, and makes new ones where the last look is long ago or a hit waits. */
  endRound(horizon: number, clock: () => number): void {
    if (this.info.access === 'execute') return;
    if (horizon >= this.#closedAt) {
      this.finish(this.#closedAt);
      return;
    }
    const now = clock();
    const due = now - this.#lastProbes > PROBE_INTERVAL * Math.ceil(this.#chains.size / PROCESSES_AT_ONCE);
    if (due) this.#lastProbes = now;
    for (const chain of this.#chains.values()) {
      chain.settle(horizon);
      if (due || chain.isWaiting) this.#look(chain, clock);
    }
  }

  /** Reads memory of `chain`'s process, to be believed once it is certain which hit that follows. */
  #look(chain: ProcessChain, clock: () => number): void {
    if (chain.history.isProbed || this.#closedAt !== Number.POSITIVE_INFINITY) return;
    const { address, length } = this.#scope.covered;
    const bytes = this.#context.readMemory(chain.pid, address, length);
    if (bytes === null) chain.release();
    // The time after the read, so that whatever it cannot have seen is stamped later.
    else chain.history.probe(bytes, clock());
  }

  /** Memory is not looked at any more. */
  close(time: number): void {
    this.#closedAt = time;
  }

  finish(time: number): void {
    for (const chain of this.#chains.values()) finish(chain, Math.min(time, this.#closedAt));
  }
}

/** What still waits gets memory's last word where that is certain, else stays without. */
function finish(chain: ProcessChain, time: number): void {
  chain.settle(time, true);
  chain.release();
}

/** By thread: the covered bytes' owner reaches them by FS. */
function rebuilders({ owner = null, ...context }: PipelineContext): (tid: number) => AccessRebuilder | null {
  if (owner === null) return () => context.rebuilder();
  let own: AccessRebuilder | null = null;
  return (tid) => {
    if (tid !== owner.tid) return context.rebuilder();
    own ??= context.rebuilderOf?.(owner.fsBase) ?? null;
    return own ?? context.rebuilder();
  };
}
