// Every fixture builds without a warning and prints what its first comment says: the other tests count on these figures.
import { dirname } from 'node:path';
import { expect, test } from 'vitest';
import { buildFixture } from './build-fixture.js';
import { fixtureNames } from './fixture-source.js';
import { type Ended, ManagedProcess } from './managed-process.js';
import { describeWith, type Requirement } from './requirement.js';
import { startTarget } from './target.js';

/** One run of a fixture. */
interface Expectation {
  readonly args?: readonly string[];
  /** Exact standard output. */
  readonly prints: string;
  /** Default 0. */
  readonly status?: number;
  readonly signal?: NodeJS.Signals;
}

const VECTOR_STORES = [
  ...[
    'store_sse_aligned',
    'store_sse_unaligned',
    'store_sse_quad',
    'store_sse_double',
    'store_avx',
    'store_non_temporal',
    'store_immediate',
  ],
  ...['store_long', 'store_word', 'store_byte', 'store_straddling', 'store_stosq', 'store_rep_stosq', 'store_rep_stosb', 'store_rep_movsq'],
  ...['store_rep_movsb', 'library_memcpy', 'library_memset'],
];
const ATOMICS =
  'xchg 5 5|xadd 5 1015|cmpxchg_success 5 5|cmpxchg_failure 5 1000|lock_add 5 1015|lock_sub 5 985|lock_or 5 1007|lock_and 5 1000|' +
  'lock_xor 5 1001|lock_inc 5 1005|lock_dec 5 995|lock_neg 5 -1000|lock_not 5 -1001|lock_bts 5 1022|add 5 1015|add_immediate 5 1015|' +
  'adc 5 1020|shl 5 32000|add_byte 5 1015|';
const VALUE_TYPES =
  'int8 5|int16 5|int32 5|int64 6|uint8 3|uint16 3|uint32 3|uint64 4|float 8|double 8|long_double 3|bool 3|char 6|enum 4|pointer 3|bitfield 4|';
/** What steady-threads must print, worked out independently of it. */
function steadyThreads(seconds: number): string {
  const count = seconds * 2500;
  const lines = [0, 1, 2, 3].map((thread) => {
    let checksum = 0xcbf29ce484222325n;
    for (let i = 1; i <= count; i++) checksum = BigInt.asUintN(64, (checksum ^ BigInt(i + thread)) * 0x100000001b3n);
    return `thread ${thread} count ${count} checksum ${checksum.toString(16).padStart(16, '0')}|`;
  });
  return `${lines.join('')}total ${count * 4}|`;
}

