// The owner's side of one connection: reads requests, asks the client that speaks for the other command, and answers. Whatever comes is answered;
// what cannot be read ends the connection at most.
import type { Inherit } from '../../model/access.js';
import type { Request, RequestOf } from '../../protocols/share/index.js';
import {
  type Answer,
  answerText,
  encodeFrame,
  FrameReader,
  type News,
  PROTOCOL_VERSION,
  parseRequest,
  resultOf,
} from '../../protocols/share/index.js';
import type { Client, ClientEvent, ClientRole } from '../../session/debug/index.js';
import { BrokenConversationError, NotSharedError } from './errors.js';
import { NewsWriter } from './news-writer.js';
import { refusalOf } from './refusals.js';
import { RequestCarrier } from './request-carrier.js';

/** Whoever has the process, for those who join. */
export interface ShareHost {
  readonly pid: number;
  /** When the process began, in ticks since boot. */
  readonly start: string;
  readonly name: string;
  readonly inherit: Inherit;
  /** Throws a HwbkptError where this one cannot join. */
  join(who: { readonly name: string; readonly role: ClientRole }): Client | Promise<Client>;
}

/** The way back to the other command. */
export interface Line {
  send(frame: Uint8Array): void;
  /** Bytes that were sent and are not gone yet. */
  readonly waiting: number;
  end(): void;
}

/** Bytes that may wait for a slow reader: beyond it hits are dropped and counted, so that nobody waits for him. */
const MOST_WAITING = 4 * 1024 * 1024;
/** Beyond it he is given up: even what is not hits finds no end. */
const MOST_BEHIND = 64 * 1024 * 1024;
/** ms after which a loss is told where nothing else is. */
const LOSS_PATIENCE = 200;
/** Requests under way at a time. */
const MOST_PENDING = 1024;

export class Conversation {
  readonly #host: Promise<ShareHost>;
  readonly #line: Line;
  readonly #frames = new FrameReader();
  readonly #news = new NewsWriter();
  #client: Client | null = null;
  #carrier: RequestCarrier | null = null;
  #greeted = false;
  #pending = 0;
  #dropped = 0;
  #lossTimer: NodeJS.Timeout | null = null;
  #isFlushing = false;
  #isOver = false;

  constructor(host: Promise<ShareHost>, line: Line) {
    this.#host = host;
    this.#line = line;
  }

