// Offers that are not taken: symbols by name, tracing.
import type { Packets } from '../packet.js';
import { OK } from '../replies.js';

export const symbols: Packets = {
  // gdb offers to look symbols up; none is needed.
  qSymbol: () => OK,
};
