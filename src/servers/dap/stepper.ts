// Steps: over a line, into a call, out of a function, over an instruction. Breakpoints on the instructions where a line is left, in that thread
// only; where there are no slots for them, one instruction after the other, with the slot of a breakpoint that is asked for in another way then:
// by looking where the thread is.
import { type ClientStop, type ClientWatch, ControlError } from '../../session/debug/index.js';
import { calleeMove, isStepDone, lineMove, type ProcessView, type StepStart, stepStart } from '../../session/inspect/index.js';
import { hex } from './arguments.js';
import type { Loan } from './breakpoints.js';
import type { Debuggee } from './debuggee.js';
import { WrongMomentError } from './errors.js';
import type { Session } from './session.js';
import { dealWithStop, judgedHits, reached, tellStop } from './stops.js';

export type StepKind = 'over' | 'into' | 'out';

/** Moves made for one step: then it ends where the thread is. */
const MOST_MOVES = 10_000;

/** How a move ended. `other`: something else has stopped the program, and was dealt with. */
type Moved = 'there' | 'other';

/** One step of one thread. */
export class Stepper {
  readonly #session: Session;
  readonly #debuggee: Debuggee;
  readonly #tid: number;
  #loan: Loan | null = null;

  constructor(session: Session, debuggee: Debuggee, tid: number) {
    this.#session = session;
    this.#debuggee = debuggee;
    this.#tid = tid;
  }

  /** Makes the step, and tells the client of its end, or of what came before. */
  async run(kind: StepKind, byInstruction: boolean): Promise<void> {
    const { view, thread } = await this.#debuggee.frames(this.#tid, 1);
    const start = stepStart(view, thread);
    let moved: Moved;
    try {
      moved = await this.#make(kind, byInstruction, { view, start });
    } finally {
      await this.#loan?.giveBack().catch(() => undefined);
    }
    if (moved === 'there') tellStop(this.#session, this.#debuggee, this.#tid, { reason: 'step', description: 'Paused on step' });
    this.#debuggee.stopWaiting();
  }

  async #make(
    kind: StepKind,
    byInstruction: boolean,
    at: { readonly view: ProcessView; readonly start: StepStart | null },
  ): Promise<Moved> {
    const { start, view } = at;
    if (start === null) return await this.#instruction();
    if (kind === 'out') return await this.#out(start);
    if (byInstruction || start.line === null) return await this.#oneInstruction(view, start, kind === 'into');
    return await this.#line(view, start, kind === 'into');
  }

