// One target with several users: who they are, and which of them is told what.
import { assertNever, present } from '../../base/assert.js';
import type { Item } from '../outbox.js';
import type { Mark, SharedTargetParts } from '../tap.js';
import type { Target } from '../target.js';
import type { Watch } from '../watch.js';
import type { Client, ClientEvent, SlotUse } from './client.js';
import type { SharedWatch } from './client-watch.js';
import { ClientClosedError } from './errors.js';
import { LettingGo } from './letting-go.js';
import { type Introduction, Member } from './member.js';
import { SharedClient } from './shared-client.js';
import { Steering } from './steering.js';

/** How a target is shared. */
export interface ShareOptions {
  /** The leave of the last client lets go of the target. */
  readonly disposes: boolean;
  /** Who watches without being a client, for people: `watch 4711`. */
  readonly owner: string;
}

interface OwnedWatch {
  readonly shared: SharedWatch;
  readonly member: Member;
}

/** Made over a target of a process, once; its own user's watches and events stay with that user. */
export class SharedTarget {
  readonly target: Target;
  readonly #options: ShareOptions;
  readonly #members = new Map<number, Member>();
  readonly #watches = new Map<Watch, OwnedWatch>();
  readonly #inside: SharedTargetParts;
  readonly #steering: Steering | null;
  /** Null: the engine holds nothing that could be let go of. */
  readonly #lettingGo: LettingGo | null;
  #nextMember = 1;
  #nextWatch = 1;
  #over: string | null = null;

  constructor(target: Target, options: ShareOptions) {
    this.target = target;
    this.#options = options;
    this.#inside = target.share({
      item: (item, watch) => this.#item(item, watch),
      mark: (mark) => this.#mark(mark),
      over: (because) => this.#close(because),
      keeps: () => this.#keeps(),
    });
    const { control } = this.#inside.session;
    const ownerOf = (watch: SharedWatch): Member | null =>
      [...this.#watches.values()].find(({ shared }) => shared === watch)?.member ?? null;
    this.#steering = control === null ? null : new Steering({ control, members: this.#members, ownerOf });
    this.#lettingGo = this.#steering && this.#makeLettingGo(this.#steering);
  }

  #makeLettingGo(steering: Steering): LettingGo {
    const ownerOf = (watch: Watch): Member | null => this.#watches.get(watch)?.member ?? null;
    return new LettingGo({ inside: this.#inside, members: this.#members, steering, ownerOf });
  }

  /** Clients that there are now. */
  get clients(): readonly Introduction[] {
    return [...this.#members.values()].map(({ name, role }) => ({ name, role }));
  }

  /** A new client. A program that was launched and is held stands for the first one that controls. Throws ClientClosedError. */
  join(introduction: Introduction): Client {
    if (this.#over !== null) throw new ClientClosedError(introduction.name, this.#over);
    const pid = this.#firstProcess();
    const member = new Member(this.#nextMember++, introduction);
    this.#members.set(member.id, member);
    if (this.#steering !== null && member.role === 'controls' && this.target.held) {
      this.#steering.stop(member, [pid]);
      this.target.resume();
    }
    return new SharedClient({
      ...{ pid, member, inside: this.#inside, steering: this.#steering },
      registered: (watch, shared) => this.#watches.set(watch, { shared, member }),
      unregistered: (watch) => {
        this.#watches.delete(watch);
        if (this.#over === null) this.#lettingGo?.look();
      },
      slots: () => this.#slots(),
      nextWatch: () => this.#nextWatch++,
      detach: (process) => this.#lettingGo?.by(member, process),
      leaving: () => this.#leaving(member),
      left: () => this.#left(),
    });
  }

  /** That it began with; where that was let go of, the first one that is left. */
  #firstProcess(): number {
    const pid = present(this.target.pid, 'the process that is shared');
    const threads = this.#steering?.control.threads() ?? [];
    return threads.some((thread) => thread.pid === pid) ? pid : (threads[0]?.pid ?? pid);
  }

  /** Whether somebody steers processes that the first one has left behind. */
  #keeps(): boolean {
    const isSteered = [...this.#members.values()].some(({ role }) => role === 'controls');
    return isSteered && (this.#steering?.control.threads() ?? []).length > 0;
  }

  #leaving(member: Member): void {
    this.#members.delete(member.id);
    if (this.#over === null) this.#steering?.leave(member);
    if (this.#over === null) this.#lettingGo?.look();
  }

  async #left(): Promise<void> {
    if (this.#members.size === 0 && this.#options.disposes) await this.target[Symbol.asyncDispose]();
  }

  #slots(): SlotUse[] {
    return this.#inside.slots().flatMap(({ watch, priority, isArmed, pieces }) => {
      const client = this.#watches.get(watch)?.member.name ?? this.#options.owner;
      const { expression } = watch.info;
      return pieces.map(({ address, length }) => ({ client, expression, priority, address, length, armed: isArmed }));
    });
  }

  /** True: it is a client's own. */
  #item(item: Item, watch: Watch | null): boolean {
    if (watch !== null) {
      const owned = this.#watches.get(watch);
      if (owned !== undefined) this.#tellOwner(owned, item);
      return owned !== undefined;
    }
    if (item.kind === 'exec') this.#steering?.executed(item.pid);
    if (item.kind === 'hit') return false;
    if (item.kind === 'fork') this.#lettingGo?.forked(item);
    this.#tellConcerned({ type: 'event', event: item }, 'pid' in item ? item.pid : null);
    return false;
  }

  /** `pid`: the process that it is about, of which those are not told who have let go of it. */
  #tellConcerned(event: ClientEvent, pid: number | null): void {
    for (const member of this.#members.values()) if (pid === null || !member.letGo.has(pid)) member.tell(event);
  }

  #tellOwner({ shared, member }: OwnedWatch, item: Item): void {
    switch (item.kind) {
      case 'hit':
        if (shared.stops && this.#steering !== null) this.#steering.hit(shared, item);
        else if (!member.letGo.has(item.pid)) member.tell({ type: 'hit', watch: shared, hit: item });
        break;
      case 'evicted':
      case 'installed':
        member.tell({ type: 'watch', watch: shared, change: item.kind, because: null });
        break;
      case 'watch-ended':
        member.tell({ type: 'watch', watch: shared, change: 'ended', because: item.reason });
        break;
      default:
        if (!('pid' in item && member.letGo.has(item.pid))) member.tell({ type: 'event', event: item });
    }
  }

  #mark(mark: Mark): void {
    switch (mark.kind) {
      case 'stopped':
        this.#steering?.stopped(mark.stop);
        break;
      case 'thread':
        if (mark.change === 'ended') this.#steering?.threadEnded(mark.tid);
        else if (mark.pid === mark.tid) this.#lettingGo?.began(mark.pid);
        this.#tellConcerned({ type: 'thread', pid: mark.pid, tid: mark.tid, change: mark.change }, mark.pid);
        break;
      case 'process-ended':
        this.#tellConcerned({ type: 'process-ended', end: mark.end }, mark.end.pid);
        this.#lettingGo?.ended(mark.end.pid);
        break;
      default:
        assertNever(mark);
    }
  }

  #close(because: string): void {
    this.#over = because;
    for (const member of this.#members.values()) {
      member.closedBecause ??= because;
      member.tell({ type: 'closed', because });
    }
  }
}
