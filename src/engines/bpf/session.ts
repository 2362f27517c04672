// One target under the bpf engine: programs at the breakpoints do the work, this process reads what they leave.
import type { HardwareEffect } from '../../facility/index.js';
import type { StoreLookup } from '../../instructions/index.js';
import type { Capabilities, CapacityEvent, EngineEvent, EngineSession, EngineSink, Reconciliation } from '../contract.js';
import { BreakpointSet } from '../events/breakpoint-set.js';
import type { Handling, HitCount } from '../handling.js';
import { pidOf } from '../target-scope.js';
import { readCounts } from './counts.js';
import { Handlings } from './handlings.js';
import { HitReader } from './hit-reader.js';
import { Pieces } from './pieces.js';
import { attachedBreakpoints } from './programs.js';
import type { RepeatFilter } from './repeats.js';
import type { Tables } from './tables.js';
import type { Watched } from './watched.js';

export interface BpfSessionParts {
  readonly watched: Watched;
  readonly tables: Tables;
  readonly repeats: RepeatFilter;
}

export class BpfSession implements EngineSession {
  readonly capabilities: Capabilities;
  readonly control = null;
  readonly target: EngineSession['target'];
  readonly #parts: BpfSessionParts;
  readonly #handlings = new Handlings();
  readonly #pieces: Pieces;
  readonly #reader: HitReader;
  readonly #breakpoints: BreakpointSet;
  /** Pieces whose events are closed, and since when (ns): their last records may still be in the ring. */
  readonly #closing = new Map<number, number>();
  #pastCounts: HitCount[] = [];
  /** Start of the last collect: what is older than that is in the ring by now. */
  #horizon = 0;

  constructor(parts: BpfSessionParts) {
    const { watched, tables } = parts;
    this.#parts = parts;
    this.capabilities = watched.capabilities;
    this.target = watched.target;
    const pieces = new Pieces(tables.blocks);
    this.#pieces = pieces;
    this.#reader = new HitReader(tables, pieces);
    const handlings = this.#handlings;
    const maker = attachedBreakpoints({
      ...{ tables, pieces, handlings, memory: watched.memory },
      closed: (cookies) => this.#closed(cookies),
      undone: (cookies) => this.#undone(cookies),
    });
    this.#breakpoints = new BreakpointSet({ target: this.target, slots: this.capabilities.slots, maker, armer: watched.armer });
  }

  apply(effects: readonly HardwareEffect[]): EngineEvent[] {
    return this.#breakpoints.apply(effects);
  }

  forget(cookies: readonly number[]): void {
    this.#breakpoints.forget(cookies);
  }

  #closed(cookies: readonly number[]): void {
    const now = Number(process.hrtime.bigint());
    for (const cookie of cookies) this.#closing.set(cookie, now);
  }

  #undone(cookies: readonly number[]): void {
    const now = Number(process.hrtime.bigint());
    for (const cookie of cookies) this.#pieces.restart(cookie, now);
    this.#takeCounts(new Set(cookies));
  }

  capacity(): CapacityEvent | null {
    return this.#breakpoints.capacity();
  }

  prepare(handling: Handling): number {
    return this.#handlings.add(handling, pidOf(this));
  }

  counts(): readonly HitCount[] {
    const counting = [...this.#pieces.all()].some(({ plan }) => plan.keep === 'counts');
    if (!counting) return this.#pastCounts;
    return [...this.#pastCounts, ...readCounts(this.#parts.tables, (block) => this.#pieces.inBlock(block))];
  }

  pause(cookies: readonly number[], paused: boolean): void {
    this.#breakpoints.pause(cookies, paused);
  }

  useStores(lookup: StoreLookup): void {
    this.#reader.useStores(lookup);
  }

  readMemory(pid: number, address: bigint, length: number): Uint8Array | null {
    return this.#parts.watched.readMemory(pid, address, length);
  }

  collect(sink: EngineSink, final: boolean): number {
    const { watched, repeats } = this.#parts;
    const horizon = final ? Number.POSITIVE_INFINITY : this.#horizon;
    const now = Number(process.hrtime.bigint());
    this.#horizon = now;
    const before = this.#reader.delivered;
    watched.drain();
    this.#reader.read(sink, {
      horizon,
      before: (time) => {
        if (watched.nextNews <= time) watched.tell(sink, time);
      },
      drops: (hit) => repeats.drops(hit),
    });
    watched.tell(sink, horizon);
    this.#reader.tellLost(sink, now);
    this.#dropClosed(horizon);
    return this.#reader.delivered - before;
  }

  /** The records of what was closed before `horizon` are read. */
  #dropClosed(horizon: number): void {
    const cookies = [...this.#closing].filter(([, since]) => since < horizon).map(([cookie]) => cookie);
    if (cookies.length === 0) return;
    for (const cookie of cookies) this.#closing.delete(cookie);
    const gone = new Set(cookies);
    this.#pastCounts = [...this.#pastCounts, ...this.#takeCounts(gone)];
    this.#pieces.drop(cookies);
  }

  /** Takes the counts of these pieces out of the map. */
  #takeCounts(cookies: ReadonlySet<number>): HitCount[] {
    const counting = [...this.#pieces.all()].some(({ cookie, plan }) => plan.keep === 'counts' && cookies.has(cookie));
    if (!counting) return [];
    const pieceIn = (block: number): ReturnType<Pieces['inBlock']> => {
      const piece = this.#pieces.inBlock(block);
      return piece !== undefined && cookies.has(piece.cookie) ? piece : undefined;
    };
    return readCounts(this.#parts.tables, pieceIn, true);
  }

  reconcile(): Reconciliation {
    const { filtered, counted: kept, ownAccesses } = this.#pieces.outcomes();
    const counted = this.#breakpoints.events.counted - ownAccesses;
    const { dropped: duplicates } = this.#parts.repeats;
    const delivered = this.#reader.delivered + filtered + kept;
    return { counted, delivered, duplicates, missing: Math.max(0, counted - duplicates - delivered) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#breakpoints[Symbol.dispose]();
    this.#pieces[Symbol.dispose]();
    this.#parts.watched[Symbol.dispose]();
    this.#parts.tables[Symbol.dispose]();
  }
}
