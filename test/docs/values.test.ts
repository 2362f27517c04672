// docs/values.md explains every source a value can have, and its examples have the sources it says.
import { expect, test } from 'vitest';
import type { ValueSource } from '../../src/model/value.js';
import { buildFixture } from '../helpers/build-fixture.js';
import { describeWith } from '../helpers/requirement.js';
import { messagesOf, runHwbkpt } from '../helpers/run-hwbkpt.js';
import { pageText, sectionsOf } from './markdown.js';

/** The compiler holds this against the type. */
const SOURCES: Readonly<Record<ValueSource, true>> = {
  registers: true,
  instruction: true,
  arithmetic: true,
  unchanged: true,
  memory: true,
  sequence: true,
  trap: true,
  racy: true,
};

const sections = sectionsOf(pageText('docs/values.md'));

test('every source is in the table', () => {
  expect(sections.find(({ title }) => title === 'value_source')?.keys).toEqual(Object.keys(SOURCES));
});

describeWith(['perf', 'gcc'], 'the examples of docs/values.md', () => {
  test('instructions have the source that the page says', async () => {
    const run = await runHwbkpt(['watch', 'word', '--json', '--engine', 'perf', '--', await buildFixture('atomics'), '--count', '2']);
    const sources = new Map<string | null, Set<ValueSource | null>>();
    for (const { function: name, value_source } of messagesOf(run, 'hit'))
      sources.set(name, (sources.get(name) ?? new Set()).add(value_source));
    expect(sources.get('reset')).toEqual(new Set(['instruction']));
    expect(sources.get('do_cmpxchg_success')).toEqual(new Set(['registers']));
    expect(sources.get('do_cmpxchg_failure')).toEqual(new Set(['unchanged']));
    for (const name of ['do_lock_inc', 'do_lock_add', 'do_lock_or', 'do_shl']) expect(sources.get(name)).toEqual(new Set(['arithmetic']));
    // Each is followed by another hit at once, so that nobody could read memory; the first of two xchg is told by the second.
    expect(sources.get('do_xchg')).toEqual(new Set(['sequence', null]));
    expect(sources.get('do_adc')).toEqual(new Set([null]));
  });

  test('a value has a source, and where there is none there is no value', async () => {
    const run = await runHwbkpt(['watch', 'word', '--json', '--', await buildFixture('atomics'), '--count', '1']);
    expect(messagesOf(run, 'summary')).toMatchObject([{ lost: 0, unseen_changes: 0 }]);
    expect(messagesOf(run, 'hit').filter(({ value_source, new: value }) => (value_source === null) !== (value === null))).toEqual([]);
  });
});

describeWith(['bpf', 'privileged', 'gcc'], 'docs/values.md and an engine that reads', () => {
  test('what registers do not show is read in the trap', async () => {
    const run = await runHwbkpt(['watch', 'word', '--json', '--engine', 'bpf', '--', await buildFixture('atomics'), '--count', '2']);
    const sources = (name: string) => new Set(messagesOf(run, 'hit').flatMap((hit) => (hit.function === name ? [hit.value_source] : [])));
    expect(sources('do_xchg')).toEqual(new Set(['trap']));
    expect(sources('do_adc')).toEqual(new Set(['trap']));
    expect(sources('do_cmpxchg_failure')).toEqual(new Set(['unchanged']));
  });
});
