// hwbkpt demo: the main job on a real program, within a minute, on any machine.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { HwbkptError } from '../../base/errors.js';
import { examineMachine } from '../../session/index.js';
import { STATUS } from '../errors.js';
import { printLines } from '../output/print.js';

const PACKAGE = fileURLToPath(new URL('../../../', import.meta.url));
const HWBKPT = join(PACKAGE, 'bin', 'hwbkpt.js');
const SOURCE = join(PACKAGE, 'fixtures', 'demo', 'demo.c');
const SIMULATED = join(PACKAGE, 'fixtures', 'demo', 'counter.scn');
const EXPRESSION = 'state.players[2].hp';

/** What the demo shows could not be set up. */
class DemoError extends HwbkptError {
  readonly code = 'demo';
}

export async function runDemo(): Promise<number> {
  // Ctrl-C goes to the command that is being shown, too: what it started is cleaned up after it.
  const ignore = (): undefined => undefined;
  process.on('SIGINT', ignore);
  try {
    const { test, advice } = await examineMachine(release());
    if (test.slotsWorking === 0) {
      const problem = test.checks.find(({ works }) => !works)?.problem;
      return await demoSimulated(problem ?? 'none is free', advice);
    }
    const compiler = existsSync(SOURCE) ? ['cc', 'gcc', 'clang'].find(runs) : undefined;
    return compiler === undefined ? await demoWithNode() : await demoWithCompiler(compiler);
  } finally {
    process.off('SIGINT', ignore);
  }
}

function runs(command: string): boolean {
  return spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0;
}

async function demoWithCompiler(compiler: string): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'hwbkpt-demo-'));
  try {
    const program = join(folder, 'demo');
    printLines([
      'In this small game, somebody gives player 2 health that it should not have. Its source is fixtures/demo/demo.c.',
      '',
      `$ ${compiler} -g -O1 -o demo demo.c`,
    ]);
    const built = spawnSync(compiler, ['-g', '-O1', '-o', program, SOURCE], { stdio: 'inherit' });
    if (built.status !== 0) throw new DemoError(`${compiler} did not build ${SOURCE}`);
    printLines(['', 'Every write, as it happens:', '', `$ hwbkpt watch '${EXPRESSION}' --limit 12 -- ./demo 2`]);
    const watched = await hwbkpt(['watch', EXPRESSION, '--limit', '12', '--', program, '2']);
    if (watched !== STATUS.OK) return watched;
    printLines(['', 'And who does it, counted:', '', `$ hwbkpt who '${EXPRESSION}' -- ./demo 3`]);
    const grouped = await hwbkpt(['who', EXPRESSION, '--', program, '3']);
    if (grouped === STATUS.OK) printLines(['', 'light_spark has no business with this field: that is the bug. Next: hwbkpt watch --help']);
    return grouped;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Without a compiler: a Node process counts in a page of its own and says where that is. It ends by itself, should nobody end it. */
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
    const address = await firstLine(child);
    const options = ['--as', 'int32', '--pid', String(child.pid)];
    printLines([
      `There is no C compiler here, so the target is a Node process that counts in its memory at ${address}.`,
      '',
      `$ hwbkpt watch ${address}:4 --limit 12 ${options.join(' ')}`,
    ]);
    const watched = await hwbkpt(['watch', `${address}:4`, '--limit', '12', ...options]);
    if (watched !== STATUS.OK) return watched;
    printLines(['', `$ hwbkpt who ${address}:4 --duration 2 ${options.join(' ')}`]);
    const grouped = await hwbkpt(['who', `${address}:4`, '--duration', '2', ...options]);
    if (grouped === STATUS.OK)
      printLines(['', 'Programs in C, C++, Rust or Go built with -g are watched by name. Next: hwbkpt watch --help']);
    return grouped;
  } finally {
    child.kill('SIGKILL');
  }
}

/** Where no debug register can be had: the same on the simulated machine. */
async function demoSimulated(problem: string, advice: readonly string[]): Promise<number> {
  printLines([
    `This machine offers no debug registers now (${problem}), so the tour is on the simulated one.`,
    ...advice,
    'There, two threads count in one variable, and somebody else writes over it. The program is fixtures/demo/counter.scn.',
    '',
    '$ hwbkpt watch counter --engine sim -- counter.scn',
  ]);
  const watched = await hwbkpt(['watch', 'counter', '--engine', 'sim', '--', SIMULATED]);
  if (watched !== STATUS.OK) return watched;
  printLines(['', '$ hwbkpt who counter --engine sim -- counter.scn']);
  const grouped = await hwbkpt(['who', 'counter', '--engine', 'sim', '--', SIMULATED]);
  if (grouped === STATUS.OK) printLines(['', 'stray has no business with the counter. Next: hwbkpt doctor says what is missing here.']);
  return grouped;
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.stdout?.once('data', (chunk: Buffer) => resolve(chunk.toString().trim()));
    child.once('exit', () => reject(new DemoError('the Node process of the demo ended too early')));
    child.once('error', (cause) => reject(new DemoError('the Node process of the demo did not start', { cause })));
  });
}

/** Runs this program as a user would; its status. */
function hwbkpt(args: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, [HWBKPT, ...args], { stdio: 'inherit' });
  return new Promise((resolve) => child.once('exit', (status) => resolve(status ?? STATUS.FAILED)));
}
