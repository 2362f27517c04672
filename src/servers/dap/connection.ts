// One client's connection: every request is answered exactly once, in the order in which they come; nothing that a client sends ends the program.
import { Event, Response } from '@vscode/debugadapter/lib/messages.js';
import { ProtocolServer } from '@vscode/debugadapter/lib/protocol.js';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { HwbkptError } from '../../base/errors.js';
import { Arguments } from './arguments.js';
import { UnknownRequestError } from './errors.js';
import type { Peer } from './peer.js';

/** Does what a request asks; what it resolves to is the answer's body. Rejects with HwbkptError. */
export type Handler = (args: Arguments) => Promise<object | undefined> | object | undefined;

/** Requests that do not wait for those before them: they end what those wait for. */
const AT_ONCE = new Set(['pause', 'disconnect', 'terminate', 'cancel']);
/** Answered with an error beyond so many that wait. */
const MOST_WAITING = 10_000;

/** The two ends of a conversation. Messages go in by {@link handle}, and come out by `write`. */
export class Connection extends ProtocolServer implements Peer {
  readonly #handlers: ReadonlyMap<string, Handler>;
  #turn: Promise<void> = Promise.resolve();
  /** Requests that wait for their turn, and those of them that are cancelled. */
  readonly #waiting = new Set<DebugProtocol.Request>();
  readonly #cancelled = new Set<DebugProtocol.Request>();
  #isClosed = false;

  constructor(handlers: (peer: Peer) => ReadonlyMap<string, Handler>, write: (message: object) => void) {
    super();
    this.#handlers = handlers(this);
    this.onDidSendMessage((message) => {
      if (!this.#isClosed) write(message);
    });
  }

  /** A message as it came. */
  handle(message: unknown): void {
    if (isRequest(message)) this.dispatchRequest(message);
  }

  /** Nothing is sent any more. */
  close(): void {
    this.#isClosed = true;
  }

  event(name: string, body?: object): void {
    this.sendEvent(new Event(name, body));
  }

  /** Resolves when all that came so far is answered. */
  async settled(): Promise<void> {
    await this.#turn;
  }

  protected override dispatchRequest(request: DebugProtocol.Request): void {
    if (AT_ONCE.has(request.command)) {
      void this.#answer(request);
      return;
    }
    if (this.#waiting.size >= MOST_WAITING) {
      this.sendResponse(new Response(request, 'too many requests wait for their answers'));
      return;
    }
    this.#waiting.add(request);
    this.#turn = this.#turn.then(async () => {
      this.#waiting.delete(request);
      if (this.#cancelled.delete(request)) this.sendResponse(new Response(request, 'cancelled'));
      else await this.#answer(request);
    });
  }

  cancel(number: number): void {
    for (const request of this.#waiting) if (request.seq === number) this.#cancelled.add(request);
  }

  async #answer(request: DebugProtocol.Request): Promise<void> {
    const response: DebugProtocol.Response = new Response(request);
    try {
      const handler = this.#handlers.get(request.command);
      if (handler === undefined) throw new UnknownRequestError(request.command);
      const body = await handler(new Arguments(request.arguments));
      if (body !== undefined) response.body = body;
    } catch (error) {
      Object.assign(response, failure(error));
    }
    this.sendResponse(response);
    for (const next of this.#after.splice(0)) next();
  }

  readonly #after: (() => void)[] = [];

  afterAnswer(next: () => void): void {
    this.#after.push(next);
  }
}

/** What tells a client of a failure, in words for people: some show the message, others the format. */
function failure(error: unknown): { readonly success: false; readonly message: string; readonly body: object } {
  const text = error instanceof Error ? error.message : String(error);
  const hint = error instanceof HwbkptError && error.hint !== undefined && error.hint !== '' ? ` (${error.hint})` : '';
  const message = text + hint;
  // Braces in a format stand for variables.
  const format = message.replaceAll('{', '(').replaceAll('}', ')');
  return { success: false, message, body: { error: { id: 1, format, showUser: true } } };
}

/** `seq` may be anything: it is only sent back. */
function isRequest(value: unknown): value is DebugProtocol.Request {
  return (
    typeof value === 'object' &&
    value !== null &&
    'type' in value &&
    value.type === 'request' &&
    'command' in value &&
    typeof value.command === 'string'
  );
}
