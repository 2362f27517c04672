// Scenes of a fixture, played through one debugger: what it said in each of them is told apart by marks.
import { expect, test } from 'vitest';
import { buildFixture } from '../helpers/build-fixture.js';
import { ManagedProcess } from '../helpers/managed-process.js';
import { GdbServerProcess, gdbArguments, lldbArguments } from './server.js';

/** What is done with one scene, from its first instruction on, and what has to be seen. */
export interface Scene {
  /** A function of the fixture, and its argument. */
  readonly scene: string;
  /** The scene comes as often as that; default 1. The commands go to its later ones themselves. */
  readonly times?: number;
  readonly commands: readonly string[];
  check(said: string): void;
}

/** By title: the test's. */
export type Scenes = Readonly<Record<string, Scene>>;

export interface Play {
  readonly fixture: string;
  readonly scenes: Scenes;
  /** Options of the server. */
  readonly options?: readonly string[];
  /** Commands before the first scene. */
  readonly first?: readonly string[];
}

/** All scenes take less. */
const PATIENCE = 90_000;

/** How one debugger says things. */
interface Language {
  run(program: string, address: string, commands: readonly string[]): ManagedProcess;
  mark(title: string): string;
  /** What takes it from wherever it is to the scene. */
  goTo(scene: string): readonly string[];
  readonly last: readonly string[];
}

/** Both of its streams as one, so that errors stand where they came. */
function joined(command: string, args: readonly string[]): ManagedProcess {
  return new ManagedProcess('sh', ['-c', 'exec "$0" "$@" 2>&1', command, ...args]);
}

const GDB: Language = {
  run: (program, address, commands) => joined('gdb', gdbArguments([`target remote ${address}`, ...commands], program)),
  mark: (title) => `echo \\n=== ${title}\\n`,
  goTo: (scene) => ['delete', `tbreak ${scene}`, 'continue'],
  last: ['delete', 'continue'],
};

const FORGET = 'script lldb.target.DeleteAllWatchpoints(); lldb.target.DeleteAllBreakpoints()';

const LLDB: Language = {
  run: (program, address, commands) => joined('lldb-19', lldbArguments(program, address, commands)),
  mark: (title) => `script print("\\n=== ${title}", flush=True)`,
  // A command that fails ends lldb's script: deleting what is not there does.
  goTo: (scene) => [FORGET, `breakpoint set -o true -n ${scene}`, 'continue'],
  last: [FORGET, 'continue'],
};

/** Everything that was said, by title; the rest after the last scene is `the end`. */
export async function playInGdb(play: Play): Promise<ReadonlyMap<string, string>> {
  return await playIn(GDB, play);
}

export async function playInLldb(play: Play): Promise<ReadonlyMap<string, string>> {
  return await playIn(LLDB, play);
}

async function playIn(language: Language, { fixture, scenes, options = [], first = [] }: Play): Promise<ReadonlyMap<string, string>> {
  const program = await buildFixture(fixture);
  const names = Object.values(scenes).flatMap(({ scene, times = 1 }) => Array<string>(times).fill(scene));
  await using server = await GdbServerProcess.start(...options, '--', program, ...names);
  const commands = Object.entries(scenes).flatMap(([title, { scene, commands }]) => [
    ...[language.mark(title), ...language.goTo(scene), ...commands],
  ]);
  await using run = language.run(program, server.address, [...first, ...commands, language.mark('the end'), ...language.last]);
  const { stdout } = await run.finishedWithin(PATIENCE);
  return new Map(stdout.split(/^=== /m).map((part) => [part.slice(0, part.indexOf('\n')), part]));
}

/** A test for each scene, and one for the program's end. `said` is there when they run. */
export function testScenes(scenes: Scenes, said: () => ReadonlyMap<string, string>): void {
  for (const [title, { check }] of Object.entries(scenes)) test(title, () => check(said().get(title) ?? ''));
  test('and the program ends as it does alone', () => {
    expect(said().get('the end')).toMatch(/exited normally|exited with status = 0/);
  });
}

/** Of gdb: each report of a watchpoint, in order, as `EXPRESSION: OLD > NEW`, or `EXPRESSION = VALUE` where it has not changed. */
export function changes(said: string): string[] {
  const reports = said.matchAll(
    /^(?:.* hit )?(?:Hardware |)(?:access \(read\/write\) |read |)[Ww]atchpoint \d+: (.*)\n\n(?:Old value = (.*)\nNew value = (.*)|Value = (.*))$/gm,
  );
  return [...reports].map(([, expression = '', before = '', after = '', value]) =>
    value === undefined ? `${expression}: ${before} > ${after}` : `${expression} = ${value}`,
  );
}

/** Of lldb: each report of a watchpoint, in order, as `OLD > NEW`. */
export function lldbChanges(said: string): string[] {
  return [...said.matchAll(/^Watchpoint \d+ hit:\n(?:old value: (.*)\n)?new value: (.*)$/gm)].map(
    ([, before = '', after = '']) => `${before} > ${after}`,
  );
}
