// Which processes are there now, as far as tests must know to leave none behind.
import { readNames, readText } from '../../src/linux/procfs/read.js';

/** A process that is neither gone nor a zombie. */
export interface LiveProcess {
  readonly pid: number;
  /** Its command line. */
  readonly command: string;
}

/** The live processes of process group `group`. */
export function groupMembers(group: number): LiveProcess[] {
  const pids = (readNames('/proc') ?? []).filter((name) => /^\d+$/.test(name) && isLiveMember(name, group));
  return pids.map((pid) => ({
    pid: Number(pid),
    command: (readText(`/proc/${pid}/cmdline`) ?? '').split('\0').join(' ').trim(),
  }));
}

/** Fields after the name, which may hold anything: state, parent, process group. */
function isLiveMember(pid: string, group: number): boolean {
  const stat = readText(`/proc/${pid}/stat`);
  if (stat === null) return false;
  const [state, , processGroup] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(processGroup) === group && state !== 'Z' && state !== 'X';
}
