// Starts a program that waits, before its first instruction, until it may go on; never through node:child_process, whose SIGCHLD handling takes ptrace stops.
//
// posix_spawn starts /bin/sh, which says that it is there, reads a line from a pipe, and then becomes the program by exec. If we die before that
// line is written, the read ends with end-of-file and the program starts all the same: the launched command is never left hanging.
// Hearing from the shell matters: posix_spawn returns before the shell's own exec is over, and a tracer that seizes then would see that exec.
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

const O_CLOEXEC = 0o2000000;
const POSIX_SPAWN_SETSIGDEF = 4;
const SIGPIPE = 13;
const SIGXFSZ = 25;
/** The descriptor on which the shell waits, and the one on which it answers; both closed before the exec. */
const GATE = 9;
const ANSWER = 8;
/** Larger than glibc's posix_spawn_file_actions_t (80) and posix_spawnattr_t (336). */
const OPAQUE_BYTES = 512;

/** A started program that has not been allowed to run yet. */
export interface Launched {
  readonly pid: number;
  /** Lets the program's exec happen. Call once. */
  release(): void;
}

/**
 * Starts `argv` with this process's descriptors 0, 1, 2 and working directory; argv[0] is looked up in PATH when it has no slash.
 * Throws LinuxError where the helper cannot be started; whether the program can be executed shows only after {@link Launched.release}.
 */
export function spawnGated(argv: readonly string[], environment: Readonly<Record<string, string | undefined>>): Launched {
  const gate = openPipe();
  const answer = openPipe();
  try {
    const pid = spawnShell({ gate: gate.read, answer: answer.write }, shellArguments(argv, environment), environment);
    closeSync(answer.write);
    // End-of-file, should the shell die, is for the caller's wait to explain.
    readSync(answer.read, new Uint8Array(1));
    return {
      pid,
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

function openPipe(): { readonly read: number; readonly write: number } {
  const ends = new Int32Array(2);
  checked(pipe2(ends, O_CLOEXEC), 'pipe2');
  const [read = -1, write = -1] = ends;
  return { read, write };
}

/** dash sets PWD and OLDPWD by itself, bash also the others; they are taken out again where the caller had none. */
function shellArguments(argv: readonly string[], environment: Readonly<Record<string, string | undefined>>): string[] {
  const unset = ['PWD', 'OLDPWD', '_', 'SHLVL'].filter((name) => environment[name] === undefined);
  const script = `echo >&${ANSWER}; read -r hwbkpt_gate <&${GATE}; unset hwbkpt_gate ${unset.join(' ')}; exec "$@" ${ANSWER}>&- ${GATE}<&-`;
  return ['sh', '-c', script, 'sh', ...argv];
}

interface GateEnds {
  readonly gate: number;
  readonly answer: number;
}

function spawnShell(ends: GateEnds, argv: readonly string[], environment: Readonly<Record<string, string | undefined>>): number {
  const actions = new Uint8Array(OPAQUE_BYTES);
  const attributes = new Uint8Array(OPAQUE_BYTES);
  spawnActionsInit(actions);
  spawnAttributesInit(attributes);
  try {
    spawnActionsDup2(actions, ends.gate, GATE);
    spawnActionsDup2(actions, ends.answer, ANSWER);
    // Node marks its own standard descriptors close-on-exec; a dup2 onto itself takes the mark off in the child.
    for (const standard of [0, 1, 2]) spawnActionsDup2(actions, standard, standard);
    spawnAttributesFlags(attributes, POSIX_SPAWN_SETSIGDEF);
    // Node ignores these two in itself, and an ignored signal stays ignored through exec.
    spawnAttributesSigdefault(attributes, signalSet(SIGPIPE, SIGXFSZ));
    const pid = new Int32Array(1);
    const entries = Object.entries(environment).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`]));
    const error = posixSpawn(pid, '/bin/sh', actions, attributes, [...argv, null], [...entries, null]);
    if (error !== 0) throw new LinuxError('posix_spawn', error, '/bin/sh');
    return pid[0] ?? -1;
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
