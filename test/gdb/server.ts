// `hwbkpt gdbserver` on a port of its own choice, and real debuggers that connect to it.
import { ManagedProcess } from '../helpers/managed-process.js';
import { RunningHwbkpt } from '../helpers/run-hwbkpt.js';

/** A debugger's own start, and what it does over the network. */
const PATIENCE = 60_000;

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

/** What gdb says while it does `commands`, connected to `server`; the same text on standard output and standard error, as a person sees it. */
export async function gdb(server: GdbServerProcess, program: string, commands: readonly string[]): Promise<string> {
  return await runGdb(program, [`target remote ${server.address}`, ...commands]);
}

/** The same, without a connection yet. A command that fails ends the run: the rest is not done. */
export async function runGdb(program: string, commands: readonly string[]): Promise<string> {
  await using run = new ManagedProcess('gdb', [
    '-nx',
    '-batch',
    ...[...QUIET, ...commands].flatMap((command) => ['-ex', command]),
    program,
  ]);
  const { stdout, stderr } = await run.finishedWithin(PATIENCE);
  return `${stdout}${stderr}`;
}

/** What lldb says while it does `commands`, connected to `server`. */
export async function lldb(server: GdbServerProcess, program: string, commands: readonly string[]): Promise<string> {
  const all = ['settings set auto-confirm true', `file ${program}`, `gdb-remote ${server.address}`, ...commands];
  await using run = new ManagedProcess('lldb-19', ['--no-lldbinit', '-b', ...all.flatMap((command) => ['-o', command])]);
  const { stdout, stderr } = await run.finishedWithin(PATIENCE);
  return `${stdout}${stderr}`;
}
