// Which engine auto takes with which privilege, what doctor says of the others, and what is said where one is asked for that does not work.
import { expect, inject, test } from 'vitest';
import { buildFixture } from '../helpers/build-fixture.js';
import { type Ended, ManagedProcess } from '../helpers/managed-process.js';
import { HWBKPT, REPOSITORY } from '../helpers/paths.js';
import { describeWith } from '../helpers/requirement.js';
import { AS_NOBODY } from './unprivileged.js';
import { CallFilter } from './without-call.js';

/** CAP_SYS_ADMIN stands for both of the others. */
function without(...capabilities: string[]): string[] {
  const dropped = ['sys_admin', ...capabilities].map((name) => `-${name}`).join(',');
  return ['setpriv', '--bounding-set', dropped, '--inh-caps', dropped];
}

/** Runs hwbkpt behind the words of another command. */
async function runBehind(words: readonly string[], args: readonly string[]): Promise<Ended> {
  const problem = inject('distProblem');
  if (problem !== null) throw new Error(problem);
  const [file = process.execPath, ...rest] = [...words, process.execPath, HWBKPT, ...args];
  await using running = new ManagedProcess(file, rest, { cwd: REPOSITORY });
  return await running.finishedWithin(30_000);
}

interface DoctorMessage {
  readonly engine: string;
  readonly slots_working: number;
  readonly engines: readonly {
    readonly name: string;
    readonly works: boolean;
    readonly problem: string | null;
    readonly advice: string | null;
  }[];
  readonly advice: readonly string[];
}

async function doctor(words: readonly string[]): Promise<DoctorMessage> {
  const { stdout } = await runBehind(words, ['doctor', '--json']);
  return JSON.parse(stdout) as DoctorMessage;
}

const WORKS = { works: true, problem: null, advice: null };

describeWith(['perf', 'bpf'], 'with every privilege', () => {
  test('auto takes bpf; doctor fires its four slots, and shows that the others work too', async () => {
    const message = await doctor([]);
    expect(message).toMatchObject({ engine: 'bpf', slots_working: 4 });
    expect(message.engines).toEqual([
      { name: 'bpf', ...WORKS },
      { name: 'perf', ...WORKS },
      { name: 'stop', ...WORKS },
    ]);
    const text = await runBehind([], ['doctor']);
    expect(text.stdout).toMatch(/^engines, the best first; auto takes bpf:\n {2}works {2}bpf\n {2}works {2}perf\n {2}works {2}stop$/m);
  });
});

