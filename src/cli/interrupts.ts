// Ctrl-C and its relatives: the first ends the watching in good order, the second leaves at once.
import { readFileSync } from 'node:fs';
import { STATUS } from './errors.js';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Takes the signals that end a program for as long as it lives. */
export class Interrupts {
  readonly #forwardTo: number | null;
  readonly #onFirst: () => void;
  readonly #handler: (signal: NodeJS.Signals) => void;
  #count = 0;

  /** `forwardTo`: a launched process, which gets the signal as it would without us. `onFirst` disarms. */
  constructor(options: { readonly forwardTo: number | null; readonly onFirst: () => void }) {
    this.#forwardTo = options.forwardTo;
    this.#onFirst = options.onFirst;
    this.#handler = (signal) => this.#take(signal);
    for (const signal of SIGNALS) process.on(signal, this.#handler);
  }

  #take(signal: NodeJS.Signals): void {
    if (this.#forwardTo !== null && !terminalDelivers(signal)) forward(this.#forwardTo, signal);
    if (++this.#count === 1) this.#onFirst();
    else process.exit(STATUS.INTERRUPTED);
  }

  async sleep(milliseconds: number): Promise<void> {
    await new Promise<void>((resolve) => setTimeout(resolve, milliseconds));
  }

  dispose(): void {
    for (const signal of SIGNALS) process.off(signal, this.#handler);
  }
}

function forward(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended already.
  }
}

/** Ctrl-C goes to every process of the terminal's foreground group: then the launched process, which is in our group, has it already. */
function terminalDelivers(signal: NodeJS.Signals): boolean {
  if (signal === 'SIGTERM') return false;
  const fields = readFileSync('/proc/self/stat', 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  const [, , group, , , foreground] = fields;
  return group !== undefined && group === foreground;
}
