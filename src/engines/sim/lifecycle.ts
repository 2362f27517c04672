// The start and end of a simulated program, as a launched process has them.
import type { Ending, Lifecycle } from '../host/lifecycle.js';
import type { Simulation } from './simulation.js';

/** Numbers of signals that end simulated threads. */
const SIGNAL_NUMBERS: Readonly<Record<string, number>> = { SIGTRAP: 5, SIGKILL: 9, SIGUSR1: 10, SIGSEGV: 11, SIGTERM: 15, SIGIO: 29 };

/** `pid`: the machine's number of the process. */
export function simulatedLifecycle(simulation: Simulation, pid: number): Lifecycle {
  return {
    get held() {
      return !simulation.released;
    },
    release: () => simulation.release(),
    abandon: () => undefined,
    // Nothing is loaded later: all names are there from the start.
    advance: () => undefined,
    poll: () => endingOf(simulation, pid),
  };
}

/** The process has ended with its first thread, once no other of it is left. */
function endingOf({ world, released }: Simulation, pid: number): Ending | null {
  if (!released) return null;
  const own = world.machine.state.threads.filter((thread) => thread.pid === pid);
  if (own.some(({ status }) => status !== 'exited')) return null;
  const [first] = own;
  if (first === undefined) return { kind: 'gone' };
  if (first.killedBy !== null) return { kind: 'killed', signal: SIGNAL_NUMBERS[first.killedBy] ?? 9 };
  return { kind: 'exited', status: first.exitStatus };
}
