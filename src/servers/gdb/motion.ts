// Lets standing threads go: by steps, each of which may be refused, or on.
import type { Client } from '../../session/debug/index.js';
import type { Points } from './points.js';
import type { RegisterCache } from './register-cache.js';
import type { Action, Thread } from './threads.js';

export interface MotionParts {
  readonly client: Client;
  readonly points: Points;
  readonly registers: RegisterCache;
  readonly stepBy: 'breakpoint' | 'trap-flag';
}

/** What a thread does that nobody has anything to say about. */
export const CONTINUE: Action = { kind: 'continue', signal: 0 };

export class Motion {
  readonly #parts: MotionParts;

  constructor(parts: MotionParts) {
    this.#parts = parts;
  }

  /** One instruction of a thread whose action is a step. Throws what Client.step throws; it stands then as before. */
  async step(thread: Thread): Promise<void> {
    const { client, stepBy, points } = this.#parts;
    const { action, stop } = thread;
    if (action?.kind !== 'step') return;
    // A signal is delivered once.
    this.#leave(thread, { ...action, signal: 0 });
    const request = { signal: action.signal, by: stepBy };
    try {
      await client.step(thread.tid, request).catch(async (error: unknown) => {
        // What only waits for slots anyway makes room.
        if (!(await points.yieldSlots())) throw error;
        await client.step(thread.tid, request);
      });
    } catch (error) {
      thread.stop ??= stop;
      throw error;
    }
  }

  /** Each with the signal of its action. */
  async continue(threads: readonly Thread[]): Promise<void> {
    const bySignal = new Map<number, number[]>();
    for (const thread of threads) {
      const signal = thread.action?.signal ?? 0;
      bySignal.set(signal, [...(bySignal.get(signal) ?? []), thread.tid]);
      this.#leave(thread, CONTINUE);
    }
    for (const [signal, tids] of bySignal) await this.#parts.client.resume(tids, signal);
  }

  /** It is about to run: whatever is told of it from now on is news. */
  #leave(thread: Thread, next: Action): void {
    thread.stop = null;
    thread.action = next;
    this.#parts.registers.forget(thread.tid);
  }
}
