// What one client's session knows: how it wants things, and the program once there is one.
import type { Debuggee } from './debuggee.js';
import { WrongMomentError } from './errors.js';
import type { OpenTarget } from './open-target.js';
import type { Peer } from './peer.js';

/** How the client counts, as it said at the start. */
export interface ClientStyle {
  readonly linesFrom: 0 | 1;
  readonly columnsFrom: 0 | 1;
  /** It wants data breakpoints printed instead of stopping, all of them. */
  readonly logsData: boolean;
}

/** Sends a process a signal; nothing happens where it has ended. */
export type SendSignal = (pid: number, name: 'SIGSTOP' | 'SIGTERM') => void;

const kill: SendSignal = (pid, name) => {
  try {
    process.kill(pid, name);
  } catch {
    // Its end is on its way.
  }
};

export class Session {
  readonly peer: Peer;
  readonly openTarget: OpenTarget;
  readonly sendSignal: SendSignal;
  style: ClientStyle = { linesFrom: 1, columnsFrom: 1, logsData: false };
  #debuggee: Debuggee | null = null;

  constructor(peer: Peer, openTarget: OpenTarget, sendSignal: SendSignal = kill) {
    this.sendSignal = sendSignal;
    this.peer = peer;
    this.openTarget = openTarget;
  }

  /** Throws WrongMomentError where no program is there yet, or any more. */
  get debuggee(): Debuggee {
    if (this.#debuggee === null)
      throw new WrongMomentError('there is no program', { hint: 'It must be launched or attached to first; or it has ended.' });
    return this.#debuggee;
  }

  get debuggeeOrNull(): Debuggee | null {
    return this.#debuggee;
  }

  setDebuggee(debuggee: Debuggee | null): void {
    this.#debuggee = debuggee;
  }

  /** Prints a line where the client shows what happens. */
  print(category: 'console' | 'stdout' | 'stderr' | 'important', output: string): void {
    this.peer.event('output', { category, output });
  }

  /** A line of source code as the client counts it. */
  toClientLine(line: number): number {
    return line - 1 + this.style.linesFrom;
  }

  /** A breakpoint as the protocol describes it, its line as the client counts. */
  inClientLines(breakpoint: object): object {
    return 'line' in breakpoint && typeof breakpoint.line === 'number'
      ? { ...breakpoint, line: this.toClientLine(breakpoint.line) }
      : breakpoint;
  }

  /** And as compilers do: from 1. */
  fromClientLine(line: number): number {
    return line + 1 - this.style.linesFrom;
  }

  /** Lets go of the program, if there is one. */
  async leave(): Promise<void> {
    const debuggee = this.#debuggee;
    this.#debuggee = null;
    await debuggee?.leave();
  }
}