  /** Takes what has come. */
  receive(bytes: Uint8Array): void {
    if (this.#isOver) return;
    for (const text of this.#frames.push(bytes)) this.#take(text);
    if (this.#frames.problem !== null) this.#breakOff(this.#frames.problem);
  }

  #take(text: string): void {
    const parsed = parseRequest(text);
    if (!parsed.ok) this.#fail(numberIn(text), new BrokenConversationError(`not a request: ${parsed.problem}`));
    else if (this.#pending >= MOST_PENDING) this.#fail(parsed.value.id, new BrokenConversationError('too many requests at a time'));
    else void this.#serve(parsed.value);
  }

  async #serve(request: Request): Promise<void> {
    this.#pending++;
    try {
      const result = request.type === 'hello' ? await this.#hello(request) : await this.#carry(request);
      this.#answer({ type: 'done', id: request.id, result });
    } catch (error) {
      this.#fail(request.id, error);
    } finally {
      this.#pending--;
    }
  }

  async #hello(hello: RequestOf<'hello'>): Promise<unknown> {
    if (this.#greeted) throw new BrokenConversationError('hello was said before');
    if (hello.version !== PROTOCOL_VERSION) throw new NotSharedError('it is of another version');
    this.#greeted = true;
    const host = await this.#host;
    if (host.pid !== hello.pid || host.start !== hello.start) throw new NotSharedError('it has another process');
    if (hello.inherit !== null && hello.inherit !== host.inherit) throw new NotSharedError(`it watches with --inherit ${host.inherit}`);
    const client = await host.join({ name: hello.name, role: hello.role });
    if (this.#isOver || !fits(hello.engine, client)) {
      await client[Symbol.asyncDispose]();
      throw new NotSharedError(`it uses the ${client.capabilities.name} engine`);
    }
    this.#client = client;
    this.#carrier = new RequestCarrier(client, this.#news);
    client.onEvent((event) => this.#event(event));
    const { capabilities } = client;
    return resultOf('hello', { owner: process.pid, name: host.name, inherit: host.inherit, capabilities });
  }

  async #carry(request: Exclude<Request, { readonly type: 'hello' }>): Promise<unknown> {
    if (this.#carrier === null) throw new BrokenConversationError('say hello first');
    return await this.#carrier.carry(request);
  }

  #event(event: ClientEvent): void {
    if (this.#isOver) return;
    if (event.type === 'hit' && this.#line.waiting > MOST_WAITING) {
      this.#dropped++;
      this.#lossTimer ??= setTimeout(() => this.#tellLoss(), LOSS_PATIENCE);
      return;
    }
    this.#tellDropped();
    this.#news.event(event);
    if (event.type === 'closed') this.leave(event.because);
    else this.#flushSoon();
  }

  /** Nothing has come since that could have brought it along: it is quiet, or the reader is slow still. */
  #tellLoss(): void {
    this.#tellDropped();
    this.#flushSoon();
  }

  #tellDropped(): void {
    if (this.#lossTimer !== null) clearTimeout(this.#lossTimer);
    this.#lossTimer = null;
    if (this.#dropped === 0) return;
    this.#news.dropped(this.#dropped);
    this.#dropped = 0;
  }

  /** What one round of the target brings travels together. */
  #flushSoon(): void {
    if (this.#isFlushing) return;
    this.#isFlushing = true;
    setImmediate(() => {
      this.#isFlushing = false;
      this.#flush();
    });
  }

  #flush(): void {
    if (this.#isOver || this.#news.isEmpty) return;
    for (const news of inFrames(this.#news.take())) this.#send({ type: 'news', news });
    if (this.#line.waiting > MOST_BEHIND) this.#end();
  }

  #answer(answer: Answer): void {
    if (this.#isOver) return;
    // What the answer refers to comes before it, and so does a loss behind which nothing else comes: who closes a watch has its books then.
    this.#tellDropped();
    this.#flush();
    this.#send(answer);
  }

  #fail(id: number, error: unknown): void {
    this.#answer({ type: 'failed', id, refusal: refusalOf(error) });
  }

  #send(answer: Answer): void {
    this.#line.send(encodeFrame(answerText(answer)));
  }

  #breakOff(problem: string): void {
    this.#fail(0, new BrokenConversationError(problem));
    this.#end();
  }

  /** Says that nothing more comes, and hangs up. */
  leave(because: string): void {
    if (this.#isOver) return;
    this.#tellDropped();
    this.#news.event({ type: 'closed', because });
    this.#flush();
    this.#end();
  }

  /** The other end has hung up. */
  hungUp(): void {
    this.#end();
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    if (this.#lossTimer !== null) clearTimeout(this.#lossTimer);
    this.#line.end();
    const client = this.#client;
    this.#client = null;
    client?.onEvent(null);
    if (client !== null) void letGo(client);
  }
}

/** Nobody is left to be told what goes wrong. */
async function letGo(client: Client): Promise<void> {
  try {
    await client[Symbol.asyncDispose]();
  } catch {
    // Its target is gone, and so is what it had there.
  }
}

function fits(engine: string, { capabilities }: Client): boolean {
  return engine === 'auto' || engine === capabilities.name;
}

/** Rows of one frame: far below its limit, also with long stacks. */
const ROWS_PER_FRAME = 2000;

/** `news` cut so that no frame is too long. */
function inFrames(news: readonly News[]): News[][] {
  const frames: News[][] = [[]];
  let room = ROWS_PER_FRAME;
  for (const one of news) {
    for (const part of parts(one)) {
      const weight = part.type === 'hits' ? part.rows.length : 1;
      if (weight > room) {
        frames.push([]);
        room = ROWS_PER_FRAME;
      }
      frames.at(-1)?.push(part);
      room -= weight;
    }
  }
  return frames;
}

function parts(news: News): News[] {
  if (news.type !== 'hits' || news.rows.length <= ROWS_PER_FRAME) return [news];
  const cut: News[] = [];
  for (let at = 0; at < news.rows.length; at += ROWS_PER_FRAME) cut.push({ type: 'hits', rows: news.rows.slice(at, at + ROWS_PER_FRAME) });
  return cut;
}

/** The number of a request that is wrong otherwise, so that whoever made it knows; 0 where there is none. */
function numberIn(text: string): number {
  try {
    const id = (JSON.parse(text) as { readonly id?: unknown } | null)?.id;
    return typeof id === 'number' && Number.isInteger(id) && id >= 0 && id < 2 ** 32 ? id : 0;
  } catch {
    return 0;
  }
}
