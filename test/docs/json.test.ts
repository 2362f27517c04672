// docs/json.md names every type of JSON line with its fields, in the order of real output, and its examples are such lines.
import { writeSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import type {
  ArmedMessage,
  CountMessage,
  EventMessage,
  GroupMessage,
  HitMessage,
  Message,
  SummaryMessage,
} from '../../src/model/messages.js';
import { SearchFolder } from '../find/found.js';
import { buildFixture } from '../helpers/build-fixture.js';
import { describeWith } from '../helpers/requirement.js';
import { messagesOf, RunningHwbkpt, runHwbkpt } from '../helpers/run-hwbkpt.js';
import { startTarget, type Target } from '../helpers/target.js';
import { pageText, sectionsOf } from './markdown.js';

type Fields<T> = Readonly<Record<keyof T, true>>;
type Event<Name extends EventMessage['event']> = Extract<EventMessage, { event: Name }>;

/** The compiler holds these against the types, and the tests hold the page against these. */
const TYPES: { readonly [T in Message['type']]: readonly string[] } = {
  armed: keys<ArmedMessage>({
    type: true,
    watch: true,
    address: true,
    size: true,
    engine: true,
    threads: true,
    cpus: true,
    value_slots: true,
    pointer_slots: true,
    shared_with: true,
    not_covered: true,
  }),
  hit: keys<HitMessage>({
    ...{ type: true, watch: true, time_ns: true, pid: true, tid: true, comm: true, cpu: true, access: true, address: true, size: true },
    ...{
      ip: true,
      function: true,
      file: true,
      line: true,
      old: true,
      new: true,
      value_source: true,
      kernel: true,
      repeat: true,
      stack: true,
      instruction: true,
      instruction_address: true,
      cgroup: true,
    },
  }),
  group: keys<GroupMessage>({
    ...{ type: true, watch: true, function: true, file: true, line: true, kernel: true, count: true },
    ...{ estimate: true, watched: true, first: true, last: true, stack: true },
  }),
  count: keys<CountMessage>({
    ...{ type: true, watch: true, count: true, threads: true, pid: true, tid: true, comm: true, estimate: true, watched: true },
  }),
  summary: keys<SummaryMessage>({
    ...{ type: true, hits: true, lost: true, unseen_changes: true, threads: true, cpus: true, engine: true, not_covered: true },
  }),
  event: [],
};
const EVENTS: { readonly [E in EventMessage['event']]: readonly string[] } = {
  exec: keys<Event<'exec'>>({ type: true, event: true, pid: true, comm: true, time_ns: true }),
  'armed-again': keys<Event<'armed-again'>>({ type: true, event: true, watch: true, address: true, threads: true }),
  're-aimed': keys<Event<'re-aimed'>>({
    ...{ type: true, event: true, watch: true, address: true, time_ns: true, blind_ns: true, threads: true },
  }),
  'waiting-for-pointer': keys<Event<'waiting-for-pointer'>>({ type: true, event: true, watch: true, reason: true }),
  'waiting-for-library': keys<Event<'waiting-for-library'>>({ type: true, event: true, watch: true, library: true }),
  'waiting-for-call': keys<Event<'waiting-for-call'>>({ type: true, event: true, watch: true, function: true }),
  'frame-ended': keys<Event<'frame-ended'>>({ type: true, event: true, watch: true, time_ns: true }),
  'owner-left': keys<Event<'owner-left'>>({ type: true, event: true, owner: true, reason: true, time_ns: true }),
  'attached-again': keys<Event<'attached-again'>>({ type: true, event: true, owner: true, blind_ns: true, time_ns: true }),
  'watch-ended': keys<Event<'watch-ended'>>({ type: true, event: true, watch: true, reason: true }),
  waiting: keys<Event<'waiting'>>({ type: true, event: true, watch: true }),
  evicted: keys<Event<'evicted'>>({ type: true, event: true, watch: true }),
  installed: keys<Event<'installed'>>({ type: true, event: true, watch: true, threads: true }),
  fork: keys<Event<'fork'>>({ type: true, event: true, pid: true, child: true, time_ns: true }),
  'unseen-change': keys<Event<'unseen-change'>>({
    ...{ type: true, event: true, watch: true, pid: true, time_ns: true, expected: true, found: true },
  }),
  lost: keys<Event<'lost'>>({ type: true, event: true, count: true, time_ns: true }),
  throttled: keys<Event<'throttled'>>({ type: true, event: true, count: true, time_ns: true }),
};
/** What commands print that watch nothing; their types are checked by what they print. */
const OTHERS = ['place', 'found', 'doctor', 'registers', 'dr7', 'dr6'];

const sections = new Map(sectionsOf(pageText('docs/json.md')).map((section) => [section.title, section]));

function keys<T>(fields: Fields<T>): string[] {
  return Object.keys(fields);
}

/** The fields that the page gives for what `line` is. */
function documented(line: { readonly type: string; readonly event?: string }): readonly string[] | undefined {
  return sections.get(line.event ?? line.type)?.keys;
}

/** Whether the page says that some lines are without it. */
function isOptional(type: string, field: string): boolean {
  const row = pageText('docs/json.md')
    .split(`\n## ${type}\n`)[1]
    ?.split('\n## ')[0]
    ?.split('\n')
    .find((line) => line.startsWith(`| \`${field}\` |`));
  return /\| (only|likewise)\b/.test(row ?? '');
}

function expectDocumented(lines: readonly object[]): void {
  for (const line of lines) {
    const fields = documented(line as Message)?.filter((field) => field in line || !isOptional((line as Message).type, field));
    expect(Object.keys(line), JSON.stringify(line)).toEqual(fields);
  }
}

describe('docs/json.md', () => {
  test('has a section for every type and event, and no other', () => {
    const titles = [...sections.values()].filter(({ level }) => level > 1).map(({ title }) => title);
    expect(titles.sort()).toEqual([...Object.keys(TYPES), ...Object.keys(EVENTS), ...OTHERS].sort());
  });

  test.each(Object.entries({ ...TYPES, ...EVENTS }))('%s has the fields that the code has', (name, fields) => {
    expect(sections.get(name)?.keys).toEqual(fields);
  });

  test.each([...sections.values()].filter(({ blocks }) => blocks.length > 0))('the example of $title has its fields', ({ blocks }) => {
    expect(blocks).toHaveLength(1);
    expectDocumented([JSON.parse(blocks[0]?.text ?? '')]);
  });

  test('values are as the page says', async () => {
    const run = await runHwbkpt(['decode', 'dr7', '0xd0101', '--json']);
    expect(run.stdout).toBe(sections.get('dr7')?.blocks[0]?.text);
    expectDocumented(run.messages);
    expectDocumented((await runHwbkpt(['decode', 'dr6', '1', '--json'])).messages);
  });
});

async function writeMemory(target: Target, address: bigint, value: bigint): Promise<void> {
  const memory = await open(`/proc/${target.pid}/mem`, 'r+');
  try {
    writeSync(memory.fd, new BigInt64Array([value]), 0, 8, Number(address));
  } finally {
    await memory.close();
  }
}

describeWith(['perf', 'gcc'], 'docs/json.md and real output', () => {
  test('watch: armed, hit, fork, summary', async () => {
    const program = await buildFixture('threads-fork-read');
    const run = await runHwbkpt(['watch', 'shared', '--json', '--stack', '--inherit', 'children', '--', program, '--count', '2']);
    expect(new Set(run.messages.map(({ type }) => type))).toEqual(new Set(['armed', 'hit', 'event', 'summary']));
    expect(messagesOf(run, 'event')).toMatchObject([{ event: 'fork' }]);
    expectDocumented(run.messages);
  });

  test('who and stat: group, count', async () => {
    const program = await buildFixture('same-value');
    const who = await runHwbkpt(['who', 'shared', '--json', '--', program]);
    expect(messagesOf(who, 'group')).toHaveLength(1);
    const stat = await runHwbkpt(['stat', 'shared', '--json', '--', program]);
    expect(messagesOf(stat, 'count')).toHaveLength(1);
    const ways = await runHwbkpt(['who', 'shared', '--stack', '--json', '--', program]);
    expect(messagesOf(ways, 'group')[0]).toHaveProperty('stack');
    const threads = await runHwbkpt(['stat', 'shared', '--per-thread', '--json', '--', program]);
    expect(messagesOf(threads, 'count')[0]).toHaveProperty('comm');
    expectDocumented([...who.messages, ...stat.messages, ...ways.messages, ...threads.messages]);
  });

  test('events of an exec', async () => {
    const program = await buildFixture('exec-other');
    const ended = await runHwbkpt(['watch', 'shared', '--json', '--', program, '--', '/bin/sleep', '0.3']);
    expect(messagesOf(ended, 'event')).toMatchObject([{ event: 'exec' }, { event: 'watch-ended' }]);
    // Waits for its child after the exec, so that there is time to arm it again.
    const steady = await buildFixture('steady-threads');
    const again = await runHwbkpt(['watch', 'shared', '--json', '--limit', '100', '--', program, '--', steady, '--seconds', '1']);
    expect(messagesOf(again, 'event')).toMatchObject([{ event: 'exec' }, { event: 'armed-again' }]);
    expectDocumented([...ended.messages, ...again.messages]);
  });

  test('events of watches that follow', async () => {
    const path = await buildFixture('moving-path');
    const moving = ['watch', 'queue.head->len', '--follow', '--json', '--', path, '--rounds', '1', '--null', '--pause', '250000'];
    const run = await runHwbkpt(moving);
    expect(messagesOf(run, 'event')).toMatchObject([{ event: 'waiting-for-pointer' }, { event: 're-aimed' }]);
    const armed = await runHwbkpt(['watch', 'tail->next->len', '--follow', '--json', '--', path, '--rounds', '0']);
    expect(messagesOf(armed, 'armed')).toMatchObject([{ value_slots: 1, pointer_slots: 2 }]);
    const library = await runHwbkpt(['watch', 'none.so!name', '--follow', '--json', '--', path, '--rounds', '0']);
    expect(messagesOf(library, 'event')).toMatchObject([{ event: 'waiting-for-library', library: 'none.so' }]);
    const locals = await buildFixture('frame-locals', { flags: ['-O0'] });
    const call = await runHwbkpt(['watch', 'sum_up::total', '--json', '--', locals, '--calls', '2', '--pause', '250000']);
    expect(messagesOf(call, 'event').map(({ event }) => event)).toEqual(['waiting-for-call', 're-aimed', 'frame-ended', 'watch-ended']);
    expectDocumented([...run.messages, ...armed.messages, ...library.messages, ...call.messages]);
  });

  test('find: place, found', async () => {
    await using target = await startTarget('values-on-command');
    using folder = new SearchFolder();
    const { messages } = await runHwbkpt(['find', '77001', '--json', '--pid', String(target.pid)], { environment: folder.environment });
    expect(messages.length).toBeGreaterThan(1);
    expectDocumented(messages);
  });

  test('doctor', async () => {
    await using target = await startTarget('hot');
    expectDocumented((await runHwbkpt(['doctor', '--json', '--pid', String(target.pid)])).messages);
  });
});

// Yama, where it is on, lets hwbkpt read memory of its own children only, and this target is not its child.
describeWith(['perf', 'gcc', 'privileged'], 'docs/json.md and changes from outside', () => {
  test('an unseen change', async () => {
    await using target = await startTarget('hot');
    await using running = new RunningHwbkpt(['watch', 'counter', '--json', '--pid', String(target.pid)]);
    await running.waitForMessage('armed');
    // Until the value before is known, nothing can be found changed; and a look comes only now and then.
    for (let value = 1n; !running.stdout.text.includes('unseen-change') && value < 200n; value++) {
      await writeMemory(target, target.shown('counter').address, value);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const event = await running.waitForMessage('event');
    expect(event.event).toBe('unseen-change');
    expectDocumented([event]);
  });
});

describeWith(['ptrace', 'gcc'], 'docs/json.md and registers', () => {
  test('regs', async () => {
    await using target = await startTarget('hot');
    const run = await runHwbkpt(['regs', '--json', '--pid', String(target.pid)]);
    expect(run.messages).toHaveLength(1);
    expectDocumented(run.messages);
  });
});
