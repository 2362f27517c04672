// What can be seen of a program while its threads stand: processes, registers, frames. What was read is kept until its thread goes on.
import type { Client, ClientStop } from '../../session/debug/index.js';
import {
  type Frame,
  framesOf,
  isVector,
  ProcessView,
  type ThreadRegisters,
  threadRegisters,
  withRegister,
  withVector,
} from '../../session/inspect/index.js';
import { WrongMomentError } from './errors.js';
import type { References } from './references.js';

/** Innermost first. */
export interface ThreadFrames {
  readonly view: ProcessView;
  readonly thread: ThreadRegisters;
  readonly frames: Frame[];
}

export class Looks implements Disposable {
  readonly #client: Client;
  readonly #stops: ReadonlyMap<number, ClientStop>;
  readonly #references: References;
  readonly #views = new Map<number, Promise<ProcessView>>();
  readonly #registers = new Map<number, ThreadRegisters>();

  /** `stops`: the threads that stand. `references`: what the client has of their frames. */
  constructor(client: Client, stops: ReadonlyMap<number, ClientStop>, references: References) {
    this.#client = client;
    this.#stops = stops;
    this.#references = references;
  }

  /** Process `pid`, with what is loaded now. Rejects with NoProcessImageError. */
  view(pid: number): Promise<ProcessView> {
    const known = this.#views.get(pid);
    if (known !== undefined) return known.then(refreshed);
    const opened = ProcessView.open(pid);
    this.#views.set(pid, opened);
    opened.catch(() => this.#views.delete(pid));
    return opened;
  }

  /** Of a thread that stands. Rejects with WrongMomentError, ControlError. */
  async registers(tid: number): Promise<ThreadRegisters> {
    if (!this.#stops.has(tid))
      throw new WrongMomentError(`thread ${tid} runs, or is not there`, { hint: 'Pause the program to look at it.' });
    const known = this.#registers.get(tid);
    if (known !== undefined) return known;
    const registers = threadRegisters(await this.#client.registers(tid), await this.#client.extendedState(tid));
    this.#registers.set(tid, registers);
    return registers;
  }

  /**
   * Another value for a register of a thread that stands; what was given out of its frames shows it. Rejects as {@link registers} does, and with
   * RegisterValueRefusedError.
   */
  async setRegister(tid: number, name: string, value: bigint): Promise<void> {
    await this.registers(tid);
    const client = this.#client;
    if (isVector(name)) await client.setExtendedState(tid, withVector(await client.extendedState(tid), name, value));
    else await client.setRegisters(tid, withRegister(await client.registers(tid), name, value));
    this.#registers.delete(tid);
    const { thread, frames } = await this.frames(tid);
    this.#references.refresh(tid, thread, frames);
    const now = thread.get(name) ?? 0n;
    if (now !== value)
      throw new WrongMomentError(`the processor, or the kernel, has made 0x${now.toString(16)} of what ${name} was set to`);
  }

  /** The frames of a thread that stands, innermost first. Rejects as {@link registers} does. */
  async frames(tid: number, most?: number): Promise<ThreadFrames> {
    const thread = await this.registers(tid);
    const view = await this.view(this.#stops.get(tid)?.pid ?? this.#client.pid);
    return { view, thread, frames: framesOf(view, thread, most) };
  }

  /** Thread `tid` goes on, or stands anew. */
  forget(tid: number): void {
    this.#registers.delete(tid);
  }

  forgetAll(): void {
    this.#registers.clear();
  }

  [Symbol.dispose](): void {
    for (const view of this.#views.values()) view.then((opened) => opened[Symbol.dispose]()).catch(() => undefined);
    this.#views.clear();
  }
}

function refreshed(view: ProcessView): ProcessView {
  view.refresh();
  return view;
}
