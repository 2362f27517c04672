// What is said where a thread-local variable's name does not lead to memory: whose copy is not clear, or there is none yet.
import type { NoThreadBlock } from '../symbols/thread-block.js';
import { PartError } from './part-error.js';

/** Threads named in a hint. */
const MOST_NAMED = 6;
/** How it is done without the name. */
const BY_ADDRESS =
  'In the debugger (hwbkpt gdbserver, hwbkpt dap) its name works in each thread that stands; watch the address it tells: 0xADDRESS:LENGTH.';

/** A thread-local variable, and whose copy is meant is not said, or wrong, or cannot be found. */
export class ThreadLocalError extends PartError {
  readonly code = 'thread-local';
  readonly symbol: string;
  /** `not-thread-local`: all threads share it, and the name has a thread's number behind it. */
  readonly reason: 'which-thread' | 'no-such-thread' | 'not-thread-local' | 'untold';
  /** Threads there are; empty where that is not the question. */
  readonly threads: readonly number[];

  constructor(symbol: string, reason: ThreadLocalError['reason'], say: { what: string; hint: string; threads?: readonly number[] }) {
    super(`${symbol} ${say.what}`, { hint: say.hint });
    this.symbol = symbol;
    this.reason = reason;
    this.threads = say.threads ?? [];
  }
}

/** The thread has no copy of the variable yet. It may have one later. */
export class ThreadLocalNotYetError extends PartError {
  readonly code = 'thread-local-not-yet';
  readonly symbol: string;
  /** `not-started`: the program or thread has only begun. `not-allocated`: it has not used that library's thread-local variables. */
  readonly reason: 'not-started' | 'not-allocated';

  constructor(symbol: string, reason: ThreadLocalNotYetError['reason'], tid: number | null) {
    const thread = tid === null ? 'this thread' : `thread ${tid}`;
    super(
      reason === 'not-started'
        ? `${symbol} is thread-local, and the thread has no copy of it: it is just starting or ending, or was not made by the C library`
        : `${symbol} is thread-local, and ${thread} has no copy of it yet`,
      {
        hint:
          reason === 'not-started'
            ? 'Try again in a moment.'
            : 'It gets one when it first uses a thread-local variable of that library. Try again then, or wait for it with --follow.',
      },
    );
    this.symbol = symbol;
    this.reason = reason;
  }
}

/** `x@12` where all threads share x. */
export function notThreadLocal(symbol: string, tid: number): ThreadLocalError {
  const what = `is not thread-local: thread ${tid} has none of its own`;
  return new ThreadLocalError(symbol, 'not-thread-local', { what, hint: `All threads share it: write ${symbol}.` });
}

/** Why there is no place, as an error about `symbol`. */
export function noThreadBlock(symbol: string, none: NoThreadBlock): PartError {
  switch (none.why) {
    case 'which-thread':
      return new ThreadLocalError(symbol, none.why, {
        what: 'is thread-local: every thread has its own',
        hint: `Write whose, with the thread's id: ${named(symbol, none.threads)}.`,
        threads: none.threads,
      });
    case 'no-such-thread':
      return new ThreadLocalError(symbol, none.why, {
        what: `of thread ${none.tid} is not there: the process has no such thread`,
        hint: `Threads are: ${named(symbol, none.threads)}.`,
        threads: none.threads,
      });
    case 'not-started':
      return new ThreadLocalNotYetError(symbol, none.why, null);
    case 'not-allocated':
      return new ThreadLocalNotYetError(symbol, none.why, none.tid);
    case 'untold':
      return new ThreadLocalError(symbol, none.why, {
        what: `is thread-local, and this program's C library does not tell where ${none.what === 'threads' ? 'threads have their copies' : 'that library has its own'}`,
        hint: BY_ADDRESS,
      });
  }
}

function named(symbol: string, threads: readonly number[]): string {
  const shown = threads.slice(0, MOST_NAMED).map((tid) => `${symbol}@${tid}`);
  return threads.length > MOST_NAMED ? `${shown.join(', ')} and ${threads.length - MOST_NAMED} more` : shown.join(', ');
}
