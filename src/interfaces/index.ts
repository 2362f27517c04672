// All ways into the facility, by name.
export * as freebsdDbregs from './freebsd-dbregs/index.js';
export type { Host, Result, StopView, Tracing } from './host.js';
export * as hwbkpt from './hwbkpt/index.js';
export * as kwatch from './kwatch/index.js';
export * as linuxPerf from './linux-perf/index.js';
export * as linuxPtrace from './linux-ptrace/index.js';
export * as netbsdDbregs from './netbsd-dbregs/index.js';
export * as netbsdWatchpoint from './netbsd-watchpoint/index.js';
export { HostTracer, type SlotWish } from './tracer.js';
export * as utrace from './utrace/index.js';
