// The programs the benchmark watches, and running one command to its end.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const PACKAGE = fileURLToPath(new URL('../../', import.meta.url));
/** Where programs are built. */
export const BUILT = `${PACKAGE}build/bench-programs`;
export const HWBKPT = `${PACKAGE}bin/hwbkpt.js`;

/** A fixture built for a fixed address, so that tools without symbols can be given one. */
export interface Program {
  readonly path: string;
  readonly variable: string;
  /** Its address, 0x... */
  readonly address: string;
}

/** Builds a fixture and looks up the address of `variable`. Throws where there is no gcc or nm. */
export function buildProgram(name: string, variable: string): Program {
  mkdirSync(BUILT, { recursive: true });
  const path = `${BUILT}/${name}`;
  execFileSync('gcc', ['-g', '-O1', '-no-pie', '-pthread', '-o', path, `${PACKAGE}fixtures/${name}.c`]);
  const line = execFileSync('nm', [path], { encoding: 'utf8' })
    .split('\n')
    .find((text) => text.endsWith(` ${variable}`));
  if (line === undefined) throw new Error(`${name} has no symbol ${variable}`);
  return { path, variable, address: `0x${line.split(' ')[0]}` };
}

/** True where `command --version` can be run. */
export function isInstalled(command: string): boolean {
  return spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0;
}

/** What the engines of this build say of themselves here: those that work, by name. */
export function workingEngines(): ReadonlySet<string> {
  const { stdout } = spawnSync(process.execPath, [HWBKPT, 'doctor', '--json'], { encoding: 'utf8' });
  const { engines } = JSON.parse(stdout) as { engines: { name: string; works: boolean }[] };
  return new Set(engines.filter(({ works }) => works).map(({ name }) => name));
}

/** What a finished command printed. */
export interface Finished {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command to its end. */
export async function run(command: string, args: readonly string[]): Promise<Finished> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const status = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { status, stdout, stderr };
}

/** The ns per write that a hot fixture printed. */
export function nanosecondsPerWrite({ stderr, stdout }: Finished): number {
  const match = /= ([\d.]+) ns each/.exec(stderr) ?? /= ([\d.]+) ns each/.exec(stdout);
  if (match === null) throw new Error(`no figure in: ${stderr.slice(0, 500)}`);
  return Number(match[1]);
}
