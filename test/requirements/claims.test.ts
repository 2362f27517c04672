// An id counts where the page says that it does: in titles, cases and comments of tests, and in the sources of scenarios.
import { describe, expect, test } from 'vitest';
import { claimsOfScenario, claimsOfSource, MisreadSource } from './claims.js';
import { namedIds } from './named-ids.js';
import type { RequirementId } from './requirement.js';

const KNOWN: readonly RequirementId[] = ['R-101', 'R-102', 'R-105', 'T-L-01', 'T-L-02', 'T-L-10', 'T-NB-05', 'N-1', 'N-2', 'N-10'];

function named(text: string): RequirementId[] {
  return namedIds(claimsOfSource(text).join('\n'), KNOWN);
}

describe('ids', () => {
  test.each([
    ['(R-105)', ['R-105']],
    ['R-101, T-L-02 and N-10: R-101', ['R-101', 'T-L-02', 'N-10']],
    ['R-101 to R-103', ['R-101', 'R-103', 'R-102']],
    ['T-L-02–T-L-10', ['T-L-02', 'T-L-10']],
    ['N-1..N-9', ['N-1', 'N-9', 'N-2']],
    ['R-101 to T-L-10', ['R-101', 'T-L-10']],
    ['R-1011, R-10, R-101-a, XR-101, T-R-101, N-1a', []],
    ['R-999', ['R-999']],
  ])('%s', (text, ids) => {
    expect(namedIds(text, KNOWN)).toEqual(ids);
  });
});

describe('sources', () => {
  test.each([
    ['a title', "test('reads back (R-105)', () => {});"],
    ['a title in backquotes', 'test(`reads back (R-105)`, () => {});'],
    ['a group', "describeWith(['perf'], 'R-105 in groups', () => {});"],
    ['a title of a table', "test.each(rows)('%s (R-105)', () => {});"],
    ['a case', "import x from 'x';\nexport const CASES = [{ title: 'R-105 gathers', run }];"],
    ['a comment above a test', "import { test } from 'vitest';\n// R-105\ntest('gathers', () => {});"],
    ['a comment above a case', "const CASES = [\n  // R-105\n  { title: 'gathers', run },\n];"],
    ['two comments above a test', "let a = 1;\n// R-105\n// gathers\ntest('gathers', () => {});"],
    ['a comment within a test', "test('gathers', () => {\n  // As R-105 has it.\n  expect(a).toBe(b);\n});"],
  ])('%s counts', (_, text) => {
    expect(named(text)).toEqual(['R-105']);
  });

  test.each([
    ['a comment above a helper', "test('gathers', run);\n/** As R-105 has it. */\nfunction run() {}"],
    ['the comment at the head', "// Shows R-105.\nimport { test } from 'vitest';\ntest('gathers', () => {});"],
    ['what is expected', "test('prints', () => { expect(lines).toEqual(['note (R-105)']); });"],
    ['a scenario that a test reads', 'const text = `title a\nsource R-105\n`;'],
    ['a scenario with its lines escaped', "const text = 'title a\\nsource R-105';"],
    ['what is asked for', "test('prints', () => { expect(lines('R-105')).resolves.toContain('note (R-105)'); });"],
    ['a test to be written', "test.todo('gathers (R-105)');"],
    ['a test that is skipped', "test.skip('gathers (R-105)', () => {\n  // R-105\n});"],
    ['a table that is skipped', "test.skip.each(rows)('gathers (R-105)', () => {});"],
    ['what is in a group that is skipped', "describe.skip('later', () => { test('gathers (R-105)', () => {}); });"],
    ['a comment in a file without tests', "import x from 'x';\n/** As R-105 has it. */\nexport const x = 1;"],
  ])('%s does not count', (_, text) => {
    expect(named(text)).toEqual([]);
  });

  test('what cannot be read is told, not skipped', () => {
    expect(() => claimsOfSource("test('R-105', () => {")).toThrow(MisreadSource);
  });
});

test('of a scenario the lines with its source count', () => {
  const text =
    'scenario two hits, as in R-101\nsource S0, R-105\n  source T-L-10 # not N-10\n# source T-L-01\nresource N-1\nexpect dr6 # N-2\n';
  expect(namedIds(claimsOfScenario(text).join('\n'), KNOWN)).toEqual(['R-105', 'T-L-10']);
});
