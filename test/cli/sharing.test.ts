// Several commands on one process: they share its debug registers through the socket of the first, and go on when that one is gone.
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { afterAll, expect, test } from 'vitest';
import { buildFixture } from '../helpers/build-fixture.js';
import { describeWith } from '../helpers/requirement.js';
import { messagesOf, RunningHwbkpt, readPrinted, runHwbkpt } from '../helpers/run-hwbkpt.js';
import { startTarget, type Target } from '../helpers/target.js';

const runtime = mkdtempSync(`${tmpdir()}/hwbkpt-sharing-`);
const environment = { XDG_RUNTIME_DIR: runtime };
afterAll(() => rmSync(runtime, { recursive: true }));

/** A program that stores what it is told to. */
async function startStorer(): Promise<Target> {
  const target = await startTarget('values-on-command');
  target.go();
  return target;
}

function store(target: Target, name: string, value: number): Promise<string> {
  target.send(`${name} ${value}\n`);
  return target.waitForLine(new RegExp(`^${name} ${value}$`));
}

function start(target: Target, ...args: string[]): RunningHwbkpt {
  return new RunningHwbkpt(['watch', ...args, '--pid', String(target.pid), '--json'], { environment });
}

const hitOf = (name: string, value: number): RegExp => new RegExp(`^{"type":"hit","watch":"${name}".*"new":${value},`);
const eventOf = (name: string): RegExp => new RegExp(`^{"type":"event","event":"${name}"`);

async function ended(running: RunningHwbkpt): Promise<ReturnType<typeof readPrinted> & { readonly status: number | null }> {
  running.signal('SIGINT');
  const { status, stdout } = await running.finishedWithin(20_000);
  return { status, ...readPrinted(stdout) };
}

const socketOf = (target: Target): string => `${runtime}/hwbkpt/${target.pid}.sock`;

