// The reader of comments and texts knows where they begin and end, and in which calls they stand.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { REPOSITORY } from '../helpers/paths.js';
import { namedIds } from './named-ids.js';
import { claimingFiles } from './scan.js';
import { sourceWords, TEXT } from './source-words.js';

/** Words as `calls: value`, so that cases are short. */
function words(text: string): string[] {
  const { words: found, unmatched } = sourceWords(text);
  expect(unmatched).toBe(0);
  return found.map(({ calls, value }) => `${calls.join(' ')}: ${value}`);
}

test('finds comments of both kinds, and which code follows them', () => {
  const { words: found } = sourceWords(
    '// one\n/* two */ let a = 1; // three\ntest.each(/* four */ [], /* five */ `b`, // six\n);\n// seven\n',
  );
  expect(found.filter(({ kind }) => kind === 'comment').map(({ value, next }) => [value, next])).toEqual([
    [' one', 'let'],
    [' two ', 'let'],
    [' three', 'test.each'],
    [' four ', '['],
    [' five ', TEXT],
    [' six', ')'],
    [' seven', null],
  ]);
});

test('finds texts in every kind of quotes, with escapes', () => {
  expect(words(`f('it\\'s', "a \\"b\\"", \`c \\\` d\`, '// no comment')`)).toEqual([
    "f: it\\'s",
    'f: a \\"b\\"',
    'f: c \\` d',
    'f: // no comment',
  ]);
});

test('reads on after what is put into a template, also one in another', () => {
  expect(words(`f(\`a \${g({ b: 'x' })} c \${\`d \${e} f\`} $ g\`, 'h')`)).toEqual([
    'f: a ',
    'f g: x',
    'f:  c ',
    'f: d ',
    'f:  f',
    'f:  $ g',
    'f: h',
  ]);
});

test.each([
  ["f(/['\"]/, 'x')", ['f: x']],
  ["f(/[/']/.test(a) ? 'x' : 'y')", ['f: x', 'f: y']],
  ["f(a / b, 'x', c / d)", ['f: x']],
  ["f(g() / 2, 'x' /* over */, 1 / 2)", ['f: x', 'f:  over ']],
  ["const a = () => { return /'/; }; f('x')", ['f: x']],
  ["f(!/`/.test('x'))", ['f test: x']],
])('tells patterns from divisions: %s', (text, found) => {
  // A method called on a pattern has only its own name.
  expect(words(text).map((word) => word.replace(' .', ' '))).toEqual(found);
});

test('names calls: with dots, called twice, and nested', () => {
  expect(words("test.each([['a']])('b %s', () => { expect(x('c')).resolves.toEqual({ d: ['e'] }); });")).toEqual([
    'test.each: a',
    'test.each: b %s',
    'test.each expect x: c',
    'test.each resolves.toEqual: e',
  ]);
});

test.each(["f('a'", 'f(`a', 'f(`a ${b', 'f())', '[1, 2'])('tells where brackets do not match: %s', (text) => {
  expect(sourceWords(text).unmatched).toBeGreaterThan(0);
});

test('reads all tests to their ends, and finds every id that stands in them', () => {
  const sources = claimingFiles(REPOSITORY).filter((path) => path.endsWith('.ts'));
  const misread = sources.filter((path) => {
    const text = readFileSync(`${REPOSITORY}/${path}`, 'utf8');
    const { words: found, unmatched } = sourceWords(text);
    const values = found.map(({ value }) => value).join('\n\0\n');
    return unmatched > 0 || namedIds(text, []).length !== namedIds(values, []).length;
  });
  expect(sources.length).toBeGreaterThan(0);
  expect(misread).toEqual([]);
});
