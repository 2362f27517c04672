// What a watch has asked for, and what becomes of it once it has its registers: the pipeline of its hits, and how the watch stands then.
import type { EngineSession } from '../engines/contract.js';
import type { Lifecycle } from '../engines/host/lifecycle.js';
import type { RequestId } from '../facility/index.js';
import type { Inherit } from '../model/access.js';
import type { NotCovered } from '../model/coverage.js';
import type { WatchInfo } from '../model/hit.js';
import type { Cover } from '../registers/index.js';
import { coveredBytes } from './covered-bytes.js';
import type { HitFilter } from './hit-filter.js';
import type { Pipeline, PipelineContext } from './pipeline.js';
import type { Program } from './program.js';
import type { Installed } from './slots.js';
import type { StackWish } from './stack.js';
import { TrapPipeline, type TrapScope } from './trap-pipeline.js';
import type { WatchArming } from './watch.js';
import { WatchPipeline } from './watch-pipeline.js';

/** Whose memory the session of a kernel target reads: it has no processes. */
const KERNEL = 0;

/** What a watch has asked for, registered in one program. */
export interface Order {
  readonly request: RequestId;
  readonly info: WatchInfo;
  readonly cover: Cover;
  /** The engine keeps counts, and reports only what it does not count. */
  readonly byEngine: boolean;
  /** The engine leaves out hits. */
  readonly filtered: boolean;
  /** What its hits are still to be tested for when they are complete; null: nothing, or the engine does it. */
  readonly filter: HitFilter | null;
  /** What it missed already before it was armed. */
  readonly missed: readonly NotCovered[];
  /** Frames of the stacks of its hits; 0: none. */
  readonly stackDepth: number;
  /** Whether hits show their instruction. */
  readonly instructions: boolean;
}

/** A watch's part that is replaced when it is armed again: in another program, or after others had its registers. */
export interface ArmedPieces {
  readonly order: Order;
  readonly pipeline: Pipeline;
  /** As the engine calls them. */
  readonly cookies: readonly number[];
  readonly arming: WatchArming;
}

/** A watch's request, and what is armed for it: null while it waits. */
export interface Ordered {
  readonly order: Order;
  readonly pieces: ArmedPieces | null;
}

/** What that takes. */
export interface FulfilmentParts {
  readonly session: EngineSession;
  readonly program: Program;
  readonly lifecycle: Lifecycle;
  readonly context: PipelineContext;
  readonly inherit: Inherit;
}

export class Fulfilment {
  readonly #parts: FulfilmentParts;

  constructor(parts: FulfilmentParts) {
    this.#parts = parts;
  }

  /** Begins the pipeline of an order that has its registers. */
  begin(order: Order, { armed, cookies, since }: Installed): ArmedPieces {
    const { cover, missed } = order;
    const pipeline = this.#pipeline(order);
    pipeline.open(since);
    const notCovered = this.#blindSpots([...armed.notCovered, ...missed]);
    return {
      order,
      pipeline,
      cookies,
      arming: {
        ...{ isArmed: true, threads: armed.threads, cpus: armed.cpus, notCovered },
        ...{ slots: cover.pieces.length, cover: cover.kind, pointerSlots: null },
      },
    };
  }

  #pipeline({ info, cover, filtered, stackDepth, instructions }: Order): Pipeline {
    const { lifecycle, program } = this.#parts;
    const context = { ...this.#contextOf({ depth: stackDepth, exact: info.access === 'execute' }), instructions };
    const covered = coveredBytes(cover);
    const { length: pieces } = cover.pieces;
    const { pid } = program;
    if (pid === null) return this.#kernelPipeline({ info, covered, pieces, filtered }, context);
    // Not all that user code does is reported: only the engine can tell what the access before has left.
    if (filtered) return new TrapPipeline({ info, covered, pieces, memory: 'process', filtered: true }, context);
    const owner = program.threadAt?.(covered.address) ?? null;
    const pipeline = new WatchPipeline(info, covered, pieces, { ...context, owner });
    // A held program has done nothing yet: what is in memory now is what its first hit will find.
    pipeline.start(pid, lifecycle.held ? context.readMemory(pid, covered.address, covered.length) : null);
    return pipeline;
  }

  #contextOf(wish: StackWish): PipelineContext {
    const { context } = this.#parts;
    return { ...context, stack: (raw) => context.stack(raw, wish) };
  }

  /** What memory holds just after arming is what the first hit will find, if none has come before. */
  #kernelPipeline(scope: Omit<TrapScope, 'memory'>, context: PipelineContext): Pipeline {
    const pipeline = new TrapPipeline({ ...scope, memory: 'kernel' }, context);
    const { address, length } = scope.covered;
    const bytes = scope.info.access === 'execute' ? null : context.readMemory(KERNEL, address, length);
    pipeline.startAt(Number(process.hrtime.bigint()), bytes);
    return pipeline;
  }

  #blindSpots(unarmed: readonly NotCovered[]): NotCovered[] {
    const { capabilities } = this.#parts.session;
    if (this.#parts.program.pid === null) return [...capabilities.blindTo, ...unarmed];
    const codes: NotCovered[] = capabilities.kernelWrites ? [] : ['kernel-writes'];
    codes.push(...capabilities.blindTo);
    if (this.#parts.inherit === 'none') codes.push('new-threads');
    if (this.#parts.inherit !== 'children') codes.push('children');
    return [...codes, ...unarmed];
  }

  /** How a watch stands that has no registers. */
  waiting({ cover, missed }: Order): WatchArming {
    return { ...this.unarmed([...missed, 'no-register']), slots: cover.pieces.length, cover: cover.kind };
  }

  /** How a watch stands of which it is not known what it will take. */
  unarmed(missed: readonly NotCovered[]): WatchArming {
    const notCovered = this.#blindSpots(missed);
    return { isArmed: false, threads: 0, cpus: 0, notCovered, slots: 0, cover: 'exact', pointerSlots: null };
  }
}
