// A process that a test started: its output is kept, it can be waited for, and disposing of it leaves nothing of it behind.
//
// It leads a process group of its own, so that what it leaves behind can be found even after it is gone. Nothing here calls ptrace or
// waitpid: a process that the test itself wants to trace must not be started by Node (libuv would take its stops).
import { type ChildProcess, type StdioNull, type StdioPipe, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { groupMembers, type LiveProcess } from './live-processes.js';
import { OutputText } from './output-text.js';

/** How a process ended, and all it said. */
export interface Ended {
  /** Null where a signal ended it. */
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface StartOptions {
  /** Added to {@link cleanEnvironment}; undefined takes a name out. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  /** `ignore` (the default) is /dev/null; `pipe` stays open until {@link ManagedProcess.closeInput}. */
  readonly stdin?: StdioNull | StdioPipe;
}

/** Variables that would make a program's output differ between CI and a person's machine. */
const UNWANTED = ['CI', 'FORCE_COLOR', 'NO_COLOR', 'NODE_ENV'];

/** How long what a process leaves behind may take to end, or to be read. */
const LAST_WORDS_MS = 500;
/** How long what was killed may take to be gone. */
const DYING_MS = 10_000;
const LOOK_EVERY_MS = 10;

/** This process's environment without what test runners put into it. */
export function cleanEnvironment(): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !UNWANTED.includes(name) && !name.startsWith('VITEST')));
}

/** A started process. Hold it with `await using`. */
export class ManagedProcess implements AsyncDisposable {
  readonly stdout: OutputText;
  readonly stderr: OutputText;
  /** Resolves when it has ended and its output is complete; never rejects. */
  readonly finished: Promise<Ended>;
  readonly pid: number;
  readonly #child: ChildProcess;
  readonly #command: string;
  #ended = false;

  /** Starts `file`. Throws where it cannot be started. */
  constructor(file: string, args: readonly string[], options: StartOptions = {}) {
    this.#command = [file, ...args].join(' ');
    this.#child = spawn(file, args, {
      detached: true,
      env: { ...cleanEnvironment(), ...options.environment },
      stdio: [options.stdin ?? 'ignore', 'pipe', 'pipe'],
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    });
    // What fails to start has no pid; the event only repeats it.
    this.#child.on('error', () => {});
    if (this.#child.pid === undefined) throw new Error(`cannot start ${this.#command}`);
    this.pid = this.#child.pid;
    // Writing to a process that is gone is no concern of the writer: its end says enough.
    this.#child.stdin?.on('error', () => {});
    this.stdout = new OutputText(this.#child.stdout);
    this.stderr = new OutputText(this.#child.stderr);
    this.#child.on('exit', () => {
      this.#ended = true;
    });
    this.finished = new Promise((resolve) => {
      this.#child.on('close', (status, signal) => resolve({ status, signal, stdout: this.stdout.text, stderr: this.stderr.text }));
    });
  }

  /** False once the process itself is gone, whoever else still holds its output open. */
  get running(): boolean {
    return !this.#ended;
  }

  /** Sends a signal to the process alone. */
  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** Writes to its standard input (`stdin: 'pipe'`). */
  send(text: string): void {
    this.#child.stdin?.write(text);
  }

  /** {@link OutputText.waitForLine} on standard output; where the line does not come, the error has standard error in it. */
  async waitForLine(pattern: RegExp, patience?: number): Promise<string> {
    try {
      return await this.stdout.waitForLine(pattern, patience);
    } catch (error) {
      // Where the process has ended, the rest of what it said is still on its way.
      await Promise.race([this.finished, sleep(LAST_WORDS_MS)]);
      throw new Error(`${this.#command}: ${(error as Error).message}\n--- stderr\n${this.stderr.text}`, { cause: error });
    }
  }

  closeInput(): void {
    this.#child.stdin?.end();
  }

  /** {@link finished}, unless that takes longer than `milliseconds`: then everything of it is killed and the error tells what it said. */
  async finishedWithin(milliseconds: number): Promise<Ended> {
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<null>((resolve) => {
      timer = setTimeout(() => resolve(null), milliseconds);
    });
    const ended = await Promise.race([this.finished, timeout]);
    clearTimeout(timer);
    if (ended !== null) return ended;
    const { stdout, stderr } = await this.#killAll();
    throw new Error(`${this.#command}: still running after ${milliseconds} ms\n--- stdout\n${stdout}\n--- stderr\n${stderr}`);
  }

  /** Live processes of its group: itself, and what it started. */
  members(): LiveProcess[] {
    return groupMembers(this.pid);
  }

  /** Ends the process if it still runs. Throws where it had ended by itself and left others behind; they are ended too. */
  async [Symbol.asyncDispose](): Promise<void> {
    const left = this.#ended ? await this.#membersAfter(LAST_WORDS_MS) : [];
    await this.#killAll();
    if (left.length > 0) {
      throw new Error(`${this.#command} left behind: ${left.map(({ pid, command }) => `${pid} (${command})`).join(', ')}`);
    }
  }

  async #killAll(): Promise<Ended> {
    const deadline = Date.now() + DYING_MS;
    // Again and again: a member may have forked between the look and the kill, and what is killed is not gone at once.
    for (let left = this.members(); left.length > 0 && Date.now() < deadline; left = await this.#membersAfter(LOOK_EVERY_MS)) {
      for (const { pid } of left) killIfThere(pid);
    }
    this.closeInput();
    return this.finished;
  }

  /** Who is still there after `milliseconds`; nobody as soon as nobody is. */
  async #membersAfter(milliseconds: number): Promise<LiveProcess[]> {
    const deadline = Date.now() + milliseconds;
    let left = this.members();
    while (left.length > 0 && Date.now() < deadline) {
      await sleep(LOOK_EVERY_MS);
      left = this.members();
    }
    return left;
  }
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Gone already.
  }
}