describeWith(['perf', 'ptrace', 'bpf', 'root', 'gcc', 'command:setpriv'], 'without a capability', () => {
  const cases: readonly [string, readonly string[], string, RegExp][] = [
    ['CAP_BPF', without('bpf'), 'no CAP_BPF', /give it CAP_BPF \(/],
    ['CAP_PERFMON', without('perfmon'), 'no CAP_PERFMON', /give it CAP_PERFMON \(/],
    ['both', without('bpf', 'perfmon'), 'no CAP_BPF and no CAP_PERFMON', /give it CAP_BPF and CAP_PERFMON \(/],
  ];

  test.each(cases)('%s: auto takes perf, and doctor says why', async (_, words, problem, advice) => {
    const message = await doctor(words);
    expect(message).toMatchObject({ engine: 'perf', slots_working: 4 });
    expect(message.engines).toEqual([
      { name: 'bpf', works: false, problem, advice: expect.stringMatching(advice) },
      { name: 'perf', ...WORKS },
      { name: 'stop', ...WORKS },
    ]);
    expect(message.advice).toContainEqual(expect.stringMatching(new RegExp(`^For the bpf engine \\(${problem}\\): .*`)));
    const watched = await runBehind(words, ['stat', 'counter', '--', await buildFixture('hot'), '--writes', '10']);
    expect(watched.stderr).toContain('engine perf');
    expect(watched.status).toBe(0);
  });

  test.each(cases)('%s: bpf by name is refused, with what perf can do', async (_, words, problem, advice) => {
    const args = ['stat', 'counter', '--engine', 'bpf', '--', await buildFixture('hot'), '--writes', '10'];
    const { status, stdout, stderr } = await runBehind(words, args);
    const [first, second, third, ...rest] = stderr.split('\n');
    expect(first).toBe(`hwbkpt: engine bpf does not work here: ${problem}`);
    expect(second).toMatch(advice);
    expect(third).toMatch(
      /^ {2}The perf engine \(--engine perf\) watches processes all the same: .*The kernel itself cannot be watched with it\.$/,
    );
    expect({ status, stdout, rest }).toEqual({ status: 125, stdout: '', rest: [''] });
  });

  test('CAP_SYS_ADMIN alone: processes can be watched with bpf, the kernel cannot', async () => {
    const message = await doctor(without());
    expect(message).toMatchObject({ engine: 'bpf', slots_working: 4 });
    expect(message.advice).toContainEqual(expect.stringMatching(/^Kernel variables cannot be watched: .* need CAP_SYS_ADMIN/));
  });

  test('as nobody: the same, and the kernel writes are not seen', async () => {
    const message = await doctor(AS_NOBODY);
    expect(message.engine).toBe('perf');
    expect(message.engines[0]).toMatchObject({ name: 'bpf', works: false, problem: 'no CAP_BPF and no CAP_PERFMON' });
    expect(message.advice).toContainEqual(expect.stringContaining('What the kernel writes'));
  });
});

describeWith(['perf', 'bpf', 'gcc'], 'under a filter', () => {
  test.each([
    ['bpf', 1, /^a container's filter \(seccomp\) forbids it \(bpf .*EPERM\)$/],
    ['bpf', 38, /^this kernel has no bpf, or a container's filter hides it \(bpf .*ENOSYS\)$/],
  ] as const)('that makes %s fail with errno %i: auto takes perf', async (call, errno, problem) => {
    using filter = new CallFilter();
    const message = await doctor(filter.words(call, errno));
    expect(message).toMatchObject({ engine: 'perf', slots_working: 4 });
    expect(message.engines[0]).toEqual({
      ...{ name: 'bpf', works: false },
      ...{ problem: expect.stringMatching(problem), advice: expect.stringContaining('--cap-add BPF --cap-add PERFMON') },
    });
  });

  test('that forbids perf events: auto takes the stop engine, which arms debug registers, and says what that risks', async () => {
    using filter = new CallFilter();
    const words = filter.words('perf_event_open', 1);
    const message = await doctor(words);
    expect(message).toMatchObject({ engine: 'stop', slots_working: 4 });
    const [bpf, perf, stop] = message.engines;
    expect([bpf?.works, perf?.works, stop]).toEqual([false, false, { name: 'stop', ...WORKS }]);
    for (const one of [bpf, perf]) {
      expect(one?.problem).toMatch(/perf_event_open.*EPERM/);
      expect(one?.advice).toMatch(/container/);
    }
    const counted = await runBehind(words, ['stat', 'counter', '--', await buildFixture('hot'), '--writes', '10']);
    expect(counted.stderr).toMatch(/^hwbkpt: perf_event_open is refused here/);
    expect(counted.stdout).toMatch(/^ +10 +1 +counter$/m);
    expect(counted.status).toBe(0);
    const refused = await runBehind(words, ['stat', 'counter', '--engine', 'perf', '--', await buildFixture('hot'), '--writes', '10']);
    expect(refused.stderr).toMatch(/^hwbkpt: engine perf does not work here: perf_event_open .*EPERM\n.*container.*\n.*--engine stop/);
    expect(refused.status).toBe(125);
  });
});

describeWith(['perf', 'ptrace', 'bpf', 'gcc', 'command:unshare'], 'as root of a user namespace', () => {
  const inNamespace = ['unshare', '--user', '--map-root-user'];

  test('capabilities do not count: bpf says so, perf works without them', async () => {
    const message = await doctor(inNamespace);
    expect(message).toMatchObject({ engine: 'perf', slots_working: 4 });
    expect(message.engines[0]?.problem).toMatch(/^capabilities of a user namespace do not count for BPF/);
    const watched = await runBehind(inNamespace, ['stat', 'counter', '--', await buildFixture('hot'), '--writes', '10']);
    expect(watched.stdout).toMatch(/^ +10 +1 +counter$/m);
    expect(watched.status).toBe(0);
  });
});