describeWith(['perf', 'gcc'], 'two commands on one process', () => {
  test('see each what they watch, as if alone', async () => {
    await using target = await startStorer();
    await using owner = start(target, 'zeroed');
    expect(await owner.waitForMessage('armed')).not.toHaveProperty('shared_with');
    expect(statSync(socketOf(target)).mode & 0o777).toBe(0o600);
    await using joined = start(target, 'initial', '--stack', '2');
    expect(await joined.waitForMessage('armed')).toMatchObject({ shared_with: owner.pid, watch: 'initial', size: 4, threads: 1 });
    for (let value = 1; value <= 5; value++) {
      await store(target, 'zeroed', value);
      await store(target, 'initial', 10 * value);
    }
    await owner.waitForLine(hitOf('zeroed', 5));
    await joined.waitForLine(hitOf('initial', 50));
    const [first, second] = [await ended(joined), await ended(owner)];
    const values = (run: typeof first): unknown[] => messagesOf(run, 'hit').map(({ old, new: now }) => [old, now]);
    expect(values(first)).toEqual([[77001, 10], ...[1, 2, 3, 4].map((value) => [10 * value, 10 * value + 10])]);
    expect(values(second)).toEqual([0, 1, 2, 3, 4].map((value) => [value, value + 1]));
    const [one] = messagesOf(first, 'hit');
    expect(one).toMatchObject({ pid: target.pid, tid: target.pid, function: 'main', access: 'write', size: 4, kernel: false });
    expect(one?.file).toMatch(/values-on-command\.c$/);
    expect(one?.stack?.length).toBeGreaterThan(1);
    const [ownSummary] = messagesOf(second, 'summary');
    expect(messagesOf(first, 'summary')).toEqual([ownSummary]);
    expect([first.status, second.status]).toEqual([0, 0]);
    expect(existsSync(socketOf(target))).toBe(false);
  });

  test('who and stat count through the owner', async () => {
    await using target = await startStorer();
    await using owner = start(target, 'zeroed');
    await owner.waitForMessage('armed');
    const options = ['--pid', String(target.pid), '--json'];
    await using who = new RunningHwbkpt(['who', 'initial', ...options], { environment });
    await using stat = new RunningHwbkpt(['stat', 'initial', 'zeroed', ...options], { environment });
    expect(await who.waitForMessage('armed')).toMatchObject({ shared_with: owner.pid });
    await stat.waitForLine(/"watch":"zeroed"/);
    for (let value = 1; value <= 7; value++) await store(target, 'initial', value);
    const grouped = await ended(who);
    expect(messagesOf(grouped, 'group')).toMatchObject([{ watch: 'initial', function: 'main', count: 7, first: 1, last: 7 }]);
    expect(messagesOf(grouped, 'summary')).toMatchObject([{ hits: 7, lost: 0 }]);
    const counts = messagesOf(await ended(stat), 'count').map(({ watch, count }) => [watch, count]);
    expect(counts).toEqual([
      ['initial', 7],
      ['zeroed', 0],
    ]);
  });

  test('are refused in the same words', async () => {
    await using target = await startStorer();
    await using owner = start(target, 'zeroed');
    await owner.waitForMessage('armed');
    for (const args of [['zeroedd'], ['initial.x'], ['initial', '--if', 'new >'], ['0x10:64']]) {
      const asked = ['watch', ...args, '--pid', String(target.pid)];
      const alone = await runHwbkpt([...asked, '--no-share'], { environment });
      const joined = await runHwbkpt(asked, { environment });
      expect([joined.stderr, joined.status]).toEqual([alone.stderr, alone.status]);
    }
  });

  test('do not share with --no-share, with another engine, or with one thread', async () => {
    await using target = await startStorer();
    const pid = String(target.pid);
    await using own = start(target, 'zeroed', '--no-share');
    await own.waitForMessage('armed');
    expect(existsSync(socketOf(target))).toBe(false);
    await using owner = start(target, 'zeroed', '--engine', 'perf');
    await owner.waitForMessage('armed');
    for (const others of [['--no-share'], ['--tid', pid], ['--inherit', 'none']]) {
      await using other = start(target, 'initial', ...others);
      expect(await other.waitForMessage('armed')).not.toHaveProperty('shared_with');
    }
    const told = await runHwbkpt(['watch', 'initial', '--pid', pid, '--inherit', 'children', '--duration', '0.1'], { environment });
    expect(told.stderr).toContain('hwbkpt: not shared: it watches with --inherit threads\n');
  });

  test('that come at once are one owner and its clients', async () => {
    await using target = await startStorer();
    await using a = start(target, 'zeroed');
    await using b = start(target, 'zeroed');
    await using c = start(target, 'initial');
    const all = [a, b, c];
    const armed = await Promise.all(all.map((one) => one.waitForMessage('armed')));
    const [owner, ...more] = all.filter((_, at) => armed[at]?.shared_with === undefined);
    expect(more).toEqual([]);
    expect(armed.flatMap((message) => message.shared_with ?? [])).toEqual([owner?.pid, owner?.pid]);
    await store(target, 'zeroed', 8);
    await a.waitForLine(hitOf('zeroed', 8));
    await b.waitForLine(hitOf('zeroed', 8));
  });

  test('are no more than --clients says', async () => {
    await using target = await startStorer();
    await using owner = start(target, 'zeroed', '--clients', '1');
    await owner.waitForMessage('armed');
    await using second = start(target, 'zeroed');
    expect(await second.waitForMessage('armed')).toHaveProperty('shared_with');
    await using third = start(target, 'initial');
    expect(await third.waitForMessage('armed')).not.toHaveProperty('shared_with');
  });
});

