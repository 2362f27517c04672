// One target with several users: who they are, and which of them is told what.
import { assertNever, present } from '../../base/assert.js';
import type { Item } from '../outbox.js';
import type { Mark, SharedTargetParts } from '../tap.js';
import type { Target } from '../target.js';
import type { Watch } from '../watch.js';
import type { Client, SlotUse } from './client.js';
import type { SharedWatch } from './client-watch.js';
import { ClientClosedError } from './errors.js';
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
    });
    const { control } = this.#inside.session;
    const ownerOf = (watch: SharedWatch): Member | null =>
      [...this.#watches.values()].find(({ shared }) => shared === watch)?.member ?? null;
    this.#steering = control === null ? null : new Steering({ control, members: this.#members, ownerOf });
  }

  /** Clients that there are now. */
  get clients(): readonly Introduction[] {
    return [...this.#members.values()].map(({ name, role }) => ({ name, role }));
  }

  /** A new client. A program that was launched and is held stands for the first one that controls. Throws ClientClosedError. */
  join(introduction: Introduction): Client {
    if (this.#over !== null) throw new ClientClosedError(introduction.name, this.#over);
    const pid = present(this.target.pid, 'the process that is shared');
    const member = new Member(this.#nextMember++, introduction);
    this.#members.set(member.id, member);
    if (this.#steering !== null && member.role === 'controls' && this.target.held) {
      this.#steering.stop(member, [pid]);
      this.target.resume();
    }
    return new SharedClient({
      ...{ pid, member, inside: this.#inside, steering: this.#steering },
      registered: (watch, shared) => this.#watches.set(watch, { shared, member }),
      unregistered: (watch) => this.#watches.delete(watch),
      slots: () => this.#slots(),
      nextWatch: () => this.#nextWatch++,
      leaving: () => this.#leaving(member),
      left: () => this.#left(),
    });
  }

  #leaving(member: Member): void {
    this.#members.delete(member.id);
    if (this.#over === null) this.#steering?.leave(member);
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
    if (item.kind !== 'hit') for (const member of this.#members.values()) member.tell({ type: 'event', event: item });
    return false;
  }

  #tellOwner({ shared, member }: OwnedWatch, item: Item): void {
    switch (item.kind) {
      case 'hit':
        if (shared.stops && this.#steering !== null) this.#steering.hit(shared, item);
        else member.tell({ type: 'hit', watch: shared, hit: item });
        break;
      case 'evicted':
      case 'installed':
        member.tell({ type: 'watch', watch: shared, change: item.kind, because: null });
        break;
      case 'watch-ended':
        member.tell({ type: 'watch', watch: shared, change: 'ended', because: item.reason });
        break;
      default:
        member.tell({ type: 'event', event: item });
    }
  }

  #mark(mark: Mark): void {
    switch (mark.kind) {
      case 'stopped':
        this.#steering?.stopped(mark.stop);
        break;
      case 'thread':
        if (mark.change === 'ended') this.#steering?.threadEnded(mark.tid);
        for (const member of this.#members.values()) member.tell({ type: 'thread', pid: mark.pid, tid: mark.tid, change: mark.change });
        break;
      case 'process-ended':
        for (const member of this.#members.values()) member.tell({ type: 'process-ended', end: mark.end });
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
