// Names of code that a program makes as it runs, from the list that its runtime writes for perf: Node with --perf-basic-prof, Java with
// perf-map-agent, .NET with DOTNET_PerfMapEnabled.
//
//     /tmp/perf-PID.map, a line for each piece of code, the latest last:      START SIZE NAME      (hexadecimal, without 0x)
import { closeSync, constants, fstatSync, openSync, readSync, type Stats, statSync } from 'node:fs';
import { readText } from '../../linux/procfs/read.js';
import { CodeNames } from './code-names.js';
import { type CodePlace, NOWHERE } from './place.js';
import { scriptPlace } from './script-place.js';

/** How often (ms) it is looked whether the list has grown. */
const LOOK_INTERVAL = 10;
/** Bytes read at one look; the rest is read at the next ones. */
const MOST_AT_ONCE = 1 << 26;
/** Milliseconds that clocks of files and processes may differ. */
const CLOCK_SLACK = 2000;

/** Look-ups throw nothing: where there is no list, or not this process's, there are no names. */
export class PerfMap implements Disposable {
  readonly #paths: readonly string[];
  readonly #owner: { readonly uid: number; readonly since: number } | null;
  #file: { readonly fd: number; readonly inode: number; read: number } | null = null;
  #rest = '';
  #names = new CodeNames();
  #lastLook = Number.NEGATIVE_INFINITY;

  constructor(pid: number) {
    this.#paths = pathsOf(pid);
    this.#owner = ownerOf(pid);
  }

  /** The place of an instruction in code that the list names; null for other addresses. */
  place(address: number): CodePlace | null {
    this.#look();
    const found = this.#names.at(address);
    return found === null ? null : { ...NOWHERE, module: '[jit]', ...scriptPlace(found.name), offset: address - found.start };
  }

  #look(): void {
    const now = performance.now();
    if (now - this.#lastLook < LOOK_INTERVAL) return;
    this.#lastLook = now;
    try {
      this.#file ??= this.#open();
      if (this.#file !== null) this.#readMore(this.#file);
    } catch {
      this.#close();
    }
  }

  #open(): { fd: number; inode: number; read: number } | null {
    for (const path of this.#paths) {
      const fd = tryOpen(path);
      if (fd === null) continue;
      const stat = fstatSync(fd);
      if (this.#isOurs(stat)) return { fd, inode: stat.ino, read: 0 };
      closeSync(fd);
    }
    return null;
  }

  /** Lists stay when their process has ended, and its number may be another's now; and anybody may write to /tmp. */
  #isOurs(stat: Stats): boolean {
    const owner = this.#owner;
    return owner !== null && stat.isFile() && (stat.uid === owner.uid || stat.uid === 0) && stat.mtimeMs >= owner.since - CLOCK_SLACK;
  }

  #readMore(file: { readonly fd: number; read: number }): void {
    const { size } = fstatSync(file.fd);
    if (size < file.read) {
      // It was written anew.
      file.read = 0;
      this.#rest = '';
      this.#names = new CodeNames();
    }
    const bytes = Buffer.alloc(Math.min(MOST_AT_ONCE, size - file.read));
    if (bytes.length === 0) return;
    const got = readSync(file.fd, bytes, 0, bytes.length, file.read);
    file.read += got;
    const lines = (this.#rest + bytes.toString('utf8', 0, got)).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#names.addLine(line);
  }

  #close(): void {
    if (this.#file !== null) closeSync(this.#file.fd);
    this.#file = null;
  }

  [Symbol.dispose](): void {
    this.#close();
  }
}

/** As the process itself calls it, in a container; and as we do. */
function pathsOf(pid: number): string[] {
  const ids = /^NSpid:\s+(.*)$/m.exec(readText(`/proc/${pid}/status`) ?? '')?.[1]?.split(/\s+/) ?? [];
  return [`/proc/${pid}/root/tmp/perf-${ids.at(-1) ?? pid}.map`, `/tmp/perf-${pid}.map`];
}

/** Clock ticks a second in /proc/PID/stat: 100 on x86. */
const TICKS = 100;

/** Who runs the process, and since when (ms of the wall clock); null where that cannot be seen. */
function ownerOf(pid: number): { uid: number; since: number } | null {
  const stat = readText(`/proc/${pid}/stat`);
  const boot = /^btime (\d+)$/m.exec(readText('/proc/stat') ?? '')?.[1];
  if (stat === null || boot === undefined) return null;
  // Behind the name, which may hold anything, field 3 comes; the start is field 22.
  const started = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]);
  try {
    return { uid: statSync(`/proc/${pid}`).uid, since: 1000 * (Number(boot) + started / TICKS) };
  } catch {
    return null;
  }
}

function tryOpen(path: string): number | null {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch {
    return null;
  }
}
