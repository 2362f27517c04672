// Commands as a user without any privilege.
import { spawnSync } from 'node:child_process';
import { describe } from 'vitest';
import { HWBKPT } from '../helpers/paths.js';
import { describeWith } from '../helpers/requirement.js';

/** Words before a command that make it run as nobody (user 65534). */
export const AS_NOBODY = ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups'] as const;
/** hwbkpt as nobody: a file to start, and its first arguments. */
export const HWBKPT_AS_NOBODY = [...AS_NOBODY, process.execPath, HWBKPT] as const;

/** {@link describeWith}, for tests in which nobody runs hwbkpt: that needs root, and a repository that all may read. */
export function describeUnprivileged(title: string, body: () => void): void {
  describeWith(['perf', 'ptrace', 'root', 'command:setpriv'], title, () => {
    const [command, ...args] = HWBKPT_AS_NOBODY;
    const readable = spawnSync(command, [...args, '--version'], { stdio: 'ignore' }).status === 0;
    describe.skipIf(!readable)(readable ? 'as nobody' : 'as nobody [skipped: user 65534 may not read this repository]', body);
  });
}
