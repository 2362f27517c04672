// Exit statuses, and what signals, limits and readers that go away do.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { buildFixture } from '../helpers/build-fixture.js';
import { ManagedProcess } from '../helpers/managed-process.js';
import { HWBKPT } from '../helpers/paths.js';
import { describeWith } from '../helpers/requirement.js';
import { messagesOf, RunningHwbkpt, readPrinted, runHwbkpt } from '../helpers/run-hwbkpt.js';
import { startTarget } from '../helpers/target.js';
import { Screen } from './screen.js';
import { runShell, ShellRun, TerminalRun } from './shell.js';
import { describeUnprivileged, HWBKPT_AS_NOBODY } from './unprivileged.js';

/** A target that writes for about a minute, unless it is told to end. */
const LONG = ['--writes', '3000', '--interval', '20'];

/** The process of hwbkpt itself in a shell's run. */
function hwbkptOf(run: ShellRun): number {
  const found = run.members().find(({ command }) => command.startsWith(`${process.execPath} `));
  if (found === undefined) throw new Error('hwbkpt does not run');
  return found.pid;
}

describeWith(['perf', 'ptrace'], 'the status of a launched command', () => {
  test.each([
    [['--exit', '0'], 0],
    [['--exit', '5'], 5],
    [['--exit', '255'], 255],
    [['--kill', '9'], 128 + 9],
    [['--kill', '11'], 128 + 11],
    [['--kill', '15'], 128 + 15],
  ])('%j: %d', async (args, status) => {
    const program = await buildFixture('signals-status');
    const run = await runHwbkpt(['watch', 'shared', '--json', '--', program, ...args]);
    expect(run.status).toBe(status);
    expect(messagesOf(run, 'summary')[0]?.hits).toBe(10);
    expect(run.otherLines).toEqual(['tick 10']);
  });

  test('is 3 with --strict when something was not covered, and its own otherwise', async () => {
    const program = await buildFixture('hidden-writes');
    const args = ['stat', 'window.value', '--strict', '--json', '--', program];
    const strict = await runHwbkpt([...args, '--rounds', '1']);
    const [summary] = messagesOf(strict, 'summary');
    expect(strict.status).toBe((summary?.unseen_changes ?? 0) > 0 || summary?.not_covered.includes('kernel-writes') ? 3 : 0);
    const fails = await buildFixture('signals-status');
    expect((await runHwbkpt(['watch', 'shared', '--strict', '--quiet', '-o', '/dev/null', '--', fails, '--exit', '5'])).status).toBe(5);
  });
});

describeUnprivileged('--strict', () => {
  test('minds that the kernel’s writes are not covered', async () => {
    const [command, ...asNobody] = HWBKPT_AS_NOBODY;
    const program = await buildFixture('signals-status');
    await using run = new ManagedProcess(command, [...asNobody, 'watch', 'shared', '--strict', '--json', '--', program]);
    const { status, stdout } = await run.finishedWithin(30_000);
    expect(messagesOf(readPrinted(stdout), 'summary')[0]).toMatchObject({
      hits: 10,
      not_covered: expect.arrayContaining(['kernel-writes']),
    });
    expect(status).toBe(3);
  });
});