describeWith(['perf', 'gcc'], 'a higher priority', () => {
  test("takes another command's register, which that one is told, and told again when it is back", async () => {
    await using target = await startStorer();
    await using owner = start(target, ...['mapped', 'shared', 'wide'].map((name) => addressOf(target, name)));
    await owner.waitForLine(new RegExp(`"watch":"${addressOf(target, 'wide')}"`));
    await using low = start(target, 'zeroed', '--priority', '20');
    await low.waitForMessage('armed');
    await using high = start(target, 'initial', '--priority', '90');
    await high.waitForMessage('armed');
    await low.waitForLine(eventOf('evicted'));
    await using last = start(target, addressOf(target, 'small'), '--priority', '10');
    await last.waitForLine(eventOf('waiting'));
    await store(target, 'zeroed', 1);
    await store(target, 'initial', 2);
    await high.waitForLine(hitOf('initial', 2));
    await ended(high);
    await low.waitForLine(eventOf('installed'));
    await store(target, 'zeroed', 3);
    await low.waitForLine(hitOf('zeroed', 3));
    const run = await ended(low);
    expect(messagesOf(run, 'hit').map(({ new: now }) => now)).toEqual([3]);
    expect(messagesOf(run, 'summary')[0]?.not_covered).toContain('no-register');
    await last.waitForLine(eventOf('installed'));
    expect(messagesOf(await ended(last), 'event').map(({ event }) => event)).toEqual(['waiting', 'installed']);
    expect(messagesOf(await ended(owner), 'event')).toEqual([]);
  });

  test('is seen by doctor', async () => {
    await using target = await startStorer();
    await using owner = start(target, 'zeroed');
    await owner.waitForMessage('armed');
    await using joined = start(target, 'initial', '--priority', '20');
    await joined.waitForMessage('armed');
    const text = await runHwbkpt(['doctor', '--pid', String(target.pid)], { environment });
    expect(text.stdout).toContain(`hwbkpt ${owner.pid} has it and lets others join; who has which debug register:\n`);
    expect(text.stdout).toMatch(new RegExp(`^  watch ${owner.pid}: zeroed, 0x[0-9a-f]+, 4 bytes$`, 'm'));
    expect(text.stdout).toMatch(new RegExp(`^  watch ${joined.pid}: initial, 0x[0-9a-f]+, 4 bytes, priority 20$`, 'm'));
  });
});

function addressOf(target: Target, name: string): string {
  const { address, size } = target.shown(name);
  return `0x${address.toString(16)}:${size}`;
}

describeWith(['perf', 'gcc'], 'a command that has joined', () => {
  test('attaches again when the owner is killed, and says so', async () => {
    await using target = await startStorer();
    await using owner = start(target, 'zeroed');
    await owner.waitForMessage('armed');
    await using one = start(target, 'initial');
    await using two = start(target, 'zeroed');
    for (const joined of [one, two]) expect(await joined.waitForMessage('armed')).toMatchObject({ shared_with: owner.pid });
    await store(target, 'initial', 1);
    await one.waitForLine(hitOf('initial', 1));
    owner.signal('SIGKILL');
    for (const joined of [one, two]) await joined.waitForLine(eventOf('armed-again'));
    await store(target, 'initial', 2);
    await store(target, 'zeroed', 3);
    await one.waitForLine(hitOf('initial', 2));
    await two.waitForLine(hitOf('zeroed', 3));
    const runs = [await ended(one), await ended(two)];
    for (const run of runs) {
      expect(messagesOf(run, 'event').slice(0, 3)).toMatchObject([
        { event: 'owner-left', owner: owner.pid },
        { event: 'attached-again' },
        { event: 'armed-again', threads: 1 },
      ]);
      expect(messagesOf(run, 'summary')[0]).toMatchObject({ lost: 0, not_covered: expect.arrayContaining(['owner-left']) });
    }
    // One of them has had the process since then, and the other has joined it.
    const owners = runs.map((run) => messagesOf(run, 'event').find((event) => event.event === 'attached-again')?.owner);
    expect([
      [null, one.pid],
      [two.pid, null],
    ]).toContainEqual(owners);
  });

  test('goes on when the owner has seen enough', async () => {
    await using target = await startStorer();
    await using owner = start(target, 'zeroed', '--limit', '1');
    await owner.waitForMessage('armed');
    await using joined = start(target, 'initial');
    await joined.waitForMessage('armed');
    await store(target, 'initial', 1);
    await store(target, 'zeroed', 2);
    await owner.finishedWithin(20_000);
    await joined.waitForLine(eventOf('armed-again'));
    await store(target, 'initial', 3);
    await joined.waitForLine(hitOf('initial', 3));
    expect(messagesOf(await ended(joined), 'hit').map(({ old, new: now }) => [old, now])).toEqual([
      [77001, 1],
      [1, 3],
    ]);
  });

  test('ends with the process', async () => {
    await using target = await startStorer();
    await using owner = start(target, 'zeroed');
    await owner.waitForMessage('armed');
    await using joined = start(target, 'initial');
    await joined.waitForMessage('armed');
    await store(target, 'initial', 4);
    target.closeInput();
    await target.finishedWithin(20_000);
    const run = readPrinted((await joined.finishedWithin(20_000)).stdout);
    expect(run.messages.map(({ type }) => type)).toEqual(['armed', 'hit', 'summary']);
  });

  test('may have joined one that launched its program', async () => {
    await using owner = new RunningHwbkpt(['watch', 'zeroed', '--json', '--', await buildFixture('values-on-command'), '--wait'], {
      environment,
      stdin: 'pipe',
    });
    await owner.waitForMessage('armed');
    const pid = Number(readFileSync(`/proc/${owner.pid}/task/${owner.pid}/children`, 'utf8'));
    await owner.waitForLine(/^ready$/);
    await using joined = new RunningHwbkpt(['watch', 'initial', '--pid', String(pid), '--json'], { environment });
    expect(await joined.waitForMessage('armed')).toMatchObject({ shared_with: owner.pid });
    owner.send('\ninitial 9\n');
    await joined.waitForLine(hitOf('initial', 9));
  });
});

