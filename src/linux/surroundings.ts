// What this process was given when it was started, beside descriptors 0 to 2 and the environment: a program it launches is to get the same.
//
// Node changes these before any JavaScript runs: it marks every descriptor close-on-exec, un-ignores every signal and raises the limit of open
// files. Descriptors can be told from Node's own; for the others there are only signs: what the parent has, and what nohup leaves behind.
import { readLink, readNames, readText } from './procfs/read.js';

export interface Surroundings {
  /** Descriptors from 3 on. */
  readonly descriptors: readonly number[];
  /** Signal numbers. */
  readonly ignoredSignals: readonly number[];
  /** Soft limit of open files; null: as it is now. */
  readonly fileLimit: bigint | null;
  /** Descriptors of this process for 0, 1 and 2; default these themselves. */
  readonly standard?: readonly [number, number, number];
  /** Where it starts; default this process's working directory. */
  readonly directory?: string;
  /** Variables beside this process's own, and in their place; undefined takes one away. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** Nothing beside the standard descriptors. */
export const PLAIN_SURROUNDINGS: Surroundings = { descriptors: [], ignoredSignals: [], fileLimit: null };

const SIGHUP = 1;

/** Of this process, as far as it can be told. Call before anything is opened. */
export function ownSurroundings(): Surroundings {
  return {
    descriptors: inheritedDescriptors(),
    ignoredSignals: startedByNohup() || parentIgnores(SIGHUP) ? [SIGHUP] : [],
    fileLimit: fileLimitOfParent(),
  };
}

/** What Node opens for itself, beside pipes. */
const NODES_OWN = ['anon_inode:[eventpoll]', 'anon_inode:[eventfd]', 'anon_inode:[io_uring]'];

function inheritedDescriptors(): number[] {
  const open = new Map<number, string>();
  for (const name of readNames('/proc/self/fd') ?? []) {
    const target = readLink(`/proc/self/fd/${name}`);
    if (target !== null && Number(name) > 2) open.set(Number(name), target);
  }
  // Node's pipes have both ends here.
  const ends = (pipe: string): number => [...open.values()].filter((target) => target === pipe).length;
  return [...open].flatMap(([fd, target]) => {
    return NODES_OWN.includes(target) || (target.startsWith('pipe:') && ends(target) > 1) ? [] : [fd];
  });
}

/** nohup puts a /dev/null that can only be written in the place of a terminal's input. */
function startedByNohup(): boolean {
  return readLink('/proc/self/fd/0') === '/dev/null' && /^flags:\s*0*[0-7]*1$/m.test(readText('/proc/self/fdinfo/0') ?? '');
}

/** A process that ignores SIGHUP has children that do, unless it takes care; not so SIGINT, which system(3) ignores for its child's time. */
function parentIgnores(signal: number): boolean {
  const mask = /^SigIgn:\s*([0-9a-f]+)$/m.exec(readText(`/proc/${process.ppid}/status`) ?? '')?.[1];
  return mask !== undefined && ((BigInt(`0x${mask}`) >> BigInt(signal - 1)) & 1n) === 1n;
}

/** Our own limit before Node raised it was the parent's, unless both were set between. */
function fileLimitOfParent(): bigint | null {
  const limits = (pid: number | 'self'): string[] => /^Max open files\s+(\d+)\s+(\d+)/m.exec(readText(`/proc/${pid}/limits`) ?? '') ?? [];
  const [, soft, hard] = limits(process.ppid);
  const [, , ownHard] = limits('self');
  return soft !== undefined && hard === ownHard ? BigInt(soft) : null;
}
