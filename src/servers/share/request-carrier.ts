// Carries out the requests of one command that has joined, on the client that speaks for it.
import { assertNever } from '../../base/assert.js';
import { type Request, type RequestOf, type ResultOf, resultOf, type Wishes } from '../../protocols/share/index.js';
import type { Client, ClientWatch, ClientWatchOptions } from '../../session/debug/index.js';
import type { TallyRow } from '../../session/index.js';
import { BrokenConversationError } from './errors.js';
import type { NewsWriter } from './news-writer.js';

/** Watches of one client; the registers are four, but many may wait. */
const MOST_WATCHES = 256;
const MOST_CLOSED = 16;

type Carried = Exclude<Request, { readonly type: 'hello' }>;

export class RequestCarrier {
  readonly #client: Client;
  readonly #news: NewsWriter;
  readonly #watches = new Map<number, ClientWatch>();
  /** Their tallies may still be asked for. */
  readonly #closed = new Map<number, ClientWatch>();

  constructor(client: Client, news: NewsWriter) {
    this.#client = client;
    this.#news = news;
  }

  /** What `done` is to hold. Rejects with a HwbkptError. */
  async carry(request: Carried): Promise<unknown> {
    const client = this.#client;
    switch (request.type) {
      case 'watch':
        return await this.#watch(request);
      case 'close': {
        await this.#close(this.#watchOf(request.watch));
        return null;
      }
      case 'tally':
        return this.#tally(request.watch, await this.#watchOf(request.watch).tally());
      case 'slots':
        return resultOf('slots', await client.slots());
      case 'threads': {
        const threads = await client.threads();
        const rows = threads.map(({ pid, tid, name, stop }) => ({ pid, tid, name, stopped: stop !== null }));
        return resultOf('threads', rows);
      }
      case 'policy': {
        const { signals, clones, forks, execs, wholeProcess } = request;
        await client.setPolicy({ signals: new Set(signals), clones, forks, execs, wholeProcess });
        return null;
      }
      case 'stop':
        await client.stop(request.tids ?? 'all');
        return null;
      case 'resume':
        await client.resume(request.tids ?? 'all', request.signal);
        return null;
      case 'step':
        await client.step(request.tid, { signal: request.signal, by: request.by });
        return null;
      case 'kill':
        await client.kill(request.pid);
        return null;
      case 'detach':
        await client.detach(request.pid);
        return null;
      case 'readMemory':
        return resultOf('readMemory', await client.readMemory(request.pid, request.address, request.length));
      case 'writeMemory':
        await client.writeMemory(request.pid, request.address, request.bytes);
        return null;
      default:
        return await this.#registers(request);
    }
  }

  async #registers(
    request: RequestOf<'registers' | 'setRegisters' | 'extendedState' | 'setExtendedState' | 'signalInfo' | 'setSignalInfo'>,
  ): Promise<unknown> {
    const client = this.#client;
    switch (request.type) {
      case 'registers':
        return resultOf('registers', [...(await client.registers(request.tid))]);
      case 'setRegisters':
        await client.setRegisters(request.tid, BigUint64Array.from(request.words));
        return null;
      case 'extendedState':
        return resultOf('extendedState', await client.extendedState(request.tid));
      case 'setExtendedState':
        await client.setExtendedState(request.tid, request.state);
        return null;
      case 'signalInfo':
        return resultOf('signalInfo', await client.signalInfo(request.tid));
      case 'setSignalInfo':
        await client.setSignalInfo(request.tid, request.info);
        return null;
      default:
        return assertNever(request);
    }
  }

  async #watch({ expression, wishes }: RequestOf<'watch'>): Promise<unknown> {
    if (this.#watches.size >= MOST_WATCHES) throw new BrokenConversationError(`more than ${MOST_WATCHES} watches`);
    const watch = await this.#client.watch(expression, optionsOf(wishes));
    this.#watches.set(watch.id, watch);
    this.#news.watch(watch);
    return resultOf('watch', { watch: watch.id });
  }

  async #close(watch: ClientWatch): Promise<void> {
    await watch.close();
    this.#watches.delete(watch.id);
    this.#news.forget(watch);
    this.#closed.set(watch.id, watch);
    const [oldest] = this.#closed.keys();
    if (this.#closed.size > MOST_CLOSED && oldest !== undefined) this.#closed.delete(oldest);
  }

  #watchOf(id: number): ClientWatch {
    const watch = this.#watches.get(id) ?? this.#closed.get(id);
    if (watch === undefined) throw new BrokenConversationError(`there is no watch ${id}`);
    return watch;
  }

  #tally(watch: number, rows: readonly TallyRow[]): unknown {
    const { hits } = this.#news;
    const numbered: ResultOf<'tally'> = rows.map(({ watch: info, place, stack, firstAt, ...row }) => ({
      ...{ comm: row.comm, pid: row.pid, tid: row.tid, ip: row.ip, kernel: row.kernel, count: row.count, estimate: row.estimate },
      ...{ first: row.first, last: row.last, lastAt: row.lastAt },
      info: hits.info(watch, info),
      place: hits.place(place),
      stack: stack?.map((frame) => hits.place(frame)) ?? null,
      firstAt: Number.isFinite(firstAt) ? firstAt : null,
    }));
    return resultOf('tally', numbered);
  }
}

/** Null on the socket is what is left out here. */
function optionsOf({ as, condition, priority, stop, pid, ...others }: Wishes): ClientWatchOptions {
  return {
    ...others,
    as: as ?? undefined,
    condition: condition ?? undefined,
    priority: priority ?? undefined,
    pid: pid ?? undefined,
    // An engine that never stops a thread need not know the word.
    ...(stop ? { stop } : {}),
  };
}
