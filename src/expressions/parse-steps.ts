// The steps behind an operand: members, elements, several elements.
import type { Expression, PathStep } from './expression.js';
import type { Scanner } from './scanner.js';

/** What an expression between brackets begins with, where it is no number. */
const VARIABLE = /^[\p{L}_$*(:']/u;

/** All that come next; `nested` reads an expression between brackets. Throws ExpressionError. */
export function parseSteps(scanner: Scanner, nested: () => Expression): PathStep[] {
  const steps: PathStep[] = [];
  for (;;) {
    if (scanner.lookingAt('..')) throw unexpectedDots(scanner);
    if (scanner.take('.')) steps.push(parseMember(scanner, 'member'));
    else if (scanner.take('->')) steps.push(parseMember(scanner, 'arrow'));
    else if (scanner.take('[')) steps.push(parseElements(scanner, nested));
    else return steps;
  }
}

function unexpectedDots(scanner: Scanner): Error {
  scanner.position++;
  return scanner.error(`expected the name of a member${scanner.instead()}`, 'Several elements are written p[3..7].');
}

function parseMember(scanner: Scanner, kind: 'member' | 'arrow'): PathStep {
  const { position } = scanner;
  const name = scanner.name();
  if (name === '') throw scanner.error(`expected the name of a member${scanner.instead()}`);
  return { kind, name, position };
}

function parseElements(scanner: Scanner, nested: () => Expression): PathStep {
  scanner.skipSpaces();
  const { position } = scanner;
  if (scanner.next === '"') return { kind: 'key', key: parseKey(scanner), position };
  if (VARIABLE.test(scanner.next)) {
    const index = nested();
    scanner.skipSpaces();
    scanner.expect(']');
    return { kind: 'element', index, position };
  }
  const from = parseNumber(scanner);
  scanner.skipSpaces();
  if (!scanner.take('..')) {
    scanner.expect(']');
    return { kind: 'index', index: from, position };
  }
  scanner.skipSpaces();
  const { position: second } = scanner;
  const to = parseNumber(scanner);
  if (to < from) {
    scanner.position = second;
    throw scanner.error(`the last element (${to}) comes before the first (${from})`, 'Both are included: p[3..7] are five elements.');
  }
  scanner.skipSpaces();
  scanner.expect(']');
  return { kind: 'slice', from, to, position };
}

/** Behind a pointer there are elements on both sides. */
function parseNumber(scanner: Scanner): number {
  const negative = scanner.take('-');
  const number = scanner.number('the number of an element');
  return negative && number !== 0 ? -number : number;
}

/** `"text"]`, with `\\"` and `\\\\` for what ends it. */
function parseKey(scanner: Scanner): string {
  const quoted = /^"((?:[^"\\]|\\["\\])*)"/.exec(scanner.text.slice(scanner.position));
  if (quoted === null) throw scanner.error('this quote is never closed');
  scanner.position += quoted[0].length;
  scanner.skipSpaces();
  scanner.expect(']');
  return (quoted[1] ?? '').replace(/\\(.)/g, '$1');
}
