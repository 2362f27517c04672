// Builds fixtures into build/fixtures, each once for every state of its sources and flags. Safe when two processes build the same one at once:
// each builds into a folder of its own, and the first to finish gives it the name.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { basename } from 'node:path';
import { promisify } from 'node:util';
import { findCommand } from './find-command.js';
import { type FixtureSource, fixtureSource } from './fixture-source.js';
import { BUILT_FIXTURES, FIXTURES } from './paths.js';

const run = promisify(execFile);

/** What a test may want otherwise than the fixture says. */
export interface BuildOptions {
  /** Added after the fixture's own flags, so that `-O0` or `-gdwarf-4` win. */
  readonly flags?: readonly string[];
  /** `clang` instead of `gcc`, for example. */
  readonly compiler?: string;
}

const running = new Map<string, Promise<string>>();
let builds = 0;

/** Builds fixture `name` unless it is built already; the path of its program or library. Throws with the compiler's words where it fails. */
export function buildFixture(name: string, options: BuildOptions = {}): Promise<string> {
  const source = fixtureSource(name);
  const compiler = options.compiler ?? source.compiler;
  const flags = [...source.flags, ...(options.flags ?? [])];
  const folder = `${BUILT_FIXTURES}/${basename(name)}-${cacheKey(source, compiler, flags)}`;
  const built = running.get(folder) ?? buildInto(folder, { source, compiler, flags });
  running.set(folder, built);
  return built;
}

interface Recipe {
  readonly source: FixtureSource;
  readonly compiler: string;
  readonly flags: readonly string[];
}

async function buildInto(folder: string, recipe: Recipe): Promise<string> {
  const program = `${folder}/${recipe.source.output}`;
  if (existsSync(program)) return program;
  builds += 1;
  const scratch = `${folder}.${process.pid}.${builds}`;
  await mkdir(scratch, { recursive: true });
  try {
    await compile(`${scratch}/${recipe.source.output}`, recipe);
    await rename(scratch, folder);
  } catch (error) {
    await rm(scratch, { recursive: true, force: true });
    if (!existsSync(program)) throw error;
  }
  return program;
}

async function compile(output: string, { source, compiler, flags }: Recipe): Promise<void> {
  try {
    // Relative names and a working directory, as a project's own build would have them in the debug information.
    await run(compiler, [...source.sources, '-o', output, ...flags], { cwd: FIXTURES });
  } catch (error) {
    throw new Error(`fixture ${source.name} does not build:\n${String((error as { stderr?: unknown }).stderr ?? error)}`, { cause: error });
  }
}

/** Names the sources, the shared headers, the flags and the compiler as they are now. */
function cacheKey(source: FixtureSource, compiler: string, flags: readonly string[]): string {
  const hash = createHash('sha256');
  const headers = readdirSync(`${FIXTURES}/support`).map((header) => `support/${header}`);
  for (const file of [...source.sources, ...headers])
    hash
      .update(`${file}\0`)
      .update(readFileSync(`${FIXTURES}/${file}`))
      .update('\0');
  hash.update(JSON.stringify([compiler, flags, compilerIdentity(compiler)]));
  return hash.digest('hex').slice(0, 12);
}

function compilerIdentity(compiler: string): string {
  const path = findCommand(compiler);
  if (path === null) throw new Error(`${compiler} is not installed`);
  const { mtimeMs, size } = statSync(path);
  return `${path} ${mtimeMs} ${size}`;
}
