// The target of a run of watch, who or stat: taken, or joined where another hwbkpt has it; and what is armed there.
import type { Surroundings } from '../engines/host/facts.js';
import {
  type OpenedTarget,
  openShared,
  type RunTarget,
  type RunWatch,
  type SharedItem,
  type Sharing,
  shareTarget,
  type Visitor,
} from '../servers/share/index.js';
import { attach, attachKernel, launch, type Target, type WatchOptions } from '../session/index.js';
import { explainRefusal } from './arm-errors.js';
import type { CommonOptions } from './watch-options.js';

/** What a run's target is opened with. */
export interface Opening {
  /** For a command that is launched. */
  readonly surroundings: Surroundings;
  readonly onItems: (items: readonly SharedItem[]) => void;
}

/** Rejects with what attach, attachKernel and launch reject with. */
export async function openRun(common: CommonOptions, { surroundings, onItems }: Opening): Promise<OpenedTarget> {
  const { target, inherit, engine, maxRate } = common;
  const options = { inherit, engine, maxRate: maxRate ?? undefined, onItems };
  if (target.kind === 'pid' && isShared(common) && target.tid === undefined) return await openShared(target.pid, options, visitor(common));
  if (target.kind === 'pid') return alone(await attach(target.pid, { ...options, tid: target.tid }));
  if (target.kind === 'kernel') return alone(await attachKernel({ ...options, vmlinux: target.vmlinux }));
  return alone(await launch(target.argv, { ...options, surroundings }));
}

function alone(target: Target): OpenedTarget {
  return { target, sharing: null, because: null };
}

/** Others may join what this command has launched. */
export async function shareLaunched(target: Target, common: CommonOptions): Promise<Sharing | null> {
  return isShared(common) ? await shareTarget(target, common.inherit, visitor(common)) : null;
}

/** What is sampled or simulated is nothing for others. */
function isShared({ clients, maxRate, engine }: CommonOptions): boolean {
  return clients !== null && maxRate === null && engine !== 'sim';
}

function visitor({ command, clients }: CommonOptions): Visitor {
  return { name: `${command} ${process.pid}`, clients: clients ?? 0 };
}

/** Arms all of a command's expressions. Rejects with the first refusal, which says what it is about. */
export async function armAll(
  target: RunTarget,
  { expressions, watch, target: choice }: CommonOptions,
  keep: WatchOptions['keep'],
): Promise<RunWatch[]> {
  const armed: RunWatch[] = [];
  for (const expression of expressions) {
    try {
      armed.push(await target.watch(expression, { ...watch, keep }));
    } catch (error) {
      throw explainRefusal(error, { expression, target, choice, armed });
    }
  }
  return armed;
}
