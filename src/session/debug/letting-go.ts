// Processes that clients have let go of one by one: each is let go of for good once nobody wants it any more.
import type { SharedTargetParts } from '../tap.js';
import type { Watch } from '../watch.js';
import type { Member } from './member.js';
import type { Steering } from './steering.js';

export interface LettingGoParts {
  readonly inside: SharedTargetParts;
  readonly steering: Steering;
  readonly members: ReadonlyMap<number, Member>;
  /** Whose watch that is; null: the target's own user's. */
  ownerOf(watch: Watch): Member | null;
}

export class LettingGo {
  readonly #parts: LettingGoParts;
  /** Somebody has let go of them, and they are traced still. */
  readonly #given = new Set<number>();

  constructor(parts: LettingGoParts) {
    this.#parts = parts;
  }

  /** `member` lets go of process `pid`. */
  by(member: Member, pid: number): void {
    member.letGo.set(pid, process.hrtime.bigint());
    this.#given.add(pid);
    this.#parts.steering.leaveProcess(member, pid, !this.#isWanted(pid));
    this.look();
  }

  /** Somebody has left, or a watch is gone: perhaps nobody wants a process any more. */
  look(): void {
    for (const pid of this.#given) if (!this.#isWanted(pid) && this.#parts.steering.detach(pid)) this.#given.delete(pid);
  }

  #isWanted(pid: number): boolean {
    const { members, inside, ownerOf } = this.#parts;
    const wants = (member: Member | null): boolean => member?.letGo.has(pid) !== true;
    if ([...members.values()].some((member) => member.role === 'controls' && wants(member))) return true;
    return inside.slots().some(({ watch }) => wants(ownerOf(watch)));
  }

  /** A child that is born after its parent was let go of goes with it. */
  forked({ pid, child, time }: { readonly pid: number; readonly child: number; readonly time: bigint }): void {
    for (const { letGo } of this.#parts.members.values()) {
      const since = letGo.get(pid);
      if (since === undefined || time < since) continue;
      letGo.set(child, since);
      this.#given.add(child);
    }
  }

  /** A process has begun, as is told now: perhaps with a number that another one had. */
  began(pid: number): void {
    const isKnown = [...this.#parts.members.values()].some(({ letGo }) => letGo.has(pid));
    // One that is let go of before its beginning is told is not traced any more, or by others still.
    if (isKnown && !this.#given.has(pid) && this.#parts.inside.threads().some((thread) => thread.pid === pid)) this.ended(pid);
  }

  ended(pid: number): void {
    this.#given.delete(pid);
    for (const { letGo } of this.#parts.members.values()) letGo.delete(pid);
  }
}