describeWith(['perf', 'ptrace'], 'signals', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)('%s to hwbkpt alone reaches the launched program, whose end is waited for', async (signal) => {
    const program = await buildFixture('signals-status');
    await using running = new RunningHwbkpt(['watch', 'shared', '--json', '--', program, ...LONG, '--exit', '4']);
    await running.waitForMessage('hit');
    running.signal(signal);
    const { status, stdout } = await running.finishedWithin(20_000);
    const printed = readPrinted(stdout);
    expect(printed.otherLines[0]).toBe(`got ${signal}`);
    expect(printed.messages.at(-1)?.type).toBe('summary');
    expect(status).toBe(4);
  });

  test('SIGINT while watching a process: disarm, sum up, status 0, and the process goes on', async () => {
    await using target = await startTarget('signals-status', { args: LONG });
    await using running = new RunningHwbkpt(['watch', 'shared', '--json', '--pid', String(target.pid)]);
    await running.waitForMessage('armed');
    target.go();
    await running.waitForMessage('hit');
    running.signal('SIGINT');
    const { status, stdout } = await running.finishedWithin(20_000);
    expect(readPrinted(stdout).messages.at(-1)?.type).toBe('summary');
    expect(status).toBe(0);
    expect(target.running).toBe(true);
  });

  test('twice: leaves at once, though the program ignores it', async () => {
    const program = await buildFixture('partial-lines');
    await using running = new ShellRun('trap "" INT; exec "$@" --count 5000', [program]);
    await running.waitForLine(/step 2/);
    await using watching = new RunningHwbkpt(['who', 'shared', '--pid', String(running.pid)]);
    await watching.stderr.waitForLine(/armed/);
    watching.signal('SIGINT');
    expect((await watching.finishedWithin(10_000)).status).toBe(0);

    const stubborn = 'trap "" INT TERM; while :; do read -t 0.2 </dev/zero; done';
    await using launched = new RunningHwbkpt(['watch', 'environ', '--', 'bash', '-c', stubborn]);
    await launched.stderr.waitForLine(/armed/);
    await sleep(300);
    launched.signal('SIGINT');
    await launched.stderr.waitForLine(/\d hits/);
    await sleep(300);
    expect(launched.running).toBe(true);
    launched.signal('SIGINT');
    await launched.stderr.waitForLine(/armed/);
    while (launched.running) await sleep(10);
    const [left] = launched.members();
    expect(left?.command).toContain('while :');
    if (left !== undefined) process.kill(left.pid, 'SIGKILL');
    expect((await launched.finishedWithin(10_000)).status).toBe(130);
  });

  test('the same signal twice at once, as timeout(1) sends it, is one', async () => {
    const program = await buildFixture('signals-status');
    const { status, stdout } = await runShell('timeout 2 "$HWBKPT_NODE" "$HWBKPT_JS" watch shared --json -- "$@"', [program, ...LONG], {
      environment: { HWBKPT_NODE: process.execPath, HWBKPT_JS: HWBKPT },
    });
    expect(status).toBe(124);
    expect(readPrinted(stdout).messages.at(-1)?.type).toBe('summary');
    expect(stdout).toContain('got SIGTERM');
  });

  test('under nohup, SIGHUP ends neither', async () => {
    const program = await buildFixture('signals-status');
    await using running = new ShellRun('trap "" HUP; hwbkpt watch shared --json --limit 40 -- "$@"', [
      program,
      '--writes',
      '60',
      '--interval',
      '20',
    ]);
    await running.waitForLine(/"type":"hit"/);
    process.kill(hwbkptOf(running), 'SIGHUP');
    const { status, stdout } = await running.finishedWithin(20_000);
    expect(messagesOf(readPrinted(stdout), 'summary')[0]?.hits).toBe(40);
    expect(stdout).toContain('tick 60');
    expect(status).toBe(0);
  });
});

describeWith(['perf', 'ptrace', 'command:script', 'command:stty'], 'Ctrl-C on a terminal', () => {
  const SIZE = { columns: 200, rows: 24 };

  test('goes to the program, as it would without us, and is summed up', async () => {
    const program = await buildFixture('signals-status');
    await using terminal = new TerminalRun(['watch', 'shared', '--', program, ...LONG, '--exit', '4'], SIZE);
    await terminal.waitForLine(/shared: /);
    terminal.send('\x03');
    const { status, stdout } = await terminal.finishedWithin(20_000);
    expect(stdout.match(/got SIGINT/g)).toHaveLength(1);
    expect(stdout).toMatch(/hwbkpt: \d+ hits, 0 lost/);
    expect(status).toBe(4);
  });

  test('ends the watching of a process, which goes on; the sum is on a line of its own', async () => {
    await using target = await startTarget('signals-status', { args: LONG });
    await using terminal = new TerminalRun(['watch', 'shared', '--pid', String(target.pid)], SIZE);
    await terminal.waitForLine(/armed/);
    target.go();
    await terminal.waitForLine(/shared: /);
    terminal.send('\x03');
    const { status, stdout } = await terminal.finishedWithin(20_000);
    const lines = new Screen(SIZE.columns).write(stdout).lines;
    expect(lines.at(-1)).toMatch(/^hwbkpt: \d+ hits?, 0 lost/);
    // The terminal's own echo of the key may come before a last hit, and nobody is told where it left the cursor.
    for (const line of lines.filter((text) => text.includes('shared: '))) expect(line).toMatch(/^(\^C)? +\d+\.\d{6} /);
    expect(status).toBe(0);
    expect(target.running).toBe(true);
  });
});

