// Conditions on the hits of real programs: what passes is all there is, for whoever counts, whichever engine places the breakpoints.
import { expect, test } from 'vitest';
import type { JsonValue } from '../../src/model/messages.js';
import { ConditionError } from '../../src/session/index.js';
import { describeWith } from '../helpers/requirement.js';
import { type Observed, observe } from './observed.js';

const ENGINES = [
  { engine: 'perf', needs: ['perf', 'gcc'] },
  { engine: 'bpf', needs: ['bpf', 'privileged', 'perf', 'gcc'] },
] as const;

function values({ hits }: Observed): JsonValue[] {
  return hits.map(({ newValue }) => newValue);
}

for (const { engine, needs } of ENGINES) {
  describeWith(needs, `conditions, engine ${engine}`, () => {
    const ofTypes = (name: string, condition: string, changesOnly = false): Promise<Observed> =>
      observe('value-types', [name], { target: { engine }, watch: { condition, changesOnly } });

    test.each([
      ['int8_value', 'new < 0', [-1, -128]],
      ['int32_value', 'new > old', [1, 2147483647, 0]],
      ['int64_value', 'new == 9007199254740993 || new == -9223372036854775808', ['-9223372036854775808', '9007199254740993']],
      ['uint8_value', 'new > 127', [255]],
      ['uint64_value', 'new > 0x7fffffffffffffff', ['18446744073709551615']],
      ['bool_value', '!new', [false]],
      ['char_value', "new == 'a' || new == '\\n'", ['a', 10]],
      ['enum_value', 'new == GREEN || new == BLUE', ['GREEN', 'BLUE']],
      ['pointer_value', 'new == 0', ['0x0']],
      ['bitfield_value.middle', 'new != old && new > 100', [127]],
      ['bitfield_value.high', 'new < 0 && old >= 0', [-1]],
    ])('%s: %s', async (name, condition, expected) => {
      const seen = await ofTypes(name, condition);
      expect(values(seen)).toEqual(expected);
      expect(seen.summary).toMatchObject({ hits: expected.length, lost: 0, unseen_changes: 0 });
      expect(seen.watches.map(({ hits }) => hits)).toEqual([expected.length]);
    });

    test('a float that nobody knows is shown, one that is known is tested', async () => {
      const { hits } = await ofTypes('double_value', 'new > 1');
      for (const { newValue } of hits) if (newValue !== null) expect(Number(newValue)).toBeGreaterThan(1);
      const all = await observe('value-types', ['double_value'], { target: { engine } });
      const wanted = all.hits.filter(({ newValue }) => newValue === null || Number(newValue) > 1);
      // How many values the perf engine can tell depends on the moment.
      if (engine === 'bpf') expect(values({ ...all, hits: wanted })).toEqual(hits.map(({ newValue }) => newValue));
    });

    test('of a hundred thousand writes those that are asked for', async () => {
      const { hits, summary } = await observe('hot', ['counter'], {
        fixture: { args: ['--writes', '100000'] },
        target: { engine },
        watch: { condition: 'new % 10000 == 9999' },
      });
      expect(hits.map(({ newValue }) => newValue)).toEqual(Array.from({ length: 10 }, (_, i) => String(i * 10000 + 9999)));
      expect(summary).toMatchObject({ hits: 10, lost: 0, unseen_changes: 0 });
    });

    test('of the hits of several threads those of one, by its name or its number', async () => {
      const run = { fixture: { args: ['--count', '20'] }, target: { engine } };
      const all = await observe('threads-fork-read', ['shared'], run);
      const of = await observe('threads-fork-read', ['shared'], { ...run, watch: { condition: 'tid == pid && !kernel && cpu < 1024' } });
      expect(all.hits.some(({ tid, pid }) => tid !== pid)).toBe(true);
      expect(of.hits.length).toBe(all.hits.filter(({ tid, pid, kernel }) => tid === pid && !kernel).length);
      expect(of.hits.every(({ tid, pid, kernel }) => tid === pid && !kernel)).toBe(true);
      const named = await observe('threads-fork-read', ['shared'], { ...run, watch: { condition: 'comm != "threads-fork-re"' } });
      expect(named.hits).toEqual([]);
    });

    test('a value that is no number can have changed', async () => {
      const { hits } = await ofTypes('long_double_value', 'new != old', true);
      for (const { sameValue } of hits) expect(sameValue).toBe(false);
      expect(hits.length).toBeGreaterThanOrEqual(1);
    });

    test('what counts, counts what passes', async () => {
      const { watches, summary } = await observe('hot', ['counter'], {
        fixture: { args: ['--writes', '5000'] },
        target: { engine },
        watch: { condition: 'new < 100', keep: 'counts' },
      });
      expect(watches[0]?.tally().reduce((sum, { count }) => sum + count, 0)).toBe(100);
      expect(summary).toMatchObject({ hits: 100, lost: 0 });
    });

    test('a condition that means nothing for the variable arms nothing', async () => {
      await expect(ofTypes('int32_value', 'new > 1.5')).rejects.toThrow(ConditionError);
    });
  });
}
