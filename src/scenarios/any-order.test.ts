import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KERNELS } from '../machine/kernels/index.js';
import { jsonLines } from './json.js';
import { parseScenario } from './parse.js';
import { runScenario } from './run.js';
import { timelineLines } from './timeline.js';

const HEAD = `title any order
cpus 2
memory a 8
kernel memory k 16
program p
  store a:4
  syscall
    kernel writes a:8
    kernel kprobe k writing k:4
  fork child as C
  clone child as D
  exec child
child:
  rep-stos a:2 times 4
  icebp
  yield
  jump child
end
thread T runs p
thread U runs p on cpu 1
tracer gdb lldb
kernel user K L
utrace user log
kwatch user kw
perf user event
`;

const THREADS = ['T', 'U', 'C', 'D'];
const LINES = THREADS.flatMap((thread) => [
  ...[
    `run ${thread} 3 steps`,
    `run ${thread} until child`,
    `switch cpu 0 to ${thread}`,
    `switch cpu 1 to ${thread} while kernel writes a:4`,
  ],
  ...[`gdb attach ${thread}`, `gdb options ${thread} tracefork, traceclone, traceexec`, `gdb set ${thread} slot 0 write a`],
  ...[`gdb set ${thread} slot 3 execute &child`, `gdb set ${thread} slot 0 off`, `gdb cont ${thread} SIGUSR1`, `gdb cont ${thread}`],
  ...[
    `gdb singlestep ${thread}`,
    `gdb detach ${thread}`,
    `lldb attach ${thread}`,
    `gdb poke ${thread} dr7 = 0xffffffff`,
    `gdb peek ${thread} dr6`,
  ],
  ...[`gdb write-watchpoint ${thread} 1 address a condition 3 length 3`, `gdb setdbregs ${thread} dr1 = a dr7 = 0xf00004`],
  ...[
    `log register ${thread} write a priority 60 consumes inherit children`,
    `log swallow ${thread} SIGTRAP`,
    `event open ${thread} write a inherit threads`,
  ],
  ...[`gdb siginfo ${thread}`, `gdb geteventmsg ${thread}`],
]).concat([
  ...[
    'K register write k:4 priority high',
    'L register readwrite k+8:8 without callbacks',
    'K modify write k+4:4',
    'K unregister',
    'log unregister',
  ],
  ...['kw register write k:4', 'kw unregister', 'event open cpu 1 write a', 'event close', 'event count'],
  ...['hold effects', 'release effects', 'fail effect ENOSPC', 'mark', 'switch cpu 0 to idle', 'switch cpu 1 to idle'],
]);

test('any script ends in verdicts, under any kernel, and the same each time', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...LINES), { minLength: 1, maxLength: 40 }),
      fc.constantFrom(...Object.values(KERNELS)),
      (lines, rules) => {
        const parsed = parseScenario(HEAD + lines.join('\n'));
        if (parsed.kind === 'errors') throw parsed.errors[0];
        const [first, second] = [runScenario(parsed.scenario, rules), runScenario(parsed.scenario, rules)];
        expect(timelineLines(first)).toEqual(timelineLines(second));
        expect(jsonLines(first, 'x').at(-1)).toContain('"type":"summary"');
      },
    ),
    { seed: 20070222, numRuns: 500 },
  );
}, 60_000);
