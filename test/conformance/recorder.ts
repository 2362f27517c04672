// A sink that keeps everything it is told, for tests that look at it afterwards.
import { joinU64 } from '../../src/base/u64.js';
import type { EngineSink, RawHit } from '../../src/engines/contract.js';
import { REGISTER_WORDS } from '../../src/instructions/registers.js';

/** A hit as it was, copied out of the object that the engine reuses. */
export interface RecordedHit {
  readonly cookie: number;
  readonly pid: number;
  readonly tid: number;
  readonly cpu: number;
  /** ns; exact below 2^53. */
  readonly time: number;
  readonly ip: bigint;
  readonly kernel: boolean;
  readonly registers: Uint32Array;
  readonly stack: readonly bigint[] | null;
  readonly after: Uint8Array | null;
}

type Told<K extends keyof EngineSink> = Parameters<NonNullable<EngineSink[K]>>[0];

export class Recorder implements EngineSink {
  readonly hits: RecordedHit[] = [];
  readonly started: Told<'threadStarted'>[] = [];
  readonly ended: Told<'threadEnded'>[] = [];
  readonly renames: Told<'renamed'>[] = [];
  readonly losses: Told<'lost'>[] = [];

  hit(raw: RawHit): void {
    this.hits.push({
      cookie: raw.cookie,
      pid: raw.pid,
      tid: raw.tid,
      cpu: raw.cpu,
      time: raw.timeHi * 0x1_0000_0000 + raw.timeLo,
      ip: joinU64(raw.ipLo, raw.ipHi),
      kernel: raw.kernel,
      registers: raw.registers.slice(raw.registersAt, raw.registersAt + REGISTER_WORDS),
      stack: raw.stack === null ? null : addresses(raw.stack),
      after: raw.after?.slice() ?? null,
    });
  }

  threadStarted(thread: Told<'threadStarted'>): void {
    this.started.push({ ...thread });
  }

  threadEnded(thread: Told<'threadEnded'>): void {
    this.ended.push({ ...thread });
  }

  renamed(thread: Told<'renamed'>): void {
    this.renames.push({ ...thread });
  }

  lost(loss: Told<'lost'>): void {
    this.losses.push({ ...loss });
  }

  /** Hits by piece, by thread, or by whatever `of` says. */
  count(of: (hit: RecordedHit) => number): Map<number, number> {
    const counts = new Map<number, number>();
    for (const hit of this.hits) counts.set(of(hit), (counts.get(of(hit)) ?? 0) + 1);
    return counts;
  }
}

/** A chain of halves as addresses. */
function addresses(halves: Uint32Array): bigint[] {
  return Array.from({ length: halves.length / 2 }, (_, i) => joinU64(halves[2 * i] ?? 0, halves[2 * i + 1] ?? 0));
}

/** Whole numbers, `end` excluded. */
export interface NumberRange {
  readonly start: number;
  readonly end: number;
}

/** The number in `range` that one of the hit's registers holds: what was stored, where nothing else in the program has such numbers. */
export function storedNumber({ registers }: RecordedHit, { start, end }: NumberRange): number | null {
  for (let word = 0; word < registers.length; word += 2) {
    const value = registers[word] ?? 0;
    if (registers[word + 1] === 0 && value >= start && value < end) return value;
  }
  return null;
}
