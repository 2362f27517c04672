// Promise 1, for engines that trace: 300 SIGKILLs of the tool at random moments, and every target does its work to the end as if nobody had looked.
import { beforeAll, expect, test } from 'vitest';
import { CallFilter } from '../cli/without-call.js';
import { randomNumbers } from '../helpers/random-numbers.js';
import { describeWith } from '../helpers/requirement.js';
import { startTarget } from '../helpers/target.js';
import { type Kill, KillingLane, undisturbedWork } from './killed-target.js';
import {
  adapter,
  loggingWatch,
  plainGdb,
  type StartTool,
  servedGdb,
  standingClient,
  startedWatch,
  steppingClient,
} from './killed-tools.js';

const SEED = 20070222;
/** Targets at a time. */
const LANES = 3;
/** ms after a tool does what it is for. */
const MOST_DELAY = 200;
const TIMEOUT_MS = 900_000;
const EPERM = 1;

const random = randomNumbers(SEED);

function kills(
  count: number,
  start: StartTool,
  { words = [], most = MOST_DELAY, onceTraced = false }: Partial<Kill> & { readonly most?: number } = {},
): Kill[] {
  return Array.from({ length: count }, () => ({ start, words, onceTraced, delay: Math.round(random() * most) }));
}

/** Two thirds of those while arming come while threads are being seized and armed, the others while the tool starts. */
const ARMING = [...kills(70, startedWatch, { most: 40, onceTraced: true }), ...kills(30, startedWatch, { most: 600 })];
const WATCHING = kills(50, loggingWatch);
const STANDING = kills(70, standingClient);
const STEPPING = kills(40, steppingClient);
const GDB = kills(10, servedGdb);
const EDITORS = kills(10, adapter);

describeWith(['perf', 'ptrace', 'gcc'], `kill -9 of tools that trace, at random moments (seed ${SEED})`, () => {
  let undisturbed: readonly string[] = [];

  beforeAll(async () => {
    undisturbed = await undisturbedWork();
    expect(undisturbed).toHaveLength(5);
  });

  async function survivors(all: readonly Kill[]): Promise<string[]> {
    const lanes = Array.from({ length: LANES }, (_, lane) => all.filter((_kill, index) => index % LANES === lane));
    const problems = await Promise.all(lanes.map((lane) => new KillingLane(undisturbed).run(lane)));
    return problems.flat();
  }

  test(`${ARMING.length} while arming`, async () => expect(await survivors(ARMING)).toEqual([]), TIMEOUT_MS);
  test(`${WATCHING.length} while hits are logged`, async () => expect(await survivors(WATCHING)).toEqual([]), TIMEOUT_MS);
  test(`${STANDING.length} while threads stand`, async () => expect(await survivors(STANDING)).toEqual([]), TIMEOUT_MS);
  test(`${STEPPING.length} while threads step`, async () => expect(await survivors(STEPPING)).toEqual([]), TIMEOUT_MS);
  test(`${EDITORS.length} under an editor`, async () => expect(await survivors(EDITORS)).toEqual([]), TIMEOUT_MS);

  describeWith(['gdb'], 'gdb', () => {
    test(`${GDB.length} of its server`, async () => expect(await survivors(GDB)).toEqual([]), TIMEOUT_MS);

    // What it does by itself, told for comparison.
    test(
      'by itself',
      async () => {
        const runs = 5;
        let dead = 0;
        for (let run = 0; run < runs; run++) {
          await using target = await startTarget('steady-threads', { args: ['--seconds', '4'] });
          target.go();
          await using tool = await plainGdb(target, []);
          tool.process.signal('SIGKILL');
          expect((await tool.process.finished).signal).toBe('SIGKILL');
          // Or it stays stopped for good.
          const end = await target.finishedWithin(10_000).catch(() => null);
          if (end === null || end.signal !== null || end.status !== 0) dead++;
        }
        process.stderr.write(`gdb's own watch: ${dead} of ${runs} targets died with their debugger, or stood for good\n`);
      },
      TIMEOUT_MS,
    );
  });

  test(
    '20 where perf events are refused, and the threads have armed debug registers',
    async () => {
      using filter = new CallFilter();
      const words = filter.words('perf_event_open', EPERM);
      const all = [...kills(8, loggingWatch, { words }), ...kills(6, standingClient, { words }), ...kills(6, steppingClient, { words })];
      expect(await survivors(all)).toEqual([]);
    },
    TIMEOUT_MS,
  );
});
