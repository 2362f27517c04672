// Requests that wait for their answers, on the side of a command that has joined.
import {
  encodeFrame,
  parseResult,
  type Request,
  type RequestOf,
  type ResultOf,
  requestText,
  type WireRefusal,
} from '../../protocols/share/index.js';
import { BrokenConversationError, OwnerGoneError } from './errors.js';
import { errorOf } from './refusals.js';

interface Waiting {
  done(result: unknown): void;
  failed(error: Error): void;
}

/** A request without its number. */
export type Question<T extends Request['type']> = Omit<RequestOf<T>, 'id' | 'type'>;

export class Calls {
  readonly #send: (frame: Uint8Array) => void;
  readonly #waiting = new Map<number, Waiting>();
  #next = 1;
  #over: string | null = null;

  constructor(send: (frame: Uint8Array) => void) {
    this.#send = send;
  }

  /** Rejects with what the owner was refused, OwnerGoneError, BrokenConversationError. */
  ask<T extends Request['type']>(type: T, question: Question<T>): Promise<ResultOf<T>> {
    if (this.#over !== null) return Promise.reject(new OwnerGoneError(this.#over));
    const id = this.#next++;
    const request = { type, id, ...question } as unknown as Request;
    return new Promise((resolve, reject) => {
      const done = (result: unknown): void => {
        const parsed = parseResult(type, result);
        if (parsed.ok) resolve(parsed.value);
        else reject(new BrokenConversationError(`not an answer to ${type}: ${parsed.problem}`));
      };
      this.#waiting.set(id, { done, failed: reject });
      this.#send(encodeFrame(requestText(request)));
    });
  }

  done(id: number, result: unknown): void {
    this.#taken(id)?.done(result);
  }

  failed(id: number, refusal: WireRefusal): void {
    this.#taken(id)?.failed(errorOf(refusal));
  }

  #taken(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }

  /** No more answers will come. */
  end(because: string): void {
    this.#over ??= because;
    for (const { failed } of this.#waiting.values()) failed(new OwnerGoneError(because));
    this.#waiting.clear();
  }
}
