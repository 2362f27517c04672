// A launched program gets what it would get without hwbkpt: arguments, environment, descriptors, signals, limits, standard input.
import { dirname } from 'node:path';
import { expect, test } from 'vitest';
import { buildFixture } from '../helpers/build-fixture.js';
import { ManagedProcess } from '../helpers/managed-process.js';
import { REPOSITORY } from '../helpers/paths.js';
import { describeWith } from '../helpers/requirement.js';
import { RunningHwbkpt, runHwbkpt } from '../helpers/run-hwbkpt.js';
import { runShell } from './shell.js';

/** Names that a shell could not have, or would set itself. */
const ENVIRONMENT = {
  'BASH_FUNC_f%%': '() {  :\n}',
  'a.b': 'dots',
  IFS: ':',
  OPTIND: '7',
  PPID: '3',
  PS1: '> ',
  PWD: '/somewhere/else',
  OLDPWD: undefined,
  SHLVL: undefined,
  EMPTY: '',
  UTF8: 'naïve\t日本',
};

/** `main` of the program, which it runs once: any watch would do. */
const OPTIONS = ['watch', 'main', '--access', 'x', '--quiet', '-o', '/dev/null', '--'];

interface BothWays {
  readonly plain: string;
  readonly watched: string;
}

/** Runs a program plainly and by hwbkpt, each as the child of a shell that has prepared its surroundings. */
async function inShell(prepare: string, args: readonly string[]): Promise<BothWays> {
  const run = async (words: string): Promise<string> => {
    // With something after it, the shell does not become the command.
    const { status, stdout, stderr } = await runShell(`${prepare}\n${words} "$@"\nexit $?`, args);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    // bash's own variable holds the name of what it started.
    return stdout.replace(/^env _=.*\n/m, '');
  };
  return { plain: await run(''), watched: await run(`hwbkpt ${OPTIONS.join(' ')}`) };
}

describeWith(['perf', 'ptrace', 'command:bash'], 'a launched program', () => {
  test('gets the same arguments, environment, descriptors, signals and limits, byte for byte', async () => {
    const program = await buildFixture('environment-dump');
    const args = ['a b', '', '*', '--', '-x', 'ü'];
    const options = { environment: ENVIRONMENT, cwd: REPOSITORY };
    await using plain = new ManagedProcess(program, args, options);
    await using watched = new RunningHwbkpt([...OPTIONS, program, ...args], options);
    const [expected, got] = await Promise.all([plain.finishedWithin(30_000), watched.finishedWithin(30_000)]);
    expect(expected.stdout).toContain('env BASH_FUNC_f%%=');
    // Both are started by Node as leaders of their groups; what hwbkpt starts is in its group, as a shell's child would be.
    expect(got).toEqual({
      ...expected,
      stdout: expected.stdout.replace('group own', 'group inherited').replace('session own', 'session inherited'),
    });
  });

  test('gets descriptors that its starter has opened, also those a shell would use', async () => {
    const program = await buildFixture('environment-dump');
    const { plain, watched } = await inShell('exec 3</dev/null 8>/dev/null 9</etc/passwd 15</dev/null 40</dev/null', [program]);
    expect(plain).toContain('fd 9 /etc/passwd');
    expect(watched).toBe(plain);
  });

  test('gets the soft limit of open files, which Node raises for itself', async () => {
    const program = await buildFixture('environment-dump');
    const { plain, watched } = await inShell('ulimit -Sn 100', [program]);
    expect(plain).toMatch(/^limit 7 64 /m);
    expect(watched).toBe(plain);
  });

  test('is immune to SIGHUP where its starter was', async () => {
    const program = await buildFixture('environment-dump');
    const { plain, watched } = await inShell("trap '' HUP", [program]);
    expect(plain).toMatch(/^status SigIgn:\t0000000000000001$/m);
    expect(watched).toBe(plain);
  });

  test('reads its standard input', async () => {
    const { stdout, status } = await runShell(`printf 'one\\ntwo' | hwbkpt watch environ --quiet -o /dev/null -- cat`, []);
    expect(stdout).toBe('one\ntwo');
    expect(status).toBe(0);
  });

  test('gets a pipe that blocks, as its starter made it', async () => {
    const program = await buildFixture('partial-lines');
    // fdinfo of the pipe while hwbkpt runs: O_NONBLOCK would be 04000.
    const script = `hwbkpt watch shared --quiet -o /dev/null -- "$1" --count 30 2>&1 | { sleep 0.5; cat /proc/self/fdinfo/0 >&2; cat >/dev/null; }`;
    const { stderr } = await runShell(script, [program]);
    expect(stderr).toMatch(/^flags:\s*0[0-3]$/m);
  });

  test('is found in PATH like a shell finds it, under the name it was called by', async () => {
    const program = await buildFixture('environment-dump');
    const { stdout } = await runHwbkpt([...OPTIONS, 'environment-dump', 'x'], {
      environment: { PATH: `${dirname(program)}:${process.env['PATH']}` },
    });
    expect(stdout).toMatch(/^arg 0 environment-dump\narg 1 x\n/);
  });

  test('is seen from its first instruction', async () => {
    const run = await runHwbkpt(['stat', 'shared', '--json', '--', await buildFixture('early-writes')]);
    expect(run.messages).toContainEqual({ type: 'count', watch: 'shared', count: 115, threads: 1 });
    expect(run.status).toBe(7);
  });
});
