// A fixture's sources and how its first comment says it is to be built.
//
//   // build: FLAG...      flags beside the common ones
//   // also: FILE...       sources beside this one
//   // part of: FILE       not a program: another fixture's `also`
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { FIXTURES } from './paths.js';

const COMPILERS: Readonly<Record<string, string>> = { c: 'gcc', cpp: 'g++', S: 'gcc' };
const STANDARDS: Readonly<Record<string, readonly string[]>> = { c: ['-std=gnu11'], cpp: ['-std=gnu++17'], S: [] };
const COMMON_FLAGS = ['-g', '-O1', '-Wall', '-Wextra', '-Werror'];

/** All that decides what a fixture's build looks like, unless a test asks for something else. */
export interface FixtureSource {
  /** As tests say it: `hot`, `demo/demo`. */
  readonly name: string;
  /** Relative to the fixtures' folder, main source first. */
  readonly sources: readonly string[];
  readonly compiler: string;
  readonly flags: readonly string[];
  /** File name of the program, or of the library. */
  readonly output: string;
}

/** Reads how fixture `name` is to be built. Throws where there is none of this name. */
export function fixtureSource(name: string): FixtureSource {
  const extension = Object.keys(COMPILERS).find((candidate) => existsSync(`${FIXTURES}/${name}.${candidate}`));
  if (extension === undefined) throw new Error(`no fixture ${name}: there are ${fixtureNames().join(', ')}`);
  const main = `${name}.${extension}`;
  const text = readFileSync(`${FIXTURES}/${main}`, 'utf8');
  const flags = directive(text, 'build');
  return {
    name,
    sources: [main, ...directive(text, 'also')],
    compiler: COMPILERS[extension] ?? 'gcc',
    flags: [...(STANDARDS[extension] ?? []), ...COMMON_FLAGS, ...flags],
    output: basename(name) + (flags.includes('-shared') ? '.so' : ''),
  };
}

/** Every fixture that is a program or a library of its own. */
export function fixtureNames(): string[] {
  return readdirSync(FIXTURES, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(c|cpp|S)$/.test(file) && directive(readFileSync(`${FIXTURES}/${file}`, 'utf8'), 'part of').length === 0)
    .map((file) => file.replace(/\.\w+$/, ''))
    .sort();
}

function directive(text: string, name: string): string[] {
  const match = new RegExp(`^// ${name}: (.+)$`, 'm').exec(text);
  return match?.[1]?.trim().split(/\s+/) ?? [];
}
