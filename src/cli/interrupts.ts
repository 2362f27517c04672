// Ctrl-C and its relatives: the first ends the watching in good order, the second leaves at once.
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** timeout(1), for one, signals a process and then its whole group: the same signal again within this time is the same wish. */
const ECHO_MS = 200;

export interface InterruptOptions {
  /** Numbers of signals that whoever started us wanted ignored. */
  readonly ignored: readonly number[];
  /** The first signal: disarms. */
  readonly onFirst: () => void;
}

/** Takes the signals that end a program for as long as it lives. */
export class Interrupts implements Disposable {
  readonly #onFirst: () => void;
  readonly #handlers = new Map<NodeJS.Signals, (signal: NodeJS.Signals) => void>();
  /** A launched process, which gets each signal as it would without us. */
  #forwardTo: number | null = null;
  #first: { readonly signal: NodeJS.Signals; readonly at: number } | null = null;

  constructor({ ignored, onFirst }: InterruptOptions) {
    this.#onFirst = onFirst;
    for (const signal of SIGNALS) {
      const isIgnored = ignored.includes(constants.signals[signal]);
      this.#handlers.set(signal, isIgnored ? () => undefined : () => this.#take(signal));
    }
    for (const [signal, handler] of this.#handlers) process.on(signal, handler);
  }

  /** True once a signal has come. */
  get happened(): boolean {
    return this.#first !== null;
  }

  /** From now on signals go to process `pid` too; also the one that has come already. */
  forwardTo(pid: number): void {
    this.#forwardTo = pid;
    if (this.#first !== null) this.#forward(this.#first.signal);
  }

  #take(signal: NodeJS.Signals): void {
    const now = performance.now();
    if (this.#first?.signal === signal && now - this.#first.at < ECHO_MS) return;
    this.#forward(signal);
    if (this.#first !== null) process.exit(128 + constants.signals[signal]);
    this.#first = { signal, at: now };
    this.#onFirst();
  }

  #forward(signal: NodeJS.Signals): void {
    if (this.#forwardTo === null || terminalDelivers(signal)) return;
    try {
      process.kill(this.#forwardTo, signal);
    } catch {
      // It has ended already.
    }
  }

  [Symbol.dispose](): void {
    for (const [signal, handler] of this.#handlers) process.off(signal, handler);
  }
}

/**
 * Ctrl-C and a hang-up go to every process of the terminal's foreground group: then the launched process, which is in our group, has it already.
 * Nobody tells a signal sent to us alone from those while we are that group, so it is not passed on then.
 */
function terminalDelivers(signal: NodeJS.Signals): boolean {
  if (signal === 'SIGTERM') return false;
  const fields = readFileSync('/proc/self/stat', 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  const [, , group, , , foreground] = fields;
  return group !== undefined && group === foreground;
}