/** Lines end with `|` here. */
const EXPECTED: Readonly<Record<string, readonly Expectation[]>> = {
  'after-exec': [{ prints: 'after_exec 10|', status: 7 }],
  atomics: [{ prints: ATOMICS }],
  'access-forms': [{ prints: 'shared 7|' }],
  'blocked-signals': [{ prints: 'shared 10|' }, { args: ['--unblock', '--writes', '3'], prints: 'shared 3|' }],
  'call-chain': [{ prints: 'outer_a 10|outer_b 10|' }],
  containers: [{ prints: 'total 1116|' }],
  'cpp-members': [{ prints: 'hurt_int 10|hurt_double 10|put 10|lambda 10|' }],
  'debug-register-tracee': [{ prints: '' }],
  'written-threads': [{ prints: '' }],
  'debugger-scenes': [
    {
      args: [
        ...['counts', 'pointers', 'locals', 'recursion', 'wide', 'bitfields', 'sizes', 'bytes', 'reads', 'four', 'at_once', 'in_a_row'],
        ...['one_line', 'system_call', 'children'],
      ],
      prints: 'played 15|',
    },
  ],
  'thread-scenes': [{ args: ['apart', 'in_turn', 'everywhere', 'of_one_name', 'both_read', 'at_label', 'mixed'], prints: 'played 7|' }],
  debugged: [{ args: ['--threads', '2', '--fork', '--vfork'], prints: 'rounds 10 counter 1055 signals 1|' }],
  'fork-rounds': [{ args: ['--rounds', '3'], prints: 'child counter 3000 traced 0|parent counter 300 traced 0|' }],
  'demo/demo': [{ args: ['1', '500'], prints: "the game runs for 1 seconds|mia's health was wrong 9 times, and nobody knows why|" }],
  'early-writes': [{ prints: 'constructor 100|in_main 10|destructor 5|', status: 7 }],
  'first-instruction': [{ prints: '', status: 7 }],
  hot: [{ args: ['--writes', '1000'], prints: 'counter 999|' }],
  'hot-threads': [
    { args: ['--writes', '10'], prints: 'thread 0 writes 10|thread 1 writes 10|' },
    { args: ['--writes', '10', '--shared', '--threads', '3'], prints: 'thread 0 writes 10|thread 1 writes 10|thread 2 writes 10|' },
  ],
  'optimised-out': [{ prints: 'keep 10 585|' }],
  'partial-lines': [{ args: ['--count', '2'], prints: 'step 1 ... done|step 2 ... done|' }],
  'perf-on-command': [{ prints: 'stores 0|loads 0|calls 0|' }],
  'same-value': [{ prints: 'put 30|changes 15|look 5|' }],
  'signals-status': [
    { args: ['--exit', '5'], prints: 'tick 10|', status: 5 },
    { args: ['--kill', '6', '--writes', '3'], prints: 'tick 3|', signal: 'SIGABRT' },
  ],
  stacks: [{ args: ['--rounds', '2'], prints: 'rounds 2|' }],
  'stacks-cpp': [{ args: ['--rounds', '2'], prints: 'rounds 2|' }],
  stepped: [{ prints: 'sorted 59 text 166 copied 9 jumps 5 signals 3|' }],
  'steady-threads': [{ args: ['--seconds', '1'], prints: steadyThreads(1) }],
  'first-thread-ends': [{ args: ['--writes', '3'], prints: 'writes 3|' }],
  'signals-kept': [
    { args: ['--writes', '5'], prints: 'left 43|right 44|written 5|' },
    { args: ['--own', '2', '--number', '10', '--writes', '5'], prints: 'signals 10 2|left 43|right 44|written 5|' },
  ],
  'looked-at': [{ prints: 'round 1|round 2|round 3|total 363|' }],
  'frame-locals': [{ args: ['--pause', '10'], prints: 'sum_up 30|' }],
  'moving-path': [{ args: ['--pause', '10'], prints: 'write_len 80|moves 4|' }],
  'struct-path': [{ prints: 'damage 50|heal 5|move_all 50|next_value 50|' }],
  'thread-local': [{ prints: 'thread 0 10|thread 1 10|' }],
  'threads-fork-read': [
    { prints: 'early_a 100|early_b 100|late_writer 100|child_writer 100|kernel_fill 10|', status: 7 },
    {
      args: ['--concurrent', '--count', '5', '--reads', '2', '--status', '0'],
      prints: 'early_a 5|early_b 5|late_writer 5|child_writer 5|kernel_fill 2|',
    },
  ],
  'two-statics-a': [{ prints: 'tick_a 10|tick_b 20|' }],
  'value-types': [{ prints: VALUE_TYPES }],
  'values-on-command': [{ prints: 'commands 0|' }, { args: ['--megabytes', '1', '--unreadable'], prints: 'commands 0|' }],
};

/** What has a test of its own below. */
const OTHERWISE_TESTED = [
  ...[
    'direct-read',
    'dlopen-late',
    'dlopen-late-lib',
    'environment-dump',
    'exec-other',
    'hidden-writes',
    'ia32',
    'ia32-tracer',
    'thread-churn',
    'vector-stores',
  ],
  'perf-open-as',
];

const NEEDED: Readonly<Record<string, Requirement>> = { containers: 'g++', 'cpp-members': 'g++', 'stacks-cpp': 'g++' };

async function run(program: string, args: readonly string[]): Promise<Ended> {
  await using running = new ManagedProcess(program, args);
  return await running.finishedWithin(20_000);
}

