// One process under the perf engine: arms pieces on every thread and CPU, reads the rings, keeps the books.

import { isErrno } from '../../linux/errno.js';
import { PerfEvent } from '../../linux/perf-event.js';
import { MemoryReader } from '../../linux/process-memory.js';
import type { NotCovered } from '../../model/coverage.js';
import type { Armed, Capabilities, EngineSession, EngineSink, EngineTarget, Piece, Reconciliation } from '../contract.js';
import { ArmError } from '../errors.js';
import { armErrorOf } from './arm-failure.js';
import { DuplicateFilter } from './duplicates.js';
import { type ArmedEvent, EventTable } from './event-table.js';
import { breakpointAttributes, RECORD, recordSize, scoutAttributes, trackerAttributes } from './layout.js';
import { visitInOrder } from './merge.js';
import { RecordReader } from './read-records.js';
import { Rings } from './rings.js';
import { armAllThreads, type ThreadArmer } from './threads.js';

/** A process's breakpoints may be given back a moment after it is reaped, so one ENOSPC is not believed. */
const SLOT_RETRIES = 3;

export class PerfSession implements EngineSession {
  readonly capabilities: Capabilities;
  readonly #target: EngineTarget;
  readonly #rings: Rings;
  readonly #events = new EventTable();
  readonly #duplicates = new DuplicateFilter();
  readonly #reader = new RecordReader(this.#events, this.#duplicates);
  readonly #memory = new MemoryReader();
  readonly #trackers: PerfEvent[] = [];
  readonly #tracked = new Set<number>();
  /** Start of the last collect: what is older than that has reached every ring by now. */
  #horizon = 0;

  constructor(capabilities: Capabilities, target: EngineTarget) {
    this.capabilities = capabilities;
    this.#target = target;
    const leaderTid = target.tid ?? target.pid;
    this.#rings = new Rings(trackerAttributes(target.inherit), leaderTid);
    this.#tracked.add(leaderTid);
  }

