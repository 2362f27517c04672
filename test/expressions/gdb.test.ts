// Thousands of expressions in running programs, compared with gdb: address, size, type and value.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { HwbkptError } from '../../src/base/errors.js';
import { type Resolved, resolve } from '../../src/expressions/index.js';
import { valueToJson } from '../../src/model/format-value.js';
import type { JsonValue } from '../../src/model/messages.js';
import { shownType } from '../../src/session/resolve.js';
import { readProcessMemory } from '../../src/symbols/live/memory.js';
import { ProcessImage } from '../../src/symbols/live/process-image.js';
import { ManagedProcess } from '../helpers/managed-process.js';
import { describeWith } from '../helpers/requirement.js';
import { build, scratchFolder } from '../symbols/dwarf-tools.js';
import { KNOWN_DIFFERENCES, type KnownDifference } from './gdb-differences.js';
import { C_LIVE, CPP_LIVE } from './gdb-sources.js';
import { type GdbAnswer, type GdbValue, gdbAnswers } from './gdb-values.js';
import { type MadePath, makePaths } from './path-maker.js';

const PATHS = 1_000;
const scratch = scratchFolder();
const languages = [
  { language: 'C', sources: C_LIVE, compilers: ['gcc', 'clang'], flags: [] },
  { language: 'C++', sources: CPP_LIVE, compilers: ['g++', 'clang++'], flags: ['-std=c++17'] },
] as const;
/** Differences that were found, and programs that were compared. */
const seen = new Set<KnownDifference>();
let runs = 0;
const layouts = [4, 5].flatMap((version) => ['-O0', '-O2'].map((level) => [`-gdwarf-${version}`, level]));

for (const { language, sources, compilers, flags } of languages) {
  for (const compiler of compilers) {
    describeWith([`command:${compiler}`, 'gdb', 'ptrace'], `${language} by ${compiler}`, () => {
      test.each(layouts)('%s %s', async (...layout) => {
        const program = build(scratch, `${compiler}${layout.join('')}`, { sources, compiler, flags: [...flags, ...layout] });
        await using target = new ManagedProcess(program, []);
        await target.waitForLine(/^ready$/);
        using image = new ProcessImage(target.pid);
        const files = Object.keys(sources);
        const paths = makePaths(rootsOf(image, files), PATHS, (text) => meaning(image, text));
        const folder = join(scratch, `${compiler}${layout.join('')}`, 'gdb');
        mkdirSync(folder, { recursive: true });
        const answers = gdbAnswers(
          target.pid,
          paths.map(({ gdb }) => gdb),
          folder,
        );
        const compared = paths.map((path, i) => difference(image, path, answers[i] ?? { kind: 'error', error: 'no answer' }));
        const differences = compared.filter((one) => one !== null);
        for (const known of KNOWN_DIFFERENCES) if (differences.some((text) => known.matches.test(text))) seen.add(known);
        runs++;
        const unexplained = differences.filter((text) => !KNOWN_DIFFERENCES.some(({ matches }) => matches.test(text)));
        expect(paths.length).toBe(PATHS);
        expect(answers.filter(({ kind }) => kind === 'value').length).toBeGreaterThan(PATHS * 0.8);
        expect(unexplained.map((text) => text.slice(0, 400))).toEqual([]);
        expect(differences.length).toBeLessThan(PATHS * 0.005);
      });
    });
  }
}

test('no difference is listed that is none any more', () => {
  // Where only some programs were compared, others may show it.
  if (runs === languages.length * 2 * layouts.length) expect(KNOWN_DIFFERENCES.filter((known) => !seen.has(known))).toEqual([]);
  expect(new Set(KNOWN_DIFFERENCES.map(({ matches }) => matches.source)).size).toBe(KNOWN_DIFFERENCES.length);
});

/** The variables of the program's own files, as both write them. */
function rootsOf(image: ProcessImage, files: readonly string[]): MadePath[] {
  const found: MadePath[] = [];
  for (const name of image.program?.variableNames() ?? []) {
    if (/^std::|^__|^_/.test(name)) continue;
    for (const { qualifiedName, function: owner, file, external, address } of image.program?.variables(name) ?? []) {
      const base = file.slice(file.lastIndexOf('/') + 1);
      if (address === null || !files.includes(base) || (qualifiedName !== name && owner === null)) continue;
      // gdb has no way to say which of two overloaded functions.
      if (owner?.includes('overloaded') === true) continue;
      const inside = owner === null ? qualifiedName : `${owner}::${name}`;
      const ours = external || owner !== null ? inside : `${base}::${inside}`;
      // gdb takes files for names of C only, and leaves anonymous namespaces out as the source does.
      const theirs = inside.includes('::') ? inside.replaceAll('(anonymous namespace)::', '') : ours.replace(`${base}::`, `'${base}'::`);
      found.push({ ours, gdb: theirs });
    }
  }
  return found;
}

