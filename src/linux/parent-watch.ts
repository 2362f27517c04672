// For a process that must not outlive its parent without noticing: it is woken from whatever it sleeps in when the parent dies.
//
// The wake-up may come just before it falls asleep, and would be in vain; so an alarm wakes it from time to time as well.
//   struct itimerval: 0 interval s i64 | 8 interval us i64 | 16 first s i64 | 24 first us i64
import { checked } from './errno.js';
import { prctlCall, setitimerCall } from './libc.js';
import { WAKE_SIGNAL, wakeBy } from './tracees.js';

const PR_SET_PDEATHSIG = 1;
const ITIMER_REAL = 0;
const SIGALRM = 14;
/** Seconds between two alarms. */
const INTERVAL = 1n;

/** From now on the calling thread's sleep ends when the parent dies, and once a second. Throws LinuxError. */
export function watchParent(): void {
  wakeBy(WAKE_SIGNAL);
  wakeBy(SIGALRM);
  checked(prctlCall(PR_SET_PDEATHSIG, WAKE_SIGNAL, 0, 0, 0), 'prctl', 'PR_SET_PDEATHSIG');
  checked(setitimerCall(ITIMER_REAL, BigUint64Array.of(INTERVAL, 0n, INTERVAL, 0n), null), 'setitimer');
}