  arm(pieces: readonly Piece[], options: { readonly stackDepth: number }): Armed {
    const eventOptions = { inherit: this.#target.inherit, kernel: this.capabilities.kernelWrites, stackDepth: options.stackDepth };
    const attributes = pieces.map((piece) => ({ cookie: piece.cookie, block: breakpointAttributes(piece, eventOptions) }));
    const opened: ArmedEvent[] = [];
    try {
      const { covered, missed } = this.#armThreads(attributes, opened);
      for (const armed of opened) this.#events.add(armed);
      const notCovered: NotCovered[] = missed.map((tid): NotCovered => `thread:${tid}`);
      for (const cpu of this.#rings.missingCpus) notCovered.push(`cpu:${cpu}`);
      return { threads: covered, cpus: this.#rings.cpus.length, notCovered };
    } catch (error) {
      for (const { event } of opened) event[Symbol.dispose]();
      throw armErrorOf(error, this.#target.pid);
    }
  }

  #armThreads(
    attributes: readonly { cookie: number; block: Uint8Array }[],
    opened: ArmedEvent[],
  ): { covered: number; missed: readonly number[] } {
    const { pid, tid, inherit } = this.#target;
    const open = (thread: number): boolean => this.#openOnThread(thread, attributes, opened);
    if (tid !== null) {
      if (!open(tid)) throw new ArmError('no-process', pid, new Error(`thread ${tid} has ended`));
      return { covered: 1, missed: [] };
    }
    const result = armAllThreads(pid, inherit !== 'none', this.#armer(open));
    if (opened.length === 0) throw new ArmError('no-process', pid, new Error('no thread is left'));
    return result;
  }

  #armer(open: (tid: number) => boolean): ThreadArmer {
    const scouts: PerfEvent[] = [];
    const scoutsOf = new Map<number, number>();
    const block = scoutAttributes(this.#target.inherit);
    const scanned = new Map<number, number>();
    return {
      armThread: (tid, late) => {
        if (late && this.#target.inherit !== 'none') this.#duplicates.suspect(tid);
        if (!open(tid)) return false;
        this.#track(tid);
        return true;
      },
      scoutThread: (tid) => {
        for (const cpu of this.#rings.cpus) {
          const scout = this.#tryOpen(block, tid, cpu);
          if (scout === null) return;
          scouts.push(scout);
          scoutsOf.set(scout.id(), tid);
        }
      },
      inheritors: () => this.#inheritors(scoutsOf, scanned),
      closeScouts: () => {
        for (const scout of scouts) scout[Symbol.dispose]();
      },
    };
  }

  /** Opens all pieces on all CPUs of one thread; false when the thread has ended. */
  #openOnThread(tid: number, attributes: readonly { cookie: number; block: Uint8Array }[], opened: ArmedEvent[]): boolean {
    for (const cpu of this.#rings.cpus) {
      for (const { cookie, block } of attributes) {
        const event = this.#tryOpen(block, tid, cpu);
        if (event === null) return false;
        opened.push({ event, id: event.id(), cookie, tid, cpu });
      }
    }
    return true;
  }

  /** Opens one event into the ring of its CPU; null when the thread has ended. Throws LinuxError. */
  #tryOpen(block: Uint8Array, tid: number, cpu: number): PerfEvent | null {
    for (let attempt = 0; ; attempt++) {
      try {
        const event = PerfEvent.open(block, { tid, cpu });
        const leader = this.#rings.leader(cpu);
        if (leader !== undefined) event.sendOutputTo(leader);
        return event;
      } catch (error) {
        if (isErrno(error, 'ESRCH')) return null;
        if (!isErrno(error, 'ENOSPC') || attempt === SLOT_RETRIES) throw error;
        pause(2 ** attempt);
      }
    }
  }

  #track(tid: number): void {
    if (this.#tracked.has(tid)) return;
    this.#tracked.add(tid);
    const block = trackerAttributes(this.#target.inherit);
    for (const cpu of this.#rings.cpus) {
      const tracker = this.#tryOpen(block, tid, cpu);
      if (tracker !== null) this.#trackers.push(tracker);
    }
  }

  /** Threads whose switch records came through another thread's scout. `scanned` remembers per CPU how far the records have been looked at. */
  #inheritors(scoutsOf: ReadonlyMap<number, number>, scanned: Map<number, number>): number[] {
    this.#rings.drain();
    const found = new Set<number>();
    for (const { cpu, buffer } of this.#rings.records) {
      let at = scanned.get(cpu) ?? 0;
      for (; at < buffer.length; at += recordSize(buffer.words, at >> 2)) {
        const start = at >> 2;
        if (buffer.words[start] !== RECORD.SWITCH) continue;
        const end = start + recordSize(buffer.words, start) / 4;
        const openedFor = scoutsOf.get((buffer.words[end - 1] ?? 0) * 0x1_0000_0000 + (buffer.words[end - 2] ?? 0));
        const tid = buffer.words[end - 5] ?? 0;
        if (openedFor !== undefined && openedFor !== tid) found.add(tid);
      }
      scanned.set(cpu, at);
    }
    return [...found];
  }

  disarm(cookies: readonly number[]): void {
    this.#events.close(({ cookie }) => cookies.includes(cookie));
  }

  readMemory(pid: number, address: bigint, length: number): Uint8Array | null {
    try {
      return this.#memory.read(pid, address, length);
    } catch {
      // Unmapped, ended, or may not be traced: in each case the value is not known.
      return null;
    }
  }

  collect(sink: EngineSink, final: boolean): number {
    const horizon = final ? Number.POSITIVE_INFINITY : this.#horizon;
    this.#horizon = Number(process.hrtime.bigint());
    this.#rings.drain();
    const before = this.#reader.samples;
    visitInOrder(this.#rings.records, horizon, (words, at, cpu) => this.#reader.read(words, at, cpu, sink));
    if (this.#duplicates.active) this.#closeSurplus();
    return this.#reader.samples - before;
  }

  #closeSurplus(): void {
    const surplus = this.#duplicates.takeProved();
    if (surplus.length > 0) this.#events.close(({ tid }) => surplus.includes(tid));
  }

  reconcile(): Reconciliation {
    const counted = this.#events.counted;
    const duplicates = this.#duplicates.dropped;
    const delivered = this.#reader.samples - duplicates;
    return { counted, delivered, duplicates, missing: Math.max(0, counted - duplicates - delivered) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#events.close(() => true);
    for (const tracker of this.#trackers) tracker[Symbol.dispose]();
    this.#rings[Symbol.dispose]();
    this.#memory[Symbol.dispose]();
  }
}

function pause(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
