// The broker's state as plain data: who wants what, who competes with whom, what is armed, and the change that is under way.
import type { FacilityEvent } from './events.js';
import type { Linear } from './linear.js';
import { type ArmedPiece, copyPiece, copyRequest, type Request } from './request.js';

/** x86-64's address registers. */
export const SLOTS = 4;

/** `tid` of a competitor that stands for a process without regard to its threads. */
export const WHOLE_PROCESS = -1;
/** `tid` of a competitor that is out of use; its place in the list is given to the next new one. */
export const UNUSED = -2;

/** Those whose requests compete with each other for one thread's slots: a thread, or a process where none of its threads has its own. */
export interface Competitor {
  pid: number;
  /** A thread, {@link WHOLE_PROCESS} or {@link UNUSED}. */
  tid: number;
  /** Slots that strangers hold. */
  strangers: number;
  /** Requests that are there on its account: a thread's own, for a process those of the process. */
  users: number;
  /** What the last plan installs, by rank. */
  chosen: Request[];
}

/** An effect without an answer yet. */
export interface Outstanding {
  readonly effect: number;
  readonly cookie: number;
}

/** The whole of the broker. */
export interface Facility {
  /** By age. */
  requests: Request[];
  /** The same in the order of the plan. */
  ranked: Request[];
  /** What of the kernel's the last plan installs, by rank. */
  kernelChosen: Request[];
  competitors: Competitor[];
  armed: ArmedPiece[];
  /** Slots the kernel's requests have by the last plan. */
  kernelSlots: number;
  kernelStrangers: number;
  /** More strangers have become known since the effects under way were issued. */
  strangersCame: boolean;
  /** Something has changed that the plan depends on. */
  stale: boolean;
  /** Effects under way. While there are any, other events wait. */
  outstanding: Outstanding[];
  /** Requests that are not yet where the plan wants them. */
  unsettled: Request[];
  /** Cookies of armed pieces that serve nobody any more. */
  unused: number[];
  /** What came while effects were under way, oldest first. */
  queue: FacilityEvent[];
  /** A `triggered` callback is running: nothing may be registered or unregistered. */
  inCallback: boolean;
  nextAge: number;
  nextCookie: number;
  nextEffect: number;
  /** Rises whenever a cookie begins or ceases to have users. */
  version: number;
}

/** A facility with nothing in it. `firstCookie`: cookies are numbered upwards from here. */
export function newFacility(firstCookie = 1): Facility {
  return {
    requests: [],
    ranked: [],
    kernelChosen: [],
    competitors: [],
    armed: [],
    kernelSlots: 0,
    kernelStrangers: 0,
    strangersCame: false,
    stale: false,
    outstanding: [],
    unsettled: [],
    unused: [],
    queue: [],
    inCallback: false,
    nextAge: 0,
    nextCookie: firstCookie,
    nextEffect: 1,
    version: 0,
  };
}

/** An independent copy. */
export function copyFacility(state: Facility): Facility {
  const requests = state.requests.map(copyRequest);
  const twin = (request: Request): Request => requests[state.requests.indexOf(request)] ?? request;
  return {
    requests,
    ranked: state.ranked.map(twin),
    kernelChosen: state.kernelChosen.map(twin),
    competitors: state.competitors.map(({ pid, tid, strangers, users, chosen }) => ({
      pid,
      tid,
      strangers,
      users,
      chosen: chosen.map(twin),
    })),
    armed: state.armed.map(copyPiece),
    kernelSlots: state.kernelSlots,
    kernelStrangers: state.kernelStrangers,
    strangersCame: state.strangersCame,
    stale: state.stale,
    outstanding: state.outstanding.slice(),
    unsettled: state.unsettled.map(twin),
    unused: state.unused.slice(),
    queue: state.queue.slice(),
    inCallback: state.inCallback,
    nextAge: state.nextAge,
    nextCookie: state.nextCookie,
    nextEffect: state.nextEffect,
    version: state.version,
  };
}

/** The request of that number, or null. */
export function requestOf(state: Facility, id: number): Request | null {
  // From the newest: those that have just come are asked for most.
  for (let at = state.requests.length - 1; at >= 0; at--) {
    const request = state.requests[at];
    if (request?.id === id) return request;
  }
  return null;
}

/** The armed piece of that cookie, or null: they lie in the order of their cookies. */
export function pieceOf({ armed }: Facility, cookie: number): ArmedPiece | null {
  let low = 0;
  let high = armed.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const piece = armed[middle];
    if (piece === undefined) break;
    if (piece.cookie === cookie) return piece;
    if (piece.cookie < cookie) low = middle + 1;
    else high = middle;
  }
  return null;
}

/** Whether two pieces at these bytes are one and the same breakpoint. */
export function samePiece(
  a: { readonly address: Linear; readonly length: number },
  b: { readonly address: Linear; readonly length: number },
): boolean {
  return a.address === b.address && a.length === b.length;
}
