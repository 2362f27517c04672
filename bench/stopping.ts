// What one hit costs the watched program under tools that stop it: the stop engine, gdb, and gdb through our server and Debian's.
import { type Contestant, type CostRow, FLOOR, gdbScript, hwbkpt, measureContestants } from './contestants.js';
import { HWBKPT, type Program } from './programs.js';

/** Some seconds of each. */
const STOPS = 100_000;
const SLOW = 5_000;
const PORT = 47_011;

const CONTESTANTS: readonly Contestant[] = [
  FLOOR,
  hwbkpt('stop', 'watch --json', ['watch', 'counter', '--json', '-o', '/dev/null'], STOPS),
  hwbkpt('stop', 'watch --if, never true', ['watch', 'counter', '--if', 'new == -1', '--json', '-o', '/dev/null']),
  {
    name: 'gdb, silent watch',
    writes: SLOW,
    needs: { commands: ['gdb'] },
    command: (p, target) => ['gdb', '-q', '-batch', '-x', gdbScript(p.variable, 'run'), '--args', ...target],
  },
  remote("gdb through Debian's gdbserver", ['gdb', 'gdbserver'], (target) => `gdbserver --once 127.0.0.1:${PORT} ${target.join(' ')}`),
  remote(
    'gdb through hwbkpt gdbserver',
    ['gdb'],
    (target) => `'${process.execPath}' '${HWBKPT}' gdbserver --once 127.0.0.1:${PORT} -- ${target.join(' ')}`,
  ),
];

/** gdb waits for the server (`tcp auto-retry`). */
function remote(name: string, commands: readonly string[], server: (target: readonly string[]) => string): Contestant {
  return {
    name,
    writes: SLOW,
    needs: { commands },
    command: (p, target) => {
      const script = gdbScript(p.variable, `target remote 127.0.0.1:${PORT}\ncontinue`);
      return ['sh', '-c', `${server(target)} & gdb -q -batch -x ${script} ${p.path} > /dev/null; wait`];
    },
  };
}

/** Measures all installed tools. */
export function measureStopping(program: Program, rounds: number): Promise<CostRow[]> {
  return measureContestants(CONTESTANTS, program, rounds);
}
