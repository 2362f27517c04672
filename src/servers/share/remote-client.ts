// A client of a target that another hwbkpt has: what it asks and is told travels over that one's socket.
import type { Socket } from 'node:net';
import type { Inherit } from '../../model/access.js';
import { type Answer, FrameReader, PROTOCOL_VERSION, parseAnswer, type ResultOf, type Wishes } from '../../protocols/share/index.js';
import type {
  Client,
  ClientEvent,
  ClientRole,
  ClientThread,
  ClientWatch,
  ClientWatchOptions,
  SlotUse,
  StepRequest,
  StopPolicy,
} from '../../session/debug/index.js';
import { Calls } from './calls.js';
import { BrokenConversationError } from './errors.js';
import { NewsReader } from './news-reader.js';
import { RemoteStops } from './remote-stops.js';
import { RemoteWatch } from './remote-watch.js';

/** Who joins, and what for. */
export interface Joining {
  readonly name: string;
  readonly role: ClientRole;
  readonly pid: number;
  /** When the process began, in ticks since boot. */
  readonly start: string;
  /** `auto`: any. */
  readonly engine: string;
  /** Null: any. */
  readonly inherit: Inherit | null;
}

/** ms. The owner may be busy arming thousands of threads, or still be opening the process. */
const HELLO_PATIENCE = 15_000;

