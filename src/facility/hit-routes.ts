// The hot path: whose hit is it? A table from cookie to requests, for those who log millions of hits and need no `step` for each.
import type { RequestId } from './request.js';
import type { Facility } from './state.js';

const NOBODY: readonly RequestId[] = [];

/**
 * Follows a facility's armed pieces. A piece that is disarmed may still have hits under way: its entry stays until the engine says that
 * everything up to the version of its end has been delivered.
 */
export class HitRoutes {
  readonly #routes = new Map<number, readonly RequestId[]>();
  /** Cookie -> the version that no longer has it. */
  readonly #retired = new Map<number, number>();
  #version = -1;

  /** Version of the table: that of the facility at the last {@link follow}. */
  get version(): number {
    return this.#version;
  }

  /** Takes over what has changed. */
  follow(state: Facility): void {
    if (state.version === this.#version) return;
    this.#version = state.version;
    const users = usersByCookie(state);
    for (const cookie of this.#routes.keys()) {
      if (!users.has(cookie) && !this.#retired.has(cookie)) this.#retired.set(cookie, state.version);
    }
    for (const [cookie, requests] of users) {
      this.#routes.set(cookie, requests);
      this.#retired.delete(cookie);
    }
  }

  /** Requests that a hit of piece `cookie` is for; empty for one that nobody has, or whose last hits are through. */
  of(cookie: number): readonly RequestId[] {
    return this.#routes.get(cookie) ?? NOBODY;
  }

  /** All hits of pieces that version `version` did not have any more have been delivered. */
  drained(version: number): void {
    for (const [cookie, since] of this.#retired) {
      if (since > version) continue;
      this.#retired.delete(cookie);
      this.#routes.delete(cookie);
    }
  }
}

function usersByCookie(state: Facility): Map<number, RequestId[]> {
  const users = new Map<number, RequestId[]>();
  for (const { id, cookies } of state.requests) {
    for (const cookie of cookies) {
      const list = users.get(cookie);
      if (list === undefined) users.set(cookie, [id]);
      else list.push(id);
    }
  }
  return users;
}
