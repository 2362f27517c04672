// Waits for one thread's next stop, but not for ever: a case that is wrong must fail, not hang.
import { pollChild, type WaitStatus } from '../../../../src/linux/wait.js';

const PATIENCE_MS = 10_000;
/** Most stops come within microseconds. */
const EAGER_POLLS = 500;
const PAUSE_MS = 0.2;
const never = new Int32Array(new SharedArrayBuffer(4));

/** The next change of state of thread `tid`, which the caller traces. Throws LinuxError (ECHILD), or where nothing happens for ten seconds. */
export function nextState(tid: number): WaitStatus {
  const deadline = Date.now() + PATIENCE_MS;
  for (let polls = 0; ; polls++) {
    const status = pollChild(tid);
    if (status.kind !== 'running') return status;
    if (polls < EAGER_POLLS) continue;
    if (Date.now() > deadline) throw new Error(`thread ${tid} does not stop`);
    Atomics.wait(never, 0, 0, PAUSE_MS);
  }
}
