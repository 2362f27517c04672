// The tour: with a compiler, and without one.
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { findCommand } from '../helpers/find-command.js';
import { ManagedProcess } from '../helpers/managed-process.js';
import { HWBKPT } from '../helpers/paths.js';
import { describeWith } from '../helpers/requirement.js';
import { runHwbkpt } from '../helpers/run-hwbkpt.js';

const A_MINUTE = 60_000;

describeWith(['perf', 'ptrace', 'gcc'], 'hwbkpt demo', () => {
  test(
    'finds the culprit in a C program',
    async () => {
      const { stdout, status } = await runHwbkpt(['demo'], { timeout: A_MINUTE });
      expect(stdout).toMatch(/state\.players\[2\]\.hp: 100 -> 99 {2}apply_damage \(demo\.c:\d+\)/);
      expect(stdout).toMatch(/^ *600 +99 +\d+ {2}apply_damage/m);
      expect(stdout).toMatch(/^ *11 +9999 +9999 {2}light_spark/m);
      expect(status).toBe(0);
    },
    A_MINUTE,
  );
});

describeWith(['perf', 'ptrace'], 'hwbkpt demo where there is no compiler', () => {
  test(
    'watches a Node process',
    async () => {
      const folder = mkdtempSync(`${tmpdir()}/hwbkpt-path-`);
      try {
        for (const name of ['sh', 'node']) symlinkSync(findCommand(name) ?? process.execPath, `${folder}/${name}`);
        const { stdout, status } = await runHwbkpt(['demo'], { environment: { PATH: folder }, timeout: A_MINUTE });
        expect(stdout).toContain('There is no C compiler here');
        expect(stdout.match(/0x[0-9a-f]+:4: (\?|\d+) -> \d+ {2}/g)).toHaveLength(12);
        expect(stdout).toMatch(/^COUNT +FIRST +LAST +PLACE$/m);
        expect(status).toBe(0);
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
    A_MINUTE,
  );
});

describeWith(['perf', 'command:strace'], 'hwbkpt demo where no debug register can be had', () => {
  test(
    'runs on the simulated machine, and says why',
    async () => {
      const refusing = ['-f', '-qq', '-e', 'trace=perf_event_open', '-e', 'inject=perf_event_open:error=ENOSYS', '-o', '/dev/null'];
      await using run = new ManagedProcess('strace', [...refusing, process.execPath, HWBKPT, 'demo']);
      const { stdout, status } = await run.finishedWithin(A_MINUTE);
      expect(stdout).toMatch(/^This machine offers no debug registers now \(.*E[A-Z]+/);
      expect(stdout).toMatch(/^For the perf engine \(perf_event_open .*ENOSYS/m);
      expect(stdout).toContain('counter: 10 -> 4711  stray (counter.scn:');
      expect(stdout).toMatch(/^ *10 +1 +10 {2}count/m);
      expect(status).toBe(0);
    },
    A_MINUTE,
  );
});
