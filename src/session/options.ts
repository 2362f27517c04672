// What the library's callers choose.
import type { Surroundings } from '../engines/host/facts.js';
import type { Access, Inherit } from '../model/access.js';
import type { Item } from './outbox.js';

/** What one watch asks for. */
export interface WatchOptions {
  /** Default `write`. */
  readonly access?: Access | undefined;
  /** How to read the bytes at an address (`int32`, `u64`, `f64`, `hex` ...); default: by the variable's type. */
  readonly as?: string | undefined;
  /** Frames of a call chain with each hit, 0 to 127; default 0. */
  readonly stackDepth?: number | undefined;
  /** Whether each hit is to bring the instruction that made it, as text; default no. */
  readonly instruction?: boolean | undefined;
  /** Only hits for which this holds, or may hold as far as is known: `new > 10 && comm == "worker"`. docs/conditions.md has the grammar. */
  readonly condition?: string | undefined;
  /** Only hits that changed the value, as far as is known: the condition `new != old`, in addition to any other. */
  readonly changesOnly?: boolean | undefined;
  /**
   * 0 to 255, higher wins: a watch with a priority waits while others have the debug registers it needs, and makes room for higher ones
   * (events tell). Without one it is armed at once or refused, and keeps its registers.
   */
  readonly priority?: number | undefined;
  /**
   * `each` (default): every hit is reported. `counts`: hits are only counted, for Watch.tally, by the engine itself where it can do that.
   * `values`: likewise, with the first and the last value at each place.
   */
  readonly keep?: 'each' | 'counts' | 'values' | undefined;
  /**
   * Stay with what the name means: when a pointer on the way to it changes, the watch is armed where that leads then (each pointer takes a
   * debug register too). Where the way breaks off (a null pointer, a library that is not loaded) the watch waits. docs/following.md
   */
  readonly follow?: boolean | undefined;
  /** Of a local variable (`function::local`): in one call after the other. Default: the watch ends with the first call that it was armed in. */
  readonly everyCall?: boolean | undefined;
}

/** A watch of one of several users of a target. */
export interface SharedWatchOptions extends WatchOptions {
  /** A hit stops its thread. */
  readonly stop?: boolean | undefined;
  /**
   * The process of several that is watched, and what it makes from then on; only for addresses, and under an engine that stops. Default: the one
   * that the target began with.
   */
  readonly pid?: number | undefined;
  /** An address is armed also where nothing is mapped yet. Default: it is refused. */
  readonly unmapped?: boolean | undefined;
}

/** How a target is watched. */
export interface TargetOptions {
  /** What clones and forks take along; default `threads`. */
  readonly inherit?: Inherit | undefined;
  /** Only this thread. */
  readonly tid?: number | undefined;
  /** What a launched program gets beside standard descriptors and environment; default nothing. */
  readonly surroundings?: Surroundings | undefined;
  /** `auto` (default) or an engine's name. */
  readonly engine?: string | undefined;
  /**
   * For watches that count: when more hits a second come than this (100 or more), only random parts of the time are watched, and TallyRow's
   * `estimate` says how many there were. Default: all are counted.
   */
  readonly maxRate?: number | undefined;
  /** Receives complete hits and events in order, in batches; watches then keep nothing for iteration. */
  readonly onItems?: ((items: readonly Item[]) => void) | undefined;
}

/** How the kernel is watched. */
export interface KernelOptions extends Omit<TargetOptions, 'inherit' | 'tid' | 'surroundings'> {
  /** A file with the kernel's names: its vmlinux (with DWARF also types and lines), or its System.map. */
  readonly vmlinux?: string | undefined;
}
