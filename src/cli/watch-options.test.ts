import { describe, expect, test } from 'vitest';
import type { Invocation } from './command-spec.js';
import { UsageError } from './errors.js';
import { wholeNumber } from './numbers.js';
import { commonOptions } from './watch-options.js';

function invocation(options: Invocation['options'] = {}, command: readonly string[] | null = ['./prog']): Invocation {
  return { arguments: ['counter'], options, command };
}

function refusal(options: Invocation['options'], command?: readonly string[] | null): string {
  try {
    commonOptions(invocation(options, command), 'watch');
  } catch (error) {
    if (error instanceof UsageError) return `${error.message}\n${error.hint ?? ''}`;
    throw error;
  }
  throw new Error('was taken');
}

test('what is not said', () => {
  expect(commonOptions(invocation(), 'watch')).toEqual({
    command: 'watch',
    clients: 16,
    expressions: ['counter'],
    target: { kind: 'command', argv: ['./prog'] },
    watch: {
      access: 'write',
      as: undefined,
      condition: undefined,
      changesOnly: false,
      priority: undefined,
      stackDepth: 0,
      instruction: false,
      follow: false,
      everyCall: false,
    },
    engine: 'auto',
    inherit: 'threads',
    limit: null,
    durationMs: null,
    strict: false,
    quiet: false,
    output: undefined,
    json: false,
    maxRate: null,
  });
});

test('--follow goes with nothing that takes registers away, or has no pointers on its way', () => {
  expect(commonOptions(invocation({ follow: true }), 'watch').watch.follow).toBe(true);
  expect(refusal({ follow: true, priority: '20', access: 'x' })).toContain('--follow cannot go with --priority and --access x');
  expect(refusal({ follow: true, kernel: true }, null)).toContain('--follow cannot go with --kernel');
});

test('what is said', () => {
  const options = { pid: '12', tid: '13', access: 'rw', limit: '5', duration: '0.5', as: 'u32', stack: '7', json: true, output: 'x' };
  expect(commonOptions(invocation(options, null), 'watch')).toMatchObject({
    target: { kind: 'pid', pid: 12, tid: 13 },
    watch: { access: 'readwrite', as: 'u32', stackDepth: 7 },
    limit: 5,
    durationMs: 500,
    json: true,
    output: 'x',
  });
  expect(commonOptions(invocation({ stack: true }), 'watch').watch.stackDepth).toBe(16);
});

test('sharing is what nobody forbids, with as many as one says', () => {
  expect(commonOptions(invocation({ share: false }), 'watch').clients).toBeNull();
  expect(commonOptions(invocation({ share: true, clients: '3' }), 'watch').clients).toBe(3);
  expect(refusal({ clients: '1001' })).toContain('--clients goes to 1000');
});

test('the kernel is a target, with a file of its names and with types of its own', () => {
  const options = { kernel: true, vmlinux: 'vmlinux', as: 'struct list_head' };
  expect(commonOptions(invocation(options, null), 'watch')).toMatchObject({
    target: { kind: 'kernel', vmlinux: 'vmlinux' },
    watch: { as: 'struct list_head' },
  });
});

test('the same expression twice is watched once', () => {
  expect(commonOptions({ ...invocation(), arguments: ['a', 'b', 'a'] }, 'watch').expressions).toEqual(['a', 'b']);
});

describe('is refused with what would work:', () => {
  test('no target, with one example of each form', () => {
    const text = refusal({}, null);
    expect(text).toContain('no target');
    expect(text).toContain('hwbkpt watch counter --pid 4711 ');
    expect(text).toContain('--tid 4712');
    expect(text).toContain('-- ./program');
    expect(text).toContain('hwbkpt watch counter --kernel ');
    expect(refusal({}, [])).toContain('no target');
  });

  test.each([
    [{ pid: '1' }, ['./prog'], 'either --pid or a command'],
    [{ tid: '1' }, null, '--tid needs --pid'],
    [{ tid: '1' }, ['./prog'], '--tid needs --pid'],
    [{}, [''], 'the command after -- is empty'],
    [{ kernel: true, pid: '1' }, null, 'either --pid or --kernel'],
    [{ kernel: true }, ['./prog'], 'either --kernel or a command'],
    [{ kernel: true, tid: '1' }, null, '--tid cannot go with --kernel'],
    [{ kernel: true, inherit: 'children' }, null, '--inherit cannot go with --kernel'],
    [{ vmlinux: 'vmlinux', pid: '1' }, null, '--vmlinux needs --kernel'],
  ] as const)('target %j with command %j', (options, command, message) => {
    expect(refusal(options, command)).toContain(message);
  });

  test.each([
    ['limit', '0', '--limit takes a whole number from 1, not "0"'],
    ['limit', '1.5', '--limit takes a whole number'],
    ['limit', '99999999999999999999', '--limit takes a whole number'],
    ['duration', '0', '--duration takes seconds, such as 10 or 0.5'],
    ['duration', 'soon', '--duration takes seconds'],
    ['duration', ' ', '--duration takes seconds'],
    ['duration', 'Infinity', '--duration takes seconds'],
    ['stack', '0', '--stack takes a whole number from 1'],
    ['stack', '128', '--stack goes to 127 frames at most'],
    ['as', 'float128', 'Types: int8, int16'],
  ])('--%s %s', (name, value, message) => {
    expect(refusal({ [name]: value })).toContain(message);
  });
});

test('wholeNumber', () => {
  expect(wholeNumber(undefined, '--n', 1)).toBeNull();
  expect(wholeNumber('007', '--n', 1)).toBe(7);
  expect(() => wholeNumber('-1', '--n', 1)).toThrow(UsageError);
  expect(() => wholeNumber('0x10', '--n', 1)).toThrow(UsageError);
});
