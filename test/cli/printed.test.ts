// What each command prints, as text and as JSON, on real programs.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { buildFixture } from '../helpers/build-fixture.js';
import { ManagedProcess } from '../helpers/managed-process.js';
import { HWBKPT } from '../helpers/paths.js';
import { describeWith } from '../helpers/requirement.js';
import { messagesOf, RunningHwbkpt, readPrinted, runHwbkpt } from '../helpers/run-hwbkpt.js';
import { startTarget } from '../helpers/target.js';
import { Screen } from './screen.js';
import { runShell, TerminalRun } from './shell.js';

/** hits of the program: put 6, of which 3 change the value, look 1. */
const SAME_VALUE = ['--count', '1'];

describeWith(['perf', 'ptrace'], 'watch', () => {
  test('text: hits on standard output, the rest on standard error', async () => {
    const program = await buildFixture('same-value');
    const { stdout, stderr } = await runHwbkpt([
      'watch',
      'shared',
      '--access',
      'rw',
      '-o',
      'fd:2',
      '--quiet',
      '--',
      program,
      ...SAME_VALUE,
    ]);
    expect(stdout).toBe('put 6\nchanges 3\nlook 1\n');
    const changes = stderr
      .split('\n')
      .slice(0, -1)
      // The target's own output may make an empty line before the hits.
      .filter((line) => line !== '')
      .map((line) => /shared: (.*)$/.exec(line)?.[1]?.replace(/ \(same-value\.c:\d+\)/, ''));
    expect(changes).toEqual([
      '0 -> 1  put',
      '1 -> 1  put  (same value)',
      '1 -> 1  put  (same value)',
      '1 -> 2  put',
      '2 -> 2  put  (same value)',
      '2 -> 3  put',
      '3 read  look',
    ]);
  });

  test('--changes-only leaves the rest out, and the sum counts what was printed', async () => {
    const program = await buildFixture('same-value');
    const run = await runHwbkpt(['watch', 'shared', '--json', '--changes-only', '--', program, ...SAME_VALUE]);
    expect(messagesOf(run, 'hit').map(({ new: value }) => value)).toEqual(['1', '2', '3']);
    expect(messagesOf(run, 'summary')[0]?.hits).toBe(3);
  });

  test('--quiet: only hits in text; in JSON the first and the last message stay', async () => {
    const program = await buildFixture('same-value');
    const text = await runHwbkpt(['watch', 'shared', '--quiet', '--', program, ...SAME_VALUE]);
    expect(text.stderr).toBe('');
    const json = await runHwbkpt(['watch', 'shared', '--quiet', '--json', '--', program, ...SAME_VALUE]);
    expect(json.messages.map(({ type }) => type)).toEqual(['armed', ...Array(6).fill('hit'), 'summary']);
  });

  test('--access x: a line for every call', async () => {
    const program = await buildFixture('same-value');
    const run = await runHwbkpt(['watch', 'put', '--access', 'x', '--json', '--', program, ...SAME_VALUE]);
    const hits = messagesOf(run, 'hit');
    expect(hits).toHaveLength(6);
    for (const hit of hits) expect(hit).toMatchObject({ access: 'execute', function: 'put', old: null, new: null, ip: hit.address });
  });

  test('--stack: the callers, by name', async () => {
    const program = await buildFixture('call-chain', { flags: ['-fno-omit-frame-pointer'] });
    const run = await runHwbkpt(['watch', 'shared', '--stack', '8', '--json', '--', program]);
    const callers = messagesOf(run, 'hit').map(({ stack }) => stack?.slice(0, 4).map((frame) => frame.split(' ')[0]));
    expect(new Set(callers.map((names) => names?.join(' ')))).toEqual(new Set(['inner middle outer_a main', 'inner middle outer_b main']));
  });

  test('--as reads memory at an address the way it is told', async () => {
    await using target = await startTarget('signals-status');
    const address = `0x${target.shown('shared').address.toString(16)}`;
    await using running = new RunningHwbkpt(['watch', `${address}:4`, '--as', 'int32', '--json', '--pid', String(target.pid)]);
    await running.waitForMessage('armed');
    target.go();
    const { stdout } = await running.finishedWithin(20_000);
    expect(messagesOf(readPrinted(stdout), 'hit').map((hit) => hit.new)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  test('--tid: one thread only', async () => {
    await using target = await startTarget('threads-fork-read', { args: ['--tids'] });
    const args = ['watch', 'shared', '--json', '--inherit', 'none', '--pid', String(target.pid), '--tid', String(target.pid)];
    await using running = new RunningHwbkpt(args);
    const { threads } = await running.waitForMessage('armed');
    expect(threads).toBe(1);
    target.go();
    const { stdout } = await running.finishedWithin(20_000);
    expect(messagesOf(readPrinted(stdout), 'hit').every(({ tid }) => tid === target.pid)).toBe(true);
  });

  test('-o FILE and -o fd:N', async () => {
    const program = await buildFixture('signals-status');
    const folder = mkdtempSync(`${tmpdir()}/hwbkpt-output-`);
    try {
      const file = await runHwbkpt(['watch', 'shared', '--json', '-o', `${folder}/file`, '--', program]);
      expect(file.stdout).toBe('tick 10\n');
      const descriptor = await runShell('hwbkpt watch shared --json -o fd:3 -- "$1" 3>"$2"', [program, `${folder}/descriptor`]);
      expect(descriptor.stdout).toBe('tick 10\n');
      for (const name of ['file', 'descriptor']) {
        const types = readPrinted(readFileSync(`${folder}/${name}`, 'utf8')).messages.map(({ type }) => type);
        expect(types).toEqual(['armed', ...Array(10).fill('hit'), 'summary']);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('another program after an exec: the name is looked up again, and its hits go on', async () => {
    const [before, after] = [await buildFixture('exec-other'), await buildFixture('signals-status')];
    const next = [after, '--writes', '60', '--interval', '20', '--exit', '7'];
    const run = await runHwbkpt(['watch', 'shared', '--json', '--', before, '--', ...next]);
    const events = messagesOf(run, 'event').map(({ event }) => event);
    expect(events.filter((event) => event !== 'unseen-change')).toEqual(['exec', 'armed-again']);
    const functions = messagesOf(run, 'hit').map(({ function: name }) => name);
    expect(functions.filter((name) => name === 'before_exec')).toHaveLength(10);
    expect(functions).toContain('tick');
    expect(messagesOf(run, 'summary')[0]?.not_covered).toContain('after-exec');
    expect(run.status).toBe(7);
  });

  test('a name that the next program does not have ends its watch', async () => {
    const before = await buildFixture('exec-other');
    const run = await runHwbkpt(['watch', 'shared', '--', before, '--', '/bin/sleep', '0.3']);
    expect(run.stderr).toMatch(/hwbkpt: watch shared ended: .*sleep/);
    expect(run.status).toBe(0);
  });
});

describeWith(['perf', 'ptrace'], 'who and stat', () => {
  test('who: places, most frequent first', async () => {
    const program = await buildFixture('threads-fork-read');
    const args = ['shared', '--inherit', 'children', '--', program, '--count', '50', '--reads', '0'];
    const text = await runHwbkpt(['who', ...args]);
    expect(text.stdout.split('\n').slice(-6, -1)).toEqual([
      'COUNT    FIRST     LAST  PLACE',
      ...['early_a', 'early_b', 'late_writer', 'child_writer'].map((name, i) =>
        expect.stringMatching(new RegExp(`^ {3}50  ${i + 1}000001  ${i + 1}000050  ${name} \\(threads-fork-read\\.c:\\d+\\)$`)),
      ),
    ]);
    const json = await runHwbkpt(['who', '--json', ...args]);
    expect(messagesOf(json, 'group').map(({ function: name, count, first, last }) => [name, count, first, last])).toEqual([
      ['early_a', 50, '1000001', '1000050'],
      ['early_b', 50, '2000001', '2000050'],
      ['late_writer', 50, '3000001', '3000050'],
      ['child_writer', 50, '4000001', '4000050'],
    ]);
    expect(json.messages.at(-1)?.type).toBe('summary');
  });

  test('stat: a line for each watch, also for one without hits', async () => {
    const program = await buildFixture('demo/demo');
    const args = ['state.players[2].hp', 'state.players[3].hp', '--', program, '1', '100'];
    const text = await runHwbkpt(['stat', ...args]);
    expect(text.stdout.split('\n').slice(-4, -1)).toEqual([
      'COUNT  THREADS  WATCH',
      '  102        1  state.players[2].hp',
      '    0        0  state.players[3].hp',
    ]);
    const json = await runHwbkpt(['stat', '--json', ...args]);
    expect(messagesOf(json, 'count')).toEqual([
      { type: 'count', watch: 'state.players[2].hp', count: 102, threads: 1 },
      { type: 'count', watch: 'state.players[3].hp', count: 0, threads: 0 },
    ]);
  });
});

describeWith(['perf', 'ptrace', 'command:script', 'command:stty'], 'who on a terminal', () => {
  test('is kept up to date, and ends as the table', async () => {
    await using target = await startTarget('signals-status', { args: ['--writes', '80', '--interval', '20'] });
    await using terminal = new TerminalRun(['who', 'shared', '--pid', String(target.pid)], { columns: 200, rows: 24 });
    await terminal.waitForLine(/armed/);
    target.go();
    const { status, stdout } = await terminal.finishedWithin(30_000);
    expect(status).toBe(0);
    expect(stdout.match(/COUNT +FIRST +LAST +PLACE/g)?.length).toBeGreaterThan(3);
    expect(new Screen(200).write(stdout).lines.slice(-3)).toEqual([
      'COUNT  FIRST  LAST  PLACE',
      expect.stringMatching(/^ {3}80 {6}1 {4}80 {2}tick \(signals-status\.c:\d+\)$/),
      expect.stringMatching(/^hwbkpt: 80 hits/),
    ]);
  });

  test('shows the last hits also when no more come', async () => {
    await using target = await startTarget('signals-status', { args: ['--writes', '3000', '--interval', '1'] });
    await using terminal = new TerminalRun(['who', 'shared', '--pid', String(target.pid)], { columns: 200, rows: 24 });
    await terminal.waitForLine(/armed/);
    target.go();
    await terminal.waitForLine(/COUNT/);
    target.signal('SIGSTOP');
    // The table is drawn again within a fifth of a second; some time later it stands still.
    let before: string;
    do {
      before = terminal.stdout.text;
      await sleep(600);
    } while (terminal.stdout.text !== before);
    const drawn = new Screen(200).write(before).lines.at(-1);
    terminal.send('\x03');
    const { stdout } = await terminal.finishedWithin(20_000);
    expect(new Screen(200).write(stdout).lines.at(-2)).toBe(drawn);
  });

  test('gives way where the target writes to the same terminal', async () => {
    const program = await buildFixture('partial-lines');
    await using terminal = new TerminalRun(['who', 'shared', '--', program, '--count', '40'], { columns: 200, rows: 50 });
    const { stdout } = await terminal.finishedWithin(30_000);
    const lines = new Screen(200).write(stdout).lines;
    for (let step = 1; step <= 40; step++) expect(lines.join('\n')).toContain(`step ${step} ...`);
    expect(lines.slice(-2)[0]).toMatch(/^ {3}40 {6}1 {4}40 {2}tick/);
  });
});

describeWith(['perf', 'ptrace'], 'doctor and regs', () => {
  test('doctor: every register fires on its own memory', async () => {
    const text = await runHwbkpt(['doctor']);
    expect(text.stdout).toMatch(/^Linux \S+, x64; engine (bpf|perf): 4 of 4 debug registers fired/);
    expect(text.status).toBe(0);
    const { stdout } = await runHwbkpt(['doctor', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({
      type: 'doctor',
      engine: expect.stringMatching(/^(bpf|perf)$/),
      engines: expect.arrayContaining([{ name: 'perf', works: true, problem: null, advice: null }]),
      slots_working: 4,
      process: null,
      advice: expect.any(Array),
    });
  });

  test('doctor --pid: what is known of its files', async () => {
    await using target = await startTarget('hot');
    const text = await runHwbkpt(['doctor', '--pid', String(target.pid)]);
    expect(text.stdout).toMatch(
      new RegExp(`^process ${target.pid} hot \\(.*/hot\\), 1 thread, not traced; what is known of its files:\\n  debug-info  .*/hot$`, 'm'),
    );
    const { stdout } = await runHwbkpt(['doctor', '--pid', String(target.pid), '--json']);
    const { process: examined } = JSON.parse(stdout) as { process: { modules: { path: string; symbols: string }[] } };
    expect(examined.modules).toContainEqual({ path: target.program, symbols: 'debug-info' });
  });

  test('regs: what a tracer sees', async () => {
    await using target = await startTarget('hot');
    const text = await runHwbkpt(['regs', '--pid', String(target.pid)]);
    expect(text.stdout.split('\n').slice(0, 7)).toEqual([
      'DR0  0x0',
      'DR1  0x0',
      'DR2  0x0',
      'DR3  0x0',
      expect.stringMatching(/^DR6 {2}0x/),
      'DR7  0x0',
      '     slot 0  off',
    ]);
    const { stdout } = await runHwbkpt(['regs', '--pid', String(target.pid), '--json']);
    expect(JSON.parse(stdout)).toEqual({
      type: 'registers',
      pid: target.pid,
      tid: target.pid,
      dr0: '0x0',
      dr1: '0x0',
      dr2: '0x0',
      dr3: '0x0',
      dr6: expect.stringMatching(/^0x/),
      dr7: '0x0',
    });
    target.go();
    expect((await target.finishedWithin(20_000)).stdout).toContain('counter 999999');
  });
});

describe('decode and help', () => {
  test('decode explains, and loads nothing that it does not need', async () => {
    const { stdout, status } = await runHwbkpt(['decode', 'dr7', '0xd0101']);
    expect(stdout).toContain('slot 0  on (local)  write  4 bytes');
    expect(status).toBe(0);
    const script = `const { main } = await import(${JSON.stringify(`${HWBKPT}/../../dist/cli/main.js`)});
      await main(['decode', 'dr6', '1']);
      console.log((await import('node:fs')).readFileSync('/proc/self/maps', 'utf8').includes('koffi') ? 'koffi' : 'lean');`;
    await using node = new ManagedProcess(process.execPath, ['--input-type=module', '-e', script]);
    expect((await node.finishedWithin(20_000)).stdout).toMatch(/^dr6 0x1\n[\s\S]*\nlean\n$/);
  });

  test('decode --json', async () => {
    const { stdout } = await runHwbkpt(['decode', 'DR6', '0xffff4ff1', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ type: 'dr6', value: '0xffff4ff1', hits: [0], single_step: true });
  });

  test.each(['watch', 'who', 'stat', 'doctor', 'regs', 'decode', 'demo'])('%s --help', async (command) => {
    const { stdout, stderr, status } = await runHwbkpt([command, '--help']);
    expect(stdout).toMatch(new RegExp(`^Usage: hwbkpt ${command}`));
    expect(stdout).toContain('\nExamples:\n');
    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect((await runHwbkpt(['help', command])).stdout).toBe(stdout);
  });

  test('without a command: help, as an error', async () => {
    const { stdout, stderr, status } = await runHwbkpt([]);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^Usage: hwbkpt/);
    expect(status).toBe(2);
  });

  test('--version', async () => {
    expect((await runHwbkpt(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});