function resolved(image: ProcessImage, text: string): Resolved {
  const read = (address: bigint, length: number) => {
    const bytes = readProcessMemory(image.pid, address, length);
    return bytes?.length === length ? bytes : null;
  };
  return resolve(text, image, { memory: { read } });
}

function meaning(image: ProcessImage, text: string): Resolved | null {
  try {
    return resolved(image, text);
  } catch (error) {
    if (error instanceof HwbkptError) return null;
    throw error;
  }
}

/** How our answer differs from gdb's; null where it does not. */
function difference(image: ProcessImage, { ours, gdb }: MadePath, theirs: GdbAnswer): string | null {
  let own: Resolved;
  try {
    own = resolved(image, ours);
  } catch (error) {
    if (!(error instanceof HwbkptError)) throw error;
    return theirs.kind === 'error' ? null : `${ours}: ${error.code}, but gdb: ${gdb} at ${theirs.address}`;
  }
  if (theirs.kind === 'error')
    return readable(image, own) ? `${ours} is at 0x${own.address.toString(16)}, but gdb says ${theirs.error}` : null;
  const value = shownValue(image, own);
  if (own.bits === null && `0x${own.address.toString(16)}` !== theirs.address)
    return `${ours}: at 0x${own.address.toString(16)}, gdb: ${theirs.address}`;
  if (own.bits === null && own.size !== theirs.size) return `${ours}: ${own.size} bytes, gdb: ${theirs.size}`;
  if (spelled(own.type?.name ?? '') !== spelled(theirs.type)) return `${ours}: ${own.type?.name}, gdb: ${theirs.type}`;
  return theirs.value === null || agree(value, theirs.value)
    ? null
    : `${ours} is ${JSON.stringify(value)}, gdb: ${JSON.stringify(theirs.value)}`;
}

function readable(image: ProcessImage, { address, size }: Resolved): boolean {
  return readProcessMemory(image.pid, address, size)?.length === size;
}

function shownValue(image: ProcessImage, own: Resolved): JsonValue {
  return valueToJson(readProcessMemory(image.pid, own.address, own.size), shownType(own, { access: 'write', as: null }));
}

/** Whether both say the same; gdb's numbers are text, floating-point ones with a mark. */
function agree(ours: JsonValue, theirs: GdbValue): boolean {
  if (typeof theirs === 'string') return theirs.startsWith('~') ? sameFloat(ours, theirs.slice(1)) : String(ours) === theirs;
  if (Array.isArray(theirs))
    return Array.isArray(ours) && ours.length === theirs.length && theirs.every((one, i) => agree(ours[i] ?? null, one));
  if (typeof theirs !== 'object' || theirs === null) return ours === theirs;
  if (typeof ours !== 'object' || ours === null) return false;
  const own = new Map<string, JsonValue>(Object.entries(ours).map(([name, value]) => [spelled(name), value]));
  const names = Object.entries(theirs);
  return (
    own.size === names.length && names.every(([name, value]) => own.has(spelled(name)) && agree(own.get(spelled(name)) ?? null, value))
  );
}

/** To single precision, in which gdb's 9 digits and our fewer ones are the same. */
function sameFloat(ours: JsonValue, text: string): boolean {
  if (/nan/i.test(text)) return ours === 'NaN';
  if (/inf/i.test(text)) return ours === (text.startsWith('-') ? '-Infinity' : 'Infinity');
  // JSON has no negative zero.
  return Math.fround(Number(text)) + 0 === Math.fround(Number(ours)) + 0;
}

/** gdb writes anonymous types as `{...}`, C's numbers as the compiler does or shorter, and template arguments in its own way. */
function spelled(name: string): string {
  return name
    .replace(/^(struct|union|enum|class) \{\.\.\.\}/, '')
    .replace(/\b(short|long) int\b/g, '$1')
    .replace(/\b(short|long|long long) unsigned int\b/g, 'unsigned $1')
    .replace(/\bconst ([\w:]+)/g, '$1 const')
    .replace(/(\d)(UL|ul)\b/g, '$1')
    .replaceAll(' ', '');
}
