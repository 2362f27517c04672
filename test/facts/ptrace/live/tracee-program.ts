// The program that live subjects run: where its parts lie, and a process of it, started and held before it has done anything.
import { closeSync, openSync } from 'node:fs';
import { LinuxError } from '../../../../src/linux/errno.js';
import {
  posixSpawn,
  spawnActionsDestroy,
  spawnActionsDup2,
  spawnActionsInit,
  spawnAttributesDestroy,
  spawnAttributesInit,
} from '../../../../src/linux/libc.js';
import { buildFixture } from '../../../helpers/build-fixture.js';
import { symbolsOf } from '../../../helpers/fixture-symbols.js';
import type { TraceeAddresses } from './encode.js';

/** Larger than glibc's posix_spawn_file_actions_t (80) and posix_spawnattr_t (336). */
const OPAQUE_BYTES = 512;

const O_RDWR = 2;
const O_TMPFILE = 0o20200000;

/** The built program. */
export interface TraceeProgram {
  readonly path: string;
  readonly addresses: TraceeAddresses;
  readonly code: bigint;
  readonly stackTop: bigint;
  readonly handler: bigint;
  readonly programPath: bigint;
  readonly programArguments: bigint;
  /** Descriptors that become its 0, which reads as zeros, and its 1, which takes what is written. */
  readonly input: number;
  readonly output: number;
}

/** Builds the program and looks its parts up. */
export async function loadTraceeProgram(): Promise<TraceeProgram> {
  const path = await buildFixture('debug-register-tracee');
  const address = symbolsOf(path);
  return {
    path,
    addresses: {
      data: address('data'),
      handlerRuns: address('handler_runs'),
      actions: { default: address('action_default'), ignore: address('action_ignore'), handler: address('action_handler') },
      sigtrapSet: address('set_sigtrap'),
    },
    code: address('code'),
    stackTop: address('stack_top'),
    handler: address('handler'),
    programPath: address('program_path'),
    programArguments: address('program_arguments'),
    input: openSync('/dev/zero', 'r'),
    // A file in memory: the kernel reads what is written to it, which it does not do for /dev/null.
    output: openSync('/dev/shm', O_RDWR | O_TMPFILE, 0o600),
  };
}

/** Closes what {@link loadTraceeProgram} opened. */
export function closeTraceeProgram({ input, output }: TraceeProgram): void {
  closeSync(input);
  closeSync(output);
}

/** Starts a process of the program. Throws LinuxError. */
export function startTracee({ path, input, output }: TraceeProgram): number {
  const actions = new Uint8Array(OPAQUE_BYTES);
  const attributes = new Uint8Array(OPAQUE_BYTES);
  spawnActionsInit(actions);
  spawnAttributesInit(attributes);
  try {
    spawnActionsDup2(actions, input, 0);
    spawnActionsDup2(actions, output, 1);
    const pid = new Int32Array(1);
    const error = posixSpawn(pid, path, actions, attributes, [path, '--wait', null], [null]);
    if (error !== 0) throw new LinuxError('posix_spawn', error, path);
    return pid[0] ?? -1;
  } finally {
    spawnActionsDestroy(actions);
    spawnAttributesDestroy(attributes);
  }
}
