// What find cannot look for, and where it cannot look.
import { spawnSync } from 'node:child_process';
import { chmodSync, readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { expectRefusal } from '../cli/refusal.js';
import { describeUnprivileged, HWBKPT_AS_NOBODY } from '../cli/unprivileged.js';
import { buildFixture } from '../helpers/build-fixture.js';
import { ManagedProcess } from '../helpers/managed-process.js';
import { describeWith } from '../helpers/requirement.js';
import { runHwbkpt } from '../helpers/run-hwbkpt.js';
import { startTarget } from '../helpers/target.js';
import { SearchFolder } from './found.js';

test.each([
  [[], /^no target: whose memory\?$/, /hwbkpt find 100 --pid 4711/],
  [['5'], /^no target/, /--kernel/],
  [['--pid', '1'], /^what value\?$/, /hwbkpt find 100 --pid 4711/],
  [['5', '6', '--pid', '1'], /too many arguments/, /--help/],
  [['5', '--pid', '1', '--kernel'], /^give either --pid or --kernel, not both$/, /^$/],
  [['5', '--pid', 'x'], /^--pid takes a whole number from 1, not "x"$/, /^$/],
  [['5', '--pid', '1', '--type', 'int7'], /^--type does not know the type "int7"$/, /Types: int8, /],
  [['5', '--pid', '1', '--limit', '0'], /^--limit takes a whole number from 1/, /^$/],
  [['5', '--now', '6', '--pid', '1'], /^a value begins a new search; --was/, /To go on: hwbkpt find --now 5/],
  [['--was', '5', '--pid', '1'], /^--was needs --now/, /--was 5 --now 95/],
  [['--now', '5', '--changed', '--pid', '1'], /^give one of --now, --changed and --unchanged$/, /^$/],
  [['--now', '5', '--type', 'u8', '--pid', '1'], /^--type is settled by the call that began the search$/, /Leave it out/],
  [['--changed', '--in', 'heap', '--pid', '1'], /^--in is settled/, /begin a new search/],
  [['5', '--pid', '1', '--', 'x'], /takes no command after --$/, /^$/],
] as const)('wrong usage: %j', async (args, message, hint) => {
  await expectRefusal(['find', ...args], { status: 2, message, hint });
});

describeWith(['ptrace', 'gcc'], 'hwbkpt find refuses', () => {
  test.each([
    ['300', 'u8', /^300 does not fit u8, which goes from 0 to 255$/, /wider --type/],
    ['4294967296', 'int32', /^4294967296 does not fit int32/, /wider --type/],
    ['1.5', 'int64', /^"1\.5" is no value of type int64$/, /Whole numbers/],
    ['x1', 'f32', /^"x1" is no value of type f32$/, /Floating-point/],
    ['abc', 'bytes', /^"abc" is no run of bytes$/, /Two digits a byte/],
  ])('%s as %s', async (value, type, message, hint) => {
    await using target = await startTarget('values-on-command');
    await expectRefusal(['find', value, '--type', type, '--pid', String(target.pid)], { status: 2, message, hint });
  });

  test('a value that is no number', async () => {
    await using target = await startTarget('values-on-command');
    await expectRefusal(['find', 'health', '--pid', String(target.pid)], {
      status: 2,
      message: /^"health" is not a number$/,
      hint: /--type text/,
    });
  });

  test('a negative number is a value, and no option', async () => {
    await using target = await startTarget('values-on-command');
    using folder = new SearchFolder();
    const { found } = await folder.find('-123456', '--pid', String(target.pid));
    expect(found.value_type).toBe('int32');
  });

  test('processes that are not there, or have no memory', async () => {
    await expectRefusal(['find', '5', '--pid', '4194304'], { status: 125, message: /^there is no process 4194304$/, hint: /ps -e/ });
    const ended = spawnSync('true').pid;
    await expectRefusal(['find', '5', '--pid', String(ended)], { status: 125, message: /^there is no process/, hint: /ps -e/ });
    await expectRefusal(['find', '5', '--pid', '2'], { status: 125, message: /kernel thread$/, hint: /--kernel/ });
  });

  test('threads, with the process they belong to', async () => {
    await using target = await startTarget('hot-threads', { args: ['--writes', '1000000000'] });
    target.go();
    const threads = () => readdirSync(`/proc/${target.pid}/task`).filter((tid) => tid !== String(target.pid));
    while (threads().length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    await expectRefusal(['find', '5', '--pid', threads()[0] ?? ''], {
      status: 125,
      message: new RegExp(`is a thread of process ${target.pid}$`),
      hint: new RegExp(`--pid ${target.pid}`),
    });
  });

  test('memory that the process does not have, with what it has', async () => {
    await using target = await startTarget('values-on-command');
    await expectRefusal(['find', '5', '--in', 'libfoo.so', '--pid', String(target.pid)], {
      status: 125,
      message: new RegExp(`^process ${target.pid} has no writable memory called "libfoo\\.so"$`),
      hint: /What it has: .*values-on-command.*stack/,
    });
  });

  test('more places than can be kept', async () => {
    await using target = await startTarget('values-on-command', { args: ['--megabytes', '1'] });
    using folder = new SearchFolder();
    // Few enough here: what is kept is one place for each byte.
    const { found } = await folder.find('0', '--type', 'u8', '--pid', String(target.pid));
    expect(found.places).toBeGreaterThan(1_000_000);
    const { status } = await runHwbkpt(['find', '--unchanged', '--pid', String(target.pid)], { environment: folder.environment });
    expect(status).toBe(0);
  });
});

describeUnprivileged('hwbkpt find without privilege', () => {
  const [command, ...asNobody] = HWBKPT_AS_NOBODY;

  test('another user’s process is refused', async () => {
    await using target = await startTarget('values-on-command');
    await using run = new ManagedProcess(command, [...asNobody, 'find', '5', '--pid', String(target.pid)]);
    const { stdout, stderr, status } = await run.finishedWithin(30_000);
    expect(stderr).toMatch(/^hwbkpt: may not read the memory of process \d+\n {2}It belongs to user 0, you are user 65534/);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect({ stdout, status }).toEqual({ stdout: '', status: 125 });
  });

  test('one’s own can be searched', async () => {
    const [become = '', ...nobody] = HWBKPT_AS_NOBODY.slice(0, -2);
    await using target = new ManagedProcess(become, [...nobody, await buildFixture('values-on-command'), '--wait'], { stdin: 'pipe' });
    await target.waitForLine(/^ready$/);
    using folder = new SearchFolder();
    chmodSync(folder.path, 0o777);
    await using run = new ManagedProcess(command, [...asNobody, 'find', '77001', '--pid', String(target.pid)], {
      environment: { XDG_RUNTIME_DIR: undefined, TMPDIR: folder.path },
    });
    const { stdout, status } = await run.finishedWithin(30_000);
    expect(stdout).toMatch(/ 77001 {2}initial in .*values-on-command$/m);
    expect(status).toBe(0);
  });
});