describeWith(['perf', 'ptrace'], 'an end before the program’s', () => {
  test('--limit: exactly so many hits, then the program runs on to its own status', async () => {
    const program = await buildFixture('signals-status');
    const run = await runHwbkpt([
      'watch',
      'shared',
      '--json',
      '--limit',
      '3',
      '--',
      program,
      '--writes',
      '20',
      '--interval',
      '20',
      '--exit',
      '4',
    ]);
    expect(messagesOf(run, 'hit')).toHaveLength(3);
    expect(messagesOf(run, 'summary')[0]?.hits).toBe(3);
    expect(run.otherLines).toEqual(['tick 20']);
    expect(run.status).toBe(4);
  });

  test('--duration', async () => {
    const program = await buildFixture('signals-status');
    const run = await runHwbkpt([
      'stat',
      'shared',
      '--json',
      '--duration',
      '0.3',
      '--',
      program,
      '--writes',
      '60',
      '--interval',
      '20',
      '--exit',
      '4',
    ]);
    const [count] = messagesOf(run, 'count');
    expect(count?.count).toBeGreaterThan(0);
    expect(count?.count).toBeLessThan(60);
    expect(run.otherLines).toEqual(['tick 60']);
    expect(run.status).toBe(4);
  });

  test('the process that is watched ends: status 0', async () => {
    await using target = await startTarget('signals-status', { args: ['--kill', '9'] });
    await using running = new RunningHwbkpt(['watch', 'shared', '--json', '--pid', String(target.pid)]);
    await running.waitForMessage('armed');
    target.go();
    const { status, stdout } = await running.finishedWithin(20_000);
    expect(messagesOf(readPrinted(stdout), 'summary')[0]?.hits).toBe(10);
    expect(status).toBe(0);
  });
});

describeWith(['perf', 'ptrace', 'command:bash'], 'a reader of standard output', () => {
  test('who goes ends the watch without a word; the program runs on to its own status', async () => {
    const program = await buildFixture('signals-status');
    const folder = mkdtempSync(`${tmpdir()}/hwbkpt-reader-`);
    try {
      const { stdout, stderr } = await runShell(
        'hwbkpt watch shared -- "$1" --writes 50 --interval 20 --exit 4 | head -3; echo $PIPESTATUS >"$2/status"',
        [program, folder],
      );
      expect(stdout.split('\n').slice(0, -1)).toHaveLength(3);
      // Its own words come on a broken pipe, as they would without us: SIGPIPE.
      expect(readFileSync(`${folder}/status`, 'utf8')).toBe('141\n');
      expect(stderr.split('\n').slice(0, -1)).toEqual([expect.stringMatching(/^hwbkpt: armed shared/)]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test.each(['--help', 'watch --help', 'decode dr7 0xd0101'])('who goes before %s has been printed is nobody’s error', async (args) => {
    const { stderr } = await runShell(`hwbkpt ${args} | true`, []);
    expect(stderr).toBe('');
  });

  test('who stalls stops neither the program nor, at the second signal, hwbkpt', async () => {
    const program = await buildFixture('hot');
    const script = 'hwbkpt watch counter --json -o fd:3 -- "$1" --writes 5000 3>&1 >&2 | { sleep 1000; }';
    await using running = new ShellRun(script, [program]);
    await running.stderr.waitForLine(/^counter 4999$/);
    const hwbkpt = hwbkptOf(running);
    process.kill(hwbkpt, 'SIGINT');
    await sleep(400);
    process.kill(hwbkpt, 'SIGINT');
    const deadline = Date.now() + 10_000;
    while (running.members().some(({ pid }) => pid === hwbkpt) && Date.now() < deadline) await sleep(20);
    expect(running.members().map(({ pid }) => pid)).not.toContain(hwbkpt);
  });
});
