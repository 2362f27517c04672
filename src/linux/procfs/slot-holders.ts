// Who may hold debug registers: the kernel does not say, but tracers and holders of perf events leave traces in /proc.
import { processStatus } from './process.js';
import { readLink, readNames } from './read.js';

/** A process that may hold slots of the one asked about. */
export interface SlotHolder {
  readonly pid: number;
  readonly name: string;
  /** `tracer`: it traces the process. `perf`: it has this many perf event descriptors open, of whatever kind and target. */
  readonly how: { readonly kind: 'tracer' } | { readonly kind: 'perf'; readonly descriptors: number };
}

/** Likely holders of `pid`'s slots: its tracer, and every process with perf events, as far as this user may look. Never this process itself. */
export function likelySlotHolders(pid: number): SlotHolder[] {
  const holders: SlotHolder[] = [];
  const tracer = processStatus(pid)?.tracer ?? 0;
  if (tracer !== 0) holders.push({ pid: tracer, name: processStatus(tracer)?.name ?? '?', how: { kind: 'tracer' } });
  for (const entry of readNames('/proc') ?? []) {
    if (!/^\d+$/.test(entry) || Number(entry) === process.pid) continue;
    const descriptors = countPerfDescriptors(entry);
    if (descriptors > 0)
      holders.push({ pid: Number(entry), name: processStatus(Number(entry))?.name ?? '?', how: { kind: 'perf', descriptors } });
  }
  return holders;
}

function countPerfDescriptors(pid: string): number {
  const names = readNames(`/proc/${pid}/fd`) ?? [];
  return names.filter((fd) => readLink(`/proc/${pid}/fd/${fd}`) === 'anon_inode:[perf_event]').length;
}