describeWith(['gcc'], 'fixtures', () => {
  test('each is tested here', () => {
    expect([...Object.keys(EXPECTED), ...OTHERWISE_TESTED].sort()).toEqual(fixtureNames());
  });

  test('a second build is the first one', async () => {
    const [once, again] = await Promise.all([buildFixture('hot'), buildFixture('hot')]);
    expect(again).toBe(once);
    expect(await buildFixture('hot', { flags: ['-O0'] })).not.toBe(once);
  });

  test('what does not build is refused with the reason', async () => {
    await expect(buildFixture('hot', { flags: ['-DOUT_OF_LINE=nonsense'] })).rejects.toThrow(
      /fixture hot does not build:\n.*OUT_OF_LINE.* redefined/s,
    );
    expect(() => buildFixture('no-such')).toThrow(/no fixture no-such: there are (\S+, )*after-exec, /);
  });

  test('dlopen-late loads its library', async () => {
    const ended = await run(await buildFixture('dlopen-late'), [await buildFixture('dlopen-late-lib')]);
    expect(ended).toMatchObject({ status: 0, stdout: 'library_write 10\n' });
  });

  test.each([[[]], [['--from-thread']]])('exec-other becomes another program %j', async (options) => {
    const [program, next] = await Promise.all([buildFixture('exec-other'), buildFixture('after-exec')]);
    const ended = await run(program, [...options, '--', next, '--status', '3']);
    expect(ended).toMatchObject({ status: 3, stdout: 'before_exec 10\nafter_exec 10\n' });
  });

  test('hidden-writes makes visible writes, and hidden ones where it may', async () => {
    const { stdout } = await run(await buildFixture('hidden-writes'), []);
    expect(stdout).toMatch(/^visible_write 12\nother_mapping 3\nprocess_vm_writev (3|refused)\nproc_mem (3|refused)\n$/);
  });

  test('environment-dump shows arguments, environment, descriptors and signals', async () => {
    await using running = new ManagedProcess(await buildFixture('environment-dump'), ['one', ''], { environment: { HWBKPT_SEEN: 'yes' } });
    const { stdout } = await running.finishedWithin(20_000);
    const expected = [
      'arg 1 one',
      'arg 2 ',
      'env HWBKPT_SEEN=yes',
      'fd 0 /dev/null mode 0 close-on-exec 0',
      'status SigBlk:\t0000000000000000',
    ];
    expect(stdout.split('\n')).toEqual(expect.arrayContaining(expected));
  });

  test('thread-churn makes exactly as many writes after go as it was told', async () => {
    await using target = await startTarget('thread-churn', { args: ['--after', '777', '--each', '7'] });
    expect(target.shown('counter').size).toBe(8);
    target.go();
    expect((await target.finishedWithin(20_000)).stdout).toMatch(/writes_after_go 777\nthreads_after_go \d+\n$/);
  });

  test('perf-on-command does what it is told', async () => {
    await using running = new ManagedProcess(await buildFixture('perf-on-command'), [], { stdin: 'pipe' });
    running.send('1 main make-threads 2\n2 threads store 0 8 3\n3 main fork\n4 child 0 load 0 4 1\n5 child 0 exec\n6 child 0 signals\n');
    running.send('7 child 0 exit\n8 main end-threads\n9 main call 2\n');
    running.closeInput();
    const { stdout, status } = await running.finishedWithin(20_000);
    const done = Array.from({ length: 9 }, (_, at) => `done ${at + 1}\n`).join('');
    expect({ stdout, status }).toEqual({ stdout: `${done}stores 6\nloads 0\ncalls 2\n`, status: 0 });
  });

  test('perf-open-as says how it is to be called', async () => {
    expect(await run(await buildFixture('perf-open-as'), ['perfmon'])).toMatchObject({ status: 64, stdout: '' });
  });

  test('vector-stores makes every kind of store', async () => {
    const { stdout } = await run(await buildFixture('vector-stores'), []);
    const counts = stdout.replace('store_avx 0', 'store_avx 5');
    expect(counts).toBe(VECTOR_STORES.map((name) => `${name} 5\n`).join(''));
  });

  test('signals-status ends early when it is interrupted', async () => {
    await using target = await startTarget('signals-status', { args: ['--interval', '10000', '--exit', '4'] });
    target.go();
    target.signal('SIGINT');
    const { status, stdout } = await target.finishedWithin(20_000);
    expect(status).toBe(4);
    expect(stdout).toMatch(/got SIGINT\ntick \d+\n$/);
  });
});

describeWith(['gcc', 'ia32'], 'the 32-bit fixture', () => {
  test('runs', async () => {
    await using target = new ManagedProcess(await buildFixture('ia32'), []);
    expect(await target.finishedWithin(20_000)).toMatchObject({ status: 7, stdout: 'ready\n' });
  });
});

for (const [name, expectations] of Object.entries(EXPECTED)) {
  describeWith([NEEDED[name] ?? 'gcc'], `fixture ${name}`, () => {
    test.each(expectations)('prints what it says: $args', async ({ args, prints, status, signal }) => {
      const ended = await run(await buildFixture(name), args ?? []);
      expect(ended.stdout).toBe(prints.replaceAll('|', '\n'));
      expect(ended).toMatchObject(signal === undefined ? { status: status ?? 0, signal: null } : { status: null, signal });
    });

    test('lies in the build folder under its own name', async () => {
      expect(dirname(await buildFixture(name))).toMatch(/\/build\/fixtures\/[\w-]+-[0-9a-f]{12}$/);
    });
  });
}
