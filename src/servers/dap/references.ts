// Numbers that stand for frames and for values with parts, while all threads stand: after that they mean nothing.
import type { Frame, Item, ProcessView, ThreadRegisters } from '../../session/inspect/index.js';
import { WrongMomentError } from './errors.js';

/** A frame of a stopped thread. */
export interface FrameReference {
  readonly view: ProcessView;
  readonly tid: number;
  /** Of the thread's frames, from 0. */
  readonly index: number;
  /** Both are others when a register was set. */
  thread: ThreadRegisters;
  frame: Frame;
}

/** One kind of what a frame has. */
export interface Scope {
  readonly kind: 'arguments' | 'locals' | 'statics' | 'registers';
  readonly at: FrameReference;
}

/** What a client can open. */
export type Container =
  | Scope
  | { readonly kind: 'item'; readonly item: Item; readonly view: ProcessView; readonly at: FrameReference | null };

/** Numbers are never used twice in a session. */
export class References {
  readonly #frames = new Map<number, FrameReference>();
  readonly #containers = new Map<number, Container>();
  #next = 1;

  frame(reference: FrameReference): number {
    const id = this.#next++;
    this.#frames.set(id, reference);
    return id;
  }

  container(container: Container): number {
    const id = this.#next++;
    this.#containers.set(id, container);
    return id;
  }

  /** Throws WrongMomentError. */
  frameOf(id: number): FrameReference {
    const found = this.#frames.get(id);
    if (found === undefined) throw new WrongMomentError(`frame ${id} is not there any more`, { hint: 'The program has run on since.' });
    return found;
  }

  /** Throws WrongMomentError. */
  containerOf(id: number): Container {
    const found = this.#containers.get(id);
    if (found === undefined) throw new WrongMomentError(`value ${id} is not there any more`, { hint: 'The program has run on since.' });
    return found;
  }

  /** Registers of thread `tid` were set: its frames are these now. */
  refresh(tid: number, thread: ThreadRegisters, frames: readonly Frame[]): void {
    for (const reference of this.#frames.values()) {
      const frame = frames[reference.index];
      if (reference.tid === tid && frame !== undefined) Object.assign(reference, { thread, frame });
    }
  }

  /** The program runs on. */
  clear(): void {
    this.#frames.clear();
    this.#containers.clear();
  }
}
