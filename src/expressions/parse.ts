// Takes an expression apart by the grammar in expression.ts.
import type { AddressExpression, Expression, NameExpression, PathStep } from './expression.js';
import { ExpressionError } from './expression-error.js';
import { Scanner } from './scanner.js';

const FORMS = 'Write NAME, a.b[2].c, file.c::name, function::name, libfoo.so!name, or 0xADDRESS:LENGTH.';
const NO_POINTERS =
  'Pointers cannot be followed yet. Write a variable with members and elements (a.b[2].c), or find the address once and write 0xADDRESS:LENGTH.';
/** More than any object, and far below 2^53. */
const MOST_LENGTH = 0x7fff_ffff;
/** What file names hold beside the characters of names. */
const FILE_CHARACTERS = './+-';

/** Throws {@link ExpressionError}. Spaces around the text do not count. */
export function parseExpression(text: string): Expression {
  const scanner = new Scanner(text.trimEnd());
  while (/\s/.test(scanner.next)) scanner.position++;
  if (scanner.atEnd) throw scanner.error('there is nothing', FORMS);
  rejectPrefix(scanner);
  return /[0-9]/.test(scanner.next) ? parseAddress(scanner) : parseName(scanner);
}

function rejectPrefix(scanner: Scanner): void {
  if (scanner.next === '*') throw scanner.error('"*" is not supported yet', NO_POINTERS);
  if (scanner.next === '&') throw scanner.error('an address is not wanted here', 'Write the name itself: the memory it names is watched.');
}

function parseAddress(scanner: Scanner): AddressExpression {
  const digits = /^0[xX][0-9a-fA-F]+/.exec(scanner.text.slice(scanner.position))?.[0];
  if (digits === undefined) throw scanner.error('an address is written with 0x and hexadecimal digits', FORMS);
  const address = BigInt(digits);
  if (address >= 1n << 64n) throw scanner.error('an address has at most 16 hexadecimal digits');
  scanner.position += digits.length;
  const length = parseLength(scanner);
  requireEnd(scanner);
  return { kind: 'address', text: scanner.text, address, length };
}

function parseName(scanner: Scanner): NameExpression {
  const module = parseModule(scanner);
  const scopes = parseScopes(scanner);
  const [first] = scopes;
  const file = first !== undefined && isFile(first) ? first : null;
  const name = scanner.name();
  if (name === '') throw scanner.error(`expected a name${scanner.instead()}`, FORMS);
  const path = parsePath(scanner);
  const length = parseLength(scanner);
  requireEnd(scanner);
  return { kind: 'name', text: scanner.text, module, file, scopes: file === null ? scopes : scopes.slice(1), name, path, length };
}

/** `libfoo.so!`: everything before a "!" that is not within brackets or quotes. */
function parseModule(scanner: Scanner): string | null {
  const start = scanner.position;
  const module = scanner.name(FILE_CHARACTERS);
  if (scanner.next === '!') {
    if (module === '') throw scanner.error('expected the name of a program or library before "!"', FORMS);
    scanner.position++;
    return module;
  }
  scanner.position = start;
  return null;
}

/** Every part that "::" follows. A leading "::" is C++'s way to say that there is none. */
function parseScopes(scanner: Scanner): string[] {
  const scopes: string[] = [];
  scanner.take('::');
  for (;;) {
    const start = scanner.position;
    const scope = scanner.name(FILE_CHARACTERS);
    if (!scanner.take('::')) {
      scanner.position = start;
      return scopes;
    }
    if (scope === '') {
      scanner.position = start;
      throw scanner.error('expected a name before "::"', FORMS);
    }
    scopes.push(scope);
  }
}

/** Template arguments may hold dots and slashes too: those do not count. */
function isFile(scope: string): boolean {
  return /[./]/.test(scope.replace(/[<({].*/, ''));
}

function parsePath(scanner: Scanner): PathStep[] {
  const path: PathStep[] = [];
  for (;;) {
    if (scanner.take('.')) path.push(parseMember(scanner));
    else if (scanner.take('[')) path.push(parseIndex(scanner));
    else return path;
  }
}

function parseMember(scanner: Scanner): PathStep {
  const position = scanner.position;
  const name = scanner.name();
  if (name === '') throw scanner.error(`expected the name of a member${scanner.instead()}`);
  return { kind: 'member', name, position };
}

function parseIndex(scanner: Scanner): PathStep {
  const position = scanner.position;
  if (scanner.next === '-') throw scanner.error('an element cannot have a negative number');
  const index = scanner.number('the number of an element');
  scanner.expect(']');
  return { kind: 'index', index, position };
}

function parseLength(scanner: Scanner): number | null {
  if (scanner.lookingAt('::') || !scanner.take(':')) return null;
  const position = scanner.position;
  const length = scanner.number('a length in bytes');
  if (length >= 1 && length <= MOST_LENGTH) return length;
  throw new ExpressionError(scanner.text, position, 'a length is at least 1 byte and less than 2 GiB');
}

function requireEnd(scanner: Scanner): void {
  if (scanner.atEnd) return;
  if (scanner.lookingAt('->')) throw scanner.error('"->" is not supported yet', NO_POINTERS);
  throw scanner.error(`${JSON.stringify(scanner.next)} does not belong here`, FORMS);
}
