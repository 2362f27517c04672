// Takes an expression apart by the grammar in expression.ts.
import type { Expression, NameExpression, PathStep } from './expression.js';
import { ExpressionError } from './expression-error.js';
import { parseSteps } from './parse-steps.js';
import { Scanner } from './scanner.js';
import { atCast, parseCast } from './type-name.js';

const FORMS = 'Write NAME, a.b[2].c, *p->next, (struct foo *)0xADDRESS, file.c::name, function::name, libfoo.so!name, or 0xADDRESS:LENGTH.';
/** More than any object, and far below 2^53. */
const MOST_LENGTH = 0x7fff_ffff;
/** What file names hold beside the characters of names. */
const FILE_CHARACTERS = './+-';
/** Brackets and stars in each other. */
const DEEPEST = 64;

/** What an expression begins with. */
type Start =
  | { readonly kind: 'address'; readonly address: bigint; readonly position: number }
  | { readonly kind: 'register'; readonly register: string; readonly position: number }
  | (Pick<NameExpression, 'kind' | 'module' | 'file' | 'scopes' | 'name' | 'thread'> & { readonly position: number });

interface Operand {
  readonly start: Start;
  readonly path: PathStep[];
}

/** Throws {@link ExpressionError}. Spaces around the text do not count. */
export function parseExpression(text: string): Expression {
  const scanner = new Scanner(text.trimEnd());
  scanner.skipSpaces();
  if (scanner.atEnd) throw scanner.error('there is nothing', FORMS);
  const { start, path } = parseSum(scanner, 0);
  const length = parseLength(scanner);
  if (!scanner.atEnd) throw scanner.error(`${JSON.stringify(scanner.next)} does not belong here`, FORMS);
  return { ...start, text: scanner.text, path, length };
}

/** An operand and what is added to it. Spaces behind it are left where nothing is. */
function parseSum(scanner: Scanner, depth: number): Operand {
  const operand = parseOperand(scanner, depth);
  for (;;) {
    const end = scanner.position;
    scanner.skipSpaces();
    const { position } = scanner;
    const operator = scanner.lookingAt('->') ? null : scanner.take('+') ? '+' : scanner.take('-') ? '-' : null;
    if (operator === null) {
      scanner.position = end;
      return operand;
    }
    operand.path.push({ kind: 'offset', operator, by: parseAddend(scanner, depth + 1), position });
  }
}

function parseAddend(scanner: Scanner, depth: number): number | Expression {
  scanner.skipSpaces();
  if (/[0-9]/.test(scanner.next)) return scanner.number('a number of elements');
  return nested(scanner, parseOperand(scanner, depth));
}

function nested(scanner: Scanner, { start, path }: Operand): Expression {
  return { ...start, text: scanner.text, path, length: null };
}

function parseOperand(scanner: Scanner, depth: number): Operand {
  scanner.skipSpaces();
  const { position } = scanner;
  if (depth > DEEPEST) throw scanner.error('this is nested too deep');
  const before = parsePrefix(scanner);
  if (before !== null) {
    const { start, path } = parseOperand(scanner, depth + 1);
    path.push({ ...before, position });
    return { start, path };
  }
  const operand = isGroup(scanner) ? parseGroup(scanner, depth) : { start: parseStart(scanner), path: [] };
  operand.path.push(...parseSteps(scanner, () => nested(scanner, parseSum(scanner, depth + 1))));
  return operand;
}

/** `*`, `&` or a cast; null where there is none of them. */
function parsePrefix(scanner: Scanner): PathStep | null {
  const { position } = scanner;
  if (scanner.take('*')) return { kind: 'dereference', position };
  if (scanner.take('&')) return { kind: 'address', position };
  if (!isGroup(scanner) || !atCast(scanner)) return null;
  return { kind: 'cast', type: parseCast(scanner), position };
}

/** A name may begin with a bracket too, but only this one. */
function isGroup(scanner: Scanner): boolean {
  return scanner.next === '(' && !scanner.lookingAt('(anonymous namespace)');
}

function parseGroup(scanner: Scanner, depth: number): Operand {
  scanner.expect('(');
  const operand = parseSum(scanner, depth + 1);
  scanner.skipSpaces();
  scanner.expect(')');
  return operand;
}

function parseStart(scanner: Scanner): Start {
  if (/[0-9]/.test(scanner.next)) return parseAddress(scanner);
  return scanner.next === '$' ? parseRegister(scanner) : parseName(scanner);
}

function parseAddress(scanner: Scanner): Start {
  const { position } = scanner;
  const digits = /^0[xX][0-9a-fA-F]+/.exec(scanner.text.slice(position))?.[0];
  if (digits === undefined) throw scanner.error('an address is written with 0x and hexadecimal digits', FORMS);
  const address = BigInt(digits);
  if (address >= 1n << 64n) throw scanner.error('an address has at most 16 hexadecimal digits');
  scanner.position += digits.length;
  return { kind: 'address', address, position };
}

function parseRegister(scanner: Scanner): Start {
  const { position } = scanner;
  scanner.position++;
  const register = /^\w*/.exec(scanner.text.slice(scanner.position))?.[0] ?? '';
  if (register === '') throw scanner.error(`expected the name of a register${scanner.instead()}`, 'For example $rsp.');
  scanner.position += register.length;
  return { kind: 'register', register: register.toLowerCase(), position };
}

function parseName(scanner: Scanner): Start {
  const { position } = scanner;
  const module = parseModule(scanner);
  const scopes = parseScopes(scanner);
  const [first] = scopes;
  const file = first !== undefined && isFile(first) ? first : null;
  const written = scanner.name();
  if (written === '') throw scanner.error(`expected a name${scanner.instead()}`, FORMS);
  const isQuoted = scanner.text[scanner.position - 1] === "'";
  const { name, thread } = isQuoted ? { name: written, thread: null } : splitThread(written);
  return { kind: 'name', module, file, scopes: file === null ? scopes : scopes.slice(1), name, thread, position };
}

/** `counter@4711`; versions (`stdout@@GLIBC_2.2.5`) and the kernel's `@cpu0` belong to the name. */
function splitThread(written: string): Pick<NameExpression, 'name' | 'thread'> {
  const parts = /^(.*[^@])@(\d{1,9})$/s.exec(written);
  return parts === null ? { name: written, thread: null } : { name: parts[1] ?? '', thread: Number(parts[2]) };
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

function parseLength(scanner: Scanner): number | null {
  if (scanner.lookingAt('::') || !scanner.take(':')) return null;
  const position = scanner.position;
  const length = scanner.number('a length in bytes');
  if (length >= 1 && length <= MOST_LENGTH) return length;
  throw new ExpressionError(scanner.text, position, 'a length is at least 1 byte and less than 2 GiB');
}
