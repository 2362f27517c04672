// The JSON that hwbkpt prints, one object a line: other programs read it, so names and types here are a promise.
//
// Addresses, and integers of types wider than 53 bits, are strings; an unknown value is null.
import type { NotCovered } from './coverage.js';
import type { ValueSource } from './value.js';

/**
 * A value as JSON shows it: strings for 64-bit integers, pointers ("0x..."), characters that can be printed, `char` arrays, enum names,
 * infinities, NaN and raw bytes; objects for structs and unions, arrays for arrays.
 */
export type JsonValue = number | string | boolean | null | readonly JsonValue[] | { readonly [member: string]: JsonValue };

/** Printed once for each watch before its first hit. */
export interface ArmedMessage {
  readonly type: 'armed';
  readonly watch: string;
  readonly address: string;
  readonly size: number;
  readonly engine: string;
  /** 0 where the kernel is watched, on all of `cpus`, whatever runs there. */
  readonly threads: number;
  readonly cpus: number;
  /** Both only with --follow: debug registers for the value, and for the pointers on the way to it. */
  readonly value_slots?: number;
  readonly pointer_slots?: number;
  /** Only where another hwbkpt has the process, and watches for this one: its process id. */
  readonly shared_with?: number;
  readonly not_covered: readonly NotCovered[];
}

/** One access. */
export interface HitMessage {
  readonly type: 'hit';
  readonly watch: string;
  /** CLOCK_MONOTONIC, nanoseconds, decimal. */
  readonly time_ns: string;
  readonly pid: number;
  readonly tid: number;
  readonly comm: string | null;
  readonly cpu: number;
  readonly access: 'write' | 'readwrite' | 'execute';
  readonly address: string;
  readonly size: number;
  readonly ip: string;
  readonly function: string | null;
  readonly file: string | null;
  readonly line: number | null;
  readonly old: JsonValue;
  readonly new: JsonValue;
  readonly value_source: ValueSource | null;
  readonly kernel: boolean;
  readonly repeat: number;
  readonly stack: readonly string[] | null;
  /** Only with --instruction: the instruction that made the access, Intel's syntax, and where it is. */
  readonly instruction: string | null;
  readonly instruction_address: string | null;
  readonly cgroup: string | null;
}

/** One place in the code, from `who`. */
export interface GroupMessage {
  readonly type: 'group';
  readonly watch: string;
  readonly function: string | null;
  readonly file: string | null;
  readonly line: number | null;
  readonly kernel: boolean;
  readonly count: number;
  /** Both only where the watch was sampled: how many there were, by those counted, and what part of the time was watched (0 to 1). */
  readonly estimate?: number;
  readonly watched?: number;
  readonly first: JsonValue;
  readonly last: JsonValue;
  /** Only with --stack. */
  readonly stack?: readonly string[];
}

/** One watch's count, from `stat`, or that of one thread. */
export interface CountMessage {
  readonly type: 'count';
  readonly watch: string;
  readonly count: number;
  readonly threads: number;
  /** Only with --per-thread; null for a watch that no thread has touched. */
  readonly pid?: number | null;
  readonly tid?: number | null;
  readonly comm?: string | null;
  /** As in a group. */
  readonly estimate?: number;
  readonly watched?: number;
}

/** Something besides a hit that a reader of the log must know. */
export type EventMessage =
  | { readonly type: 'event'; readonly event: 'exec'; readonly pid: number; readonly comm: string; readonly time_ns: string }
  | { readonly type: 'event'; readonly event: 'fork'; readonly pid: number; readonly child: number; readonly time_ns: string }
  | {
      readonly type: 'event';
      readonly event: 'unseen-change';
      readonly watch: string;
      readonly pid: number;
      readonly time_ns: string;
      readonly expected: JsonValue;
      readonly found: JsonValue;
    }
  | { readonly type: 'event'; readonly event: 'lost'; readonly count: number; readonly time_ns: string }
  | { readonly type: 'event'; readonly event: 'throttled'; readonly count: number; readonly time_ns: string }
  | { readonly type: 'event'; readonly event: 'watch-ended'; readonly watch: string; readonly reason: string }
  | { readonly type: 'event'; readonly event: 'waiting'; readonly watch: string }
  | { readonly type: 'event'; readonly event: 'evicted'; readonly watch: string }
  | { readonly type: 'event'; readonly event: 'installed'; readonly watch: string; readonly threads: number }
  | { readonly type: 'event'; readonly event: 'armed-again'; readonly watch: string; readonly address: string; readonly threads: number }
  | {
      readonly type: 'event';
      readonly event: 're-aimed';
      readonly watch: string;
      readonly address: string;
      readonly time_ns: string;
      readonly blind_ns: string | null;
      readonly threads: number;
    }
  | { readonly type: 'event'; readonly event: 'waiting-for-pointer'; readonly watch: string; readonly reason: string }
  | { readonly type: 'event'; readonly event: 'waiting-for-library'; readonly watch: string; readonly library: string }
  | { readonly type: 'event'; readonly event: 'waiting-for-call'; readonly watch: string; readonly function: string }
  | { readonly type: 'event'; readonly event: 'frame-ended'; readonly watch: string; readonly time_ns: string }
  | { readonly type: 'event'; readonly event: 'owner-left'; readonly owner: number; readonly reason: string; readonly time_ns: string }
  | {
      readonly type: 'event';
      readonly event: 'attached-again';
      readonly owner: number | null;
      readonly blind_ns: string;
      readonly time_ns: string;
    };

/** Always the last line. */
export interface SummaryMessage {
  readonly type: 'summary';
  readonly hits: number;
  readonly lost: number;
  readonly unseen_changes: number;
  readonly threads: number;
  /** Most that one watch was armed on. */
  readonly cpus: number;
  readonly engine: string;
  readonly not_covered: readonly NotCovered[];
}

export type Message = ArmedMessage | HitMessage | GroupMessage | CountMessage | EventMessage | SummaryMessage;
