// One report of one access, and the other things a stream of hits can carry.
import type { VirtualAddress } from '../base/brand.js';
import type { Access } from './access.js';
import type { JsonValue } from './messages.js';
import type { Place } from './place.js';
import type { ValueSource, ValueType } from './value.js';

/** What is watched, as resolved. */
export interface WatchInfo {
  /** The expression as typed. */
  readonly expression: string;
  readonly address: VirtualAddress;
  /** Bytes. */
  readonly size: number;
  readonly access: Access;
  readonly type: ValueType;
}

/** A machine instruction for people. */
export interface InstructionShown {
  /** Null: one of several, all with this text. */
  readonly address: bigint | null;
  /** In Intel's syntax: `add dword ptr [rdi+8], 1`. */
  readonly text: string;
}

/** One access to watched memory. */
export interface Hit {
  readonly kind: 'hit';
  readonly watch: WatchInfo;
  /** CLOCK_MONOTONIC, ns. */
  readonly time: bigint;
  readonly pid: number;
  readonly tid: number;
  /** The thread's name, or null when it ended before it was known. */
  readonly comm: string | null;
  readonly cpu: number;
  /** Where the processor was when it reported: the next instruction for data, the instruction itself for `execute`. */
  readonly ip: VirtualAddress;
  /** The place of the instruction that made the access. */
  readonly place: Place;
  /** That instruction; null unless asked for, and where it is not certain which one that was. */
  readonly instruction: InstructionShown | null;
  /** The watched bytes before and after; null where not known. */
  readonly oldBytes: Uint8Array | null;
  readonly newBytes: Uint8Array | null;
  /** The same as JSON shows them; see {@link WatchInfo.type}. */
  readonly oldValue: JsonValue;
  readonly newValue: JsonValue;
  readonly valueSource: ValueSource | null;
  /** The kernel made the access, for a system call. */
  readonly kernel: boolean;
  /** Reports this hit stands for: above 1 for a copy by the kernel that touched the memory in steps. */
  readonly repeat: number;
  /** Written, but the value stayed the same. */
  readonly sameValue: boolean;
  /** Return addresses, innermost first; null unless asked for. */
  readonly stack: readonly Place[] | null;
  /** The control group (v2) of whoever made the access, as its path, or `#` and its number; null but where the whole kernel is watched. */
  readonly cgroup: string | null;
}

/** Something besides a hit. */
export type TargetEvent =
  | { readonly kind: 'exec'; readonly pid: number; readonly comm: string; readonly time: bigint }
  | { readonly kind: 'fork'; readonly pid: number; readonly child: number; readonly time: bigint }
  | {
      /** The memory changed without a hit. */
      readonly kind: 'unseen-change';
      readonly watch: WatchInfo;
      readonly pid: number;
      readonly time: bigint;
      /** The watched bytes as the hits told them, and as they were found; null where not all of them are known. */
      readonly expected: Uint8Array | null;
      readonly found: Uint8Array | null;
    }
  | { readonly kind: 'lost' | 'throttled'; readonly count: number; readonly time: bigint }
  | { readonly kind: 'watch-ended'; readonly watch: WatchInfo; readonly reason: string }
  /** A watch with a priority is without debug registers, from the start or since a higher one took them. */
  | { readonly kind: 'waiting' | 'evicted'; readonly watch: WatchInfo }
  /** It has them, again or for the first time. */
  | { readonly kind: 'installed'; readonly watch: WatchInfo; readonly threads: number }
  | { readonly kind: 'armed-again'; readonly watch: WatchInfo; readonly threads: number }
  | {
      /** A watch that follows its name is armed where that leads now. */
      readonly kind: 're-aimed';
      readonly watch: WatchInfo;
      /** When a pointer on the way changed, or when that was found out. */
      readonly time: bigint;
      /** From then until it was armed, ns: what happened meanwhile was not seen. Null: nobody told when it changed. */
      readonly blind: bigint | null;
      readonly threads: number;
    }
  /** A watch that follows its name cannot be armed now; `reason` says why, for people. */
  | { readonly kind: 'waiting-for-pointer'; readonly watch: WatchInfo; readonly reason: string }
  | { readonly kind: 'waiting-for-library'; readonly watch: WatchInfo; readonly library: string }
  /** A watch on a local variable is armed in the next call of its function. */
  | { readonly kind: 'waiting-for-call'; readonly watch: WatchInfo; readonly function: string }
  /** The call whose variable was watched has ended. */
  | { readonly kind: 'frame-ended'; readonly watch: WatchInfo; readonly time: bigint }
  /** The hwbkpt whose process was shared is gone, and with it what it had armed for others. */
  | { readonly kind: 'owner-left'; readonly owner: number; readonly reason: string; readonly time: bigint }
  /** After that: watched again, by another hwbkpt or (null) by this one itself; for `blind` ns nothing was. */
  | { readonly kind: 'attached-again'; readonly owner: number | null; readonly blind: bigint; readonly time: bigint };
