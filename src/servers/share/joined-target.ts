// A process that another hwbkpt has, as a target for this command. When that one is gone, this one attaches again: it joins whoever was faster,
// or has the process itself from then on and lets others join. What was not watched meanwhile is said.
import type { NotCovered } from '../../model/coverage.js';
import type { TargetEvent } from '../../model/hit.js';
import type { SummaryMessage } from '../../model/messages.js';
import type { ClientEvent } from '../../session/debug/index.js';
import { NoSlotError, type Target, type WatchOptions } from '../../session/index.js';
import { prepareToAttach } from '../../session/prepare-attach.js';
import { startTime } from '../../session/process-start.js';
import { ItemBatch } from './item-batch.js';
import { JoinedCounts } from './joined-counts.js';
import { JoinedWatch } from './joined-watch.js';
import { type CommandWay, wayToWatch } from './open.js';
import type { RemoteClient } from './remote-client.js';
import type { RunTarget, SharedItem, SharedOptions } from './run-target.js';
import type { Sharing } from './sharing.js';
import { watchAgain, watchBy } from './watch-ways.js';
import { isThere, type Visitor } from './ways.js';

interface Parts {
  readonly pid: number;
  readonly options: SharedOptions;
  readonly visitor: Visitor;
}

/** How the process is watched now. */
type State =
  | { readonly kind: 'joined'; readonly client: RemoteClient }
  | { readonly kind: 'own'; readonly target: Target; readonly sharing: Sharing | null }
  /** The owner is gone, and nobody has taken its place yet. */
  | { readonly kind: 'between' }
  | { readonly kind: 'over' };

/** When (ms after it has joined) a command gets ready to attach by itself: whoever only looks in is gone by then. */
const READY_AFTER = 500;
/** How often (ms) the owner is asked for what it has counted. */
const COUNTS_INTERVAL = 200;

export class JoinedTarget implements RunTarget {
  readonly pid: number;
  readonly held = false;
  readonly ending = null;
  readonly canSample = false;
  readonly watched = null;
  readonly ended: Promise<void>;
  readonly #parts: Parts;
  readonly #start: string | null;
  readonly #watches: JoinedWatch[] = [];
  readonly #counts = new JoinedCounts();
  readonly #items: ItemBatch;
  #settle: { resolve(): void; reject(error: unknown): void } = { resolve: () => undefined, reject: () => undefined };
  #state: State = { kind: 'between' };
  #engine = '';
  #blindTo: readonly NotCovered[] = [];
  #timer: NodeJS.Timeout | null = null;

  constructor(client: RemoteClient, parts: Parts) {
    this.pid = parts.pid;
    this.#parts = parts;
    this.#items = new ItemBatch(parts.options.onItems);
    this.#start = startTime(parts.pid);
    this.ended = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    this.ended.catch(() => undefined);
    this.#join(client);
  }

  get engine(): string {
    return this.#engine;
  }

  /** The hwbkpt that has the process; null where it is this one. */
  get owner(): { readonly pid: number; readonly name: string } | null {
    return this.#state.kind === 'joined' ? this.#state.client.owner : null;
  }

  get inherentBlindness(): readonly NotCovered[] {
    return this.#blindTo;
  }

