// `hwbkpt gdbserver` on a port of its own choice, and real debuggers that connect to it.
import { readFileSync } from 'node:fs';
import { vi } from 'vitest';
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
    return await GdbServerProcess.startAt(':0', ...target);
  }

  /** The same, at an address: `[::1]:0`. */
  static async startAt(address: string, ...target: readonly string[]): Promise<GdbServerProcess> {
    const server = new GdbServerProcess(['gdbserver', address, ...target]);
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

/** Of a gdb that does `commands` and ends. */
export function gdbArguments(commands: readonly string[], program: string): string[] {
  return ['-nx', '-batch', ...[...QUIET, ...commands].flatMap((command) => ['-ex', command]), program];
}

/** What gdb says while it does `commands`, connected to `server`; {@link GO} among them lets `target` go. */
export async function gdb(server: GdbServerProcess, target: Debuggee, commands: readonly string[]): Promise<string> {
  return await runGdb(target, [`target remote ${server.address}`, ...commands]);
}

/** The same, without a connection yet. A command that fails does not keep the others from being done. */
export async function runGdb(target: Debuggee, commands: readonly string[]): Promise<string> {
  await using run = new ManagedProcess('gdb', gdbArguments(commands, target.program));
  if (commands.includes(GO)) {
    await run.waitForLine(/^go$/, PATIENCE);
    target.go?.();
  }
  const { stdout, stderr } = await run.finishedWithin(PATIENCE);
  return `${stdout}${stderr}`;
}

/** Of an lldb that connects to `address`, does `commands` and ends. */
export function lldbArguments(program: string, address: string, commands: readonly string[]): string[] {
  const all = ['settings set auto-confirm true', `file ${program}`, `gdb-remote ${address}`, ...commands];
  return ['--no-lldbinit', '-b', ...all.flatMap((command) => ['-o', command])];
}

/** What lldb says while it does `commands`, connected to `server`; {@link GO} among them lets `target` go. */
export async function lldb(server: GdbServerProcess, target: Debuggee, commands: readonly string[]): Promise<string> {
  const spoken = commands.map((command) => (command === GO ? 'script print("go", flush=True)' : command));
  await using run = new ManagedProcess('lldb-19', lldbArguments(target.program, server.address, spoken));
  if (commands.includes(GO)) {
    await run.waitForLine(/^go$/, PATIENCE);
    target.go?.();
  }
  const { stdout, stderr } = await run.finishedWithin(PATIENCE);
  return `${stdout}${stderr}`;
}

/** A debugger in the hands of somebody who waits for what it says: for what a script cannot do, since gdb listens only between its commands. */
export class Typed extends ManagedProcess {
  /** Lines that somebody has waited for, and those before. */
  #heard = 0;

  /** Types lines, and waits for one that they make it say. */
  async order(commands: readonly string[], answer: RegExp): Promise<string> {
    if (commands.length > 0) this.send(`${commands.join('\n')}\n`);
    return await vi.waitFor(
      () => {
        const { lines } = this.stdout;
        const found = lines.findIndex((line, index) => index >= this.#heard && answer.test(line));
        if (found < 0)
          throw new Error(`no ${answer} after ${commands.join('; ')}:\n${lines.slice(this.#heard).join('\n')}\n${this.stderr.text}`);
        this.#heard = found + 1;
        return lines[found] ?? '';
      },
      { timeout: ANSWER_MS, interval: 20 },
    );
  }
}

export class TypedGdb extends Typed {
  constructor(program: string) {
    super('gdb', ['-nx', '-q', ...QUIET.flatMap((command) => ['-ex', command]), program], { stdin: 'pipe' });
  }

  /** Types a line, and waits for one that gdb says then or has said. */
  async type(command: string, answer: RegExp): Promise<string> {
    this.send(`${command}\n`);
    return await this.waitForLine(answer, ANSWER_MS);
  }

  /** Lets process `pid` go, and presses Ctrl-C when it runs: gdb loses one that comes before. */
  async interruptedContinue(pid: number): Promise<void> {
    await this.order(['continue'], /Continuing\.$/);
    await vi.waitFor(() => {
      if (/^State:\tt/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))) throw new Error(`${pid} still stands`);
    }, ANSWER_MS);
    this.signal('SIGINT');
    await this.order([], /received signal SIGINT/);
  }
}
