// The memory of a running process as a search reads it, and the parts of it that are worth reading.
import { HwbkptError } from '../../base/errors.js';
import { ChunkReader } from '../../linux/chunk-reader.js';
import { isErrno } from '../../linux/errno.js';
import { Pagemap } from '../../linux/pagemap.js';
import { ownPrivileges } from '../../linux/procfs/privileges.js';
import { executablePath, isAlive, processStatus } from '../../linux/procfs/process.js';
import { readText } from '../../linux/procfs/read.js';
import { parseMaps } from '../../symbols/live/maps.js';
import { BadRequestError, NoPermissionError, NoSuchProcessError } from '../errors.js';
import { NothingToSearchError } from './errors.js';
import type { MemorySource, Span } from './memory-source.js';
import { type Region, regionsIn, writableRegions } from './process-regions.js';

/** Measured: 64 KiB 3.7 GB/s, 256 KiB 4.9, 1 MiB 5.1, 16 MiB 5.0. */
const CHUNK_BYTES = 1024 * 1024;

/** Reads process `pid`. */
export class ProcessSource implements MemorySource {
  readonly chunkBytes = CHUNK_BYTES;
  readonly pid: number;
  readonly #reader = new ChunkReader(CHUNK_BYTES);

  /** Throws NoSuchProcessError, NoPermissionError, BadRequestError. */
  constructor(pid: number) {
    this.pid = pid;
    checkProcess(pid);
  }

  visit(address: bigint, length: number, use: (bytes: Uint8Array) => void): number {
    try {
      return this.#reader.visit(this.pid, { address, length }, use);
    } catch (error) {
      throw explained(error, this.pid);
    }
  }

  [Symbol.dispose](): void {
    this.#reader[Symbol.dispose]();
  }
}

/** The writable regions of `pid` that `part` means, as of now. Throws NothingToSearchError, NoPermissionError, NoSuchProcessError. */
export function processRegions(pid: number, part: string): Region[] {
  const all = allRegions(pid);
  const chosen = regionsIn(all, part);
  if (chosen.length > 0) return chosen;
  if (all.length === 0)
    throw new NothingToSearchError(`process ${pid} has no memory that it may write`, {
      hint: 'It is a kernel thread, or is just ending.',
    });
  const names = [...new Set(all.map(({ name }) => name))];
  throw new NothingToSearchError(`process ${pid} has no writable memory called ${JSON.stringify(part)}`, {
    hint: `What it has: ${names.slice(0, MOST_NAMES).join(', ')}${names.length > MOST_NAMES ? ', ...' : ''}.`,
  });
}

const MOST_NAMES = 12;

/** The writable regions of `pid`; none where it cannot be looked at any more. */
export function regionsNow(pid: number): Region[] {
  return writableRegions(parseMaps(readText(`/proc/${pid}/maps`) ?? ''));
}

function allRegions(pid: number): Region[] {
  const regions = regionsNow(pid);
  if (regions.length === 0) checkProcess(pid);
  return regions;
}

/**
 * What to read of `regions`, ascending; regions that touch become one. `zeros`: the value is made of zeros, which pages that were never written
 * hold too; otherwise those are left out.
 */
export function spansOf(pid: number, regions: readonly Region[], zeros: boolean): Span[] {
  const runs = zeros ? regions : usedRuns(pid, regions);
  const merged: { start: bigint; end: bigint }[] = [];
  for (const { start, end } of runs) {
    const last = merged.at(-1);
    if (last !== undefined && last.end === start) last.end = end;
    else merged.push({ start, end });
  }
  return merged.map(({ start, end }) => ({ start, length: Number(end - start) }));
}

function usedRuns(pid: number, regions: readonly Region[]): readonly { readonly start: bigint; readonly end: bigint }[] {
  try {
    using pagemap = new Pagemap(pid);
    return regions.flatMap((region) => (region.anonymous ? pagemap.used(region.start, region.end) : [region]));
  } catch {
    // Without the pagemap all of it is read: slower, and the same is found.
    return regions;
  }
}

function checkProcess(pid: number): void {
  const status = processStatus(pid);
  if (status === null) throw new NoSuchProcessError(pid);
  if (!isAlive(pid)) throw new NoSuchProcessError(pid, `process ${pid} has ended`);
  if (status.tgid !== pid)
    throw new BadRequestError(`${pid} is a thread of process ${status.tgid}`, {
      hint: `Use --pid ${status.tgid}: threads share their memory.`,
    });
  if (pid === process.pid) throw new BadRequestError('a process cannot search itself', { hint: 'Every look would change its memory.' });
  if (readText(`/proc/${pid}/maps`) === null)
    throw new NoPermissionError(`may not read the memory of process ${pid}`, { hint: permissionHint(pid) });
  if (executablePath(pid) === null && regionsNow(pid).length === 0)
    throw new NothingToSearchError(`process ${pid} has no memory of its own: it is a kernel thread`, {
      hint: 'What the kernel has is searched with --kernel.',
    });
}

function explained(error: unknown, pid: number): unknown {
  if (error instanceof HwbkptError && isErrno(error, 'ESRCH')) return new NoSuchProcessError(pid, `process ${pid} has ended`);
  if (!isErrno(error, 'EPERM', 'EACCES')) return error;
  return new NoPermissionError(`may not read the memory of process ${pid}`, { hint: permissionHint(pid), cause: error });
}

/** Reading memory asks for the same as tracing does. */
function permissionHint(pid: number): string {
  const { uid, sysPtrace, ptraceScope } = ownPrivileges();
  const owner = processStatus(pid)?.uids[0];
  if (owner !== uid && !sysPtrace) return `It belongs to user ${owner}, you are user ${uid}: run hwbkpt as that user or with sudo.`;
  if ((ptraceScope ?? 0) > 0 && !sysPtrace)
    return `kernel.yama.ptrace_scope is ${ptraceScope}: run hwbkpt with sudo, or \`sudo sysctl kernel.yama.ptrace_scope=0\`.`;
  return 'It has capabilities that you have not, has made itself undumpable, or a security module or container filter protects it: run hwbkpt as root, with CAP_SYS_PTRACE.';
}
