// The only place that knows the engines by name: takes the best one that works here, by trial, and remembers why not a better one.
import { HwbkptError } from '../base/errors.js';
import type { Engine } from '../engines/contract.js';
import { ownPrivileges, securitySettings } from '../engines/host/facts.js';
import { permissionHint } from './diagnostics.js';
import { type Allowed, bpfObstacle, type Obstacle, perfInstead, STOP_INSTEAD } from './engine-advice.js';
import { BadRequestError } from './errors.js';

/** What `--engine` takes. */
export const ENGINE_NAMES = ['auto', 'bpf', 'perf', 'stop', 'sim'] as const;

/** The engines for what really runs, best first. */
const LIVE_ENGINES = ['bpf', 'perf', 'stop'] as const;

type LiveEngine = (typeof LIVE_ENGINES)[number];

/** What is to be watched. */
export type Watched = Engine['capabilities']['targets'][number];

/** An engine that was not taken. */
export interface PassedOver extends Obstacle {
  readonly name: string;
}

/** An engine, and why it is not a better one. */
export interface EngineChoice {
  readonly engine: Engine;
  /** Better ones, best first; empty where one was asked for by name. */
  readonly passedOver: readonly PassedOver[];
}

/** What came of trying an engine; it works unless something stands against it. */
export interface EngineTrial {
  readonly name: string;
  readonly engine: Engine;
  readonly obstacle: Obstacle | null;
}

/** No engine, or not the one that was asked for, works here. */
export class EngineUnavailableError extends HwbkptError {
  readonly code = 'engine-unavailable';
}

/**
 * The engine called `name`, or for `auto` the best one that works here and can watch that.
 * Rejects with EngineUnavailableError (its hint says what would help), or with BadRequestError where there is no such engine.
 */
export async function chooseEngine(name: string, watched: Watched = 'process'): Promise<EngineChoice> {
  if (name === 'auto') return await best(watched);
  // A whole machine comes with it, which others need not wait for.
  if (name === 'sim') return asked(new (await import('../engines/sim/engine.js')).SimEngine(), watched);
  const live = LIVE_ENGINES.find((known) => known === name);
  if (live === undefined)
    throw new BadRequestError(`there is no engine ${JSON.stringify(name)}`, {
      hint: `Engines of this version: ${ENGINE_NAMES.join(', ')}.`,
    });
  const { engine, obstacle } = await tryEngine(live);
  if (obstacle !== null) throw unavailable(live, obstacle);
  return asked(engine, watched);
}

/** All engines for what really runs, tried, best first. */
export async function tryEngines(): Promise<EngineTrial[]> {
  const trials: EngineTrial[] = [];
  for (const name of LIVE_ENGINES) trials.push(await tryEngine(name));
  return trials;
}

async function best(watched: Watched): Promise<EngineChoice> {
  const passedOver: PassedOver[] = [];
  for (const name of LIVE_ENGINES) {
    const { engine, obstacle } = await tryEngine(name);
    const problem = obstacle ?? unfit(engine, watched);
    if (problem === null) return { engine, passedOver };
    passedOver.push({ name, ...problem });
  }
  const reasons = passedOver.map(({ name, problem }) => `${name}: ${problem}`);
  const message = `no engine here can watch ${objectText(watched)}: ${reasons.join('; ')}`;
  throw new EngineUnavailableError(message, { hint: passedOver[0]?.advice ?? '' });
}

function asked(engine: Engine, watched: Watched): EngineChoice {
  const problem = unfit(engine, watched);
  if (problem !== null) throw new BadRequestError(`engine ${engine.capabilities.name}: ${problem.problem}`, { hint: problem.advice });
  return { engine, passedOver: [] };
}

function unfit({ capabilities }: Engine, watched: Watched): Obstacle | null {
  if (capabilities.targets.includes(watched)) return null;
  return { problem: `it cannot watch ${objectText(watched)}`, advice: 'Another one may: --engine auto tries them.' };
}

function objectText(watched: Watched): string {
  return watched === 'kernel' ? 'the kernel' : 'processes';
}

function unavailable(name: LiveEngine, { problem, advice }: Obstacle): EngineUnavailableError {
  const instead = name === 'bpf' ? perfInstead(ownPrivileges()) : STOP_INSTEAD;
  return new EngineUnavailableError(`engine ${name} does not work here: ${problem}`, { hint: `${advice}\n${instead}` });
}

/** Loads no more than what is tried. */
async function tryEngine(name: LiveEngine): Promise<EngineTrial> {
  switch (name) {
    case 'bpf': {
      const { BpfEngine } = await import('../engines/bpf/engine.js');
      const failure = BpfEngine.try();
      return { name, engine: new BpfEngine(), obstacle: failure === null ? null : bpfObstacle(failure, allowedHere()) };
    }
    case 'perf': {
      const { PerfEngine } = await import('../engines/perf/engine.js');
      const failure = PerfEngine.try();
      return { name, engine: new PerfEngine(), obstacle: failure === null ? null : { problem: failure.message, advice: permissionHint() } };
    }
    case 'stop':
      // Whether it may trace shows with each process.
      return { name, engine: new (await import('../engines/stop/engine.js')).StopEngine(), obstacle: null };
  }
}

function allowedHere(): Allowed {
  return { privileges: ownPrivileges(), security: securitySettings() };
}
