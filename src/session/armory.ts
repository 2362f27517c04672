// Turns an expression into armed pieces and a pipeline, and back; the one caller of the engine's arm and disarm.
import { present } from '../base/assert.js';
import { as, type VirtualAddress } from '../base/brand.js';
import type { Armed, EngineSession, Piece } from '../engines/contract.js';
import type { Lifecycle } from '../engines/host/lifecycle.js';
import type { Access, Inherit } from '../model/access.js';
import type { NotCovered } from '../model/coverage.js';
import type { WatchInfo } from '../model/hit.js';
import { type Cover, planCover } from '../registers/index.js';
import { explainArmFailure } from './diagnostics.js';
import { BadRequestError, NotMappedError } from './errors.js';
import type { WatchOptions } from './options.js';
import type { CoveredBytes } from './process-chain.js';
import type { Program, ResolvedExpression } from './program.js';
import { isUnknownName } from './rearming.js';
import type { WatchArming } from './watch.js';
import { type PipelineContext, WatchPipeline } from './watch-pipeline.js';

/** Linux's default of kernel.perf_event_max_stack. */
const MOST_FRAMES = 127;

/** A watch's part that is replaced when it is armed again in another program. */
export interface ArmedPieces {
  readonly cookies: readonly number[];
  readonly pipeline: WatchPipeline;
  readonly arming: WatchArming;
}

/** What the armory works with. */
export interface ArmoryParts {
  readonly session: EngineSession;
  readonly program: Program;
  readonly lifecycle: Lifecycle;
  readonly context: PipelineContext;
  readonly inherit: Inherit;
}

export class Armory {
  readonly #parts: ArmoryParts;
  readonly #armed = new Set<ArmedPieces>();
  #nextCookie = 1;

  constructor(parts: ArmoryParts) {
    this.#parts = parts;
  }

  /** Debug registers still free for this target, as far as this session knows. */
  get freeSlots(): number {
    return this.#parts.session.capabilities.slots - [...this.#armed].reduce((sum, { cookies }) => sum + cookies.length, 0);
  }

  /**
   * Resolves and arms `expression`: everything of it, or nothing. Errors as Target.watch documents them.
   *
   * A name may be in a library that was loaded since the last look. In a held program it may be in one that is still to be loaded: then the
   * loader is let run until it is, or has finished.
   */
  arm(expression: string, options: WatchOptions): ArmedPieces {
    const { program, lifecycle, session } = this.#parts;
    checkOptions(options, session.capabilities.accesses);
    try {
      return this.#armNow(expression, options);
    } catch (error) {
      if (!isUnknownName(error)) throw error;
      if (lifecycle.held) lifecycle.advance(this.#whenLoaded(expression, options));
      else if (!program.refresh()) throw error;
      return this.#armNow(expression, options);
    }
  }

  #armNow(expression: string, options: WatchOptions): ArmedPieces {
    const info = this.#resolve(expression, options);
    const cover = planCover({ address: info.address, length: info.size, slots: this.freeSlots, access: info.access });
    const pieces = cover.pieces.map(
      (piece): Piece => ({ cookie: this.#nextCookie++, address: piece.address, length: piece.length, access: info.access }),
    );
    const armed = this.#armPieces(pieces, options.stackDepth ?? 0);
    const result = this.#begin(info, cover, pieces, armed);
    this.#armed.add(result);
    return result;
  }

  /** {@link arm} in the program that an exec has brought. */
  armAgain(expression: string, options: WatchOptions): ArmedPieces {
    if (expression.trimStart().startsWith('0x')) throw new BadRequestError('an address means nothing in another program');
    const pieces = this.#armNow(expression, options);
    // What the new program did before this moment was not watched.
    const arming: WatchArming = { ...pieces.arming, notCovered: [...pieces.arming.notCovered, 'after-exec'] };
    const again = { ...pieces, arming };
    this.#armed.delete(pieces);
    this.#armed.add(again);
    return again;
  }

  /** Tells, while the loader is at work, when `expression` means something and its memory is there. */
  #whenLoaded(expression: string, options: WatchOptions): () => boolean {
    const { program, context } = this.#parts;
    let found: ResolvedExpression | null = null;
    return () => {
      if (program.refresh()) found = this.#tryResolve(expression, options);
      return found !== null && program.isInPlace(found.address) && context.readMemory(program.pid, found.address, found.size) !== null;
    };
  }

  #tryResolve(expression: string, { access, as }: WatchOptions): ResolvedExpression | null {
    try {
      return this.#parts.program.resolve(expression, { access: access ?? 'write', as: as ?? null });
    } catch {
      return null;
    }
  }

  disarm(pieces: ArmedPieces): void {
    if (this.#armed.delete(pieces)) this.#parts.session.disarm(pieces.cookies);
  }

  #resolve(expression: string, options: WatchOptions): WatchInfo {
    const { program, lifecycle } = this.#parts;
    const access = options.access ?? 'write';
    const { address, size, type } = program.resolve(expression, { access, as: options.as ?? null });
    if (!lifecycle.held && !program.isMapped(address)) throw new NotMappedError(address, program.pid);
    return { expression, access, address: as<VirtualAddress>(address), size, type };
  }

  #armPieces(pieces: readonly Piece[], stackDepth: number): Armed {
    try {
      return this.#parts.session.arm(pieces, { stackDepth });
    } catch (error) {
      throw explainArmFailure(error);
    }
  }

  #begin(...[info, cover, pieces, armed]: [WatchInfo, Cover, readonly Piece[], Armed]): ArmedPieces {
    const { lifecycle, context, program } = this.#parts;
    const covered = coveredBytes(cover);
    const pipeline = new WatchPipeline(info, covered, pieces.length, context);
    // A held program has done nothing yet: what is in memory now is what its first hit will find.
    pipeline.start(program.pid, lifecycle.held ? context.readMemory(program.pid, covered.address, covered.length) : null);
    const arming = { threads: armed.threads, notCovered: this.#blindSpots(armed.notCovered), slots: pieces.length, cover: cover.kind };
    return { cookies: pieces.map(({ cookie }) => cookie), pipeline, arming };
  }

  #blindSpots(unarmed: readonly NotCovered[]): NotCovered[] {
    const { capabilities } = this.#parts.session;
    const codes: NotCovered[] = capabilities.kernelWrites ? [] : ['kernel-writes'];
    codes.push(...capabilities.blindTo);
    if (this.#parts.inherit === 'none') codes.push('new-threads');
    if (this.#parts.inherit !== 'children') codes.push('children');
    return [...codes, ...unarmed];
  }
}

/** What the type of `options` promises, for callers without types. */
function checkOptions({ access = 'write', stackDepth = 0 }: WatchOptions, accesses: readonly Access[]): void {
  if (!accesses.includes(access))
    throw new BadRequestError(`access ${JSON.stringify(access)} is not supported`, { hint: `Take one of ${accesses.join(', ')}.` });
  if (!Number.isInteger(stackDepth) || stackDepth < 0 || stackDepth > MOST_FRAMES)
    throw new BadRequestError(`a stack of ${stackDepth} frames cannot be had`, { hint: `Take 0 to ${MOST_FRAMES}.` });
}

function coveredBytes(cover: Cover): CoveredBytes {
  const first = present(cover.pieces[0], 'a piece of the cover');
  const last = present(cover.pieces.at(-1), 'a piece of the cover');
  return { address: first.address, length: Number(last.address - first.address) + last.length };
}
