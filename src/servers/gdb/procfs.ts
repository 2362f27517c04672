// What /proc tells of the target beside what its client does: its program, its auxiliary vector, its mappings, its threads' names. Null where it
// cannot be read: the process may have ended.
import { readFileSync, readlinkSync } from 'node:fs';

/** Path of the program. */
export function executableOf(pid: number): string | null {
  return attempt(() => readlinkSync(`/proc/${pid}/exe`).replace(/ \(deleted\)$/, ''));
}

export function workingDirectoryOf(pid: number): string | null {
  return attempt(() => readlinkSync(`/proc/${pid}/cwd`));
}

/** As it was at most {@link NAME_AGE} ms ago: gdb asks for all names at each stop, and they hardly ever change. */
export function threadNameOf(pid: number, tid: number): string | null {
  const now = performance.now();
  const known = names.get(tid);
  if (known !== undefined && now - known.read < NAME_AGE) return known.name;
  if (names.size > MOST_NAMES) names.clear();
  const name = attempt(() => readFileSync(`/proc/${pid}/task/${tid}/comm`, 'utf8').replace(/\n$/, ''));
  names.set(tid, { name, read: now });
  return name;
}

/** ms. */
const NAME_AGE = 100;
const MOST_NAMES = 10_000;
const names = new Map<number, { readonly name: string | null; readonly read: number }>();

/** As the kernel gave it: pairs of u64. */
export function auxiliaryVector(pid: number): Uint8Array | null {
  return attempt(() => new Uint8Array(readFileSync(`/proc/${pid}/auxv`)));
}

/** One value of it. */
export function auxiliaryValue(pid: number, type: number): bigint | null {
  const bytes = auxiliaryVector(pid);
  if (bytes === null) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at + 16 <= bytes.length; at += 16)
    if (view.getBigUint64(at, true) === BigInt(type)) return view.getBigUint64(at + 8, true);
  return null;
}

/** Entries of the auxiliary vector. */
export const AUXILIARY = { programHeaders: 3, programHeaderCount: 5, linkerBase: 7 } as const;

export interface Mapping {
  readonly start: bigint;
  /** Exclusive. */
  readonly end: bigint;
  /** `rwxp`. */
  readonly permissions: string;
  readonly offset: bigint;
  readonly path: string;
}

/** All of the process, in order; none where it cannot be read. */
export function mappingsOf(pid: number): Mapping[] {
  const text = attempt(() => readFileSync(`/proc/${pid}/maps`, 'utf8')) ?? '';
  return text.split('\n').flatMap((line) => {
    const match = /^([0-9a-f]+)-([0-9a-f]+) (\S{4}) ([0-9a-f]+) \S+ \d+ *(.*)$/.exec(line);
    if (match === null) return [];
    const [, start, end, permissions = '', offset, path = ''] = match;
    return [{ start: BigInt(`0x${start}`), end: BigInt(`0x${end}`), permissions, offset: BigInt(`0x${offset}`), path }];
  });
}

/** The mapping that holds an address. */
export function mappingAt(pid: number, address: bigint): Mapping | null {
  return mappingsOf(pid).find(({ start, end }) => start <= address && address < end) ?? null;
}

/** Whether the processor has AVX, and the kernel saves it. */
export function hasAvx(): boolean {
  return /^flags\s*:.*\bavx\b/m.test(attempt(() => readFileSync('/proc/cpuinfo', 'utf8')) ?? '');
}

export function hostName(): string {
  return attempt(() => readFileSync('/proc/sys/kernel/hostname', 'utf8').trim()) ?? '';
}

/** `Uid:`, `PPid:` and others of /proc/PID/status, the first number of each. */
export function statusNumber(pid: number, field: string): number | null {
  const text = attempt(() => readFileSync(`/proc/${pid}/status`, 'utf8')) ?? '';
  const found = new RegExp(`^${field}:\\s*(\\d+)`, 'm').exec(text)?.[1];
  return found === undefined ? null : Number(found);
}

function attempt<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}
