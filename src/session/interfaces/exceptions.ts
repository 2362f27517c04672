// A debug exception of a real thread, put together of what the engine reports: from it the facility's own code decides whose it is.
//
// The running kernel places breakpoints in registers of its own choice. A thread's image, as the facility would load it, stands in for them:
// each piece that was hit is the bit of its slot in that image.

import type { Rules } from '../../facility/rules.js';
import { pieceOf } from '../../facility/state.js';
import { type Finding, sortOut } from '../../facility/virtual/debug-exception.js';
import { NOBODY, type RegisterHalf } from '../../facility/virtual/half.js';
import { copyImage, type Image, imageOf, putPiece } from '../../facility/virtual/image.js';
import { STEP_BIT } from '../../facility/virtual/registers.js';

/** What a thread met. */
export interface LiveException {
  readonly tid: number;
  readonly pid: number;
  readonly cookies: readonly number[];
  /** A step of its tracer's is over. */
  readonly stepped: boolean;
  readonly user: boolean;
  /** The register that a piece is for, where registers are words; null where pieces are the broker's. */
  readonly indexOf: ((cookie: number) => number) | null;
}

/** Sorts it out: changes the thread's virtual DR6. Hits of pieces that nobody has any more are left out. */
export function sortLive(half: RegisterHalf, rules: Rules, exception: LiveException): Finding {
  const { tid, pid, user } = exception;
  const image = copyImage(imageOf(half, rules, 0, { tid, pid, stepping: false, heldBack: [], newKernelPart: true }));
  const slots = exception.cookies.map((cookie) => exception.indexOf?.(cookie) ?? slotOf(half, image, cookie));
  half.owners[0] = image.owners.slice();
  const hits = slots.filter((slot) => slot >= 0).reduce((bits, slot) => bits | (1 << slot), 0);
  return sortOut(half, rules, { cpu: 0, tid, reasons: hits | (exception.stepped ? STEP_BIT : 0), dr7: image.dr7, user });
}

/** The slot of the broker's piece. One that is just not the thread's any more, for its users lost it, takes a free one. */
function slotOf({ broker }: RegisterHalf, image: Image, cookie: number): number {
  const known = image.owners.indexOf(cookie);
  if (known >= 0) return known;
  const free = image.owners.indexOf(NOBODY);
  return putPiece(image, free, cookie, pieceOf(broker, cookie)) ? free : -1;
}
