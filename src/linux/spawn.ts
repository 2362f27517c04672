// Starts a program that waits, before its first instruction, until it may go on; never through node:child_process, whose SIGCHLD handling takes ptrace stops.
//
// posix_spawn starts /bin/sh, which says that it is there, reads a line from a pipe, and then becomes the program by exec. If we die before that
// line is written, the read ends with end-of-file and the program starts all the same: the launched command is never left hanging.
// Hearing from the shell matters: posix_spawn returns before the shell's own exec is over, and a tracer that seizes then would see that exec.
// The shell would pass its own idea of the environment on (it sets PWD, leaves out names it cannot have): see engines/host/run-to-exec.
import { closeSync, readSync, writeSync } from 'node:fs';
import { checked, LinuxError } from './errno.js';
import {
  pipe2,
  posixSpawn,
  spawnActionsDestroy,
  spawnActionsDup2,
  spawnActionsInit,
  spawnAttributesDestroy,
  spawnAttributesFlags,
  spawnAttributesInit,
  spawnAttributesSigdefault,
} from './libc.js';
import type { Surroundings } from './surroundings.js';

const O_CLOEXEC = 0o2000000;
const POSIX_SPAWN_SETSIGDEF = 4;
/** Node ignores these two in itself, and an ignored signal stays ignored through exec. */
const SIGPIPE = 13;
const SIGXFSZ = 25;
/** glibc's own signals, which its posix_spawn leaves ignored in the child unless told otherwise. */
const SIGCANCEL = 32;
const SIGSETXID = 33;
/** What a shell can redirect is one digit. */
const GATE_DESCRIPTORS = [9, 8, 7, 6, 5, 4, 3] as const;
/** Larger than glibc's posix_spawn_file_actions_t (80) and posix_spawnattr_t (336). */
const OPAQUE_BYTES = 512;

/** A started program that has not been allowed to run yet. */
export interface Launched {
  readonly pid: number;
  /** Of the shell. */
  readonly argumentCount: number;
  /** Lets the program's exec happen. Call once. */
  release(): void;
}

/** What a launched program gets. */
export interface LaunchPlan {
  /** argv[0] is looked up in PATH when it has no slash. */
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly surroundings: Surroundings;
}

/**
 * Starts a program with this process's descriptors 0, 1, 2 and working directory.
 * Throws LinuxError where the helper cannot be started; whether the program can be executed shows only after {@link Launched.release}.
 */
export function spawnGated(plan: LaunchPlan): Launched {
  const gate = openPipe();
  const answer = openPipe();
  try {
    const { pid, argumentCount } = spawnShell({ gate: gate.read, answer: answer.write }, plan);
    closeSync(answer.write);
    // End-of-file, should the shell die, is for the caller's wait to explain.
    readOnce(answer.read);
    return {
      pid,
      argumentCount,
      release: () => {
        writeSync(gate.write, '\n');
        closeSync(gate.write);
      },
    };
  } finally {
    closeSync(gate.read);
    closeSync(answer.read);
  }
}

/** A signal that comes meanwhile does not end it. */
function readOnce(fd: number): void {
  for (;;) {
    try {
      readSync(fd, new Uint8Array(1));
      return;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EINTR')) throw error;
    }
  }
}

/** A pipe whose ends programs that are started do not get by themselves. Throws LinuxError. */
export function openPipe(): { readonly read: number; readonly write: number } {
  const ends = new Int32Array(2);
  checked(pipe2(ends, O_CLOEXEC), 'pipe2');
  const [read = -1, write = -1] = ends;
  return { read, write };
}

interface GateEnds {
  readonly gate: number;
  readonly answer: number;
}

/** The descriptors at which the shell finds the gate's ends. With 3 to 9 all taken, two of them are lost to the program. */
function shellEnds({ descriptors }: Surroundings): GateEnds {
  const [gate = 9, answer = 8] = GATE_DESCRIPTORS.filter((fd) => !descriptors.includes(fd));
  return { gate, answer };
}

function shellArguments(argv: readonly string[], { ignoredSignals, directory }: Surroundings, { gate, answer }: GateEnds): string[] {
  const ignore = ignoredSignals.length === 0 ? '' : `trap '' ${ignoredSignals.join(' ')}; `;
  const enter = directory === undefined ? '' : `cd -P -- ${quoted(directory)} || exit 126; `;
  return ['sh', '-c', `echo >&${answer}; read -r hwbkpt_gate <&${gate}; ${enter}${ignore}exec "$@" ${answer}>&- ${gate}<&-`, 'sh', ...argv];
}

/** One word of a shell, whatever is in it. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function spawnShell(ends: GateEnds, { argv, environment, surroundings }: LaunchPlan): { pid: number; argumentCount: number } {
  const actions = new Uint8Array(OPAQUE_BYTES);
  const attributes = new Uint8Array(OPAQUE_BYTES);
  spawnActionsInit(actions);
  spawnAttributesInit(attributes);
  try {
    const shell = shellEnds(surroundings);
    // Node marks the descriptors it is given close-on-exec; a dup2 onto itself takes the mark off in the child.
    for (const [fd, own] of (surroundings.standard ?? [0, 1, 2]).entries()) spawnActionsDup2(actions, own, fd);
    spawnActionsDup2(actions, ends.gate, shell.gate);
    spawnActionsDup2(actions, ends.answer, shell.answer);
    for (const fd of surroundings.descriptors) spawnActionsDup2(actions, fd, fd);
    spawnAttributesFlags(attributes, POSIX_SPAWN_SETSIGDEF);
    spawnAttributesSigdefault(attributes, signalSet(SIGPIPE, SIGXFSZ, SIGCANCEL, SIGSETXID));
    const pid = new Int32Array(1);
    const entries = Object.entries(environment).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`]));
    const shellArgv = shellArguments(argv, surroundings, shell);
    const error = posixSpawn(pid, '/bin/sh', actions, attributes, [...shellArgv, null], [...entries, null]);
    if (error !== 0) throw new LinuxError('posix_spawn', error, '/bin/sh');
    return { pid: pid[0] ?? -1, argumentCount: shellArgv.length };
  } finally {
    spawnActionsDestroy(actions);
    spawnAttributesDestroy(attributes);
  }
}

/** A sigset_t: bit N-1 for signal N. */
function signalSet(...signals: number[]): Uint8Array {
  const set = new Uint8Array(128);
  for (const signal of signals) set[(signal - 1) >> 3] = (set[(signal - 1) >> 3] ?? 0) | (1 << ((signal - 1) & 7));
  return set;
}
