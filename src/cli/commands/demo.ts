// hwbkpt demo: the main job on a real program, within a minute, on any machine.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { STATUS } from '../errors.js';

const PACKAGE = fileURLToPath(new URL('../../../', import.meta.url));
const HWBKPT = join(PACKAGE, 'bin', 'hwbkpt.js');
const SOURCE = join(PACKAGE, 'fixtures', 'demo', 'demo.c');
const EXPRESSION = 'state.players[2].hp';

export async function runDemo(): Promise<number> {
  const compiler = ['cc', 'gcc', 'clang'].find((name) => spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0);
  return compiler !== undefined && existsSync(SOURCE) ? demoWithCompiler(compiler) : demoWithNode();
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

async function demoWithCompiler(compiler: string): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'hwbkpt-demo-'));
  try {
    const program = join(folder, 'demo');
    say(`A small game loses hit points that nobody should take. Its source: fixtures/demo/demo.c\n\n$ ${compiler} -g -O1 -o demo demo.c`);
    const built = spawnSync(compiler, ['-g', '-O1', '-o', program, SOURCE], { stdio: 'inherit' });
    if (built.status !== 0) return STATUS.FAILED;
    say(`\nEvery write, as it happens:\n\n$ hwbkpt watch '${EXPRESSION}' --limit 12 -- ./demo 2`);
    const watched = await hwbkpt(['watch', EXPRESSION, '--limit', '12', '--', program, '2']);
    say(`\nAnd who does it, counted:\n\n$ hwbkpt who '${EXPRESSION}' -- ./demo 3`);
    const grouped = await hwbkpt(['who', EXPRESSION, '--', program, '3']);
    say('\nThe second place is the culprit: it has no business with this field. Next: hwbkpt watch --help');
    return watched === 0 && grouped === 0 ? STATUS.OK : STATUS.FAILED;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Without a compiler: a Node process writes to a page of its own and says where it is. */
async function demoWithNode(): Promise<number> {
  const memory = new URL('../../linux/self-test-memory.js', import.meta.url).href;
  const script = `
    const { SelfTestMemory } = await import(${JSON.stringify(memory)});
    const memory = new SelfTestMemory();
    console.log('0x' + memory.addressOf(0).toString(16));
    let n = 0;
    setInterval(() => memory.store(0, ++n), 50);
    setTimeout(() => process.exit(0), 20000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const address = await new Promise<string>((resolve, reject) => {
      child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString().trim()));
      child.once('exit', () => reject(new Error('the demo process ended')));
    });
    say(
      `No C compiler here, so a Node process counts in its memory at ${address}:\n\n$ hwbkpt watch ${address}:4 --as int32 --limit 12 --pid ${child.pid}`,
    );
    return await hwbkpt(['watch', `${address}:4`, '--as', 'int32', '--limit', '12', '--pid', String(child.pid)]);
  } finally {
    child.kill('SIGKILL');
  }
}

/** Runs this program as a user would. */
async function hwbkpt(args: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, [HWBKPT, ...args], { stdio: 'inherit' });
  return new Promise((resolve) => child.once('exit', (status) => resolve(status ?? STATUS.FAILED)));
}