  #join(client: RemoteClient): void {
    this.#state = { kind: 'joined', client };
    this.#engine = client.capabilities.name;
    this.#blindTo = client.capabilities.blindTo;
    client.onEvent((event) => this.#event(client, event));
    // The less there is to do once the owner is gone, the shorter nobody watches.
    setTimeout(() => void prepareToAttach(this.#parts.options.engine ?? 'auto'), READY_AFTER).unref();
    client.threads().then(
      (threads) => this.#counts.sawThreads(threads.map(({ tid }) => tid)),
      () => undefined,
    );
  }

  async watch(expression: string, options: WatchOptions = {}): Promise<JoinedWatch> {
    if (this.#state.kind !== 'joined') throw new NoSlotError(`process ${this.pid} is just being attached to again`, { hint: 'Try again.' });
    const watch = new JoinedWatch(expression, options, await watchBy(this.#state.client, expression, options));
    this.#watches.push(watch);
    this.#counts.armed(watch.arming);
    if (watch.counts) this.#timer ??= setInterval(() => void this.#refresh(), COUNTS_INTERVAL);
    return watch;
  }

  async #refresh(): Promise<void> {
    try {
      for (const watch of this.#watches) await watch.refresh();
    } catch {
      // The owner is gone, which is told elsewhere.
    }
  }

  #event(client: RemoteClient, event: ClientEvent): void {
    switch (event.type) {
      case 'hit':
        this.#counts.hits++;
        this.#items.add(event.hit as SharedItem);
        break;
      case 'event':
        this.#counts.note(event.event);
        this.#items.add(event.event);
        break;
      case 'watch':
        this.#watchChanged(event);
        break;
      case 'thread':
        if (event.change === 'started') this.#counts.sawThreads([event.tid]);
        break;
      case 'closed':
        if (this.#state.kind === 'joined' && this.#state.client === client) void this.#lostOwner(client, event.because);
        break;
      default:
        // Stops and ends of processes: a client that only watches holds nothing.
        break;
    }
  }

  #watchChanged({ watch, change, because }: Extract<ClientEvent, { readonly type: 'watch' }>): void {
    const { info, arming } = watch;
    this.#counts.armed(arming);
    if (change === 'ended') {
      const own = this.#watches.find(({ joined }) => joined === watch);
      this.#items.add({ kind: 'watch-ended', watch: info, reason: because ?? 'it has ended' });
      if (own !== undefined) this.#watchEnded(own);
    } else if (change === 'evicted') {
      this.#counts.missed('no-register');
      this.#items.add({ kind: 'evicted', watch: info });
    } else this.#items.add({ kind: 'installed', watch: info, threads: arming.threads });
  }

  #watchEnded(watch: JoinedWatch): void {
    watch.lost();
    if (!this.#watches.some(({ isWatched }) => isWatched)) void this.disarm();
  }

  async #lostOwner(client: RemoteClient, because: string): Promise<void> {
    const since = process.hrtime.bigint();
    this.#state = { kind: 'between' };
    const live = this.#watches.filter(({ isWatched }) => isWatched);
    for (const watch of live) watch.lost();
    if (!this.#isThere()) return this.#over();
    this.#counts.missed('owner-left');
    this.#items.add({ kind: 'owner-left', owner: client.owner.pid, reason: because, time: since });
    try {
      await this.#attachAgain(live, since);
    } catch (error) {
      if (this.#isThere()) this.#fail(error);
      else this.#over();
    }
  }

  /** Whether the process is there still; others may have its number by now. */
  #isThere(): boolean {
    return isThere(this.pid, this.#start);
  }

  async #attachAgain(live: readonly JoinedWatch[], since: bigint): Promise<void> {
    const { pid, options, visitor } = this.#parts;
    const way = await wayToWatch(pid, { ...options, onItems: (items) => this.#ownItems(items) }, visitor, true);
    if (this.#state.kind !== 'between') return await leave(way);
    this.#take(way);
    const events: TargetEvent[] = [];
    for (const watch of live) {
      events.push(await watchAgain(way, watch));
      if (watch.isWatched) this.#counts.armed(watch.arming);
    }
    const time = process.hrtime.bigint();
    this.#items.add({ kind: 'attached-again', owner: this.owner?.pid ?? null, blind: time - since, time });
    for (const event of events) this.#items.add(event);
    if (!live.some(({ isWatched }) => isWatched)) await this.disarm();
  }

  #take(way: CommandWay): void {
    if (way.kind === 'joined') {
      this.#join(way.client);
      return;
    }
    const { own: target, sharing } = way;
    this.#state = { kind: 'own', target, sharing };
    this.#engine = target.engine;
    this.#blindTo = target.inherentBlindness;
    target.ended.then(
      () => this.#over(),
      (error: unknown) => this.#fail(error),
    );
  }

  #ownItems(items: readonly SharedItem[]): void {
    for (const item of items) {
      if (item.kind === 'hit') this.#counts.hits++;
      else this.#counts.note(item);
      this.#items.add(item);
    }
  }

  /** The process runs already; from now on what comes is handed on. */
  resume(): void {
    this.#items.open();
  }

  pollEnding(): null {
    return null;
  }

  async disarm(): Promise<void> {
    const state = this.#state;
    if (state.kind === 'own') return await state.target.disarm();
    if (state.kind === 'between') return this.#over();
    if (state.kind === 'over') return;
    try {
      for (const { joined } of this.#watches) await joined?.close();
    } catch {
      // The owner has gone meanwhile: nothing is armed.
    }
    await this.#refresh();
    if (this.#state !== state) return;
    await state.client[Symbol.asyncDispose]();
    this.#over();
  }

  #over(): void {
    this.#end();
    this.#settle.resolve();
  }

  #fail(error: unknown): void {
    this.#end();
    this.#settle.reject(error);
  }

  #end(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#items.handOn();
    if (this.#state.kind !== 'own') this.#state = { kind: 'over' };
  }

  summary(): SummaryMessage {
    const counted = this.#watches.filter(({ counts }) => counts).flatMap((watch) => watch.tally());
    return this.#counts.summary(this.engine, counted);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.disarm();
    if (this.#state.kind !== 'own') return;
    const { target, sharing } = this.#state;
    await sharing?.leave('its command has ended');
    await target[Symbol.asyncDispose]();
  }
}

async function leave(way: CommandWay): Promise<void> {
  if (way.kind === 'joined') return await way.client[Symbol.asyncDispose]();
  await way.sharing?.leave('its command has ended');
  await way.own[Symbol.asyncDispose]();
}
