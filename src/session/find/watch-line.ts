// How a search ends: the command that watches what is left.
import { coverExact, exactSlots, SLOT_COUNT } from '../../registers/index.js';
import type { FindTarget } from './search-store.js';
import type { FindType } from './sought.js';

/** A place of a search, as a watch takes it. */
interface Watchable {
  readonly address: bigint;
  readonly size: number;
}

/** `0x7f3a10:4`; of what is too long for the debug registers, as much as they take. */
export function watchExpression({ address, size }: Watchable): string {
  return `0x${address.toString(16)}:${fittingLength(address, size)}`;
}

/** The command that watches all `places`, which have one type; null where there are none, or more than there are debug registers for. */
export function watchLine(places: readonly Watchable[], type: FindType, target: FindTarget): string | null {
  const slots = places.reduce((sum, { address, size }) => sum + exactSlots(address, fittingLength(address, size)), 0);
  if (places.length === 0 || slots > SLOT_COUNT) return null;
  const as = type === 'text' || type === 'bytes' ? '' : ` --as ${type}`;
  const whom = target.kind === 'kernel' ? '--kernel' : `--pid ${target.pid}`;
  return `hwbkpt watch ${places.map(watchExpression).join(' ')}${as} ${whom}`;
}

/** Bytes from `address` on that all registers together can watch. */
function fittingLength(address: bigint, size: number): number {
  if (exactSlots(address, size) <= SLOT_COUNT) return size;
  return coverExact(address, size)
    .slice(0, SLOT_COUNT)
    .reduce((sum, { length }) => sum + length, 0);
}
