// A running fixture perf-on-command, addressed in the words of the cases: operations become its lines, its answers become signals.
import { startTarget, type Target } from '../../helpers/target.js';
import type { Doer, Operation, Place, ReceivedSignals } from './subject.js';

const SIGNALS: Readonly<Record<string, ReceivedSignals['signal']>> = { 5: 'SIGTRAP', 10: 'SIGUSR1', 29: 'SIGIO' };
const PLACES: readonly Place[] = ['increment', 'incremented', 'incremented-twice', 'on-sigio'];

export class LiveProgram implements AsyncDisposable {
  readonly #target: Target;
  #lines = 0;

  private constructor(target: Target) {
    this.#target = target;
  }

  /** Resolves when it waits for lines. */
  static async start(): Promise<LiveProgram> {
    const target = await startTarget('perf-on-command');
    target.go();
    return new LiveProgram(target);
  }

  /** Of the process, and of its first thread. */
  get pid(): number {
    return this.#target.pid;
  }

  addressOf(place: Place): bigint {
    return this.#target.shown(place).address;
  }

  /** Resolves when it is done. Rejects where the program, or the child that it was for, has ended. */
  async perform(doer: Doer, operation: Operation): Promise<void> {
    await this.#ask(doer, lineOf(operation));
  }

  async signals(doer: Doer): Promise<ReceivedSignals[]> {
    const answer = await this.#ask(doer, 'signals');
    return answer === '' ? [] : answer.split(' ').map((text) => this.#readSignals(text));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#target[Symbol.asyncDispose]();
  }

  /** THREAD:SIGNAL:CODE:PLACE:ADDRESS:TYPE:DATA:FLAGS:TIMES */
  #readSignals(text: string): ReceivedSignals {
    const [thread, signal = '', code, at = '', address = '', type, data = '', flags, times] = text.split(':');
    return {
      thread: Number(thread),
      signal: SIGNALS[signal] ?? 'SIGTRAP',
      code: Number(code),
      at: PLACES.find((place) => this.addressOf(place) === BigInt(at)) ?? null,
      address: BigInt(address),
      perfType: Number(type),
      perfData: BigInt(data),
      perfFlags: Number(flags),
      times: Number(times),
    };
  }

  /** What the program answered to a line. */
  async #ask(doer: Doer, line: string): Promise<string> {
    const number = ++this.#lines;
    const who = typeof doer === 'string' ? doer : `child ${doer.child}`;
    this.#target.send(`${number} ${who} ${line}\n`);
    const answer = await this.#target.waitForLine(new RegExp(`^done ${number}\\b`));
    const text = answer.slice(`done ${number}`.length).trim();
    if (text === 'gone') throw new Error(`${who} has ended at ${line}`);
    return text;
  }
}

function lineOf(operation: Operation): string {
  switch (operation.kind) {
    case 'store':
    case 'load':
      return `${operation.kind} ${operation.offset} ${operation.size} ${operation.times ?? 1}`;
    case 'call':
      return `call ${operation.times ?? 1}`;
    case 'system-call read':
      return `fill ${operation.offset} ${operation.size}`;
    case 'make threads':
      return `make-threads ${operation.count}`;
    case 'fork':
      return operation.clearSignals === true ? 'fork-clear' : 'fork';
    case 'end threads':
      return 'end-threads';
    case 'block':
    case 'unblock':
    case 'exec':
    case 'exit':
      return operation.kind;
  }
}