describeWith(['perf', 'gcc'], 'the socket', () => {
  test('takes what nobody would say, and goes on', async () => {
    await using target = await startStorer();
    await using owner = start(target, 'zeroed');
    await owner.waitForMessage('armed');
    const frame = (text: string): Buffer => {
      const head = Buffer.alloc(4);
      head.writeUInt32LE(text.length);
      return Buffer.concat([head, Buffer.from(text)]);
    };
    const said = [
      frame('{}'),
      frame('nonsense'),
      frame('{"type":"slots","id":1}'),
      Buffer.from('GET / HTTP/1.1\r\n\r\n'),
      Buffer.alloc(4096, 255),
    ];
    for (const bytes of said) expect(await answered(socketOf(target), bytes)).toMatch(/"type":"failed"/);
    await using joined = start(target, 'initial');
    expect(await joined.waitForMessage('armed')).toMatchObject({ shared_with: owner.pid });
    await store(target, 'zeroed', 1);
    await owner.waitForLine(hitOf('zeroed', 1));
  });

  test('is made only in a folder of its own', async () => {
    const open = mkdtempSync(`${tmpdir()}/hwbkpt-open-`);
    try {
      mkdirSync(`${open}/hwbkpt`);
      chmodSync(`${open}/hwbkpt`, 0o755);
      await using target = await startStorer();
      const args = ['watch', 'zeroed', '--pid', String(target.pid), '--duration', '0.1'];
      const run = await runHwbkpt(args, { environment: { XDG_RUNTIME_DIR: open } });
      expect(run.status).toBe(0);
      expect(run.stderr).toContain('hwbkpt: not shared: there is no folder that only this user may enter\n');
      expect(existsSync(`${open}/hwbkpt/${target.pid}.sock`)).toBe(false);
    } finally {
      rmSync(open, { recursive: true });
    }
  });

  test('that was left behind is replaced', async () => {
    await using target = await startStorer();
    await using killed = start(target, 'zeroed');
    await killed.waitForMessage('armed');
    killed.signal('SIGKILL');
    await killed.finished;
    expect(existsSync(socketOf(target))).toBe(true);
    await using owner = start(target, 'zeroed');
    expect(await owner.waitForMessage('armed')).not.toHaveProperty('shared_with');
    await using joined = start(target, 'initial');
    expect(await joined.waitForMessage('armed')).toMatchObject({ shared_with: owner.pid });
  });

  test('of a process that has ended is taken away by the next owner that ends', async () => {
    const dead = await startStorer();
    await using killed = start(dead, 'zeroed');
    await killed.waitForMessage('armed');
    killed.signal('SIGKILL');
    await killed.finished;
    await dead[Symbol.asyncDispose]();
    expect(existsSync(socketOf(dead))).toBe(true);
    await using target = await startStorer();
    await using owner = start(target, 'zeroed');
    await owner.waitForMessage('armed');
    await ended(owner);
    expect(existsSync(socketOf(dead))).toBe(false);
  });
});

/** What the owner says to `bytes`, until it has said something or hangs up. */
function answered(path: string, bytes: Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.on('error', reject);
    socket.on('data', (answer) => {
      resolve(answer.toString('utf8'));
      socket.destroy();
    });
    socket.on('close', () => resolve(''));
    socket.write(bytes);
  });
}
