// Unwinding: stacks of 20 frames a second, warm, from what the perf engine brought of a program without frame pointers.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { armDirectly } from '#hwbkpt/engines/direct.js';
import { PerfEngine } from '#hwbkpt/engines/perf/engine.js';
import { DEAF, type EngineSink, newRawHit, type RawHit } from '#hwbkpt/engines/reports.js';
import { openLiveProgram } from '#hwbkpt/session/live-program.js';
import { PlaceCache } from '#hwbkpt/session/places.js';
import { StackResolver } from '#hwbkpt/session/stack.js';
import { buildProgram } from './programs.js';
import { median, rounded } from './statistics.js';

export interface StackRow {
  readonly what: string;
  /** Different ones. */
  readonly stacks: number;
  readonly thousandsPerSecond: number;
}

const FRAMES = 20;
const ROUNDS = 100;
const RUNS = 7;
const RUN_MS = 500;

/** Throws where the perf engine does not work here. */
export async function measureStacks(): Promise<StackRow[]> {
  const { path, address } = buildProgram('stacks', 'shared');
  const child = spawn(path, ['--wait', '--rounds', String(ROUNDS)], { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  const pid = child.pid ?? 0;
  using program = openLiveProgram(pid);
  await using session = new PerfEngine().open({ pid, tid: null, inherit: 'threads' });
  armDirectly(session, [{ cookie: 1, address: BigInt(address), length: 8, access: 'write' }], { stackDepth: 64 });
  child.stdin.end('\n');
  await once(child, 'exit');
  const hits: RawHit[] = [];
  session.collect(keeping(hits), true);
  const resolver = new StackResolver(new PlaceCache((at, kernel) => program.place(at, kernel)), () => program.frames);
  const deep = hits.filter((hit) => resolver.resolve(hit, { depth: FRAMES, exact: false }).length === FRAMES);
  if (deep.length < 10) throw new Error(`only ${deep.length} of ${hits.length} stacks have ${FRAMES} frames`);
  const thousandsPerSecond = rate(deep, (hit) => resolver.resolve(hit, { depth: FRAMES, exact: false }));
  return [{ what: `unwound, ${FRAMES} frames with their places`, stacks: deep.length, thousandsPerSecond }];
}

function keeping(hits: RawHit[]): EngineSink {
  return {
    ...DEAF,
    hit: (hit) => {
      const { userStack } = hit;
      if (hit.kernel || userStack === null) return;
      const words = userStack.words.slice(userStack.registersAt, userStack.at + userStack.length / 4);
      const at = userStack.at - userStack.registersAt;
      hits.push({
        ...newRawHit(),
        stack: hit.stack?.slice() ?? null,
        userStack: { ...userStack, registers: words, registersAt: 0, words, at },
      });
    },
  };
}

/** Thousands a second: the median of several runs, after one that warms. */
function rate(hits: readonly RawHit[], resolve: (hit: RawHit) => unknown): number {
  const runs = Array.from({ length: RUNS + 1 }, () => {
    const start = performance.now();
    let done = 0;
    while (performance.now() - start < RUN_MS) {
      for (const hit of hits) resolve(hit);
      done += hits.length;
    }
    return done / (performance.now() - start);
  });
  return rounded(median(runs.slice(1)), 1);
}
