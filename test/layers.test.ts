// The rooms of src/ and the arrows between them, as DESIGN.md section 3 draws them: who may import whom, and what no file may do.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { REPOSITORY } from './helpers/paths.js';

const PURE_WORDS = ['base', 'registers', 'model'];

/** What each room may import beside itself. A part of a room that has a line of its own (`symbols/live`) is a room of its own. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  base: [],
  registers: ['base'],
  model: ['base', 'registers'],
  facility: PURE_WORDS,
  interfaces: [...PURE_WORDS, 'facility'],
  machine: [...PURE_WORDS, 'facility', 'interfaces'],
  scenarios: [...PURE_WORDS, 'facility', 'interfaces', 'machine'],
  lab: [...PURE_WORDS, 'facility', 'interfaces', 'machine', 'scenarios', 'lab/compare'],
  'lab/compare': [...PURE_WORDS, 'facility', 'interfaces', 'machine', 'scenarios', 'lab', 'linux'],
  conditions: ['base'],
  instructions: ['base'],
  protocols: ['base'],
  linux: ['base'],
  symbols: ['base'],
  'symbols/live': ['base', 'linux', 'symbols'],
  expressions: ['base', 'symbols', 'conditions'],
  engines: [...PURE_WORDS, 'facility', 'conditions', 'instructions', 'linux'],
  'engines/sim': [...PURE_WORDS, 'facility', 'conditions', 'instructions', 'engines', 'machine', 'scenarios'],
  // Of the simulated engine only what chooses engines knows; a test below holds that.
  session: [
    ...PURE_WORDS,
    'facility',
    'engines',
    'engines/sim',
    'symbols',
    'symbols/live',
    'conditions',
    'expressions',
    'instructions',
    'session/find',
    'session/interfaces',
  ],
  // The designs' own interfaces over a live target: a host for them, as the machine is one.
  'session/interfaces': [...PURE_WORDS, 'facility', 'interfaces', 'engines', 'session'],
  'session/find': [...PURE_WORDS, 'facility', 'engines', 'symbols', 'symbols/live', 'expressions', 'instructions', 'session', 'linux'],
  trace: PURE_WORDS,
  servers: [...PURE_WORDS, 'session', 'trace', 'symbols', 'expressions', 'protocols'],
  viewer: [...PURE_WORDS, 'trace', 'machine', 'scenarios'],
  // The one place where everything comes together.
  cli: ['*'],
};

/** No Node here: these run in a browser too. The compiler holds it as well; this says which file it was. */
const PURE_ROOMS = [
  ...[...PURE_WORDS, 'facility', 'interfaces', 'machine', 'scenarios', 'lab', 'conditions', 'instructions', 'protocols', 'symbols'],
  ...['expressions', 'trace/format', 'viewer'],
];

const MOST_LINES = 350;
/** Which engine is used is decided in one file of this room, and nobody else names one. */
const ENGINE_CHOOSER = 'session';

interface SourceFile {
  /** Below src/. */
  readonly path: string;
  readonly text: string;
  readonly lines: number;
  readonly imports: readonly string[];
}

