// Where searches are kept between calls: one file for each process and one for the kernel, which nobody else can read or put there.
import { closeSync, fstatSync, openSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { startTime } from '../../linux/procfs/process.js';
import { readText } from '../../linux/procfs/read.js';
import { privateFolder } from '../private-folder.js';
import { BadSearchFileError, NoSearchError } from './errors.js';
import { decodeSearch, encodeSearch, type SearchState, type TargetIdentity } from './search-file.js';

/** Whose memory is searched. */
export type FindTarget = { readonly kind: 'process'; readonly pid: number } | { readonly kind: 'kernel' };

/** Names what `target` is right now. Throws NoSearchError where it has ended. */
export function identityOf(target: FindTarget): TargetIdentity {
  const boot = (readText('/proc/sys/kernel/random/boot_id') ?? '').trim();
  if (target.kind === 'kernel') return { kind: 'kernel', boot };
  const start = startTime(target.pid);
  if (start === null) throw new NoSearchError(`process ${target.pid} has ended`, { hint: 'A new process has new memory: search that.' });
  return { kind: 'process', pid: target.pid, start: `${start} ${boot}` };
}

/** The file of a target's search. Throws BadSearchFileError where its folder is not ours alone. */
export function searchPath(target: FindTarget): string {
  return `${searchFolder()}/find-${target.kind === 'kernel' ? 'kernel' : target.pid}.search`;
}

/** Keeps `state` for the next call; returns the path. Throws BadSearchFileError. */
export function saveSearch(target: FindTarget, state: SearchState): string {
  const path = searchPath(target);
  forgetEnded();
  const written = `${path}.${process.pid}`;
  try {
    writeFileSync(written, encodeSearch(state), { mode: 0o600, flag: 'wx' });
    renameSync(written, path);
  } catch (cause) {
    rmSync(written, { force: true });
    throw new BadSearchFileError(`the search cannot be kept in ${path}: ${(cause as Error).message}`, {
      cause,
      hint: 'Set XDG_RUNTIME_DIR to a folder of yours with room in it.',
    });
  }
  return path;
}

/** What the last call left for `target`. Throws NoSearchError, BadSearchFileError. */
export function loadSearch(target: FindTarget): SearchState {
  const path = searchPath(target);
  const bytes = readPrivate(path);
  if (bytes === null)
    throw new NoSearchError(`there is no search in ${nameOf(target)} to go on with`, {
      hint: `Begin one: hwbkpt find VALUE ${optionOf(target)}`,
    });
  const state = decodeSearch(bytes, path);
  const now = identityOf(target);
  if (!isSameTarget(state.target, now))
    throw new NoSearchError(`the last search was in ${otherName(target)}`, {
      hint: `Addresses of one do not hold in another. Begin anew: hwbkpt find VALUE ${optionOf(target)}`,
    });
  return state;
}

function nameOf(target: FindTarget): string {
  return target.kind === 'kernel' ? 'the kernel' : `process ${target.pid}`;
}

function otherName(target: FindTarget): string {
  return target.kind === 'kernel' ? 'the kernel before it was started again' : `another process that had the number ${target.pid}`;
}

function optionOf(target: FindTarget): string {
  return target.kind === 'kernel' ? '--kernel' : `--pid ${target.pid}`;
}

/** Whether both are the same process of the same boot, or the same boot of the kernel. */
export function isSameTarget(a: TargetIdentity, b: TargetIdentity): boolean {
  if (a.kind === 'process' && b.kind === 'process') return a.pid === b.pid && a.start === b.start;
  return a.kind === 'kernel' && b.kind === 'kernel' && a.boot === b.boot;
}

const USER = process.getuid?.() ?? -1;

/** Throws BadSearchFileError. */
function searchFolder(): string {
  const folder = privateFolder();
  if (folder.path !== null) return folder.path;
  const { problem, advice: hint, cause } = folder;
  throw new BadSearchFileError(problem, cause === null ? { hint } : { cause, hint });
}

/** Null where there is no file. */
function readPrivate(path: string): Uint8Array | null {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new BadSearchFileError(`${path} cannot be read: ${(cause as Error).message}`, { cause, hint: 'Remove it, and begin anew.' });
  }
  try {
    const { uid, mode } = fstatSync(fd);
    if (uid !== USER || (mode & 0o077) !== 0)
      throw new BadSearchFileError(`${path} may be read or written by others`, { hint: 'Remove it, and begin anew.' });
    return readFileSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** Searches of processes that have ended help nobody. */
function forgetEnded(): void {
  const folder = searchFolder();
  for (const name of readdirSync(folder)) {
    const pid = /^find-(\d+)\.search/.exec(name)?.[1];
    if (pid !== undefined && startTime(Number(pid)) === null) rmSync(`${folder}/${name}`, { force: true });
  }
}
