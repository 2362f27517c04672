// Which signal a thread's breakpoints send it. It is taken before the thread gets it; but should nobody be there any more to take it, it must do
// nothing: so its default action is to be ignored, and the thread neither catches nor blocks it (N-10, N-11). That leaves two: SIGCONT ends a stop of the
// process, and what SIGCHLD says of a child (CLD_EXITED 1 to CLD_CONTINUED 6) reads as what it says of a file (POLL_IN 1 to POLL_HUP 6).
import { signalMasks } from '../../linux/procfs/signals.js';

const SIGURG = 23;
const SIGWINCH = 28;

/** For thread `tid`. Where it catches both, one that it does not block: then its handler may run once, should we be killed at a hit. */
export function ownSignalFor(tid: number): number {
  const masks = signalMasks(tid);
  if (masks === null) return SIGURG;
  const open = [SIGURG, SIGWINCH].filter((signal) => !has(masks.blocked, signal));
  return open.find((signal) => !has(masks.caught, signal)) ?? open[0] ?? SIGURG;
}

function has(mask: bigint, signal: number): boolean {
  return ((mask >> BigInt(signal - 1)) & 1n) === 1n;
}
