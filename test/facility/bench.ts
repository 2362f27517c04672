// A facility whose effects are done at once, or held back, or failed, with a log that reads like prose.
import type { Effect, FacilityEvent } from '../../src/facility/events.js';
import type { Linear } from '../../src/facility/linear.js';
import type { Code, RequestSpec } from '../../src/facility/request.js';
import { newFacility } from '../../src/facility/state.js';
import { step } from '../../src/facility/step.js';

interface Wish {
  readonly priority?: number;
  readonly callbacks?: boolean;
  readonly width?: number;
  readonly at?: Linear;
  readonly inherit?: RequestSpec['inherit'];
}

function spec(
  id: number,
  { priority = 20, callbacks = true, width = 1, at = 0x10000 * id, inherit = 'none' }: Wish,
): Omit<RequestSpec, 'scope'> {
  const pieces = Array.from({ length: width }, (_, index) => ({ address: at + 8 * index, length: 8 }));
  return { id, pieces, access: 'write', inherit, priority, callbacks, answer: 'passed', inKernel: true };
}

/** A request of the kernel's. */
export function kernel(id: number, wish: Wish): RequestSpec {
  return { ...spec(id, wish), scope: { kind: 'kernel' } };
}

/** A request of thread `tid` in process 1. */
export function thread(id: number, tid: number, wish: Wish): RequestSpec {
  return { ...spec(id, wish), scope: { kind: 'thread', pid: 1, tid } };
}

export class Bench {
  readonly state = newFacility();
  readonly log: string[] = [];
  hold = false;
  #held: number[] = [];
  readonly #failing = new Map<number, Code>();
  #failingMove: Code | null = null;

  request(request: RequestSpec): void {
    this.step({ type: 'request', request });
  }

  withdraw(id: number): void {
    this.step({ type: 'withdraw', id });
  }

  exit(tid: number): void {
    this.step({ type: 'exit', tid });
  }

  change(id: number, at: Linear, width = 1): void {
    const pieces = Array.from({ length: width }, (_, index) => ({ address: at + 8 * index, length: 8 }));
    this.step({ type: 'change', id, pieces, access: 'write' });
  }

  trap(tid: number, cookies: readonly number[]): string[] {
    return step(this.state, { type: 'trap', tid, cookies }).map(describe);
  }

  /** Piece `cookie` will fail to be armed. */
  failArm(cookie: number, code: Code): void {
    this.#failing.set(cookie, code);
  }

  /** The next move will fail. */
  failMove(code: Code): void {
    this.#failingMove = code;
  }

  /** Answers what was held back, and goes on answering at once. */
  release(): void {
    this.hold = false;
    for (const effect of this.#held.splice(0)) this.step({ type: 'done', effect });
  }

  step(event: FacilityEvent): void {
    const answers: FacilityEvent[] = [];
    for (const effect of step(this.state, event)) {
      this.log.push(describe(effect));
      if (effect.type === 'tell' || effect.type === 'refuse') continue;
      if (this.hold) this.#held.push(effect.effect);
      else answers.push(this.#answer(effect));
    }
    for (const answer of answers) this.step(answer);
  }

  #answer(effect: Extract<Effect, { readonly effect: number }>): FacilityEvent {
    const code = effect.type === 'arm' ? this.#failing.get(effect.piece.cookie) : effect.type === 'move' ? this.#failingMove : null;
    if (effect.type === 'move') this.#failingMove = null;
    return code === null || code === undefined ? { type: 'done', effect: effect.effect } : { type: 'failed', effect: effect.effect, code };
  }

  /** Numbers of the requests that are installed, in order. */
  installed(): number[] {
    return this.state.requests.filter(({ installed }) => installed).map(({ id }) => id);
  }

  /** Cookies of what is armed. */
  armed(): number[] {
    return this.state.armed.filter(({ state }) => state === 'armed').map(({ cookie }) => cookie);
  }
}

function describe(effect: Effect): string {
  switch (effect.type) {
    case 'arm':
    case 'move':
      return `${effect.type} ${effect.piece.cookie}`;
    case 'disarm':
      return `disarm ${effect.cookie}`;
    case 'tell':
      return `${effect.request} ${effect.what} ${effect.cause}`;
    case 'refuse':
      return `${effect.request} refused ${effect.code} by ${effect.candidates.join(',')}`;
  }
}
