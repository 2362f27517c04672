// What a signal says ($_siginfo), changed by gdb before it is delivered: the handler gets what gdb has written.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeWith } from '../helpers/requirement.js';
import { Target } from '../helpers/target.js';
import { GdbServerProcess, GO, gdb } from './server.js';

const PROGRAM = `
  #include <signal.h>
  #include <stdio.h>
  #include <unistd.h>
  static void handler(int number, siginfo_t *info, void *context) {
    (void)context;
    printf("signal %d value %d\\n", number, info->si_value.sival_int);
    fflush(stdout);
  }
  int main(void) {
    struct sigaction action = { .sa_sigaction = handler, .sa_flags = SA_SIGINFO };
    sigaction(SIGUSR1, &action, 0);
    puts("ready"); fflush(stdout);
    char byte;
    if (read(0, &byte, 1) < 0) return 4;
    for (int i = 1; i <= 2; i++) sigqueue(getpid(), SIGUSR1, (union sigval){ .sival_int = 5 * i });
    return 0;
  }`;
const VALUE = '$_siginfo._sifields._rt.si_sigval.sival_int';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hwbkpt-siginfo-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describeWith(['perf', 'ptrace', 'gcc', 'gdb'], 'gdb changes what a signal says', () => {
  test('and the handler gets it; where there is no signal, it is refused', async () => {
    writeFileSync(join(folder, 'queued.c'), PROGRAM);
    execFileSync('gcc', ['-g', '-O0', '-o', 'queued', 'queued.c'], { cwd: folder });
    await using target = new Target(join(folder, 'queued'), []);
    await target.waitForLine(/^ready$/);
    await using server = await GdbServerProcess.start('--pid', `${target.pid}`);
    const output = await gdb(server, target, [
      'set var $_siginfo.si_signo = 12',
      GO,
      'continue',
      `print ${VALUE}`,
      `set var ${VALUE} = 4711`,
      `print ${VALUE}`,
      'continue',
      `print ${VALUE}`,
      'continue',
    ]);
    expect(output).toContain('Unable to write siginfo');
    expect(
      [...output.matchAll(/^\$\d+ = (\d+)$/gm)].map(([, value]) => Number(value)),
      output,
    ).toEqual([5, 4711, 10]);
    const { stdout } = await target.finishedWithin(20_000);
    expect(stdout).toContain('signal 10 value 4711\nsignal 10 value 10\n');
  });
});