const IMPORT =
  /(?:^|[\s;}])(?:import|export)\s(?:[^'"`;]*?\sfrom\s*)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)|^import\s*['"]([^'"]+)['"]/gm;

function importsOf(text: string): string[] {
  return [...text.matchAll(IMPORT)].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
}

const files: readonly SourceFile[] = readdirSync(`${REPOSITORY}/src`, { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.tsx?$/.test(path) && !path.endsWith('.test.ts'))
  .sort()
  .map((path) => {
    const text = readFileSync(`${REPOSITORY}/src/${path}`, 'utf8');
    return { path, text, lines: text.split('\n').length - 1, imports: importsOf(text) };
  });

/** The most particular room that holds `path`: `symbols/live/maps.ts` is in `symbols/live`, not in `symbols`. */
function roomOf(path: string, rooms: readonly string[]): string {
  const holding = rooms.filter((room) => path.startsWith(`${room}/`)).sort((a, b) => b.length - a.length);
  return holding[0] ?? `no room (${path})`;
}

/** Where a relative import of `file` leads, below src/; null for packages. */
function resolved(file: SourceFile, specifier: string): string | null {
  return specifier.startsWith('.') ? join(dirname(file.path), specifier) : null;
}

/** What engines share: none of them is an engine. */
const SHARED_BY_ENGINES = ['host', 'events'];

/** Where the stop engine's thread is given what tests conditions in the kernel: programs of the bpf engine. */
const TRACING_THREAD = 'engines/tracing-thread.ts';

/** `engines/perf/session.js` -> `perf`; null where no engine's own folder is meant. */
function engineOf(path: string): string | null {
  const folder = /^engines\/([^/]+)\//.exec(path)?.[1];
  return folder === undefined || SHARED_BY_ENGINES.includes(folder) ? null : folder;
}

/** One line for each offence, so that a failure names them all. */
function offences(check: (file: SourceFile) => string[]): string[] {
  return files.flatMap((file) => check(file).map((what) => `src/${file.path}: ${what}`));
}

function importOffences(forbids: (file: SourceFile, specifier: string) => boolean, why: string): string[] {
  return offences((file) =>
    file.imports.filter((specifier) => forbids(file, specifier)).map((specifier) => `imports ${specifier}: ${why}`),
  );
}

describe('the reader of imports', () => {
  test('sees every form', () => {
    const text = `import a from './a.js';\nimport type { B } from './b.js';\nimport './c.js';\nexport * from './d.js';\nexport { e } from './e.js';
const f = await import('./f.js');\nimport {\n  g,\n  h,\n} from "node:fs";\nexport const i = 1;\ntype J = import('./j.js').J;\n`;
    expect(importsOf(text)).toEqual(['./a.js', './b.js', './c.js', './d.js', './e.js', './f.js', 'node:fs', './j.js']);
  });

  test('takes no word in a comment or text for one', () => {
    expect(importsOf("// an import of 'x'\nconst s = 'import';\nexport const from = 'y';\n")).toEqual([]);
  });

  test('finds the sources', () => {
    expect(files.map(({ path }) => path)).toContain('base/errors.ts');
  });
});

describe('rooms', () => {
  test('every source file is in a room of the design', () => {
    expect(offences(({ path }) => (roomOf(path, Object.keys(MAY_IMPORT)).startsWith('no room') ? ['is in no room'] : []))).toEqual([]);
  });

  test('arrows point one way', () => {
    const rooms = Object.keys(MAY_IMPORT);
    const found = offences((file) => {
      const from = roomOf(file.path, rooms);
      const allowed = MAY_IMPORT[from] ?? [];
      const targets = file.imports.map((specifier) => resolved(file, specifier)).filter((path) => path !== null);
      const forbidden = targets.filter((path) => {
        const to = roomOf(path, rooms);
        return to !== from && !allowed.includes(to) && !allowed.includes('*');
      });
      return forbidden.map((path) => `imports ${path}: ${from} may not use ${roomOf(path, rooms)}`);
    });
    expect(found).toEqual([]);
  });

  test('pure rooms know no Node', () => {
    const impure = ['symbols/live', 'lab/compare'];
    const isPure = (path: string): boolean => PURE_ROOMS.includes(roomOf(path, [...PURE_ROOMS, ...impure]));
    expect(importOffences((file, specifier) => specifier.startsWith('node:') && isPure(file.path), 'this room is pure')).toEqual([]);
  });

  test('libc has one door', () => {
    expect(importOffences((file, specifier) => specifier === 'koffi' && file.path !== 'linux/libc.ts', 'only linux/libc.ts may')).toEqual(
      [],
    );
  });

  test('instructions are decoded in one room', () => {
    const outside = (file: SourceFile): boolean => !file.path.startsWith('instructions/');
    expect(importOffences((file, specifier) => specifier === 'iced-x86' && outside(file), 'only src/instructions may')).toEqual([]);
  });

  test('no engine knows another; one file puts two together', () => {
    const foreign = (file: SourceFile, specifier: string): boolean => {
      const [own, other] = [engineOf(file.path), engineOf(resolved(file, specifier) ?? '')];
      return file.path.startsWith('engines/') && file.path !== TRACING_THREAD && other !== null && other !== own;
    };
    expect(importOffences(foreign, 'this belongs to another engine')).toEqual([]);
  });

  test('only engines work with perf events', () => {
    const intoEvents = (file: SourceFile, specifier: string): boolean =>
      !file.path.startsWith('engines/') && (resolved(file, specifier) ?? '').startsWith('engines/events/');
    expect(importOffences(intoEvents, 'the contract is all that is known outside')).toEqual([]);
  });

  test('one file chooses the engine', () => {
    const naming = files.filter(
      (file) => !file.path.startsWith('engines/') && file.imports.some((specifier) => engineOf(resolved(file, specifier) ?? '') !== null),
    );
    expect(naming.filter(({ path }) => roomOf(path, Object.keys(MAY_IMPORT)) !== ENGINE_CHOOSER).map(({ path }) => path)).toEqual([]);
    expect(naming.map(({ path }) => path).slice(1)).toEqual([]);
  });
});

describe('files', () => {
  test('export names only', () => {
    expect(offences(({ text }) => (/^export\s+default\b|\bas default\b/m.test(text) ? ['has a default export'] : []))).toEqual([]);
  });

  test('begin with what they promise', () => {
    expect(offences(({ text }) => (/^(\/\/ |\/\*)/.test(text) ? [] : ['does not begin with a comment']))).toEqual([]);
  });

  test(`are at most ${MOST_LINES} lines long`, () => {
    expect(offences(({ lines }) => (lines > MOST_LINES ? [`has ${lines} lines`] : []))).toEqual([]);
  });

  test('are named by their subject', () => {
    expect(offences(({ path }) => (/(^|\/)(utils?|helpers?|misc|common)\.tsx?$/.test(path) ? ['is named for no subject'] : []))).toEqual(
      [],
    );
  });
});
