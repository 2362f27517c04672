// What the users of breakpoints can ask for in a script: tracers, kernel users, Kwatch, utrace and perf.
import type { Errno } from '../facility/rules.js';
import type { SignalName } from '../machine/program.js';
import type { Inherit } from '../model/access.js';
import type { SlotAccess } from '../registers/access.js';
import type { AddressText, Named, RangeText } from './address.js';

/** Kinds of users; each but a tracer stands for one breakpoint. */
export const ACTOR_KINDS = ['tracer', 'kernel', 'kwatch', 'utrace', 'perf'] as const;
export type ActorKind = (typeof ACTOR_KINDS)[number];

export interface Actor extends Named {
  readonly kind: ActorKind;
}

/** `write a:4` */
export interface BreakpointText {
  readonly access: SlotAccess;
  readonly range: RangeText;
}

/** What a kernel or utrace user says beside the bytes. */
export interface Terms {
  /** 0 to 255, higher wins. */
  readonly priority: number;
  readonly callbacks: boolean;
  /** What `triggered` answers. */
  readonly answer: 'consumed' | 'passed';
  readonly inherit: Inherit;
}

/** A tracer's requests. `register`: 0 to 7. */
export type TracerRequest =
  | {
      readonly ask: 'attach' | 'detach' | 'cont' | 'singlestep';
      readonly thread: Named;
      readonly signal: SignalName | null;
    }
  | { readonly ask: 'options'; readonly thread: Named; readonly options: readonly TraceOption[] }
  | { readonly ask: 'poke'; readonly thread: Named; readonly register: number; readonly value: AddressText }
  | { readonly ask: 'peek'; readonly thread: Named; readonly register: number }
  | { readonly ask: 'siginfo' | 'geteventmsg'; readonly thread: Named }
  | { readonly ask: 'count-watchpoints'; readonly thread: Named }
  /** By whatever interface the kernel has; null: off. */
  | { readonly ask: 'set'; readonly thread: Named; readonly slot: number; readonly breakpoint: BreakpointText | null }
  | { readonly ask: 'write-watchpoint'; readonly thread: Named; readonly index: number; readonly fields: WatchpointFields }
  | { readonly ask: 'read-watchpoint'; readonly thread: Named; readonly index: number }
  | { readonly ask: 'setdbregs'; readonly thread: Named; readonly registers: readonly RegisterValue[] }
  | { readonly ask: 'getdbregs'; readonly thread: Named; readonly register: number };

export const TRACE_OPTIONS = ['tracefork', 'tracevfork', 'traceclone', 'traceexec'] as const;
export type TraceOption = (typeof TRACE_OPTIONS)[number];

/** The machine-dependent part of a NetBSD watchpoint as numbers, so that wrong ones can be tried. */
export interface WatchpointFields {
  /** Null: none; the machine-dependent part is of a kind without addresses. */
  readonly address: AddressText | null;
  /** 0 execute, 1 write, 2 I/O, 3 read or write. */
  readonly condition: number;
  /** 0: 1 byte, 1: 2, 2: 8, 3: 4. */
  readonly length: number;
}

export interface RegisterValue {
  readonly register: number;
  readonly value: AddressText;
}

/** What users other than tracers ask. */
export type UserRequest =
  | { readonly ask: 'register'; readonly thread: Named | null; readonly breakpoint: BreakpointText; readonly terms: Terms }
  | { readonly ask: 'modify'; readonly breakpoint: BreakpointText }
  | { readonly ask: 'unregister' }
  /** A utrace user takes the thread's signals before anybody sees them, or no longer. */
  | { readonly ask: 'swallow' | 'leave'; readonly thread: Named; readonly signal: SignalName }
  | { readonly ask: 'kwatch'; readonly breakpoint: BreakpointText; readonly handler: boolean }
  | { readonly ask: 'unkwatch'; readonly register: number | null }
  | {
      readonly ask: 'open';
      readonly thread: Named | null;
      /** Null: on all CPUs. */
      readonly cpu: number | null;
      readonly breakpoint: BreakpointText;
      readonly kernel: boolean;
      readonly inherit: Inherit;
    }
  | { readonly ask: 'close' | 'count' };

export type RequestText = TracerRequest | UserRequest;

/** What a request answers. */
export type ResultText =
  | { readonly kind: 'ok' }
  | { readonly kind: 'errno'; readonly errno: Errno }
  /** A registration's: in a slot now, or waiting for one. */
  | { readonly kind: 'state'; readonly state: 'installed' | 'waiting' }
  | { readonly kind: 'value'; readonly value: AddressText }
  | { readonly kind: 'signal'; readonly signal: SignalName; readonly code: string | null }
  | { readonly kind: 'slot'; readonly breakpoint: BreakpointText | null };
