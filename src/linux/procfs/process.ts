// What /proc says of one process: threads, owner, tracer, names.

import { closeSync, openSync, readSync } from 'node:fs';
import type { Pid, Tid } from '../../base/brand.js';
import { as } from '../../base/brand.js';
import { readLink, readNames, readText } from './read.js';

/** The thread ids of `pid` at this moment; empty when it is gone. */
export function threadIds(pid: number): Tid[] {
  return (readNames(`/proc/${pid}/task`) ?? []).map((name) => as<Tid>(Number(name)));
}

/** The thread id of the calling thread, which in a Worker is not the process id. */
export function ownThreadId(): Tid {
  const [, tid] = /\/task\/(\d+)$/.exec(readLink('/proc/thread-self') ?? '') ?? [];
  return as<Tid>(Number(tid ?? process.pid));
}

/** The lines of /proc/PID/status that hwbkpt uses. */
export interface ProcessStatus {
  readonly name: string;
  readonly state: string;
  /** The process a thread id belongs to. */
  readonly tgid: Pid;
  readonly parent: Pid;
  /** 0: nobody traces it. */
  readonly tracer: Pid;
  /** Real, effective, saved and file-system user id. */
  readonly uids: readonly number[];
  /** Effective capabilities as a bit set. */
  readonly capabilities: bigint;
  /** 0: none, 1: strict, 2: filter. */
  readonly seccomp: number;
}

/** The status of process or thread `id`, or null when there is none. */
export function processStatus(id: number | 'self'): ProcessStatus | null {
  const text = readText(`/proc/${id}/status`);
  if (text === null) return null;
  const fields = new Map<string, string>();
  for (const line of text.split('\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) fields.set(line.slice(0, colon), line.slice(colon + 1).trim());
  }
  const number = (name: string): number => Number.parseInt(fields.get(name) ?? '0', 10);
  return {
    name: fields.get('Name') ?? '',
    state: (fields.get('State') ?? '?').charAt(0),
    tgid: as<Pid>(number('Tgid')),
    parent: as<Pid>(number('PPid')),
    tracer: as<Pid>(number('TracerPid')),
    uids: (fields.get('Uid') ?? '').split(/\s+/).map(Number),
    capabilities: BigInt(`0x${fields.get('CapEff') ?? '0'}`),
    seccomp: number('Seccomp'),
  };
}

/** The short name of thread `tid`, at most 15 bytes, or null. */
export function threadName(pid: number, tid: number): string | null {
  return readText(`/proc/${pid}/task/${tid}/comm`)?.replace(/\n$/, '') ?? null;
}

/** The file a process runs, or null (kernel threads, no permission). */
export function executablePath(pid: number): string | null {
  return readLink(`/proc/${pid}/exe`);
}

/** Field `number` of /proc/PID/stat (proc(5)), or null. The name in field 2 may hold anything, so fields are counted after its last bracket. */
function statField(pid: number, number: number): string | null {
  const text = readText(`/proc/${pid}/stat`);
  return text?.slice(text.lastIndexOf(')') + 2).split(' ')[number - 3] ?? null;
}

/** When the process started, in clock ticks since boot: with the pid, this names a process for ever. */
export function startTime(pid: number): string | null {
  return statField(pid, 22);
}

/** Where the process's stack began at its exec: argc, the arguments, a null, the environment, a null. Null where that is not shown. */
export function stackStart(pid: number): bigint | null {
  const address = BigInt(statField(pid, 28) ?? 0);
  return address === 0n ? null : address;
}

/** True while `pid` is there and not a zombie. */
export function isAlive(pid: number): boolean {
  const status = processStatus(pid);
  return status !== null && status.state !== 'Z' && status.state !== 'X';
}

/** Class and machine of the ELF file a process runs. */
export interface ExecutableKind {
  /** 32 or 64; what is wrong is told by ELF readers. */
  readonly bits: number;
  /** e_machine: 62 is x86-64. */
  readonly machine: number;
}

/** What kind of program `pid` runs; null where its file cannot be read. */
export function executableKind(pid: number): ExecutableKind | null {
  const header = new Uint8Array(20);
  try {
    const fd = openSync(`/proc/${pid}/exe`, 'r');
    try {
      if (readSync(fd, header) < header.length) return null;
    } finally {
      closeSync(fd);
    }
  } catch {
    return null;
  }
  return { bits: header[4] === 1 ? 32 : 64, machine: (header[18] ?? 0) | ((header[19] ?? 0) << 8) };
}
