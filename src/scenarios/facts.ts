// What an `expect` line can say: about registers, threads, clients and memory now, or about events since the start or the last `mark`.
import type { SignalName } from '../machine/program.js';
import type { AddressText, Named, RangeText } from './address.js';
import type { BreakpointText } from './requests.js';

export type Fact =
  /** `T dr7 = 0x101`: as the thread's tracer sees it. */
  | { readonly kind: 'virtual'; readonly thread: Named; readonly register: number; readonly value: AddressText }
  /** `T dr6 shows 0, 1, step`: exactly these of B0-B3 and BS. */
  | { readonly kind: 'shows'; readonly thread: Named; readonly bits: readonly number[]; readonly step: boolean }
  /** `cpu 0 dr2 = a` */
  | { readonly kind: 'physical'; readonly cpu: number; readonly register: number; readonly value: AddressText }
  /** `cpu 0 armed write a:4, write b:4`: exactly these, in whatever registers. */
  | { readonly kind: 'armed'; readonly cpu: number; readonly breakpoints: readonly BreakpointText[] }
  | { readonly kind: 'state'; readonly thread: Named; readonly state: ThreadState }
  | { readonly kind: 'at'; readonly thread: Named; readonly address: AddressText }
  /** `T memory a = 7`; without a thread the kernel's. */
  | { readonly kind: 'memory'; readonly thread: Named | null; readonly range: RangeText; readonly value: number }
  | { readonly kind: 'client'; readonly client: Named; readonly status: 'installed' | 'waiting' | 'unregistered' }
  /** Whether the thread finds debug registers in its own machine context. */
  | { readonly kind: 'context'; readonly thread: Named }
  /** `T exception twice` */
  | { readonly kind: 'times'; readonly event: EventText; readonly times: number }
  /** `K uninstalled then cpu 0 load`: one after the other, with anything between. */
  | { readonly kind: 'order'; readonly events: readonly EventText[] };

export type ThreadState =
  | { readonly is: 'running' }
  | { readonly is: 'stopped'; readonly signal: SignalName | null; readonly code: string | null }
  | { readonly is: 'exited'; readonly status: number | null }
  | { readonly is: 'killed'; readonly signal: SignalName };

/** Events of a thread. */
export const THREAD_EVENTS = ['exception', 'stop', 'syscall', 'return', 'fork', 'exec', 'exit', 'vm86'] as const;
/** Callbacks of a client. */
export const CLIENT_EVENTS = ['triggered', 'installed', 'uninstalled'] as const;
/** Events of a CPU. */
export const CPU_EVENTS = ['load', 'switch', 'exception', 'stale'] as const;

export type EventText =
  | { readonly of: 'thread'; readonly thread: Named; readonly event: (typeof THREAD_EVENTS)[number] }
  /** `signal`: owed to it from now on; a second one that finds it pending does not count. `swallowed`: utrace took it. */
  | { readonly of: 'signal'; readonly thread: Named; readonly event: 'signal' | 'handler' | 'swallowed'; readonly signal: SignalName }
  /** By the kernel, in a system call of the thread's. */
  | { readonly of: 'access'; readonly thread: Named; readonly event: 'writes' | 'reads'; readonly range: RangeText }
  | { readonly of: 'client'; readonly client: Named; readonly event: (typeof CLIENT_EVENTS)[number] }
  | { readonly of: 'cpu'; readonly cpu: number; readonly event: (typeof CPU_EVENTS)[number] };
