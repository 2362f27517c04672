// A target of tools that are killed: four threads at 10,000 writes a second together, and what it must have done in the end.
import { setTimeout as sleep } from 'node:timers/promises';
import { readNames, readText } from '../../src/linux/procfs/read.js';
import { threadState } from '../../src/linux/procfs/thread-state.js';
import { startTarget, type Target } from '../helpers/target.js';
import type { StartTool } from './killed-tools.js';

/** Of each target's work. */
const SECONDS = 5;
/** No tool is started on a target that has worked so long, ms. */
const LAST_START_MS = 3_000;
const PATIENCE_MS = 60_000;
/** ms within which a target must be free of a killed tool. */
const FREE_MS = 10_000;

/** What the program says of its work; the same in every run. */
function work(output: string): string[] {
  return output.split('\n').filter((line) => /^(thread|total) /.test(line));
}

/** The work of a target that nobody has looked at. */
export async function undisturbedWork(): Promise<readonly string[]> {
  await using target = await startTarget('steady-threads', { args: ['--seconds', `${SECONDS}`] });
  target.go();
  return work((await target.finishedWithin(PATIENCE_MS)).stdout);
}

/** The target had ended before the tool was at work. */
const TOO_LATE = Symbol('too late');

/** Null where a target has come through as it should, else what became of it. */
export type Verdict = string | null;

/** One kill. */
export interface Kill {
  readonly start: StartTool;
  /** Words before the tool's own. */
  readonly words: readonly string[];
  /** ms after the tool does what it is for. */
  readonly delay: number;
  /** Not before the target is traced, for tools that have only been started. */
  readonly onceTraced: boolean;
}

function isTraced(pid: number): boolean {
  return (readNames(`/proc/${pid}/task`) ?? []).some(
    (tid) => !/^TracerPid:\t0$/m.test(readText(`/proc/${pid}/task/${tid}/status`) ?? 'TracerPid:\t0'),
  );
}

async function until(isDone: () => boolean, patience: number): Promise<boolean> {
  for (const deadline = performance.now() + patience; performance.now() < deadline; await sleep(1)) if (isDone()) return true;
  return isDone();
}

/** Has tools killed at targets, one after the other; each target is used until its work is nearly done. */
export class KillingLane {
  readonly #undisturbed: readonly string[];

  constructor(undisturbed: readonly string[]) {
    this.#undisturbed = undisturbed;
  }

  /** Carries out `kills`; returns what became of every target that has not come through. */
  async run(kills: readonly Kill[]): Promise<string[]> {
    const problems: string[] = [];
    for (let next = 0; next < kills.length; ) {
      await using target = await startTarget('steady-threads', { args: ['--seconds', `${SECONDS}`] });
      const begun = performance.now();
      target.go();
      const told: Verdict[] = [];
      while (next < kills.length && performance.now() - begun < LAST_START_MS && target.running) {
        const kill = kills[next];
        const verdict = kill === undefined ? null : await killOne(target, kill);
        // On a slow machine the target may be done before the tool is ready: the next one gets it.
        if (verdict === TOO_LATE) break;
        next++;
        told.push(verdict);
      }
      told.push(await this.#ending(target));
      problems.push(...told.filter((verdict) => verdict !== null).map((verdict) => `${verdict} (kills up to number ${next})`));
    }
    return problems;
  }

  async #ending(target: Target): Promise<Verdict> {
    const ended = await target.finishedWithin(PATIENCE_MS).catch((error: unknown) => String(error));
    if (typeof ended === 'string') return ended;
    if (ended.signal !== null || ended.status !== 0) return `target ended with ${ended.signal ?? ended.status}`;
    return JSON.stringify(work(ended.stdout)) === JSON.stringify(this.#undisturbed) ? null : `target has done other work: ${ended.stdout}`;
  }
}

async function killOne(target: Target, { start, words, delay, onceTraced }: Kill): Promise<Verdict | typeof TOO_LATE> {
  await using tool = await startUnlessOver(target, () => start(target, words));
  if (tool === null) return TOO_LATE;
  if (onceTraced) await until(() => isTraced(target.pid) || !tool.process.running || !target.running, PATIENCE_MS);
  await sleep(delay);
  tool.process.signal('SIGKILL');
  await tool.process.finished;
  if (!(await until(() => !isTraced(target.pid), FREE_MS))) return 'a thread of the target is still traced';
  const states = (readNames(`/proc/${target.pid}/task`) ?? []).map((tid) => threadState(target.pid, Number(tid)));
  return states.includes('T') || states.includes('t') ? `threads of the target stand: ${states.join(' ')}` : null;
}

async function startUnlessOver<T>(target: Target, start: () => Promise<T>): Promise<T | null> {
  try {
    return await start();
  } catch (error) {
    // Whoever has ended says so a moment later.
    if (await until(() => !target.running, 500)) return null;
    throw error;
  }
}
