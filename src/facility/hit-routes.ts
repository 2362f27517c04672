// The hot path: whose hit is it? A table from cookie to requests, for those who log millions of hits and need no `step` for each.
import type { RequestId } from './request.js';
import type { Facility } from './state.js';

const NOBODY: readonly RequestId[] = [];

interface Retired {
  readonly cookie: number;
  readonly request: RequestId;
  /** The first version without it. */
  readonly since: number;
}

/**
 * Follows a facility's armed pieces. Whoever gives a piece up may still have hits under way, also where others go on using the piece: its
 * entry stays until the engine says that everything up to the version of its end has been delivered.
 */
export class HitRoutes {
  readonly #routes = new Map<number, readonly RequestId[]>();
  #retired: Retired[] = [];
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
    for (const [cookie, requests] of this.#routes) this.#retire(cookie, requests, users.get(cookie) ?? NOBODY);
    for (const [cookie, requests] of users) {
      this.#retired = this.#retired.filter((one) => one.cookie !== cookie || !requests.includes(one.request));
      const leaving = this.#retired.filter((one) => one.cookie === cookie).map(({ request }) => request);
      this.#routes.set(cookie, [...requests, ...leaving]);
    }
  }

  #retire(cookie: number, before: readonly RequestId[], now: readonly RequestId[]): void {
    for (const request of before) {
      if (now.includes(request) || this.#retired.some((one) => one.cookie === cookie && one.request === request)) continue;
      this.#retired.push({ cookie, request, since: this.#version });
    }
  }

  /** Requests that a hit of piece `cookie` is for; empty for one that nobody has, or whose last hits are through. */
  of(cookie: number): readonly RequestId[] {
    return this.#routes.get(cookie) ?? NOBODY;
  }

  /** All hits of before version `version` have been delivered. */
  drained(version: number): void {
    for (const { cookie, request, since } of this.#retired) {
      if (since > version) continue;
      const left = this.of(cookie).filter((id) => id !== request);
      if (left.length > 0) this.#routes.set(cookie, left);
      else this.#routes.delete(cookie);
    }
    this.#retired = this.#retired.filter(({ since }) => since > version);
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
