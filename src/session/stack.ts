// A raw call chain as places.
import type { RawHit } from '../engines/contract.js';
import type { Place } from '../model/place.js';
import type { PlaceCache } from './places.js';

/** Values from here on mark a context (user, kernel) instead of an address: PERF_CONTEXT_MAX is (u64)-4095. */
const CONTEXT_LO = 0xffff_f001;
const CONTEXT_HI = 0xffff_ffff;
/** PERF_CONTEXT_KERNEL, (u64)-128. */
const KERNEL_LO = 0xffff_ff80;

/** The frames of a hit, innermost first; the first is where the hit was reported. */
export function resolveStack(raw: Pick<RawHit, 'stack' | 'kernel'>, places: PlaceCache): Place[] {
  const chain = raw.stack ?? new Uint32Array(0);
  const frames: Place[] = [];
  let kernel = raw.kernel;
  for (let i = 0; i + 1 < chain.length; i += 2) {
    const lo = chain[i] ?? 0;
    const hi = chain[i + 1] ?? 0;
    if (hi === CONTEXT_HI && lo >= CONTEXT_LO) {
      kernel = lo === KERNEL_LO;
      continue;
    }
    // A return address belongs to the call before it.
    frames.push(lo === 0 ? places.at(0xffff_ffff, hi - 1, kernel) : places.at(lo - 1, hi, kernel));
  }
  return frames;
}
