// What is read of threads that stand, and changed in them.
import {
  readExtendedState,
  readRegisters,
  SIGNAL_INFO_BYTES,
  SignalInfo,
  writeExtendedState,
  writeRegisters,
  writeSignalInfo,
} from '../../linux/ptrace-state.js';
import { USER_REGISTER_WORDS } from '../control.js';
import { ControlError } from '../errors.js';
import { isGone } from './recorder.js';
import type { Tracee, TraceeTable } from './tracee.js';

/** Calls as Control has them. */
export class StandingThreads {
  readonly #table: TraceeTable;

  constructor(table: TraceeTable) {
    this.#table = table;
  }

  /** The stopped thread `tid`. Throws ControlError. */
  get(tid: number): Tracee {
    const tracee = this.#table.get(tid);
    if (tracee === undefined) throw new ControlError('no-such-thread', tid, `thread ${tid} is not there any more`);
    if (tracee.standing === null) throw new ControlError('not-stopped', tid, `thread ${tid} runs`, { hint: 'Stop it first.' });
    return tracee;
  }

  registers(tid: number): BigUint64Array {
    this.get(tid);
    const words = new BigUint64Array(USER_REGISTER_WORDS);
    return orGone(tid, () => {
      readRegisters(tid, words);
      return words;
    });
  }

  setRegisters(tid: number, registers: BigUint64Array): void {
    this.get(tid);
    orGone(tid, () => writeRegisters(tid, registers));
  }

  extendedState(tid: number): Uint8Array {
    this.get(tid);
    return orGone(tid, () => readExtendedState(tid));
  }

  setExtendedState(tid: number, state: Uint8Array): void {
    this.get(tid);
    orGone(tid, () => writeExtendedState(tid, state));
  }

  signalInfo(tid: number): Uint8Array | null {
    if (!this.#standsForSignal(tid)) return null;
    const info = new SignalInfo();
    return orGone(tid, () => (info.read(tid) ? new Uint8Array(info.words.buffer) : null));
  }

  setSignalInfo(tid: number, info: Uint8Array): void {
    if (!this.#standsForSignal(tid) || info.length !== SIGNAL_INFO_BYTES)
      throw new ControlError('no-signal', tid, `thread ${tid} does not stand for a signal`, {
        hint: 'What a signal says can be changed before it is delivered, where the thread has stopped for it.',
      });
    orGone(tid, () => writeSignalInfo(tid, new Uint32Array(info.slice().buffer)));
  }

  #standsForSignal(tid: number): boolean {
    const { standing } = this.get(tid);
    return standing?.at === 'signal' && standing.stop.cause.kind === 'signal';
  }
}

/** Throws ControlError where the kernel says that the thread is gone, or refuses a value. */
export function orGone<T>(tid: number, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof ControlError) throw error;
    const failure = isGone(error) ? 'no-such-thread' : 'bad-registers';
    throw new ControlError(failure, tid, error instanceof Error ? error.message : String(error), { cause: error });
  }
}
