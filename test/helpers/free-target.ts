// A fixture for engines that trace: no child of Node's, which would take its stops, but of a shell that passes on its input, output and status.
import { buildFixture } from './build-fixture.js';
import type { ManagedProcess } from './managed-process.js';
import { Target, type TargetOptions } from './target.js';

/** Background commands of a shell have no input but what is said; so descriptor 3 keeps it. */
const SHELL = 'exec 3<&0; "$0" "$@" <&3 3<&- & echo pid $!; wait $!; exit $?';

/** The shell's; it may come before or after what the program says. */
const PID_LINE = /^pid \d+$/;

/** A running fixture; its pid is {@link tracee}, not that of the shell. */
export class FreeTarget extends Target {
  get tracee(): number {
    const line = this.stdout.lines.find((candidate) => PID_LINE.test(candidate)) ?? '';
    return Number(line.slice('pid '.length));
  }
}

/** As startTarget, for a program that is to be traced by this process. */
export async function startFreeTarget(name: string, options: TargetOptions = {}): Promise<FreeTarget> {
  const program = await buildFixture(name, options.build);
  return readyFor(new FreeTarget('/bin/sh', ['-c', SHELL, program, '--wait', ...(options.args ?? [])], options.start));
}

async function readyFor<T extends ManagedProcess>(target: T): Promise<T> {
  try {
    await target.waitForLine(PID_LINE);
    await target.waitForLine(/^ready$/);
    return target;
  } catch (error) {
    await target[Symbol.asyncDispose]();
    throw error;
  }
}
