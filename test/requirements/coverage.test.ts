// Every row is shown by a test, or it is written down why not. When this fails, the failure names the rows and what to do.
import { describe, expect, test } from 'vitest';
import { REPOSITORY } from '../helpers/paths.js';
import { coverageOf, type Notes, staleNotes, unexpectedlyOpen } from './coverage.js';
import { LATER } from './later.js';
import { NOT_OBSERVABLE } from './not-observable.js';
import type { Requirement, RequirementId } from './requirement.js';
import { REQUIREMENTS } from './requirements.js';
import { scanTests } from './scan.js';
import { STILL_OPEN } from './still-open.js';

const LONGEST_STATEMENT = 140;
const NOTES: Notes = { notObservable: NOT_OBSERVABLE, later: LATER, stillOpen: STILL_OPEN };

const ids = REQUIREMENTS.map(({ id }) => id);
const { files, problems } = scanTests(REPOSITORY, ids);

describe('rows', () => {
  test('have one place each', () => {
    expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([]);
    expect(ids.length).toBeGreaterThan(0);
  });

  test(`are one sentence of at most ${LONGEST_STATEMENT} characters`, () => {
    const wrong = REQUIREMENTS.filter(({ statement }) => statement.length > LONGEST_STATEMENT || !/^[^\n]+\.$/.test(statement));
    expect(wrong).toEqual([]);
  });

  test('that tests and scenarios name exist, and every file can be read', () => {
    expect(problems).toEqual([]);
  });

  test('are tested, or have a reason why not', () => {
    const open = unexpectedlyOpen(REQUIREMENTS, files, NOTES);
    expect(open, 'name each in the title of the test that shows it, or give a reason in test/requirements/not-observable.ts').toEqual([]);
  });
});

describe('notes', () => {
  test('are true still', () => {
    const advice = '`npm run docs` takes tested rows out of still-open.ts; take them out of not-observable.ts and later.ts by hand';
    expect(staleNotes(REQUIREMENTS, files, NOTES), advice).toEqual([]);
  });

  test('about later rows say what is missing, and reasons say something', () => {
    const empty = [...Object.values(LATER), ...Object.values(NOT_OBSERVABLE)].filter((text) => text.trim().length < 10);
    expect(empty).toEqual([]);
  });
});

describe('the judgement', () => {
  const rows: readonly Requirement[] = ['R-101', 'R-102', 'R-103', 'R-104'].map((id) => ({
    id: id as RequirementId,
    mark: 'historic',
    statement: 'Something.',
  }));
  const claims = new Map<RequirementId, readonly string[]>([['R-101', ['test/a.test.ts']]]);
  const notes: Notes = { notObservable: { 'R-102': 'because' }, later: { 'R-103': 'the rest' }, stillOpen: ['R-104'] };

  test('has four states', () => {
    expect(rows.map(({ id }) => coverageOf(id, claims, notes))).toEqual([
      { state: 'tested', files: ['test/a.test.ts'] },
      { state: 'not-observable', reason: 'because' },
      { state: 'later', missing: 'the rest' },
      { state: 'open' },
    ]);
  });

  test('finds nothing wrong with these', () => {
    expect(unexpectedlyOpen(rows, claims, notes)).toEqual([]);
    expect(staleNotes(rows, claims, notes)).toEqual([]);
  });

  test('names rows that nobody knew to be open', () => {
    expect(unexpectedlyOpen(rows, claims, { ...notes, stillOpen: [] })).toEqual(['R-104']);
    expect(unexpectedlyOpen(rows, new Map(), notes)).toEqual(['R-101']);
  });

  test('names notes that a test has overtaken, that stand twice, and that are about no row', () => {
    const now = new Map([...claims, ...(['R-102', 'R-103', 'R-104'] as const).map((id): [RequirementId, string[]] => [id, ['b.scn']])]);
    expect(staleNotes(rows, now, notes)).toEqual([
      'not-observable.ts has R-102, which b.scn names',
      'later.ts has R-103, which b.scn names',
      'still-open.ts has R-104, which b.scn names',
    ]);
    expect(staleNotes(rows, claims, { ...notes, stillOpen: ['R-104', 'R-103', 'R-999'] })).toEqual([
      'still-open.ts has R-103, which later.ts has too',
      'still-open.ts has R-999, which is no row',
    ]);
  });
});
