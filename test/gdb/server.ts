// `hwbkpt gdbserver` on a port of its own choice, and real debuggers that connect to it.
import { ManagedProcess } from '../helpers/managed-process.js';
import { RunningHwbkpt } from '../helpers/run-hwbkpt.js';
import type { Target } from '../helpers/target.js';

/** A debugger's own start, and what it does over the network. */
const PATIENCE = 60_000;
/** Between a command and what it makes gdb say. */
const ANSWER_MS = 15_000;

export class GdbServerProcess extends RunningHwbkpt {
  /** `target`: `--pid`, `4711` or `--`, `./prog`; options before it. */
  static async start(...target: readonly string[]): Promise<GdbServerProcess> {
    const server = new GdbServerProcess(['gdbserver', ':0', ...target]);
    await server.stderr.waitForLine(/listening on/, PATIENCE);
    return server;
  }

  /** `127.0.0.1:40123` */
  get address(): string {
    const line = this.stderr.lines.find((candidate) => candidate.includes('listening on')) ?? '';
    return line.slice(line.lastIndexOf(' ') + 1);
  }
}

const QUIET = ['set pagination off', 'set confirm off', 'set width 0', 'set debuginfod enabled off', 'set sysroot /'];

/** A program that a debugger works on; `go` only where it waits for that. */
export type Debuggee = Pick<Target, 'program'> & Partial<Pick<Target, 'go'>>;

/** As a command: the target may go on now. It does so when gdb lets it. */
export const GO = 'echo go\\n';

/** What gdb says while it does `commands`, connected to `server`; {@link GO} among them lets `target` go. */
export async function gdb(server: GdbServerProcess, target: Debuggee, commands: readonly string[]): Promise<string> {
  return await runGdb(target, [`target remote ${server.address}`, ...commands]);
}

/** The same, without a connection yet. A command that fails does not keep the others from being done. */
export async function runGdb(target: Debuggee, commands: readonly string[]): Promise<string> {
  const args = ['-nx', '-batch', ...[...QUIET, ...commands].flatMap((command) => ['-ex', command]), target.program];
  await using run = new ManagedProcess('gdb', args);
  if (commands.includes(GO)) {
    await run.waitForLine(/^go$/, PATIENCE);
    target.go?.();
  }
  const { stdout, stderr } = await run.finishedWithin(PATIENCE);
  return `${stdout}${stderr}`;
}

/** What lldb says while it does `commands`, connected to `server`; {@link GO} among them lets `target` go. */
export async function lldb(server: GdbServerProcess, target: Debuggee, commands: readonly string[]): Promise<string> {
  const all = ['settings set auto-confirm true', `file ${target.program}`, `gdb-remote ${server.address}`, ...commands];
  const args = all.map((command) => (command === GO ? 'script print("go", flush=True)' : command)).flatMap((command) => ['-o', command]);
  await using run = new ManagedProcess('lldb-19', ['--no-lldbinit', '-b', ...args]);
  if (commands.includes(GO)) {
    await run.waitForLine(/^go$/, PATIENCE);
    target.go?.();
  }
  const { stdout, stderr } = await run.finishedWithin(PATIENCE);
  return `${stdout}${stderr}`;
}

/** gdb in the hands of somebody who waits for what it says: for what a script cannot do, since gdb listens only between its commands. */
export class TypedGdb extends ManagedProcess {
  constructor(program: string) {
    super('gdb', ['-nx', '-q', ...QUIET.flatMap((command) => ['-ex', command]), program], { stdin: 'pipe' });
  }

  /** Types a line, and waits for one that it makes gdb say. */
  async type(command: string, answer: RegExp): Promise<string> {
    this.send(`${command}\n`);
    return await this.waitForLine(answer, ANSWER_MS);
  }
}
