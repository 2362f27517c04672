// What can be wrong with a name that reads well: one class for each case, with the names and hints that lead on.
import { listed, PartError } from './part-error.js';

export { PartError } from './part-error.js';
export * from './step-errors.js';
export * from './thread-local-errors.js';

const BUILD_WITH_SYMBOLS =
  'Build it with -g and without -s, or install its debug symbols (packages called ...-dbgsym, ...-dbg or ...-debuginfo; they are looked for in /usr/lib/debug). ';

/** Nothing of this name is known. */
export class UnknownSymbolError extends PartError {
  readonly code = 'unknown-symbol';
  readonly symbol: string;
  /** Names that may have been meant, nearest first. */
  readonly near: readonly string[];

  constructor(symbol: string, where: string, near: readonly string[], note = '') {
    super(`nothing called ${symbol} in ${where}${note}`, {
      hint:
        near.length > 0 ? `Did you mean ${near.join(', ')}?` : `Look at the spelling; a name in a library is written LIBRARY!${symbol}.`,
    });
    this.symbol = symbol;
    this.near = near;
  }
}

/** The name before `!` is none of a loaded program or library. */
export class UnknownModuleError extends PartError {
  readonly code = 'unknown-module';
  readonly module: string;
  readonly loaded: readonly string[];

  constructor(module: string, loaded: readonly string[]) {
    super(`no program or library called ${module} is loaded`, { hint: `Loaded are ${listed(loaded)}.` });
    this.module = module;
    this.loaded = loaded;
  }
}

/** Several things have this name. */
export class AmbiguousSymbolError extends PartError {
  readonly code = 'ambiguous-symbol';
  readonly symbol: string;
  /** Expressions that name each of them. */
  readonly candidates: readonly string[];

  constructor(symbol: string, candidates: readonly string[]) {
    super(`${symbol} is the name of ${candidates.length} things`, { hint: `Write which: ${listed(candidates)}.` });
    this.symbol = symbol;
    this.candidates = candidates;
  }
}

/** The file that would have the name was stripped of its symbols, or cannot be read. */
export class NoSymbolsError extends PartError {
  readonly code = 'no-symbols';
  readonly symbol: string;
  readonly module: string;

  constructor(
    symbol: string,
    { name, level, problems }: { readonly name: string; readonly level: string; readonly problems: readonly string[] },
  ) {
    const why = level === 'unreadable' ? 'cannot be read' : 'has no symbols (it was stripped)';
    const [problem] = problems;
    super(`${name} ${why}, so ${symbol} cannot be found${problem === undefined ? '' : `: ${problem}`}`, {
      hint: `${level === 'unreadable' ? '' : BUILD_WITH_SYMBOLS}An address works without names: 0xADDRESS:LENGTH.`,
    });
    this.symbol = symbol;
    this.module = name;
  }
}

/** Why a variable has no place in memory that could be watched. */
export type Absence = 'optimised-away' | 'constant';

const ABSENCES: Record<Absence, readonly [what: string, hint: string]> = {
  'optimised-away': ['was optimised away: it has no place in memory', 'Build without optimisation (-O0 or -Og), or declare it volatile.'],
  constant: [
    'is a constant that the compiler put into the code: it has no place in memory',
    'There is nothing to watch: it cannot change.',
  ],
};

/** The variable is known, but there is no fixed place in memory for it. */
export class OptimisedOutError extends PartError {
  readonly code = 'optimised-out';
  readonly symbol: string;
  readonly reason: Absence;

  constructor(symbol: string, reason: Absence) {
    const [what, hint] = ABSENCES[reason];
    super(`${symbol} ${what}`, { hint });
    this.symbol = symbol;
    this.reason = reason;
  }
}

/** A function's name where memory is to be watched. */
export class NotAVariableError extends PartError {
  readonly code = 'not-a-variable';
  readonly symbol: string;

  /** Variables that may have been meant, where the function is a library's and not the program's. */
  readonly near: readonly string[];

  constructor(symbol: string, near: readonly string[] = []) {
    const meant = near.length > 0 ? `Did you mean ${near.join(', ')}? ` : '';
    super(`${symbol} is a function, not a variable`, { hint: `${meant}To see each call of it: --access x.` });
    this.symbol = symbol;
    this.near = near;
  }
}

/** A variable's name where code is to be watched. */
export class NotAFunctionError extends PartError {
  readonly code = 'not-a-function';
  readonly symbol: string;

  constructor(symbol: string) {
    super(`${symbol} is a variable, not a function`, { hint: 'To see who writes it: --access w, the default.' });
    this.symbol = symbol;
  }
}

/** A function that the program picks when it starts (STT_GNU_IFUNC): the symbol is the picking code. */
export class IndirectFunctionError extends PartError {
  readonly code = 'indirect-function';
  readonly symbol: string;
  /** Names of functions that may be the ones it picks from. */
  readonly variants: readonly string[];

  constructor(symbol: string, variants: readonly string[]) {
    super(`${symbol} picks one of several functions when the program starts, and its own code runs only then`, {
      hint:
        variants.length > 0
          ? `Watch the one that this processor gets: ${listed(variants)}.`
          : 'Find the one in use with a debugger, and watch its address.',
    });
    this.symbol = symbol;
    this.variants = variants;
  }
}

/** Neither debug information nor the symbol says how large it is. */
export class UnknownSizeError extends PartError {
  readonly code = 'unknown-size';
  readonly symbol: string;

  constructor(symbol: string) {
    super(`nothing says how large ${symbol} is`, { hint: `Write how many bytes: ${symbol}:LENGTH.` });
    this.symbol = symbol;
  }
}