/** Says hello over `socket`, which is connected. Rejects with NotSharedError's like where the owner will not, BrokenConversationError, OwnerGoneError. */
export async function joinOver(socket: Socket, joining: Joining): Promise<RemoteClient> {
  const connection = new Connection(socket);
  const { name, role, pid, start, engine, inherit } = joining;
  const timer = setTimeout(() => connection.end('it does not answer'), HELLO_PATIENCE);
  try {
    const welcome = await connection.calls.ask('hello', { version: PROTOCOL_VERSION, name, role, pid, start, engine, inherit });
    return new RemoteClient(connection, joining, welcome);
  } catch (error) {
    connection.end('not welcome');
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** The socket with its frames; ends once, with the reason. */
class Connection {
  readonly calls: Calls;
  readonly #socket: Socket;
  readonly #frames = new FrameReader();
  #listener: ((answer: Extract<Answer, { readonly type: 'news' }>) => void) | null = null;
  #onEnd: ((because: string) => void) | null = null;
  /** News before anybody listens. */
  #early: Extract<Answer, { readonly type: 'news' }>[] = [];
  #over: string | null = null;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.calls = new Calls((frame) => socket.write(frame));
    socket.on('data', (bytes) => this.#receive(bytes));
    socket.on('error', () => undefined);
    socket.on('close', () => this.end('it has ended'));
  }

  listen(listener: (news: Extract<Answer, { readonly type: 'news' }>) => void, onEnd: (because: string) => void): void {
    this.#listener = listener;
    this.#onEnd = onEnd;
    for (const news of this.#early.splice(0)) listener(news);
    if (this.#over !== null) onEnd(this.#over);
  }

  #receive(bytes: Buffer): void {
    for (const text of this.#frames.push(bytes)) {
      const parsed = parseAnswer(text);
      if (parsed.ok) this.#take(parsed.value);
      else this.end(`it does not speak as it should: ${parsed.problem}`);
    }
    if (this.#frames.problem !== null) this.end(this.#frames.problem);
  }

  #take(answer: Answer): void {
    if (this.#over !== null) return;
    if (answer.type === 'done') this.calls.done(answer.id, answer.result);
    else if (answer.type === 'failed') this.calls.failed(answer.id, answer.refusal);
    else if (this.#listener === null) this.#early.push(answer);
    else this.#listener(answer);
  }

  end(because: string): void {
    if (this.#over !== null) return;
    this.#over = because;
    this.#socket.destroy();
    this.calls.end(because);
    this.#onEnd?.(because);
  }
}

export class RemoteClient implements Client {
  readonly name: string;
  readonly role: ClientRole;
  readonly pid: number;
  readonly capabilities: Client['capabilities'];
  /** The hwbkpt that has the process. */
  readonly owner: { readonly pid: number; readonly name: string };
  /** What its owner has it watched with. */
  readonly inherit: Inherit;
  readonly #connection: Connection;
  readonly #news: NewsReader;
  readonly #stops = new RemoteStops();
  #listener: ((event: ClientEvent) => void) | null = null;
  /** What came before anybody listened, or inside a call. */
  #events: ClientEvent[] = [];
  #isDelivering = false;
  #isOver = false;

  constructor(connection: Connection, { name, role, pid }: Joining, welcome: ResultOf<'hello'>) {
    this.name = name;
    this.role = role;
    this.pid = pid;
    this.owner = { pid: welcome.owner, name: welcome.name };
    this.inherit = welcome.inherit;
    this.capabilities = welcome.capabilities as Client['capabilities'];
    this.#connection = connection;
    const { calls } = connection;
    const close = async (watch: number): Promise<void> => {
      if (!this.#isOver) await calls.ask('close', { watch });
    };
    this.#news = new NewsReader(
      (id) => new RemoteWatch(id, { close, tally: async (watch) => this.#news.tally(await calls.ask('tally', { watch })) }),
    );
    connection.listen(
      ({ news }) => this.#take(news),
      (because) => this.#ended(because),
    );
  }

  #take(news: readonly Parameters<NewsReader['read']>[0][]): void {
    try {
      for (const one of news) for (const event of this.#news.read(one)) this.#happened(event);
    } catch (error) {
      if (!(error instanceof BrokenConversationError)) throw error;
      this.#connection.end(error.message);
    }
  }

  #happened(event: ClientEvent): void {
    if (this.#isOver) return;
    if (event.type === 'closed') {
      this.#connection.end(event.because);
      return;
    }
    this.#stops.note(event);
    this.#tell(event);
  }

  #ended(because: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#tell({ type: 'closed', because });
  }

  #tell(event: ClientEvent): void {
    this.#events.push(event);
    this.#deliver();
  }

  #deliver(): void {
    if (this.#isDelivering) return;
    this.#isDelivering = true;
    try {
      while (this.#listener !== null && this.#events.length > 0) {
        const events = this.#events;
        this.#events = [];
        for (const event of events) this.#listener?.(event);
      }
    } finally {
      this.#isDelivering = false;
    }
  }

  onEvent(listener: ((event: ClientEvent) => void) | null): void {
    this.#listener = listener;
    if (listener !== null) setImmediate(() => this.#deliver());
  }

  async watch(expression: string, options: ClientWatchOptions = {}): Promise<ClientWatch> {
    const { watch } = await this.#connection.calls.ask('watch', { expression, wishes: wishesOf(options) });
    return this.#news.watch(watch);
  }

  slots(): Promise<readonly SlotUse[]> {
    return this.#connection.calls.ask('slots', {});
  }

  async threads(): Promise<readonly ClientThread[]> {
    const threads = await this.#connection.calls.ask('threads', {});
    return threads.map(({ pid, tid, name, stopped }) => ({ pid, tid, name, stop: stopped ? this.#stops.of(tid) : null }));
  }

  async setPolicy({ signals, clones, forks, execs, wholeProcess }: StopPolicy): Promise<void> {
    await this.#connection.calls.ask('policy', { signals: [...signals], clones, forks, execs, wholeProcess });
  }

  async stop(tids: readonly number[] | 'all'): Promise<void> {
    await this.#connection.calls.ask('stop', { tids: tids === 'all' ? null : tids });
  }

  async resume(tids: readonly number[] | 'all', signal = 0): Promise<void> {
    // Not those whose stop is still on its way: this client would be told of it when it holds them no more.
    const told = tids === 'all' ? this.#stops.tids : tids;
    this.#stops.resumed(told);
    await this.#connection.calls.ask('resume', { tids: told, signal });
  }

  async step(tid: number, { signal = 0, by = 'breakpoint' }: Partial<StepRequest> = {}): Promise<void> {
    this.#stops.resumed([tid]);
    await this.#connection.calls.ask('step', { tid, signal, by });
  }

  async registers(tid: number): Promise<BigUint64Array> {
    return BigUint64Array.from(await this.#connection.calls.ask('registers', { tid }));
  }

  async setRegisters(tid: number, registers: BigUint64Array): Promise<void> {
    await this.#connection.calls.ask('setRegisters', { tid, words: [...registers] });
  }

  extendedState(tid: number): Promise<Uint8Array> {
    return this.#connection.calls.ask('extendedState', { tid });
  }

  async setExtendedState(tid: number, state: Uint8Array): Promise<void> {
    await this.#connection.calls.ask('setExtendedState', { tid, state });
  }

  signalInfo(tid: number): Promise<Uint8Array | null> {
    return this.#connection.calls.ask('signalInfo', { tid });
  }

  async setSignalInfo(tid: number, info: Uint8Array): Promise<void> {
    await this.#connection.calls.ask('setSignalInfo', { tid, info });
  }

  readMemory(pid: number, address: bigint, length: number): Promise<Uint8Array | null> {
    return this.#connection.calls.ask('readMemory', { pid, address, length });
  }

  async writeMemory(pid: number, address: bigint, bytes: Uint8Array): Promise<void> {
    await this.#connection.calls.ask('writeMemory', { pid, address, bytes });
  }

  async kill(pid: number): Promise<void> {
    await this.#connection.calls.ask('kill', { pid });
  }

  async detach(pid: number): Promise<void> {
    this.#stops.left(pid);
    await this.#connection.calls.ask('detach', { pid });
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#listener = null;
    this.#isOver = true;
    this.#connection.end('this client has left');
    return Promise.resolve();
  }
}

/** With nothing left out. */
function wishesOf(options: ClientWatchOptions): Wishes {
  return {
    access: options.access ?? 'write',
    as: options.as ?? null,
    stackDepth: options.stackDepth ?? 0,
    instruction: options.instruction ?? false,
    condition: options.condition ?? null,
    changesOnly: options.changesOnly ?? false,
    priority: options.priority ?? null,
    keep: options.keep ?? 'each',
    follow: options.follow ?? false,
    everyCall: options.everyCall ?? false,
    stop: options.stop ?? false,
    pid: options.pid ?? null,
    unmapped: options.unmapped ?? false,
  };
}
