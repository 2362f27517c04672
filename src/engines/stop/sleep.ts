// Sleeping with the whole thread: for those that trace, and those that wait for one that does.

const sleeper = new Int32Array(new SharedArrayBuffer(4));

/** Sleeps so many ms. */
export function sleep(milliseconds: number): void {
  Atomics.wait(sleeper, 0, 0, milliseconds);
}
