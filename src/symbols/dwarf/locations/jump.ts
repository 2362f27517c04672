// The jumps of location expressions, DW_OP_skip and DW_OP_bra.
import type { Cursor } from '../bytes/cursor.js';

/** Reads the distance at `cursor` and goes that far where the jump is `taken`; false where that leads out of the expression. */
export function jump(cursor: Cursor, taken: boolean): boolean {
  const distance = (cursor.u16() << 16) >> 16;
  if (!taken) return true;
  const to = cursor.pos + distance;
  if (to < 0 || to > cursor.end) return false;
  cursor.pos = to;
  return true;
}
