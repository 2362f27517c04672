// What an engine does with the hits of a piece before anybody sees them: it may test a condition, or keep counts instead of reports.
import type { Condition } from '../conditions/index.js';

/** How the hits of one watch are handled. Plain data. */
export interface Handling {
  /** The bytes that come with each hit: those that the watch's pieces cover. 1 to 32. */
  readonly range: { readonly address: bigint; readonly length: number };
  /** The watched value: `size` bytes from `offset` in the range on. */
  readonly value: { readonly offset: number; readonly size: number };
  /** What the range held before anything could happen; null where that moment has passed. */
  readonly start: Uint8Array | null;
  /** Only hits for which it holds, or may hold as far as is known, are reported; null: all. */
  readonly condition: Condition | null;
  /**
   * `each`: every hit is reported. `counts`: user code's hits are only counted; the kernel's in a process are still reported. `stops`: every
   * hit is reported, and the thread stands until somebody resumes it (control.ts).
   */
  readonly keep: 'each' | 'counts' | 'stops';
}

/** Accesses of one thread from one place, and by one call chain where the piece's `stackDepth` asks for one. */
export interface HitCount {
  readonly cookie: number;
  readonly pid: number;
  readonly tid: number;
  /** Where the processor was, as in a report. */
  readonly ip: bigint;
  readonly kernel: boolean;
  /** As in a report; null where none was asked for, or the kernel had no room for it. */
  readonly stack: Uint32Array | null;
  readonly count: number;
  /** The value's bytes right after the first and the last of them; null where not read. */
  readonly first: Uint8Array | null;
  readonly last: Uint8Array | null;
  readonly comm: string;
}
