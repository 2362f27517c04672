// Reads TypeScript just far enough to know its comments and texts, and in which calls they stand. It does not check the language.

export interface SourceWord {
  readonly kind: 'comment' | 'text';
  /** Without its quotes or slashes; the pieces of a template are words of their own. */
  readonly value: string;
  /** Names of the calls whose arguments it is among, outermost first: `['test']`, `['test', 'expect']`, `['test.each']`. */
  readonly calls: readonly string[];
  /** The code that follows a comment, other comments apart: a name with its dots, a sign, or {@link TEXT}. Null for texts and at the end. */
  readonly next: string | null;
}

export interface SourceReading {
  readonly words: readonly SourceWord[];
  /** Brackets that were never closed, or closed without having been opened: not 0 when the file was misread. */
  readonly unmatched: number;
}

/** One open bracket: `call` is the name before a parenthesis, `template` a `${` in a template. */
interface Bracket {
  readonly call: string | null;
  readonly template: boolean;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

interface State {
  readonly text: string;
  at: number;
  readonly brackets: Bracket[];
  /** Closing brackets without an opening one. */
  surplus: number;
  readonly words: Mutable<SourceWord>[];
  /** The code just before, without blanks and comments: a name with its dots, a bracket, an operator. */
  last: string;
  /** The name that a closing parenthesis ends, so that `test.each(rows)('title')` is a call of `test.each` too. */
  closed: string | null;
}

const BLANK = /\s+/y;
const COMMENT = /\/\/([^\n]*)|\/\*([\s\S]*?)\*\//y;
const QUOTED = /'((?:[^'\\\n]|\\[\s\S])*)'|"((?:[^"\\\n]|\\[\s\S])*)"/y;
const TEMPLATE = /((?:[^`\\$]|\\[\s\S]|\$(?!\{))*)(`|\$\{)/y;
const PATTERN = /\/(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y;
const NAME = /[\p{ID_Start}$_#][\p{ID_Continue}$]*(?:\??\.[\p{ID_Start}$_#][\p{ID_Continue}$]*)*/uy;
const NUMBER = /\d[\w.]*/y;
/** Stands for a text of any contents. */
export const TEXT = "'";
/** After these a slash begins a pattern, although they look like names. */
const BEFORE_PATTERN = /^(return|typeof|case|in|of|void|delete|await|yield|instanceof|new|else|do)$/;

/** All comments and texts of `text`, in order. */
export function sourceWords(text: string): SourceReading {
  const state: State = { text, at: 0, brackets: [], surplus: 0, words: [], last: '', closed: null };
  while (state.at < text.length) readNext(state);
  return { words: state.words, unmatched: state.brackets.length + state.surplus };
}

function readNext(state: State): void {
  if (take(state, BLANK) !== null || readComment(state) || readQuoted(state) || readPattern(state)) return;
  if (state.text[state.at] === '`') {
    state.at++;
    readTemplate(state);
    return;
  }
  const name = take(state, NAME) ?? take(state, NUMBER);
  if (name === null) readSign(state);
  else setLast(state, name[0].replaceAll('?', ''));
}

function readComment(state: State): boolean {
  const comment = take(state, COMMENT);
  if (comment !== null) addWord(state, 'comment', comment[1] ?? comment[2] ?? '');
  return comment !== null;
}

function readQuoted(state: State): boolean {
  const quoted = take(state, QUOTED);
  if (quoted === null) return false;
  tellComments(state, TEXT);
  addWord(state, 'text', quoted[1] ?? quoted[2] ?? '');
  setLast(state, TEXT);
  return true;
}

/** A slash that divides is none: what stands before tells. */
function readPattern(state: State): boolean {
  if (state.text[state.at] !== '/' || !mayBeginPattern(state.last) || take(state, PATTERN) === null) return false;
  setLast(state, TEXT);
  return true;
}

/** Also after the `}` of a `${`: reads on to the next `${` or the end. */
function readTemplate(state: State): void {
  tellComments(state, TEXT);
  const piece = take(state, TEMPLATE);
  if (piece === null) {
    state.at = state.text.length;
    state.brackets.push({ call: null, template: true });
    return;
  }
  addWord(state, 'text', piece[1] ?? '');
  if (piece[2] === '${') state.brackets.push({ call: null, template: true });
  setLast(state, piece[2] === '${' ? '(' : TEXT);
}

function readSign(state: State): void {
  const sign = state.text[state.at++] ?? '';
  switch (sign) {
    case '(':
      state.brackets.push({ call: calledName(state), template: false });
      break;
    case '[':
    case '{':
      state.brackets.push({ call: null, template: false });
      break;
    case ')':
    case ']':
    case '}':
      closeBracket(state, sign);
      return;
  }
  setLast(state, sign);
}

function closeBracket(state: State, sign: string): void {
  const bracket = state.brackets.pop();
  if (bracket === undefined) state.surplus++;
  if (bracket?.template) {
    readTemplate(state);
    return;
  }
  setLast(state, sign);
  if (sign === ')') state.closed = bracket?.call ?? null;
}

/** What stands before a parenthesis: a name, or a call that gives a function. */
function calledName(state: State): string | null {
  if (state.last === ')') return state.closed;
  return /^[\p{ID_Start}$_#.]/u.test(state.last) ? state.last : null;
}

function mayBeginPattern(last: string): boolean {
  return BEFORE_PATTERN.test(last) || !/^[\p{ID_Continue}$#'")\]}]/u.test(last);
}

function addWord(state: State, kind: SourceWord['kind'], value: string): void {
  const calls = state.brackets.map(({ call }) => call).filter((call) => call !== null);
  state.words.push({ kind, value, calls, next: null });
}

/** Comments just before learn which code follows them. */
function tellComments({ words }: State, next: string): void {
  for (let i = words.length - 1; words[i]?.kind === 'comment' && words[i]?.next === null; i--) {
    const comment = words[i];
    if (comment !== undefined) comment.next = next;
  }
}

function setLast(state: State, last: string): void {
  tellComments(state, last);
  state.last = last;
  state.closed = null;
}

function take(state: State, pattern: RegExp): RegExpExecArray | null {
  pattern.lastIndex = state.at;
  const match = pattern.exec(state.text);
  if (match !== null) state.at = pattern.lastIndex;
  return match;
}