  async #out({ caller }: StepStart): Promise<Moved> {
    if (caller === null) return await this.#instruction();
    return await this.#runTo([caller.address], async () => (await this.#stackPointer()) >= caller.sp);
  }

  async #oneInstruction(view: ProcessView, start: StepStart, into: boolean): Promise<Moved> {
    const behind = into ? null : behindCall(view, start.address);
    if (behind === null) return await this.#instruction();
    return await this.#runTo([behind], async () => await this.#isNotDeeper(start));
  }

  async #line(view: ProcessView, start: StepStart, into: boolean): Promise<Moved> {
    for (let moves = 0; moves < MOST_MOVES; moves++) {
      const now = moves === 0 ? start.address : await this.#address();
      const move = lineMove(view, start, now, into);
      const moved =
        move.kind === 'run-to'
          ? await this.#runTo(move.addresses, async () => await this.#isNotDeeper(start))
          : await this.#alongCall(view, now, into);
      if (moved === 'other') return 'other';
      if (moved === 'callee') return 'there';
      const [top] = (await this.#debuggee.frames(this.#tid, 1)).frames;
      if (top === undefined || isStepDone(view, start, top)) return 'there';
    }
    return 'there';
  }

  /** One instruction; a call is made as a whole, unless it is to be gone into and has lines: then to its first (`callee`). */
  async #alongCall(view: ProcessView, now: bigint, into: boolean): Promise<Moved | 'callee'> {
    const behind = behindCall(view, now);
    if (behind !== null && !into) return await this.#runTo([behind], async () => true);
    const sp = await this.#stackPointer();
    const moved = await this.#instruction();
    if (moved === 'other' || behind === null) return moved;
    const callee = await this.#address();
    const first = calleeMove(view, callee);
    if (first === null) return await this.#runTo([behind], async () => (await this.#stackPointer()) >= sp);
    if (first === callee) return 'callee';
    return (await this.#runTo([first], async () => true)) === 'there' ? 'callee' : 'other';
  }

  /** Lets all threads run until this one is at one of `addresses`, and `isThere`. With a slot that was lent only this one runs. */
  async #runTo(addresses: readonly bigint[], isThere: () => Promise<boolean>): Promise<Moved> {
    const watches = await this.#armed(addresses);
    if (watches === null) return await this.#instruction();
    try {
      for (;;) {
        // Where a breakpoint does without its register, only this thread is looked after.
        const go = this.#loan === null || this.#loan.of === null ? undefined : () => this.#debuggee.resumeOnly(this.#tid);
        const stop = await this.#debuggee.goUntilStop(this.#tid, go);
        const own = stop !== null && isHitOf(stop, watches);
        const moved = await this.#weighed(stop, own);
        if (moved === 'there' && (await this.#isAtLent())) return 'other';
        if (moved === 'other' || (moved === 'there' && (await isThere()))) return moved;
      }
    } finally {
      await closeAll(watches);
    }
  }

  /** Null where there are no slots for all of them, or no code. */
  async #armed(addresses: readonly bigint[]): Promise<ClientWatch[] | null> {
    const watches: ClientWatch[] = [];
    try {
      for (const address of addresses)
        watches.push(await this.#debuggee.client.watch(hex(address), { access: 'execute', stop: true, condition: `tid == ${this.#tid}` }));
      return watches;
    } catch {
      await closeAll(watches);
      return addresses.length === 1 && (await this.#borrow()) ? await this.#armed(addresses) : null;
    }
  }

  /** False where there is nothing to borrow, or it was before. */
  async #borrow(): Promise<boolean> {
    if (this.#loan !== null) return false;
    this.#loan = await this.#debuggee.breakpoints.lend();
    return this.#loan !== null;
  }

  async #instruction(): Promise<Moved> {
    const stop = await this.#debuggee.goUntilStop(this.#tid, () => this.#stepOnce());
    const moved = await this.#weighed(stop, stop !== null && stop.tid === this.#tid && stop.cause.kind === 'step');
    if (moved === 'there' && (await this.#isAtLent())) return 'other';
    return moved ?? 'there';
  }

  async #stepOnce(): Promise<void> {
    try {
      await this.#debuggee.step(this.#tid);
    } catch (error) {
      if (!(error instanceof ControlError) || error.failure !== 'no-slot') throw error;
      if (!(await this.#borrow()))
        throw new WrongMomentError('a step takes a debug register, and all are taken', { hint: 'Remove a data breakpoint for a moment.' });
      await this.#debuggee.step(this.#tid);
    }
  }

  /** Whether the thread has come to the breakpoint whose slot was lent, and the client was told. */
  async #isAtLent(): Promise<boolean> {
    const lent = this.#loan?.of ?? null;
    if (lent === null || lent.address !== (await this.#address())) return false;
    const told = await reached(this.#session, this.#debuggee, { tid: this.#tid, breakpoint: lent.breakpoint });
    if (told !== null) tellStop(this.#session, this.#debuggee, this.#tid, told);
    return told !== null;
  }

  /** Whether a stop ends the move: `other` has been dealt with. Null: it was for nothing. */
  async #weighed(stop: ClientStop | null, own: boolean): Promise<Moved | null> {
    if (stop === null) return 'other';
    const told = await judgedHits(this.#session, this.#debuggee, stop);
    if (told !== null) {
      tellStop(this.#session, this.#debuggee, stop.tid, told);
      return 'other';
    }
    if (own) return 'there';
    // A breakpoint that was only counted, or printed.
    if (stop.cause.kind === 'hit') return null;
    await dealWithStop(this.#session, this.#debuggee, stop);
    return 'other';
  }

  async #address(): Promise<bigint> {
    return (await this.#debuggee.registers(this.#tid)).get('rip') ?? 0n;
  }

  async #stackPointer(): Promise<bigint> {
    return (await this.#debuggee.registers(this.#tid)).get('rsp') ?? 0n;
  }

  /** The same call of the function as at the start, or an outer one: not one that it has made. */
  async #isNotDeeper({ cfa }: StepStart): Promise<boolean> {
    const [top] = (await this.#debuggee.frames(this.#tid, 1)).frames;
    return cfa === null || top === undefined || top.cfa === null || top.cfa >= cfa;
  }
}

/** The instruction behind the call at `address`; null where there is no call. */
function behindCall(view: ProcessView, address: bigint): bigint | null {
  const code = view.image.readCode(address, 15);
  const [first] = code === null ? [] : view.decoder.flow(code, address);
  return first?.kind === 'call' ? address + BigInt(first.length) : null;
}

function isHitOf({ cause }: ClientStop, watches: readonly ClientWatch[]): boolean {
  return cause.kind === 'hit' && cause.hits.some(({ watch }) => watches.some(({ id }) => id === watch.id));
}

async function closeAll(watches: readonly ClientWatch[]): Promise<void> {
  await Promise.all(watches.map((watch) => watch.close().catch(() => undefined)));
}
