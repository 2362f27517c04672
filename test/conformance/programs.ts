// The programs that engines are tried on: fixtures, and simulated ones of the same kind, with the same variables, in programs/.
import type { BuildOptions } from '../helpers/build-fixture.js';

/** A simulated machine takes longer for an instruction: there a program may write less. */
interface Simulated {
  /** In programs/, without `.scn`. */
  readonly file: string;
  readonly writes: number;
  /** Different numbers, where a case looks at them. */
  readonly values?: number;
}

export interface ProgramSpec {
  readonly fixture: string;
  readonly args: readonly string[];
  readonly build?: BuildOptions;
  /** Behind the arguments: the program that it becomes, or a command. */
  readonly becomes?: ProgramSpec | string;
  /** How much it writes, as its cases count. */
  readonly writes: number;
  /** Null: there is none, because every case needs more than a simulated machine has. */
  readonly simulated: Simulated | null;
}

/** sizeof(struct cell) of hot-threads. */
export const CELL = 64;

/** The same address in each run, so that the next program has its variable where the pieces were. */
const FIXED: BuildOptions = { flags: ['-no-pie'] };

/** `writes` by each of its writers. */
export const WRITERS: ProgramSpec = {
  fixture: 'threads-fork-read',
  args: ['--tids', '--count', '400', '--reads', '20'],
  writes: 400,
  simulated: { file: 'threads-fork-read', writes: 400 },
};

/** Writes numbers one after the other. */
export function hot(writes: number): ProgramSpec {
  return { fixture: 'hot', args: ['--writes', `${writes}`], writes, simulated: { file: 'hot', writes: 12_800, values: 16 } };
}

/** Writes in a function that has one caller. */
export const FRAMED: ProgramSpec = {
  fixture: 'hot',
  args: ['--writes', '50'],
  build: { flags: ['-fno-omit-frame-pointer'] },
  writes: 50,
  simulated: { file: 'hot-framed', writes: 50 },
};

/** So many threads, each with a variable of its own (the simulated one has four); `writes` by each. */
export function hotThreads(threads: number, writes: number): ProgramSpec {
  const args = ['--threads', `${threads}`, '--writes', `${writes}`];
  return { fixture: 'hot-threads', args, writes, simulated: { file: 'hot-threads', writes: 500 } };
}

/** Two threads on one variable; `writes` by each. */
export const SHARED: ProgramSpec = {
  fixture: 'hot-threads',
  args: ['--threads', '2', '--writes', '20000', '--shared'],
  writes: 20_000,
  simulated: { file: 'hot-threads-shared', writes: 4000 },
};

/** 30 writes and 5 reads. */
export const SAME_VALUE: ProgramSpec = { fixture: 'same-value', args: [], writes: 30, simulated: { file: 'same-value', writes: 30 } };

/** `writes`, one each `interval` milliseconds. */
export function slow(writes: number, interval: number): ProgramSpec {
  const args = ['--writes', `${writes}`, '--interval', `${interval}`];
  return { fixture: 'signals-status', args, writes, simulated: { file: 'signals-status', writes: 300 } };
}

/** Where the program's exec comes from. */
export type Caller = 'the first thread' | 'another thread';

function execOther(caller: Caller, writes: number, becomes: ProgramSpec | string): ProgramSpec {
  const option = caller === 'another thread' ? ['--from-thread'] : [];
  return { fixture: 'exec-other', args: [...option, '--count', `${writes}`], build: FIXED, becomes, writes, simulated: null };
}

/** 25 writes, then itself with 50, then `true`. */
export function execTwice(caller: Caller): ProgramSpec {
  const again = execOther('the first thread', 50, '/bin/true');
  return { ...execOther(caller, 25, again), simulated: caller === 'the first thread' ? { file: 'exec-other', writes: 25 } : null };
}

/** What {@link execThenSlow} becomes. */
export const SLOW_FIXED: ProgramSpec = { ...slow(200, 5), build: FIXED };

/** 3 writes, then a program that writes slowly. */
export function execThenSlow(caller: Caller): ProgramSpec {
  const simulated = caller === 'the first thread' ? { file: 'exec-arm-again', writes: 3 } : null;
  return { ...execOther(caller, 3, SLOW_FIXED), simulated };
}

/** So many chains of threads, each of which lives `life` us more and makes the next; `writes` after it was let go. */
export function churn(chains: number, life: number, writes: number): ProgramSpec {
  const args = ['--chains', `${chains}`, '--life', `${life}`, '--after', `${writes}`];
  return { fixture: 'thread-churn', args, writes, simulated: null };
}
