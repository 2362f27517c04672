// What one gdb and its server have agreed on since they were connected.

/** Longest packet content, bytes, in either direction. */
export const PACKET_SIZE = 0x8000;

/** Changed by the packets that agree on something, and by nobody else. */
export interface Settings {
  nonStop: boolean;
  /** Thread ids carry their process. */
  multiprocess: boolean;
  /** It understands `E.` and a text, wherever an error may stand. */
  errorMessages: boolean;
  /** lldb's way: `E1c;` and a text in hex. */
  errorStrings: boolean;
  /** It numbers signals as Linux does, and likes its stop replies richer. */
  isLldb: boolean;
  /** Registers are asked for with `;thread:TID;` behind. */
  threadSuffix: boolean;
  /** Stop replies name all threads. */
  listThreads: boolean;
  swbreak: boolean;
  hwbreak: boolean;
  forkEvents: boolean;
  vforkEvents: boolean;
  execEvents: boolean;
  /** Signals (Linux numbers) that stop nobody. */
  passSignals: ReadonlySet<number>;
}

/** Before anything is agreed on. */
export function newSettings(): Settings {
  return {
    nonStop: false,
    multiprocess: false,
    errorMessages: false,
    errorStrings: false,
    isLldb: false,
    threadSuffix: false,
    listThreads: false,
    swbreak: false,
    hwbreak: false,
    forkEvents: false,
    vforkEvents: false,
    execEvents: false,
    passSignals: new Set(),
  };
}
