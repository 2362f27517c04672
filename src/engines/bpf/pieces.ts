// The pieces of a session: each has a program, a block of shared memory and a way to read its records, from its arming to its last record.
import { BpfProgram } from '../../linux/bpf/index.js';
import type { Blocks } from './blocks.js';
import { hitProgram } from './hit-program.js';
import type { ProgramPlan } from './plan.js';
import { RecordDecoder } from './records.js';

/** What a piece's program works on. */
export interface PieceValue {
  readonly rangeAddress: bigint;
  readonly valueAddress: bigint;
  /** The value before the first hit; null where it is not known. */
  readonly start: bigint | null;
}

/** A piece that is armed, or was. */
export interface LoadedPiece {
  readonly cookie: number;
  /** Where it begins, and what is read with its hits: may move. */
  address: bigint;
  value: PieceValue;
  readonly block: number;
  readonly program: BpfProgram;
  readonly decoder: RecordDecoder;
  readonly plan: ProgramPlan;
  /** Hits that found no room, as far as they have been told. */
  toldLost: number;
  /** What was before (ns) is nobody's: the arming began again then. */
  since: number;
}

/** What has become of a piece's hits, beside those reported. */
export interface Outcomes {
  readonly full: number;
  readonly filtered: number;
  readonly counted: number;
  readonly uncounted: number;
  readonly ownAccesses: number;
}

/** The plan of a piece, once it has its block. */
export type PlanFor = (block: number, blockOffset: number) => ProgramPlan;

const OUTCOMES = ['full', 'filtered', 'counted', 'uncounted', 'ownAccesses'] as const;
const NOTHING: Outcomes = { full: 0, filtered: 0, counted: 0, uncounted: 0, ownAccesses: 0 };

export class Pieces implements Disposable {
  readonly #blocks: Blocks;
  readonly #byBlock: (LoadedPiece | undefined)[] = [];
  readonly #byCookie = new Map<number, LoadedPiece>();
  #past: Outcomes = NOTHING;

  constructor(blocks: Blocks) {
    this.#blocks = blocks;
  }

  /** The piece called `cookie`, if it has been loaded. */
  find(cookie: number): LoadedPiece | undefined {
    return this.#byCookie.get(cookie);
  }

  /** Loads the program of piece `cookie`. Throws LinuxError, VerifierError, and RangeError where there are too many pieces. */
  load({ cookie, address }: Pick<LoadedPiece, 'cookie' | 'address'>, value: PieceValue, planFor: PlanFor): LoadedPiece {
    const block = this.#blocks.take();
    if (block === null) throw new RangeError('too many breakpoints for one session');
    try {
      const plan = planFor(block, this.#blocks.offsetOf(block));
      const program = loadProgram(plan);
      const piece: LoadedPiece = {
        cookie,
        address,
        value,
        block,
        program,
        decoder: decoderOf(cookie, plan),
        plan,
        toldLost: 0,
        since: 0,
      };
      this.#byBlock[block] = piece;
      this.#byCookie.set(cookie, piece);
      this.#point(block, value);
      return piece;
    } catch (error) {
      this.#blocks.giveBack(block);
      throw error;
    }
  }

  #point(block: number, { rangeAddress, valueAddress, start }: PieceValue): void {
    this.#blocks.set(block, 'rangeAddress', rangeAddress);
    this.#blocks.set(block, 'valueAddress', valueAddress);
    if (start === null) return;
    this.#blocks.set(block, 'lastValue', start);
    this.#blocks.set(block, 'lastKnown', 1n);
  }

  /** All that piece `cookie` has reported and counted until `now` (ns) is forgotten. No event runs its program at this moment. */
  restart(cookie: number, now: number): void {
    const piece = this.#byCookie.get(cookie);
    if (piece === undefined) return;
    piece.since = now;
    piece.toldLost = 0;
    for (const field of OUTCOMES) this.#blocks.set(piece.block, field, 0n);
  }

  /** Piece `cookie` begins at `address` now; what is read with its hits has moved as far. */
  moved(cookie: number, address: bigint): void {
    const piece = this.#byCookie.get(cookie);
    if (piece === undefined) return;
    const by = address - piece.address;
    const { rangeAddress, valueAddress } = piece.value;
    piece.address = address;
    piece.value = { rangeAddress: rangeAddress + by, valueAddress: valueAddress + by, start: null };
    this.#blocks.set(piece.block, 'lastKnown', 0n);
    this.#point(piece.block, piece.value);
  }

  inBlock(block: number): LoadedPiece | undefined {
    return this.#byBlock[block];
  }

  all(): Iterable<LoadedPiece> {
    return this.#byCookie.values();
  }

  outcomesOf({ block }: LoadedPiece): Outcomes {
    const count = (field: keyof Outcomes): number => this.#blocks.count(block, field);
    return {
      full: count('full'),
      filtered: count('filtered'),
      counted: count('counted'),
      uncounted: count('uncounted'),
      ownAccesses: count('ownAccesses'),
    };
  }

  /** Of all pieces, those that are gone included. */
  outcomes(): Outcomes {
    return [...this.all()].map((piece) => this.outcomesOf(piece)).reduce(addOutcomes, this.#past);
  }

  /** All events that ran these pieces' programs are closed, and their records read. */
  drop(cookies: readonly number[]): void {
    for (const cookie of cookies) {
      const piece = this.#byCookie.get(cookie);
      if (piece === undefined) continue;
      this.#past = addOutcomes(this.#past, this.outcomesOf(piece));
      this.#byCookie.delete(cookie);
      this.#byBlock[piece.block] = undefined;
      piece.program[Symbol.dispose]();
      this.#blocks.giveBack(piece.block);
    }
  }

  [Symbol.dispose](): void {
    this.drop([...this.#byCookie.keys()]);
  }
}

function decoderOf(cookie: number, { value, condition, kernelFrames, userFrames, tellsOrigin }: ProgramPlan): RecordDecoder {
  const valueSize = value === null || condition === null || value.size > 8 ? 0 : value.size;
  return new RecordDecoder({ cookie, rangeLength: value?.rangeLength ?? 0, valueSize, kernelFrames, userFrames, tellsOrigin });
}

function addOutcomes(a: Outcomes, b: Outcomes): Outcomes {
  return {
    full: a.full + b.full,
    filtered: a.filtered + b.filtered,
    counted: a.counted + b.counted,
    uncounted: a.uncounted + b.uncounted,
    ownAccesses: a.ownAccesses + b.ownAccesses,
  };
}

/** Throws LinuxError and VerifierError. */
function loadProgram(plan: ProgramPlan): BpfProgram {
  const load = (one: ProgramPlan): BpfProgram => new BpfProgram({ type: 'perfEvent', name: 'hwbkpt_hit', code: hitProgram(one) });
  const asksKernel = plan.tellsCaller && plan.kernelFrames > 0 && plan.userFrames > 0;
  if (!asksKernel) return load(plan);
  try {
    return load(plan);
  } catch {
    // Before Linux 5.15 the registers of a system call cannot be had; what else is wrong is said then.
    return load({ ...plan, tellsCaller: false });
  }
}
