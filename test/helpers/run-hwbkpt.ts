// The command line as a user runs it: bin/hwbkpt.js in a process of its own, with its JSON lines told apart from the target's output.
import { inject } from 'vitest';
import type { Message } from '../../src/model/messages.js';
import { type Ended, ManagedProcess, type StartOptions } from './managed-process.js';
import { HWBKPT, REPOSITORY } from './paths.js';

const DEFAULT_TIMEOUT_MS = 30_000;

/** A message of one type. */
export type MessageOf<T extends Message['type']> = Extract<Message, { type: T }>;

/** What hwbkpt printed, in order. */
export interface Printed {
  readonly messages: readonly Message[];
  /** Complete lines of standard output that are no messages: text output, or the target's own. */
  readonly otherLines: readonly string[];
}

/** A finished run. */
export interface HwbkptRun extends Ended, Printed {}

export interface RunOptions extends Omit<StartOptions, 'stdin'> {
  /** All of standard input; none where absent. */
  readonly input?: string;
  /** Milliseconds after which it is killed and the call throws; default 30,000. */
  readonly timeout?: number;
}

/** hwbkpt while it runs. Hold it with `await using`. */
export class RunningHwbkpt extends ManagedProcess {
  /** Starts it. Throws where dist/ is not what the sources say. */
  constructor(args: readonly string[], options: StartOptions = {}) {
    const problem = inject('distProblem');
    if (problem !== null) throw new Error(problem);
    super(process.execPath, [HWBKPT, ...args], { cwd: REPOSITORY, ...options });
  }

  /** The first message of this type, as soon as it is there (`--json`). */
  async waitForMessage<T extends Message['type']>(type: T, patience?: number): Promise<MessageOf<T>> {
    const line = await this.waitForLine(new RegExp(`^{"type":"${type}"`), patience);
    return JSON.parse(line) as MessageOf<T>;
  }
}

/** Runs hwbkpt to its end. Throws where it takes too long or leaves a process behind. */
export async function runHwbkpt(args: readonly string[], options: RunOptions = {}): Promise<HwbkptRun> {
  const { input, timeout, ...start } = options;
  await using running = new RunningHwbkpt(args, { ...start, stdin: input === undefined ? 'ignore' : 'pipe' });
  if (input !== undefined) running.send(input);
  running.closeInput();
  const ended = await running.finishedWithin(timeout ?? DEFAULT_TIMEOUT_MS);
  return { ...ended, ...readPrinted(ended.stdout) };
}

/** Tells messages from other lines. */
export function readPrinted(stdout: string): Printed {
  const messages: Message[] = [];
  const otherLines: string[] = [];
  for (const line of stdout.split('\n')) {
    const message = parseMessage(line);
    if (message !== null) messages.push(message);
    else if (line !== '') otherLines.push(line);
  }
  return { messages, otherLines };
}

/** The messages of one type. */
export function messagesOf<T extends Message['type']>(printed: Printed, type: T): MessageOf<T>[] {
  return printed.messages.filter((message): message is MessageOf<T> => message.type === type);
}

function parseMessage(line: string): Message | null {
  return line.startsWith('{"type":') ? (JSON.parse(line) as Message) : null;
}
